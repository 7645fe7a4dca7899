"""Durations, as they are written in health checks."""

from __future__ import annotations

import re
from typing import Final

from engine_api.api.errors import InvalidParameter

__all__ = ["format_duration", "parse_duration"]

_UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_PART: Final = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)")


def parse_duration(text: str) -> int:
    """Nanoseconds of a duration such as `1m30s`.

    Raises:
        InvalidParameter: it is none.
    """
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    if not rest or not re.fullmatch(rf"(?:{_PART.pattern})+", rest):
        if re.fullmatch(r"\d+(\.\d*)?|\.\d+", rest):
            raise InvalidParameter(f'time: missing unit in duration "{text}"')
        raise InvalidParameter(f'time: invalid duration "{text}"')
    return sign * sum(int(float(number) * _UNITS[unit]) for number, unit in _PART.findall(rest))


def format_duration(value: int) -> str:
    """A duration as the engine shows it, such as `1m30s`."""
    if value == 0:
        return "0s"
    if value < 1_000_000_000:
        for unit in ("ms", "µs"):
            if value >= _UNITS[unit]:
                return f"{value / _UNITS[unit]:.9f}".rstrip("0").rstrip(".") + unit
        return f"{value}ns"
    minutes, rest = divmod(value, _UNITS["m"])
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest / _UNITS['s']:.9f}".rstrip("0").rstrip(".") + "s"
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "") + seconds
