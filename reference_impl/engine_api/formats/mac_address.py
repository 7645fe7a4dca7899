"""MAC addresses as texts."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_mac_address"]

_LENGTHS: Final = (6, 8, 20)
"""Bytes of an address: of Ethernet, of 64 bits, of InfiniBand."""
_FORMS: Final = tuple(
    re.compile("|".join(f"{part}(?:{sign}{part}){{{count}}}" for count in counts), re.IGNORECASE)
    for part, sign, counts in (
        ("[0-9a-f]{2}", ":", [length - 1 for length in _LENGTHS]),
        ("[0-9a-f]{2}", "-", [length - 1 for length in _LENGTHS]),
        ("[0-9a-f]{4}", r"\.", [length // 2 - 1 for length in _LENGTHS]),
    )
)


def is_mac_address(text: str) -> bool:
    """Whether a text is a MAC address: bytes with colons or hyphens between them, or pairs of bytes with dots."""
    return any(form.fullmatch(text) for form in _FORMS)
