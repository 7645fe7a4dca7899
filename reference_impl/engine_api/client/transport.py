"""httpx on sockets of our own: HTTP/1.1 by httptools, upgrades, and streams that may be quiet for as long as they like.

httpx's own transport reads with h11, which costs most where engines send a chunk per line, and gives an upgraded
connection a slot of its pool. Here any number of connections may be in use, and some are kept for the next request
when their answer is at its end; the `read` timeout covers the wait for an answer's head only; and a response whose
connection was taken over has `extensions["network_stream"]`, with `read`, `write`, `close_write` and `close` (`aclose`
for the asynchronous one).
"""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import httptools
import httpx

from engine_api.client.address import EngineAddress

__all__ = ["AsyncNetworkStream", "AsyncTransport", "NetworkStream", "Transport"]

_READ: Final = 256 * 1024
_HIGH_WATER: Final = 1024 * 1024
_SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
"""Methods of requests that may be sent twice."""
_KEPT: Final = 20
"""How many idle connections are kept."""


class _Message:
    """An answer as it is parsed."""

    def __init__(self, method: str) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.reason = b""
        self.body: deque[bytes] = deque()
        self.size = 0
        self.head = False
        self.complete = False
        self.raw = False
        self.reusable = False
        """Whether another request may follow on the connection."""
        self._surplus = False
        self._head_only = method == "HEAD"
        self._parser: Any = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take bytes from the connection; raises `httptools.HttpParserError` if they are no HTTP."""
        if self.raw:
            self.on_body(data)
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self.raw = True
            self.complete = self.reusable = False
            rest = data[upgrade.args[0] :]
            if rest:
                self.on_body(rest)
        except httptools.HttpParserError:
            if not self.complete:
                raise
            self._end_with_surplus()

    def finish(self) -> bool:
        """The peer ends its direction; gives whether an answer may end so."""
        if self.complete or self.raw:
            return True
        names = {name.lower() for name, _ in self.headers}
        return self.head and b"content-length" not in names and b"transfer-encoding" not in names

    @property
    def status(self) -> int:
        """The status code."""
        code: int = self._parser.get_status_code()
        return code

    def on_message_begin(self) -> None:
        if self.complete:
            self._end_with_surplus()

    def on_status(self, status: bytes) -> None:
        if not self._surplus:
            self.reason += status

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._surplus:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self._surplus:
            return
        if 100 <= self.status < 200 and self.status != 101:
            self.headers.clear()
            self.reason = b""
            return
        self.head = True
        if self._head_only:
            self._end()

    def on_body(self, data: bytes) -> None:
        if not self._surplus:
            self.body.append(data)
            self.size += len(data)

    def on_message_complete(self) -> None:
        if self.head and not self.complete:
            self._end()

    def _end(self) -> None:
        self.complete = True
        # The parser knows it only until the next message begins.
        self.reusable = bool(self._parser.should_keep_alive())

    def _end_with_surplus(self) -> None:
        """Something follows the answer that nobody asked for; it is no answer to what is asked next."""
        self._surplus = True
        self.reusable = False

    def take(self) -> bytes:
        """All of the body that is there."""
        data = self.body.popleft() if len(self.body) == 1 else b"".join(self.body)
        self.body.clear()
        self.size = 0
        return data


def _head(request: httpx.Request, address: EngineAddress) -> bytes:
    lines = [b"%s %s HTTP/1.1\r\n" % (request.method.encode(), request.url.raw_path)]
    for name, value in request.headers.raw:
        if name.lower() == b"host":
            value = address.authority.encode()
        lines.append(b"%s: %s\r\n" % (name, value))
    lines.append(b"\r\n")
    return b"".join(lines)


def _chunked(request: httpx.Request) -> bool:
    coding: str = request.headers.get("transfer-encoding", "")
    return coding.lower() == "chunked"


def _may_be_sent_again(request: httpx.Request) -> bool:
    """Whether to send a request again when a connection that was idle turns out to be closed."""
    return request.method in _SAFE and isinstance(request.stream, httpx.ByteStream)


def _timeouts(request: httpx.Request) -> dict[str, float | None]:
    found: dict[str, float | None] = request.extensions.get("timeout", {})
    return found


def _frame(piece: bytes, chunked: bool) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece


# asyncio


class _AsyncConnection(asyncio.Protocol):
    """A connection of the asynchronous transport."""

    def __init__(self, tls: bool) -> None:
        self.transport: asyncio.Transport
        self.message: _Message | None = None
        self.used = False
        self.spent = False
        """Whether no other request may follow, since the last was not sent to its end."""
        self.loop = asyncio.get_running_loop()
        self._tls = tls
        self._waiter: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._paused = False
        self.closed = False
        self._error: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def stale(self) -> bool:
        """Whether the engine has closed it, or sent what nobody asked for, even if the loop does not know yet."""
        if self.closed or self.loop is not asyncio.get_running_loop():
            return True
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket"), select.POLLIN)
        return bool(poll.poll(0))

    def data_received(self, data: bytes) -> None:
        message = self.message
        if message is None:
            self.transport.abort()  # nobody asked
            return
        try:
            message.feed(data)
        except httptools.HttpParserError as error:
            self._error = httpx.RemoteProtocolError(f"the answer is no HTTP: {error}")
            self.transport.abort()
        if message.size > _HIGH_WATER and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self._end()
        return bool(not self._tls and self.message is not None and self.message.raw)

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and self._error is None:
            self._error = httpx.ReadError(str(exc) or "the connection broke")
        self._end()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def _end(self) -> None:
        self.closed = True
        if self.message is not None and self._error is None and not self.message.finish():
            words = "within an answer" if self.message.head else "before an answer came"
            self._error = httpx.RemoteProtocolError(f"the connection was closed {words}")
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    async def write(self, data: bytes) -> None:
        if self.closed and self.transport.is_closing():
            raise self._error or httpx.WriteError("the connection is closed")
        self.transport.write(data)
        if not self._writable.is_set():
            await self._writable.wait()

    async def head(self) -> _Message:
        message = self.message
        assert message is not None
        while not message.head:
            if self._error is not None:
                raise self._error
            await self._wait()
        return message

    async def body(self) -> bytes:
        """Some of the body, or of the stream after the head; nothing at the end."""
        message = self.message
        assert message is not None
        while not message.body:
            if message.complete and not message.raw:
                return b""
            if self._error is not None:
                raise self._error
            if self.closed:
                return b""
            await self._wait()
        data = message.take()
        if self._paused:
            self._paused = False
            if not self.closed:
                self.transport.resume_reading()
        return data


class AsyncNetworkStream:
    """Both directions of a connection that was taken over."""

    def __init__(self, connection: _AsyncConnection) -> None:
        self._connection = connection

    async def read(self) -> bytes:
        """Some bytes; nothing at the end.

        Raises:
            httpx.ReadError: the connection broke.
        """
        return await self._connection.body()

    async def write(self, data: bytes) -> None:
        """Send bytes; waits while the peer reads too slowly.

        Raises:
            httpx.WriteError: the connection is closed.
        """
        await self._connection.write(data)

    async def close_write(self) -> None:
        """End this direction. Over TLS nothing happens: Python's TLS cannot end one direction only."""
        transport = self._connection.transport
        if transport.can_write_eof() and not transport.is_closing():
            transport.write_eof()

    async def aclose(self) -> None:
        """Close both directions."""
        self._connection.transport.abort()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, transport: AsyncTransport, connection: _AsyncConnection) -> None:
        self._transport = transport
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while data := await self._connection.body():
            yield data

    async def aclose(self) -> None:
        self._transport.release(self._connection)


