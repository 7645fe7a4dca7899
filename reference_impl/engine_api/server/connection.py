"""A connection that was taken over: bytes in both directions, each with its own end."""

from __future__ import annotations

import asyncio
import select
from collections import deque
from typing import Final

from engine_api.wire.takeover import ConnectionClosed

__all__ = ["TakenConnection"]

HIGH_WATER: Final = 256 * 1024
"""Unread bytes that make the peer wait."""

_LOOK: Final = 0.5
"""Seconds between checks whether a peer that ended its direction is still connected."""


class TakenConnection:
    """A `Connection` on an asyncio transport; the protocol passes on what it receives."""

    def __init__(self, transport: asyncio.Transport, early: bytes, *, ended: bool) -> None:
        self._transport = transport
        self._unread: deque[bytes] = deque([early] if early else [])
        self._size = len(early)
        self._ended = ended
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._closed = asyncio.Event()
        if early:
            self._readable.set()
        if ended:
            self.feed_eof()

    # What the protocol calls.

    def feed(self, data: bytes) -> None:
        """Receive bytes."""
        self._unread.append(data)
        self._size += len(data)
        self._readable.set()
        if self._size > HIGH_WATER:
            self._transport.pause_reading()

    def feed_eof(self) -> None:
        """Receive the end of the peer's direction."""
        self._ended = True
        self._readable.set()
        self._look_for_peer()

    def _look_for_peer(self) -> None:
        """Close the connection if the peer is gone, which a stream without output would not notice."""
        if self._transport.is_closing():
            return
        poll = select.poll()
        poll.register(self._transport.get_extra_info("socket"), 0)
        if not self._unread and poll.poll(0):
            self._transport.abort()
        else:
            asyncio.get_running_loop().call_later(_LOOK, self._look_for_peer)

    def pause(self) -> None:
        """Make writers wait, since the peer reads too slowly."""
        self._writable.clear()

    def resume(self) -> None:
        """Let writers go on."""
        self._writable.set()

    def lost(self) -> None:
        """Receive the end of the connection."""
        self._ended = True
        self._closed.set()
        self._readable.set()
        self._writable.set()

    # What the application calls.

    async def read(self, limit: int = 65536) -> bytes:
        """Return some bytes; see `Connection`."""
        while not self._unread:
            if self._ended:
                return b""
            self._readable.clear()
            await self._readable.wait()
        data = self._unread.popleft()
        if len(data) > limit:
            self._unread.appendleft(data[limit:])
            data = data[:limit]
        before, self._size = self._size, self._size - len(data)
        if before > HIGH_WATER >= self._size and not self._closed.is_set():
            self._transport.resume_reading()
        return data

    async def write(self, data: bytes) -> None:
        """Send bytes; see `Connection`."""
        if self._closed.is_set() or self._transport.is_closing():
            raise ConnectionClosed("the peer is gone")
        self._transport.write(data)
        if not self._writable.is_set():
            await self._writable.wait()
            if self._closed.is_set():
                raise ConnectionClosed("the peer is gone")

    async def write_eof(self) -> None:
        """End this direction; see `Connection`."""
        if self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()

    async def wait_closed(self) -> None:
        """Wait for the end; see `Connection`."""
        await self._closed.wait()

    async def aclose(self) -> None:
        """Close both directions; see `Connection`."""
        self._transport.close()
