"""Streams of processes: pipes, files, devices and functions."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.nodes import Device, File

__all__ = ["BrokenPipe", "FileReader", "FileWriter", "NullReader", "NullWriter", "Pipe", "Reader", "Sink", "Writer"]

CAPACITY: Final = 64 * 1024
"""Bytes that a pipe holds before its writers wait."""


class BrokenPipe(Exception):
    """The reader has closed the stream."""


class Reader(Protocol):
    """A stream to read from."""

    async def read(self, limit: int = 65536) -> bytes:
        """Return some bytes, at most `limit`; `b""` at the end."""
        ...

    async def read_line(self) -> bytes:
        """Return the bytes up to and including a newline; at the end, what is left."""
        ...

    def close(self) -> None:
        """Close the reading end."""
        ...


class Writer(Protocol):
    """A stream to write to."""

    async def write(self, data: bytes) -> None:
        """Write all bytes; waits while the reader is slow."""
        ...

    def close(self) -> None:
        """Close the writing end."""
        ...


class _Lines:
    """Reading by lines, for readers that keep unread bytes."""

    _unread: deque[bytes]

    async def read(self, limit: int = 65536) -> bytes:
        raise NotImplementedError

    async def read_line(self) -> bytes:
        """Return the bytes up to and including a newline; at the end, what is left."""
        parts: list[bytes] = []
        while True:
            data = await self.read()
            if not data:
                return b"".join(parts)
            line, newline, rest = data.partition(b"\n")
            parts.append(line + newline)
            if newline:
                if rest:
                    self._give_back(rest)
                return b"".join(parts)

    def _give_back(self, data: bytes) -> None:
        self._unread.appendleft(data)


class Pipe(_Lines):
    """A pipe: a `Reader` and a `Writer` of bounded capacity."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._unread: deque[bytes] = deque()
        self._size = 0
        self._ended = False
        self._broken = False
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()

    async def read(self, limit: int = 65536) -> bytes:
        """Return some bytes, at most `limit`; `b""` at the end."""
        while not self._unread:
            if self._ended:
                return b""
            self._readable.clear()
            await self._readable.wait()
        data = self._unread.popleft()
        if len(data) > limit:
            self._unread.appendleft(data[limit:])
            data = data[:limit]
        self._size -= len(data)
        if self._size < self._capacity:
            self._writable.set()
        return data

    async def write(self, data: bytes) -> None:
        """Write all bytes.

        Raises:
            BrokenPipe: the reader is gone.
        """
        view = memoryview(data)
        while view:
            if self._broken or self._ended:
                raise BrokenPipe
            if self._size >= self._capacity:
                self._writable.clear()
                await self._writable.wait()
                continue
            part = bytes(view[:CAPACITY])
            view = view[len(part) :]
            self._unread.append(part)
            self._size += len(part)
            self._readable.set()

    def _give_back(self, data: bytes) -> None:
        self._unread.appendleft(data)
        self._size += len(data)

    def feed(self, data: bytes) -> None:
        """Write without waiting, even beyond the capacity. Empty data is read as an end, once."""
        self._unread.append(data)
        self._size += len(data)
        self._readable.set()

    async def wait_writable(self) -> None:
        """Wait until there is room, or the reader has closed the pipe."""
        while self._size >= self._capacity and not (self._broken or self._ended):
            self._writable.clear()
            await self._writable.wait()

    def end(self) -> None:
        """Close the writing end."""
        self._ended = True
        self._readable.set()
        self._writable.set()

    def break_off(self) -> None:
        """Close the reading end."""
        self._broken = True
        self._writable.set()

    def close(self) -> None:
        """Close both ends."""
        self.end()
        self.break_off()


class PipeReader:
    """The reading end of a pipe."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self.read = pipe.read
        self.read_line = pipe.read_line

    def close(self) -> None:
        """Close the reading end."""
        self._pipe.break_off()


class PipeWriter:
    """The writing end of a pipe."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self.write = pipe.write

    def close(self) -> None:
        """Close the writing end."""
        self._pipe.end()


class NullReader:
    """A reader without data."""

    async def read(self, limit: int = 65536) -> bytes:
        """Return `b""`."""
        return b""

    async def read_line(self) -> bytes:
        """Return `b""`."""
        return b""

    def close(self) -> None:
        """No effect."""


class NullWriter:
    """A writer that discards all data."""

    async def write(self, data: bytes) -> None:
        """Discard the data."""

    def close(self) -> None:
        """No effect."""


class FileReader(_Lines):
    """Reads a file or a device."""

    def __init__(self, node: object) -> None:
        self._unread: deque[bytes] = deque()
        self._node = node
        self._at = 0

    async def read(self, limit: int = 65536) -> bytes:
        """Return some bytes, at most `limit`; `b""` at the end."""
        if self._unread:
            data = self._unread.popleft()
            if len(data) > limit:
                self._unread.appendleft(data[limit:])
            return data[:limit]
        if isinstance(self._node, File):
            data = bytes(self._node.data[self._at : self._at + limit])
            self._at += len(data)
            return data
        if isinstance(self._node, Device) and self._node.name in ("zero", "full", "random"):
            await asyncio.sleep(0)
            return bytes(limit)
        return b""

    def close(self) -> None:
        """No effect."""


class FileWriter:
    """Writes at the end of a file."""

    def __init__(self, filesystem: FileSystem, file: File) -> None:
        self._filesystem = filesystem
        self._file = file

    async def write(self, data: bytes) -> None:
        """Append the data."""
        self._filesystem.extend(self._file, data)

    def close(self) -> None:
        """No effect."""


class Sink:
    """Writes to a function, such as a container's log."""

    def __init__(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        self._write = write

    async def write(self, data: bytes) -> None:
        """Call the function with the data."""
        if data:
            await self._write(data)

    def close(self) -> None:
        """No effect."""
