"""Streams around other streams: output, both directions of a process, messages and bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

from engine_api.api.containers import ContainerArchive
from engine_api.api.streams import Chunk, Duplex, OutputStream

__all__ = ["WrappedDuplex", "WrappedOutput", "watched"]

T = TypeVar("T")

Each = Callable[[object], Awaitable[None]]
End = Callable[[], Awaitable[None]]


async def _each(_: object) -> None:
    """Do nothing with an item."""


async def _end() -> None:
    """Do nothing at the end."""


def watched(found: object, *, each: Each = _each, end: End = _end) -> object:
    """Return the result of an operation; if it is a stream, one of the same kind that calls functions.

    Args:
        found: the result.
        each: called with each item before it is passed on: a message, a piece of bytes, or the chunks of an output that
            came together. What it raises ends the stream.
        end: called after the last item, before the end is passed on; not called if the stream is left earlier.
    """
    if isinstance(found, Duplex):
        return _WatchedDuplex(found, each, end)
    if isinstance(found, OutputStream):
        return _WatchedOutput(found, each, end)
    if isinstance(found, ContainerArchive):
        return ContainerArchive(found.stat, _items(found, each, end))
    if isinstance(found, AsyncIterator):
        return _items(found, each, end)
    return found


async def _items(found: AsyncIterator[T], each: Each, end: End) -> AsyncIterator[T]:
    try:
        async for item in found:
            await each(item)
            yield item
    finally:
        close = getattr(found, "aclose", None)
        if close is not None:
            await close()
    await end()


class WrappedOutput(OutputStream):
    """The output of a process around another one; override `receive` to change what passes.

    Args:
        inner: the stream inside.
    """

    def __init__(self, inner: OutputStream) -> None:
        super().__init__(tty=inner.tty)
        self.inner = inner

    async def receive(self) -> Sequence[Chunk]:
        """Return what the stream inside returns."""
        return await self.inner.receive()

    async def aclose(self) -> None:
        """Close the stream inside."""
        await self.inner.aclose()


class WrappedDuplex(WrappedOutput, Duplex):
    """Both directions of a process around others; override `write` to change what passes to the process.

    Args:
        inner: the stream inside.
    """

    inner: Duplex

    def __init__(self, inner: Duplex) -> None:
        super().__init__(inner)

    async def write(self, data: bytes) -> None:
        """Send to the input of the process."""
        await self.inner.write(data)

    async def close_write(self) -> None:
        """End the input of the process."""
        await self.inner.close_write()


class _WatchedOutput(WrappedOutput):
    def __init__(self, inner: OutputStream, each: Each, end: End) -> None:
        super().__init__(inner)
        self._each = each
        self._end = end

    async def receive(self) -> Sequence[Chunk]:
        chunks = await super().receive()
        await (self._each(chunks) if chunks else self._end())
        return chunks


class _WatchedDuplex(_WatchedOutput, WrappedDuplex):
    inner: Duplex

    def __init__(self, inner: Duplex, each: Each, end: End) -> None:
        _WatchedOutput.__init__(self, inner, each, end)