class AsyncTransport(httpx.AsyncBaseTransport):
    """Requests to one engine.

    Args:
        address: where it is.
    """

    def __init__(self, address: EngineAddress) -> None:
        self._address = address
        self._idle: list[_AsyncConnection] = []
        self._all: set[_AsyncConnection] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the head of its answer; the body is read as it is asked for.

        Raises:
            httpx.TransportError: the engine cannot be reached, or does not answer as HTTP has it.
        """
        connection = await self._connection(request)
        try:
            try:
                message = await self._exchange(connection, request)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                if not connection.used or not _may_be_sent_again(request):
                    raise
                self._drop(connection)
                connection = await self._connect(request)
                message = await self._exchange(connection, request)
        except httpx.TransportError as error:
            self._drop(connection)
            error.request = request
            raise
        except BaseException:
            self._drop(connection)
            raise
        extensions: dict[str, Any] = {"http_version": b"HTTP/1.1", "reason_phrase": message.reason}
        extensions["network_stream"] = AsyncNetworkStream(connection)
        return httpx.Response(
            message.status, headers=message.headers, stream=_AsyncBody(self, connection), extensions=extensions
        )

    async def _connection(self, request: httpx.Request) -> _AsyncConnection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.stale():
                connection.used = True
                return connection
            self._drop(connection)
        return await self._connect(request)

    async def _connect(self, request: httpx.Request) -> _AsyncConnection:
        loop = asyncio.get_running_loop()
        address = self._address
        made = _AsyncConnection(address.tls is not None)
        try:
            async with asyncio.timeout(_timeouts(request).get("connect")):
                if address.path is not None:
                    await loop.create_unix_connection(lambda: made, address.path)
                else:
                    name = address.host if address.tls is not None else None
                    await loop.create_connection(
                        lambda: made, address.host, address.port, ssl=address.tls, server_hostname=name
                    )
        except TimeoutError:
            raise httpx.ConnectTimeout(f"{address} did not take the connection in time", request=request) from None
        except (OSError, ssl.SSLError) as error:
            reason = error.strerror or str(error)
            raise httpx.ConnectError(f"{address} cannot be reached: {reason}", request=request) from None
        self._all.add(made)
        return made

    async def _exchange(self, connection: _AsyncConnection, request: httpx.Request) -> _Message:
        connection.message = message = _Message(request.method)
        head = _head(request, self._address)
        chunked = _chunked(request)
        stream = request.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        if isinstance(stream, httpx.ByteStream):
            await connection.write(head + b"".join([piece async for piece in stream]))
        else:
            await connection.write(head)
            async for piece in stream:
                if piece:
                    await connection.write(_frame(piece, chunked))
                if message.head or connection.closed:
                    connection.spent = True
                    break  # an answer that did not wait for the body
            else:
                if chunked:
                    await connection.write(b"0\r\n\r\n")
        try:
            async with asyncio.timeout(_timeouts(request).get("read")):
                return await connection.head()
        except TimeoutError:
            raise httpx.ReadTimeout(f"{self._address} did not answer in time", request=request) from None

    def release(self, connection: _AsyncConnection) -> None:
        """Keep a connection for the next request if its answer is at its end; otherwise close it."""
        message = connection.message
        if message is None or connection not in self._all:
            return
        if message.reusable and not connection.closed and not connection.spent and len(self._idle) < _KEPT:
            connection.message = None
            self._idle.append(connection)
        else:
            self._drop(connection)

    def _drop(self, connection: _AsyncConnection) -> None:
        self._all.discard(connection)
        if not connection.loop.is_closed():
            connection.transport.abort()

    async def aclose(self) -> None:
        """Close every connection."""
        for connection in list(self._all):
            self._drop(connection)
        self._idle.clear()
        await asyncio.sleep(0)


# blocking


class _Connection:
    """A connection of the blocking transport."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.message: _Message | None = None
        self.used = False
        self.spent = False
        """Whether no other request may follow, since the last was not sent to its end."""
        self.closed = False

    def write(self, data: bytes) -> None:
        try:
            self.socket.sendall(data)
        except TimeoutError:
            raise httpx.WriteTimeout("the engine did not read in time") from None
        except OSError as error:
            raise httpx.WriteError(error.strerror or str(error)) from None

    def _feed(self) -> None:
        message = self.message
        assert message is not None
        try:
            data = self.socket.recv(_READ)
        except TimeoutError:
            raise httpx.ReadTimeout("the engine did not answer in time") from None
        except OSError as error:
            raise httpx.ReadError(error.strerror or str(error)) from None
        if data:
            try:
                message.feed(data)
            except httptools.HttpParserError as error:
                raise httpx.RemoteProtocolError(f"the answer is no HTTP: {error}") from None
            return
        self.closed = True
        if not message.finish():
            words = "within an answer" if message.head else "before an answer came"
            raise httpx.RemoteProtocolError(f"the connection was closed {words}")

    def head(self) -> _Message:
        message = self.message
        assert message is not None
        while not message.head:
            self._feed()
        return message

    def body(self) -> bytes:
        """Some of the body, or of the stream after the head; nothing at the end."""
        message = self.message
        assert message is not None
        while not message.body:
            if (message.complete and not message.raw) or self.closed:
                return b""
            self._feed()
        return message.take()

    def stale(self) -> bool:
        """Whether the engine has closed it, or sent what nobody asked for."""
        self.socket.setblocking(False)
        try:
            self.socket.recv(1, 0 if isinstance(self.socket, ssl.SSLSocket) else socket.MSG_PEEK)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True
        return True


