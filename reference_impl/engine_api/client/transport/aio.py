"""The transport for asyncio."""

from __future__ import annotations

import asyncio
import select
import ssl
from collections.abc import AsyncIterator
from typing import Final

import httptools
import httpx

from engine_api.client.address import EngineAddress
from engine_api.client.transport.message import (
    KEPT,
    Message,
    frame,
    is_chunked,
    may_be_sent_again,
    request_head,
    timeouts,
)

__all__ = ["AsyncNetworkStream", "AsyncTransport"]

_HIGH_WATER: Final = 1024 * 1024


class _AsyncConnection(asyncio.Protocol):
    """A connection of the asynchronous transport."""

    def __init__(self, tls: bool) -> None:
        self.transport: asyncio.Transport
        self.message: Message | None = None
        self.used = False
        self.spent = False
        """Whether the connection must close, since the last request is incomplete."""
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
        """Return whether the engine closed the connection, or sent bytes without a request, even unnoticed."""
        if self.closed or self.loop is not asyncio.get_running_loop():
            return True
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket"), select.POLLIN)
        return bool(poll.poll(0))

    def data_received(self, data: bytes) -> None:
        message = self.message
        if message is None:
            self.transport.abort()  # there is no request
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
        self._waiter = self.loop.create_future()
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

    async def head(self, seconds: float | None) -> Message:
        """Return the response after its head; the body may follow.

        Args:
            seconds: limit of the wait. Default: none.
        """
        message = self.message
        assert message is not None
        deadline = None if seconds is None else self.loop.call_later(seconds, self._fail_by_time)
        try:
            while not message.head:
                if self._error is not None:
                    raise self._error
                await self._wait()
        finally:
            if deadline is not None:
                deadline.cancel()
        return message

    def _fail_by_time(self) -> None:
        self._error = httpx.ReadTimeout("the engine did not answer in time")
        self._wake()

    async def body(self) -> bytes:
        """Return some bytes of the body, or of the stream after the head; empty at the end."""
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
        """Return some bytes; empty at the end.

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
        """End this direction. No effect over TLS, which has no half-close in Python."""
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
        address: the address of the engine.
    """

    def __init__(self, address: EngineAddress) -> None:
        self._address = address
        self._idle: list[_AsyncConnection] = []
        self._all: set[_AsyncConnection] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return its response after the head; the body is read on demand.

        Raises:
            httpx.TransportError: the engine cannot be reached, or its response is not HTTP.
        """
        connection = await self._connection(request)
        try:
            try:
                message = await self._exchange(connection, request)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                if not connection.used or not may_be_sent_again(request):
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
        extensions: dict[str, object] = {"http_version": b"HTTP/1.1", "reason_phrase": message.reason}
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
            async with asyncio.timeout(timeouts(request).get("connect")):
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

    async def _exchange(self, connection: _AsyncConnection, request: httpx.Request) -> Message:
        connection.message = message = Message(request.method)
        head = request_head(request, self._address)
        chunked = is_chunked(request)
        stream = request.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        if isinstance(stream, httpx.ByteStream):
            await connection.write(head + b"".join([piece async for piece in stream]))
        else:
            await connection.write(head)
            async for piece in stream:
                if piece:
                    await connection.write(frame(piece, chunked))
                if message.head or connection.closed:
                    connection.spent = True
                    break  # an answer that did not wait for the body
            else:
                if chunked:
                    await connection.write(b"0\r\n\r\n")
        return await connection.head(timeouts(request).get("read"))

    def release(self, connection: _AsyncConnection) -> None:
        """Keep a connection for the next request if its response is complete; otherwise close it."""
        message = connection.message
        if message is None or connection not in self._all:
            return
        if message.reusable and not connection.closed and not connection.spent and len(self._idle) < KEPT:
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
