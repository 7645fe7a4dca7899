"""The transport that blocks."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
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

__all__ = ["NetworkStream", "Transport"]

_READ: Final = 256 * 1024


class _Connection:
    """A connection of the blocking transport."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.message: Message | None = None
        self.used = False
        self.spent = False
        """Whether the connection must close, since the last request is incomplete."""
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

    def head(self) -> Message:
        message = self.message
        assert message is not None
        while not message.head:
            self._feed()
        return message

    def body(self) -> bytes:
        """Return some bytes of the body, or of the stream after the head; empty at the end."""
        message = self.message
        assert message is not None
        while not message.body:
            if (message.complete and not message.raw) or self.closed:
                return b""
            self._feed()
        return message.take()

    def stale(self) -> bool:
        """Return whether the engine closed the connection, or sent bytes without a request."""
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
        """Return some bytes; empty at the end.

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
        """End this direction. No effect over TLS, which has no half-close in Python."""
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
        address: the address of the engine.
    """

    def __init__(self, address: EngineAddress) -> None:
        self._address = address
        self._idle: list[_Connection] = []
        self._all: set[_Connection] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return its response after the head; the body is read on demand.

        Raises:
            httpx.TransportError: the engine cannot be reached, or its response is not HTTP.
        """
        connection = self._connection(request)
        try:
            try:
                message = self._exchange(connection, request)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                if not connection.used or not may_be_sent_again(request):
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
        extensions: dict[str, object] = {"http_version": b"HTTP/1.1", "reason_phrase": message.reason}
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
        timeout = timeouts(request).get("connect")
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

    def _exchange(self, connection: _Connection, request: httpx.Request) -> Message:
        connection.message = Message(request.method)
        limits = timeouts(request)
        connection.socket.settimeout(limits.get("write"))
        head = request_head(request, self._address)
        stream = request.stream
        assert isinstance(stream, httpx.SyncByteStream)
        try:
            if isinstance(stream, httpx.ByteStream):
                connection.write(head + b"".join(stream))
            else:
                chunked = is_chunked(request)
                connection.write(head)
                for piece in stream:
                    if piece:
                        connection.write(frame(piece, chunked))
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
        connection.socket.settimeout(limits.get("read"))
        return connection.head()

    def release(self, connection: _Connection) -> None:
        """Keep a connection for the next request if its response is complete; otherwise close it."""
        message = connection.message
        if message is None or connection not in self._all:
            return
        if message.reusable and not connection.closed and not connection.spent and len(self._idle) < KEPT:
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
