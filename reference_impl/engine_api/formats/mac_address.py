"""MAC addresses as strings."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_mac_address"]

_LENGTHS: Final = (6, 8, 20)
"""Lengths of an address in bytes: Ethernet, EUI-64, InfiniBand."""
_FORMS: Final = tuple(
    re.compile("|".join(f"{part}(?:{sign}{part}){{{count}}}" for count in counts), re.IGNORECASE)
    for part, sign, counts in (
        ("[0-9a-f]{2}", ":", [length - 1 for length in _LENGTHS]),
        ("[0-9a-f]{2}", "-", [length - 1 for length in _LENGTHS]),
        ("[0-9a-f]{4}", r"\.", [length // 2 - 1 for length in _LENGTHS]),
    )
)


def is_mac_address(text: str) -> bool:
    """Return whether a string is a MAC address: bytes separated by colons or hyphens, or pairs of bytes by dots."""
    return any(form.fullmatch(text) for form in _FORMS)
