"""What containers wrote, kept line by line with the time of each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine_api.api.errors import InvalidParameter
from engine_api.api.streams import Chunk, OutputStream, StreamName
from engine_api.engines.memory.machine.clock import Clock, rfc3339

__all__ = ["Log", "LogReader", "parse_time"]

_BATCH = 512


class Line(NamedTuple):
    """A line, with its newline if it has one."""

    time: int
    stream: StreamName
    data: bytes


class Log:
    """The log of a container."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._partial: dict[StreamName, bytes] = {}
        self.lines: list[Line] = []
        self.grown = asyncio.Event()
        self.ended = False

    def write(self, stream: StreamName, data: bytes) -> None:
        """Keep what was written; a line is kept when it is complete, or 16 KiB long."""
        data = self._partial.pop(stream, b"") + data
        now = self._clock.time_ns()
        at = 0
        while at < len(data):
            end = data.find(b"\n", at) + 1 or (at + 16384 if len(data) - at >= 16384 else 0)
            if not end:
                break
            self.lines.append(Line(now, stream, data[at:end]))
            at = end
        if at < len(data):
            self._partial[stream] = data[at:]
        self._notify()

    @property
    def begun(self) -> Mapping[StreamName, bytes]:
        """What was written of a line that is not complete, by stream."""
        return self._partial

    def flush(self) -> None:
        """Keep lines that never got their newline."""
        for stream, data in self._partial.items():
            self.lines.append(Line(self._clock.time_ns(), stream, data))
        self._partial.clear()
        self._notify()

    def open(self) -> None:
        """The process runs: followers wait for more."""
        self.ended = False

    def close(self) -> None:
        """The process has ended: followers end when they have read all."""
        self.flush()
        self.ended = True
        self._notify()

    def _notify(self) -> None:
        self.grown.set()
        self.grown = asyncio.Event()


def parse_time(name: str, text: str | None) -> int | None:
    """Nanoseconds for Unix seconds with an optional fraction.

    Raises:
        InvalidParameter: it is no such time.
    """
    if not text or text == "0":
        return None
    seconds, _, fraction = text.partition(".")
    try:
        if fraction and not fraction.isdigit():
            raise ValueError
        return int(seconds) * 1_000_000_000 + int((fraction + "0" * 9)[:9])
    except ValueError:
        raise InvalidParameter(
            f'invalid value for "{name}": failed to parse value "{text}" as time or duration'
        ) from None


class LogReader(OutputStream):
    """Reads a log, and follows it if asked to."""

    def __init__(
        self,
        log: Log,
        *,
        tty: bool,
        follow: bool,
        streams: set[StreamName],
        since: int | None,
        until: int | None,
        timestamps: bool,
        tail: int | None,
        details: str | None = None,
    ) -> None:
        super().__init__(tty=tty)
        self._log = log
        self._follow = follow
        self._streams = streams
        self._since = since
        self._until = until
        self._timestamps = timestamps
        self._details = b"" if details is None else f"{details} ".encode()
        self._closed = asyncio.Event()
        log.flush()
        self._at = 0
        if tail is not None:
            fitting = [index for index, line in enumerate(log.lines) if self._fits(line)]
            self._at = fitting[-tail] if 0 < tail <= len(fitting) else len(log.lines) if tail == 0 else 0

    def _fits(self, line: Line) -> bool:
        return (
            line.stream in self._streams
            and (self._since is None or line.time >= self._since)
            and (self._until is None or line.time <= self._until)
        )

    async def receive(self) -> Sequence[Chunk]:
        """The next lines."""
        while not self._closed.is_set():
            grown = self._log.grown
            found: list[Chunk] = []
            while self._at < len(self._log.lines) and len(found) < _BATCH:
                line = self._log.lines[self._at]
                self._at += 1
                if self._until is not None and line.time > self._until:
                    return found
                if self._fits(line):
                    stamp = f"{rfc3339(line.time, digits=9)} ".encode() if self._timestamps else b""
                    found.append(Chunk(line.stream, stamp + self._details + line.data))
            if found:
                return found
            if not self._follow or self._log.ended:
                return ()
            waits = {asyncio.ensure_future(grown.wait()), asyncio.ensure_future(self._closed.wait())}
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waits:
                    one.cancel()
        return ()

    async def aclose(self) -> None:
        """Let go of the log."""
        self._closed.set()