class NetworkStream:
    """Both directions of a connection that was taken over."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    def read(self) -> bytes:
        """Some bytes; nothing at the end.

        Raises:
            httpx.ReadError: the connection broke.
        """
        return self._connection.body()

    def write(self, data: bytes) -> None:
        """Send bytes; waits while the peer reads too slowly.

        Raises:
            httpx.WriteError: the connection is closed.
        """
        self._connection.write(data)

    def close_write(self) -> None:
        """End this direction. Over TLS nothing happens: Python's TLS cannot end one direction only."""
        if not isinstance(self._connection.socket, ssl.SSLSocket):
            try:
                self._connection.socket.shutdown(socket.SHUT_WR)
            except OSError:
                return

    def close(self) -> None:
        """Close both directions."""
        self._connection.socket.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, transport: Transport, connection: _Connection) -> None:
        self._transport = transport
        self._connection = connection

    def __iter__(self) -> Iterator[bytes]:
        while data := self._connection.body():
            yield data

    def close(self) -> None:
        self._transport.release(self._connection)


class Transport(httpx.BaseTransport):
    """Requests to one engine, blocking.

    Args:
        address: where it is.
    """

    def __init__(self, address: EngineAddress) -> None:
        self._address = address
        self._idle: list[_Connection] = []
        self._all: set[_Connection] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the head of its answer; the body is read as it is asked for.

        Raises:
            httpx.TransportError: the engine cannot be reached, or does not answer as HTTP has it.
        """
        connection = self._connection(request)
        try:
            try:
                message = self._exchange(connection, request)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                if not connection.used or not _may_be_sent_again(request):
                    raise
                self._drop(connection)
                connection = self._connect(request)
                message = self._exchange(connection, request)
        except httpx.TransportError as error:
            self._drop(connection)
            error.request = request
            raise
        except BaseException:
            self._drop(connection)
            raise
        connection.socket.settimeout(None)
        extensions: dict[str, Any] = {"http_version": b"HTTP/1.1", "reason_phrase": message.reason}
        extensions["network_stream"] = NetworkStream(connection)
        return httpx.Response(
            message.status, headers=message.headers, stream=_Body(self, connection), extensions=extensions
        )

    def _connection(self, request: httpx.Request) -> _Connection:
        while True:
            try:
                connection = self._idle.pop()  # another thread may have taken the last
            except IndexError:
                return self._connect(request)
            if not connection.stale():
                connection.used = True
                return connection
            self._drop(connection)

    def _connect(self, request: httpx.Request) -> _Connection:
        address = self._address
        timeout = _timeouts(request).get("connect")
        sock: socket.socket | None = None
        try:
            if address.path is not None:
                sock = socket.socket(socket.AF_UNIX)
                sock.settimeout(timeout)
                sock.connect(address.path)
            else:
                sock = socket.create_connection((address.host, address.port), timeout)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if address.tls is not None:
                    sock = address.tls.wrap_socket(sock, server_hostname=address.host)
        except TimeoutError:
            if sock is not None:
                sock.close()
            raise httpx.ConnectTimeout(f"{address} did not take the connection in time", request=request) from None
        except OSError as error:
            if sock is not None:
                sock.close()
            reason = error.strerror or str(error)
            raise httpx.ConnectError(f"{address} cannot be reached: {reason}", request=request) from None
        made = _Connection(sock)
        self._all.add(made)
        return made

    def _exchange(self, connection: _Connection, request: httpx.Request) -> _Message:
        connection.message = _Message(request.method)
        timeouts = _timeouts(request)
        connection.socket.settimeout(timeouts.get("write"))
        head = _head(request, self._address)
        stream = request.stream
        assert isinstance(stream, httpx.SyncByteStream)
        try:
            if isinstance(stream, httpx.ByteStream):
                connection.write(head + b"".join(stream))
            else:
                chunked = _chunked(request)
                connection.write(head)
                for piece in stream:
                    if piece:
                        connection.write(_frame(piece, chunked))
                if chunked:
                    connection.write(b"0\r\n\r\n")
        except httpx.WriteError:
            # An engine that refuses does not wait for the body; its answer may be there all the same.
            connection.spent = True
            connection.socket.settimeout(1.0)
            try:
                return connection.head()
            except httpx.TransportError:
                pass
            raise
        connection.socket.settimeout(timeouts.get("read"))
        return connection.head()

    def release(self, connection: _Connection) -> None:
        """Keep a connection for the next request if its answer is at its end; otherwise close it."""
        message = connection.message
        if message is None or connection not in self._all:
            return
        if message.reusable and not connection.closed and not connection.spent and len(self._idle) < _KEPT:
            connection.message = None
            self._idle.append(connection)
        else:
            self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        self._all.discard(connection)
        connection.socket.close()

    def close(self) -> None:
        """Close every connection."""
        for connection in list(self._all):
            self._drop(connection)
        self._idle.clear()
