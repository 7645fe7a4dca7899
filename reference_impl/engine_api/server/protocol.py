"""HTTP/1.1 on a connection: consecutive requests, and connections that the application takes over.

httptools parses the head of a request. Bytes after a request stay unread until its response is complete, so that they
are available if the application takes the connection over. A head and a body that are sent together are written
together.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from engine_api.server.chunked import ChunkedDecoder, ChunkedError
from engine_api.server.connection import TakenConnection
from engine_api.server.head import Refusal, read_head
from engine_api.server.hostcheck import HostCheck
from engine_api.server.limits import Limits
from engine_api.server.responses import date_line
from engine_api.wire.bodies import encode_json
from engine_api.wire.takeover import EXTENSION, ConnectionClosed

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["HttpProtocol"]

logger = logging.getLogger("engine_api.server")

_READ_AHEAD: Final = 256 * 1024
_DRAIN_LIMIT: Final = 1024 * 1024
_GRACE: Final = 1.0
_STATUS_LINES = {status: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}

Message = MutableMapping[str, Any]


class HttpProtocol(asyncio.Protocol):
    """An HTTP/1.1 connection."""

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        connections: set[HttpProtocol],
        check: HostCheck | None,
        *,
        tls: bool = False,
    ) -> None:
        self._app = app
        self._limits = limits
        self._connections = connections
        self._check = check
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._exchange: _Exchange | None = None
        self._taken: TakenConnection | None = None
        self._deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False
        self._closing = False
        self._reading = True
        self.transport: asyncio.Transport
        self.peer: tuple[str, int] | None = None
        self.writable = asyncio.Event()
        self.writable.set()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if len(self._connections) >= self._limits.connections:
            self._refuse(503, "too many connections")
            return
        self._connections.add(self)
        _keep_alive(transport.get_extra_info("socket"))
        peer = transport.get_extra_info("peername")
        self.peer = (peer[0], peer[1]) if isinstance(peer, tuple) else None
        self._set_deadline(self._limits.idle_time)

    def data_received(self, data: bytes) -> None:
        if self._taken is not None:
            self._taken.feed(data)
        elif not self._closing:
            if not self._buffer and self._exchange is None:
                self._set_deadline(self._limits.head_time)
            self._buffer += data
            self._advance()

    def eof_received(self) -> bool:
        self._ended = True
        if self._taken is not None:
            self._taken.feed_eof()
        elif self._exchange is None:
            return False
        elif not self._exchange.body_complete:
            self._exchange.disconnect()
        else:
            # Most clients that end their direction are gone; the others get an answer that does not take long.
            self._loop.call_later(_GRACE, self._exchange.abandon)
        return not self._tls

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        self._set_deadline(None)
        if self._timer is not None:
            self._timer.cancel()
        self.writable.set()
        if self._taken is not None:
            self._taken.lost()
        if self._exchange is not None:
            self._exchange.disconnect()
            self._exchange.task.cancel()

    def pause_writing(self) -> None:
        self.writable.clear()
        if self._taken is not None:
            self._taken.pause()

    def resume_writing(self) -> None:
        self.writable.set()
        if self._taken is not None:
            self._taken.resume()

    # Ends

    @property
    def taken(self) -> bool:
        """Whether the application has taken the connection over."""
        return self._taken is not None

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The task of the current request, or None."""
        return self._exchange.task if self._exchange is not None else None

    def shut_down(self) -> None:
        """Close after the current response, or now if there is none; streams end now."""
        self._closing = True
        if self._exchange is None:
            self.transport.close()
        elif self._taken is not None:
            self._exchange.task.cancel()

    def _set_deadline(self, seconds: float | None) -> None:
        """Close the connection after some seconds, unless another deadline replaces this one."""
        self._deadline = None if seconds is None else self._loop.time() + seconds
        if self._deadline is not None and (self._timer is None or self._timer.when() > self._deadline):
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(self._deadline, self._expire)

    def _expire(self) -> None:
        self._timer = None
        if self._deadline is None or self.transport.is_closing():
            return
        if self._loop.time() < self._deadline - 0.001:
            self._timer = self._loop.call_at(self._deadline, self._expire)
        elif self._exchange is not None:
            self._exchange.disconnect()
            self.transport.abort()
        elif self._buffer:
            self._refuse(408, "the headers took too long")
        else:
            self.transport.close()

    def _refuse(self, status: int, message: str) -> None:
        """Answer without the application, and close."""
        self._closing = True
        body = encode_json({"message": message})
        head = (
            _STATUS_LINES[HTTPStatus(status)]
            + date_line()
            + (b"Content-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        )
        self.transport.write(head + body)
        self.transport.close()

    # Requests

    def _advance(self) -> None:
        """Handle the buffered bytes: a head, or a part of a body."""
        if self._exchange is None:
            self._begin()
        exchange = self._exchange
        if exchange is None:
            return
        if not exchange.body_complete:
            try:
                exchange.feed(self._buffer)
            except ChunkedError as error:
                exchange.disconnect()
                exchange.task.cancel()
                if not exchange.started:
                    self._refuse(400, f"malformed body: {error}")
                else:
                    self.transport.close()
                return
        if self._reading and len(self._buffer) + exchange.unread > _READ_AHEAD:
            self._reading = False
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Resume reading if it is paused."""
        if not self._reading and self._taken is None and not self.transport.is_closing():
            self._reading = True
            self.transport.resume_reading()

    def _begin(self) -> None:
        while self._buffer.startswith(b"\r\n"):
            del self._buffer[:2]
        end = self._buffer.find(b"\r\n\r\n", 0, self._limits.head + 4)
        if end < 0:
            if len(self._buffer) > self._limits.head:
                self._refuse(431, f"the headers are longer than {self._limits.head} bytes")
            return
        data = bytes(self._buffer[: end + 4])
        del self._buffer[: end + 4]
        try:
            head = read_head(data, self._check)
        except Refusal as refusal:
            self._refuse(refusal.status, str(refusal))
            return
        scope: Message = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": head.http_version,
            "method": head.method,
            "scheme": "https" if self._tls else "http",
            "path": head.path,
            "raw_path": head.raw_path,
            "query_string": head.query,
            "root_path": "",
            "headers": head.headers,
            "client": self.peer,
            "server": None,
            "extensions": {EXTENSION: self.take_over},
        }
        self._set_deadline(None)
        self._exchange = _Exchange(self, scope, keep_alive=head.keep_alive)
        self._exchange.run(self._app)

    def take_over(self) -> TakenConnection:
        """Return the connection for the application, with the bytes after the request."""
        assert self._exchange is not None
        early = bytes(self._buffer)
        self._buffer.clear()
        self._set_deadline(None)
        self.resume_reading()
        self._taken = TakenConnection(self.transport, early, ended=self._ended)
        if not self.writable.is_set():
            self._taken.pause()
        return self._taken

    def complete(self, exchange: _Exchange) -> None:
        """Receive the end of a request: read the next one, or close."""
        if self._taken is not None or not exchange.keep_alive or self._closing or (self._ended and not self._buffer):
            self.transport.close()
        elif not exchange.body_complete:
            exchange.discard = True
            self._set_deadline(self._limits.head_time)
            self.resume_reading()
            self._advance()
            self._drained(exchange)
        else:
            self._next()

    def _drained(self, exchange: _Exchange) -> None:
        if exchange.discarded > _DRAIN_LIMIT:
            self.transport.close()
        elif exchange.body_complete:
            self._next()

    def _next(self) -> None:
        self._exchange = None
        if self.transport.is_closing():
            return
        self._set_deadline(self._limits.head_time if self._buffer else self._limits.idle_time)
        self.resume_reading()
        if self._buffer:
            self._loop.call_soon(self._advance_next)

    def _advance_next(self) -> None:
        if self._exchange is None and not self._closing and not self.transport.is_closing():
            self._advance()

    def body_wait(self, waiting: bool) -> None:
        """Set or clear the deadline of the body, as the application waits for it."""
        self._set_deadline(self._limits.body_idle_time if waiting else None)

    def discarded(self, exchange: _Exchange) -> None:
        """Count bytes of a body that the application does not read."""
        self._loop.call_soon(self._drained, exchange)


def _keep_alive(one: socket.socket) -> None:
    """Enable TCP keep-alive, which detects peers that are gone."""
    if one.family in (socket.AF_INET, socket.AF_INET6):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


class _Exchange:
    """A request and its response."""

    task: asyncio.Task[None]

    def __init__(self, protocol: HttpProtocol, scope: Message, *, keep_alive: bool) -> None:
        self.protocol = protocol
        self.scope = scope
        self.keep_alive = keep_alive
        self.started = False
        self.discard = False
        self.discarded = 0
        self.unread = 0
        self._body: deque[bytes] = deque()
        self._arrived = asyncio.Event()
        self._disconnected = False
        self._left = 0
        self._chunks: ChunkedDecoder | None = None
        self._head: bytes | None = None
        self._chunked = False
        self._finished = False
        continues = False
        for name, value in scope["headers"]:
            if name == b"content-length":
                self._left = int(value)
            elif name == b"transfer-encoding":
                self._chunks = ChunkedDecoder()
            elif name == b"expect" and value.lower() == b"100-continue":
                continues = True
        self._continue = continues and not self.body_complete
        self._body_delivered = False
        self._bare = False

    # The request

    @property
    def body_complete(self) -> bool:
        """Whether the body is complete."""
        return self._chunks.complete if self._chunks is not None else self._left == 0

    def feed(self, buffer: bytearray) -> None:
        """Remove bytes of the body from the front of the buffer."""
        if self._chunks is not None:
            data = self._chunks.feed(buffer)
        else:
            data = bytes(buffer[: self._left])
            del buffer[: len(data)]
            self._left -= len(data)
        if self.discard:
            self.discarded += len(data)
            self.protocol.discarded(self)
            return
        if data:
            self._body.append(data)
            self.unread += len(data)
        if data or self.body_complete:
            self._arrived.set()

    def abandon(self) -> None:
        """Cancel an incomplete response, unless the connection was taken over."""
        if not self._finished and not self.protocol.taken:
            self.disconnect()
            self.task.cancel()

    def disconnect(self) -> None:
        """Receive the disconnect of the client."""
        self._disconnected = True
        self._arrived.set()

    async def receive(self) -> Message:
        """Receive a message; see ASGI."""
        if self._continue and not self.started:
            self._continue = False
            self.protocol.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while not self._body:
            if self.body_complete and not self._body_delivered:
                self._body_delivered = True
                return {"type": "http.request", "body": b"", "more_body": False}
            if self._disconnected:
                return {"type": "http.disconnect"}
            self._arrived.clear()
            waiting = not self.body_complete
            if waiting:
                self.protocol.body_wait(True)
            try:
                await self._arrived.wait()
            finally:
                if waiting:
                    self.protocol.body_wait(False)
        data = b"".join(self._body)
        self._body.clear()
        self.unread = 0
        self.protocol.resume_reading()
        more = not self.body_complete
        self._body_delivered = not more
        return {"type": "http.request", "body": data, "more_body": more}

    # The answer

    def run(self, app: ASGIApp) -> None:
        """Let the application answer."""
        self.task = asyncio.get_running_loop().create_task(self._run(app))
        self.task.add_done_callback(lambda _: self.protocol.complete(self))

    async def _run(self, app: ASGIApp) -> None:
        try:
            await app(self.scope, self.receive, self.send)
        except ConnectionClosed:
            self.keep_alive = False
        except asyncio.CancelledError:
            self.keep_alive = False
        except Exception:
            logger.exception("%s %s failed", self.scope["method"], self.scope["path"])
            if not self.started:
                self.keep_alive = False
                body = encode_json({"message": "the server failed; its log says why"})
                start = {"status": 500, "headers": [(b"Content-Type", b"application/json")]}
                self._start(start)
                self._write_body(body, more=False)
        if self._head is not None:
            self._flush()
        if not self._finished:
            self.keep_alive = False

    async def send(self, message: Message) -> None:
        """Send a message; see ASGI."""
        if self.protocol.transport.is_closing() or self._disconnected:
            raise ConnectionClosed("the client is gone")
        if message["type"] == "http.response.start":
            self._start(message)
            asyncio.get_running_loop().call_soon(self._flush)
        else:
            self._write_body(message.get("body", b""), more=message.get("more_body", False))
        if not self.protocol.writable.is_set():
            await self.protocol.writable.wait()

    def _start(self, message: Message) -> None:
        self.started = True
        status: int = message["status"]
        lines = [_STATUS_LINES[HTTPStatus(status)]]
        sized = bare = status in (204, 304)
        for name, value in message["headers"]:
            lines.append(b"%s: %s\r\n" % (name, value))
            lower = name.lower()
            if lower == b"content-length":
                sized = True
            elif lower == b"connection" and value.lower() == b"close":
                self.keep_alive = False
        lines.append(date_line())
        self._bare = bare or self.scope["method"] == "HEAD"
        if not sized and not self._bare:
            if self.scope["http_version"] == "1.1" and self.keep_alive:
                self._chunked = True
                lines.append(b"Transfer-Encoding: chunked\r\n")
            else:
                self.keep_alive = False
        if not self.keep_alive and self.scope["http_version"] == "1.1":
            lines.append(b"Connection: close\r\n")
        lines.append(b"\r\n")
        self._head = b"".join(lines)

    def _flush(self) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            self.protocol.transport.write(head)

    def _write_body(self, body: bytes, *, more: bool) -> None:
        parts = [self._head] if self._head is not None else []
        self._head = None
        if body and not self._bare:
            parts += [b"%x\r\n" % len(body), body, b"\r\n"] if self._chunked else [body]
        if not more:
            self._finished = True
            if self._chunked:
                parts.append(b"0\r\n\r\n")
        if parts:
            self.protocol.transport.write(b"".join(parts))
