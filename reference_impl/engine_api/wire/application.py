"""Exchanges with an ASGI application in the same event loop, without a socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from engine_api.wire.takeover import EXTENSION, ConnectionClosed

__all__ = ["Application", "ApplicationExchange", "IncompleteResponse", "NoResponse"]

HIGH_WATER: Final = 1024 * 1024
"""Unread bytes that make the writer wait."""
_BODILESS: Final = (204, 304)

_Message = MutableMapping[str, Any]
Application = Callable[
    [_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]
]
"""An ASGI application."""


class NoResponse(Exception):
    """The application ended without a response."""


class IncompleteResponse(Exception):
    """The application ended within a response."""


class _Pipe:
    """Bytes in one direction, with an end."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ended = False
        self._changed = asyncio.Event()

    async def write(self, data: bytes) -> None:
        """Add bytes; waits while too many are unread. Bytes after the end are discarded."""
        if not self._ended:
            self._data += data
            self._change()
        while len(self._data) > HIGH_WATER and not self._ended:
            await self._wait()

    def end(self) -> None:
        """End the direction; unread bytes can still be read."""
        self._ended = True
        self._change()

    async def read(self, limit: int = 1 << 18) -> bytes:
        """Return some bytes; empty at the end."""
        while not self._data and not self._ended:
            await self._wait()
        data = bytes(self._data[:limit])
        del self._data[:limit]
        self._change()
        return data

    def _change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _wait(self) -> None:
        await self._changed.wait()


class _Taken:
    """The application's side of a connection that it took over; see `engine_api.wire.takeover.Connection`."""

    def __init__(self, exchange: ApplicationExchange) -> None:
        self._exchange = exchange

    async def read(self, limit: int = 65536) -> bytes:
        return await self._exchange.inwards.read(limit)

    async def write(self, data: bytes) -> None:
        if self._exchange.closed.is_set():
            raise ConnectionClosed("the peer is gone")
        await self._exchange.written(data)
        await asyncio.sleep(0)

    async def write_eof(self) -> None:
        self._exchange.outwards.end()

    async def wait_closed(self) -> None:
        await self._exchange.closed.wait()

    async def aclose(self) -> None:
        self._exchange.outwards.end()


class ApplicationExchange:
    """One request to an application, and its response or the connection that the application takes over.

    Use `begin` once, then `send_body` and `end_body` for the request's body; `head` waits for the response's head and
    `read` returns what follows. After a takeover, `write` and `end_input` lead to the application. `aclose` ends it.

    Args:
        application: the application.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._task: asyncio.Task[None] | None = None
        self._body: asyncio.Queue[_Message] = asyncio.Queue(16)
        self._begun = asyncio.Event()
        self._taken_head: bytearray | None = None
        self._complete = False
        self.status = 0
        """The status of the response; 0 before its head."""
        self.reason = ""
        self.headers: list[tuple[str, str]] = []
        self.inwards = _Pipe()
        """Bytes that the application reads from a connection that it took over."""
        self.outwards = _Pipe()
        """Bytes after the head of the response."""
        self.closed = asyncio.Event()

    def begin(self, method: str, target: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Begin the request.

        Args:
            method: such as `GET`.
            target: the path with its query, as it stands in a URL.
            headers: the headers, their names in lower case.
        """
        path, _, query = target.partition("?")
        scope: _Message = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": list(headers),
            "client": None,
            "server": None,
            "extensions": {EXTENSION: self._take_over},
        }
        self._task = asyncio.get_running_loop().create_task(self._run(scope))

    async def send_body(self, data: bytes, *, more: bool = True) -> None:
        """Send a piece of the request's body; waits while the application reads too slowly.

        Args:
            data: the piece.
            more: whether further pieces follow.
        """
        await self._put({"type": "http.request", "body": data, "more_body": more})

    async def end_body(self) -> None:
        """End the request's body."""
        await self.send_body(b"", more=False)

    async def _put(self, message: _Message) -> None:
        """Queue a message, unless the application ends without reading it."""
        assert self._task is not None
        put = asyncio.ensure_future(self._body.put(message))
        try:
            await asyncio.wait((put, self._task), return_when=asyncio.FIRST_COMPLETED)
        finally:
            put.cancel()

    async def _run(self, scope: _Message) -> None:
        try:
            await self._application(scope, self._body.get, self._respond)
        finally:
            self._begun.set()
            self.outwards.end()

    async def _respond(self, message: _Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.reason = HTTPStatus(self.status).phrase
            self.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
            self._begun.set()
        elif message["type"] == "http.response.body":
            self._complete = not message.get("more_body", False)
            if message.get("body"):
                await self.outwards.write(message["body"])
        await asyncio.sleep(0)

    @property
    def sized(self) -> bool:
        """Whether the response states its length, or has no body."""
        return self.status in _BODILESS or any(name.lower() == "content-length" for name, _ in self.headers)

    @property
    def taken(self) -> bool:
        """Whether the application took the connection over."""
        return self._taken_head is not None

    def _take_over(self) -> _Taken:
        self._taken_head = bytearray()
        return _Taken(self)

    async def written(self, data: bytes) -> None:
        """Receive what the application writes on the connection that it took over: a head, then the stream."""
        if self.status or self._taken_head is None:
            await self.outwards.write(data)
            return
        self._taken_head += data
        end = self._taken_head.find(b"\r\n\r\n")
        if end < 0:
            return
        first, *lines = self._taken_head[:end].decode("latin-1").split("\r\n")
        _, status, self.reason = first.split(" ", 2)
        self.status = int(status)
        self.headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        rest = bytes(self._taken_head[end + 4 :])
        self._begun.set()
        if rest:
            await self.outwards.write(rest)

    async def head(self) -> None:
        """Wait for the head of the response.

        Raises:
            NoResponse: the application ended without one.
        """
        await self._begun.wait()
        if not self.status:
            raise NoResponse("the connection was closed before an answer came")

    async def read(self) -> bytes:
        """Return some bytes after the head; empty at the end.

        Raises:
            IncompleteResponse: the application ended before the end of the body.
        """
        data = await self.outwards.read()
        if not data and not (self._complete or self.taken or self.closed.is_set()):
            raise IncompleteResponse("the connection was closed within an answer")
        return data

    async def write(self, data: bytes) -> None:
        """Send bytes on a connection that the application took over; waits while they are not read."""
        await self.inwards.write(data)

    def end_input(self) -> None:
        """End the direction to the application."""
        self.inwards.end()

    async def aclose(self) -> None:
        """End the exchange: the application receives a disconnect, and is cancelled."""
        self.closed.set()
        self.inwards.end()
        self.outwards.end()
        if self._task is not None and not self._task.done():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
