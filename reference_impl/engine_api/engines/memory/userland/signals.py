"""Signals by name and number."""

from __future__ import annotations

import signal

__all__ = ["number_of"]

_NAMES = {s.name.removeprefix("SIG"): int(s) for s in signal.Signals}
_NAMES |= {"POLL": int(signal.SIGIO), "CLD": int(signal.SIGCHLD)}


def number_of(text: str) -> int | None:
    """Return the number of a signal given by number, or by name with or without `SIG`; None if it does not exist."""
    if text.isascii() and text.isdigit():
        number = int(text)
        return number if 0 <= number <= 64 else None
    name = text.upper().removeprefix("SIG")
    if name in _NAMES:
        return _NAMES[name]
    base, sign, offset = name.partition("+") if "+" in name else name.partition("-")
    if base in ("RTMIN", "RTMAX"):
        start = 34 if base == "RTMIN" else 64
        if not sign:
            return start
        if offset.isdigit():
            number = start + int(offset) if sign == "+" else start - int(offset)
            return number if 34 <= number <= 64 else None
    return None
