"""Sizes and durations with units."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["TIME_UNITS", "parse_size"]

TIME_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
"""Seconds of each unit of time."""
_UNITS: Final = {"k": 1024, "K": 1024, "m": 1 << 20, "M": 1 << 20, "G": 1 << 30, "b": 512, "kB": 1000}


def parse_size(text: str) -> int:
    """Return the number of a text such as `10` or `4k`, in bytes.

    Raises:
        OSError: the text has another form.
    """
    match = re.fullmatch(r"(\d+)(k|K|m|M|G|b|kB)?", text)
    if match is None:
        raise OSError(22, f"invalid number '{text}'")
    return int(match[1]) * _UNITS.get(match[2], 1)
