"""Streams: what flows between a client and a process, and who ends it.

Order is kept within a stream and between the streams of one object. Whoever was given a stream owns it: use
`async with`, which closes it. Closing is idempotent, never waits for the peer, and ends the peer's reads and writes;
cancelling a read loses no data. A process is not stopped by the end of a stream that watches it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Sequence
from enum import IntEnum
from types import TracebackType
from typing import NamedTuple, Self

__all__ = ["ByteStream", "Chunk", "Duplex", "OutputStream", "StreamName"]

ByteStream = AsyncIterator[bytes]
"""A body of bytes, in pieces of any size; its end is the end of the body."""


class StreamName(IntEnum):
    """Which stream of a process a chunk belongs to; the number is the one in a frame's header."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    SYSTEM_ERROR = 3


class Chunk(NamedTuple):
    """Some bytes of one stream; with a terminal, everything is STDOUT."""

    stream: StreamName
    data: bytes


class OutputStream(ABC):
    """What a process wrote, chunk by chunk; ends when there is nothing more to come."""

    def __init__(self, *, tty: bool) -> None:
        self.tty = tty
        """Whether the process has a terminal: then there is one raw stream."""
        self._received: deque[Chunk] = deque()

    @abstractmethod
    async def receive(self) -> Sequence[Chunk]:
        """Everything that is there, waiting for at least one chunk; nothing at the end, and ever after."""

    @abstractmethod
    async def aclose(self) -> None:
        """Let go of the stream; a process behind it goes on."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Chunk:
        while not self._received:
            chunks = await self.receive()
            if not chunks:
                raise StopAsyncIteration
            self._received.extend(chunks)
        return self._received.popleft()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class Duplex(OutputStream):
    """Both directions of an attached process.

    The two directions end separately: `close_write` ends the process's standard input and leaves its output open;
    iteration ends when the process has ended, or when it was detached from.
    """

    @abstractmethod
    async def write(self, data: bytes) -> None:
        """Send to standard input; waits while the process is not reading. Data for a process without open
        standard input, or that has ended, is dropped, as the engine drops it.
        """

    @abstractmethod
    async def close_write(self) -> None:
        """End of input (half-close). Writing afterwards is an error."""
