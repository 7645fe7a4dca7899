"""Sessions of clients, of which the classic builder asks nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from engine_api.api.errors import InvalidParameter, NotImplementedByEngine
from engine_api.api.session import Session
from engine_api.api.streams import Chunk, Duplex, StreamName

__all__ = ["MemorySession"]

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"
"""How the client of an HTTP/2 connection begins, which here is the engine: with its settings, all of them default."""


class MemorySession(Session):
    """Sessions that are kept until their clients leave."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    async def open(self, *, id: str = "") -> Duplex:
        """Begin a session."""
        if id in self._open:
            raise InvalidParameter(f"session {id} already exists")
        return _Kept(self._open, id)

    async def grpc(self) -> Duplex:
        """Refuse: there is no BuildKit to be called."""
        raise NotImplementedByEngine("this engine has the classic builder only")


class _Kept(Duplex):
    """A session's connection, on which the engine says who it is and calls nothing."""

    def __init__(self, known: set[str], identifier: str) -> None:
        super().__init__(tty=True)
        self._known = known
        self._identifier = identifier
        self._greeting = [Chunk(StreamName.STDOUT, _PREFACE)]
        self._ended = asyncio.Event()
        known.add(identifier)

    async def receive(self) -> Sequence[Chunk]:
        """The greeting; then nothing until the end."""
        greeting, self._greeting = self._greeting, []
        if not greeting:
            await self._ended.wait()
        return greeting

    async def write(self, data: bytes) -> None:
        """Discard what the client sends."""

    async def close_write(self) -> None:
        """The client leaves."""
        self._ended.set()

    async def aclose(self) -> None:
        """The session ends."""
        self._known.discard(self._identifier)
        self._ended.set()
