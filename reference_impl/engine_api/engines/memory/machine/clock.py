"""Time as the engine and its containers see it."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime
from typing import Final, Protocol

__all__ = ["Clock", "LoopClock", "SystemClock", "nanoseconds", "rfc3339"]

_FRACTION: Final = re.compile(r"\.([0-9]+)")


class Clock(Protocol):
    """Returns the time, and waits."""

    def time_ns(self) -> int:
        """Nanoseconds since 1970."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The host's time."""

    def time_ns(self) -> int:
        """Nanoseconds since 1970."""
        return time.time_ns()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class LoopClock:
    """A given time at the start, going on as the event loop's clock does, which may be a virtual one.

    Args:
        start: seconds since 1970 when the loop's clock is at 0.
    """

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._start = start

    def time_ns(self) -> int:
        """Nanoseconds since 1970; never the same twice."""
        now = int((self._start + asyncio.get_running_loop().time()) * 1e9)
        self._last = max(now, getattr(self, "_last", 0) + 1000)
        return self._last

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def rfc3339(nanoseconds: int, *, digits: int | None = None) -> str:
    """A time as the engine writes it: UTC, with as many digits of the second's fraction as it needs, or as asked."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f"{rest:09d}"
    fraction = fraction.rstrip("0") if digits is None else fraction[:digits]
    return f"{text}.{fraction}Z" if fraction else f"{text}Z"


def nanoseconds(text: str) -> int:
    """The nanoseconds since 1970 of a time in RFC 3339; 0 for one before.

    Raises:
        ValueError: it is none.
    """
    when = datetime.fromisoformat(text)
    if when.year < 1970:
        return 0
    match = _FRACTION.search(text)
    digits = match[1] if match is not None else ""
    return int(when.replace(microsecond=0).timestamp()) * 1_000_000_000 + int((digits + "0" * 9)[:9])
