"""A target without sockets: the application is called in the same event loop, as in a browser, where there are none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

from engine_api.conformance.target import Connection, ConnectionFailed, Response
from engine_api.server.connection import ConnectionClosed
from engine_api.server.takeover import EXTENSION

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["InProcess"]

_BODILESS = (204, 304)


class _Pipe:
    """Bytes on their way, with an end."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ended = False
        self._changed = asyncio.Event()

    def feed(self, data: bytes) -> None:
        self._data += data
        self._changed.set()

    def end(self) -> None:
        self._ended = True
        self._changed.set()

    async def read(self, limit: int = 1 << 18) -> bytes:
        """Some bytes; nothing at the end."""
        while not self._data and not self._ended:
            self._changed.clear()
            await self._changed.wait()
        data = bytes(self._data[:limit])
        del self._data[:limit]
        return data


class _Taken:
    """The application's side of a connection that it took over; see `engine_api.server.connection.Connection`."""

    def __init__(self, connection: _Exchange) -> None:
        self._connection = connection

    async def read(self, limit: int = 65536) -> bytes:
        return await self._connection.inwards.read(limit)

    async def write(self, data: bytes) -> None:
        if self._connection.closed.is_set():
            raise ConnectionClosed("the peer is gone")
        self._connection.written(data)
        await asyncio.sleep(0)

    async def write_eof(self) -> None:
        self._connection.outwards.end()

    async def wait_closed(self) -> None:
        await self._connection.closed.wait()

    async def aclose(self) -> None:
        self._connection.outwards.end()


class _Exchange(Connection):
    """One request to the application, and its answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._buffer = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._left = 0
        self._body: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self._status = 0
        self._reason = ""
        self._headers: list[tuple[str, str]] = []
        self._begun = asyncio.Event()
        self._taken_head: bytearray | None = None
        self._head_only = False
        self.inwards = _Pipe()
        self.outwards = _Pipe()
        self.closed = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close it; the application is told that the peer is gone, and ended."""
        self.closed.set()
        self.inwards.end()
        self._body.put_nowait({"type": "http.disconnect"})
        if self._task is not None and not self._task.done():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        if self._task is None:
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n")
            if end >= 0:
                head = bytes(self._buffer[:end])
                rest = bytes(self._buffer[end + 4 :])
                self._begin(head.decode("latin-1"))
                self._feed(rest)
        else:
            self._feed(data)
        await asyncio.sleep(0)

    def _begin(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ", 2)
        path, _, query = target.partition("?")
        pairs = [line.partition(":") for line in lines]
        headers = [(name.strip().lower().encode(), value.strip().encode("latin-1")) for name, _, value in pairs]
        self._left = int(dict(headers).get(b"content-length", b"0"))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": headers,
            "client": None,
            "server": None,
            "extensions": {EXTENSION: lambda: self._take_over()},
        }
        self._task = asyncio.get_running_loop().create_task(self._run(scope))
        if not self._left:
            self._body.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    def _feed(self, data: bytes) -> None:
        body, rest = data[: self._left], data[self._left :]
        if body:
            self._left -= len(body)
            self._body.put_nowait({"type": "http.request", "body": body, "more_body": self._left > 0})
        if rest:
            self.inwards.feed(rest)

    async def _run(self, scope: MutableMapping[str, Any]) -> None:
        try:
            await self._app(scope, self._body.get, self._answer)
        finally:
            self._begun.set()
            self.outwards.end()

    async def _answer(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._reason = HTTPStatus(self._status).phrase
            self._headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
            if self._status not in _BODILESS and not any(name.lower() == "content-length" for name, _ in self._headers):
                self._headers.append(("Transfer-Encoding", "chunked"))
            self._begun.set()
        elif message["type"] == "http.response.body" and message.get("body"):
            self.outwards.feed(message["body"])
        await asyncio.sleep(0)

    def _take_over(self) -> _Taken:
        self._taken_head = bytearray()
        return _Taken(self)

    def written(self, data: bytes) -> None:
        """The application wrote on the connection that it took over: first a head, then what follows."""
        if self._taken_head is None:
            self.outwards.feed(data)
            return
        self._taken_head += data
        end = self._taken_head.find(b"\r\n\r\n")
        if end < 0:
            return
        first, *lines = self._taken_head[:end].decode("latin-1").split("\r\n")
        _, status, self._reason = first.split(" ", 2)
        self._status = int(status)
        self._headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        self.outwards.feed(bytes(self._taken_head[end + 4 :]))
        self._taken_head = None
        self._begun.set()

    async def half_close(self) -> None:
        """Send nothing more."""
        self.inwards.end()

    async def head(self) -> None:
        """Wait until the head of the answer has come; see `Connection`."""
        await self._begun.wait()
        if not self._status:
            raise ConnectionFailed("the connection was closed before an answer came")

    async def response(self, method: str = "GET") -> Response:
        """Read the head of the answer; see `Connection`."""
        self._head_only = method == "HEAD"
        await self.head()
        return Response(self._status, self._reason, self._headers, self)

    async def more(self) -> bytes:
        """Some more of what follows the head; nothing at the end."""
        while (data := await self.outwards.read()) and self._head_only:
            continue
        return data


class InProcess:
    """An application in the same event loop, reached without sockets.

    Args:
        app: the application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def connect(self) -> Connection:
        """A new connection."""
        return _Exchange(self._app)
