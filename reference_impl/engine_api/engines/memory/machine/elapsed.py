"""How long something has been, for people."""

from __future__ import annotations

from typing import Final

__all__ = ["duration", "go_duration"]


_DAY: Final = 24
_LONG: Final = (
    (48, 1, "hours"),
    (_DAY * 7 * 2, _DAY, "days"),
    (_DAY * 30 * 2, _DAY * 7, "weeks"),
    (_DAY * 365 * 2, _DAY * 30, "months"),
)
"""The hours up to which a unit is used, its hours, and its name."""


def duration(seconds: float) -> str:
    """`5 minutes`, `About an hour`, `3 weeks`."""
    hours = int(seconds / 3600 + 0.5)
    if seconds < 3600:
        return _short_duration(int(seconds))
    if hours == 1:
        return "About an hour"
    for limit, unit, name in _LONG:
        if hours < limit:
            return f"{hours // unit} {name}"
    return f"{int(seconds / 3600) // _DAY // 365} years"


def _short_duration(seconds: int) -> str:
    """Return a duration of less than an hour."""
    if seconds < 2:
        return "1 second" if seconds == 1 else "Less than a second"
    if seconds < 60:
        return f"{seconds} seconds"
    return f"{seconds // 60} minutes" if seconds >= 120 else "About a minute"


def go_duration(seconds: float) -> str:
    """`300ms`, `1.5s`, `1m30s`: a span as engines write it in messages."""
    if seconds < 1:
        return f"{seconds * 1000:g}ms"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{rest:g}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text
