"""Targets that are reached over sockets. Requests are sent as bytes, without an HTTP client in between."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httptools

from engine_api.conformance.target import Connection, ConnectionFailed, Response

__all__ = ["SocketConnection", "SocketPair", "SocketTarget"]


@dataclass(frozen=True)
class SocketTarget:
    """An engine at `unix:///PATH` or `tcp://HOST:PORT`; TCP with TLS if `tls` is set."""

    url: str
    tls: ssl.SSLContext | None = None

    async def connect(self) -> Connection:
        """Open a connection; see `Target`."""
        scheme, separator, rest = self.url.partition("://")
        try:
            if scheme == "unix" and separator:
                return SocketConnection(*await asyncio.open_unix_connection(rest, limit=1 << 20))
            if scheme in ("tcp", "http", "https"):
                parts = urlsplit(self.url)
                if not parts.hostname:
                    raise ConnectionFailed(f"{self.url!r} has no host")
                port = parts.port or (2376 if self.tls else 2375)
                return SocketConnection(
                    *await asyncio.open_connection(parts.hostname, port, ssl=self.tls, limit=1 << 20)
                )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ConnectionFailed(f"{self.url} cannot be reached: {reason}") from None
        raise ConnectionFailed(f"{self.url!r} is no address; write unix:///PATH or tcp://HOST:PORT")


@dataclass
class SocketPair:
    """A server in the same event loop, connected by pairs of sockets.

    Args:
        protocol: returns the server's protocol for a new connection.
    """

    protocol: Callable[[], asyncio.Protocol]
    _sockets: list[socket.socket] = field(default_factory=list)

    async def connect(self) -> Connection:
        """Open a connection; see `Target`."""
        ours, theirs = socket.socketpair()
        for one in (ours, theirs):
            one.setblocking(False)
        await asyncio.get_running_loop().connect_accepted_socket(self.protocol, theirs)
        return SocketConnection(*await asyncio.open_connection(sock=ours, limit=1 << 20))


class SocketConnection(Connection):
    """A connection for one exchange, on a socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._head_only = False
        self._headers: list[tuple[str, str]] = []
        self._reason = ""
        self._head = False
        self._complete = False
        self._taken_over = False
        self._body = bytearray()
        self._parser = httptools.HttpResponseParser(self)

    async def __aenter__(self) -> SocketConnection:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except (OSError, ssl.SSLError):
            return

    # What the parser calls.

    def on_status(self, status: bytes) -> None:
        """Receive the reason phrase, or a part of it."""
        self._reason += status.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Receive a header."""
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """Receive the end of the head."""
        self._head = True
        if self._head_only:
            self._complete = True

    def on_body(self, data: bytes) -> None:
        """Receive a part of the body."""
        self._body += data

    def on_message_complete(self) -> None:
        """Receive the end of the response."""
        self._complete = True

    # What callers call.

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        self._writer.write(data)
        try:
            await self._writer.drain()
        except ConnectionError:
            return

    async def half_close(self) -> None:
        """End the client's direction."""
        if self._writer.can_write_eof():
            self._writer.write_eof()

    async def response(self, method: str = "GET") -> Response:
        """Read the head of the response; see `Connection`."""
        self._head_only = method == "HEAD"
        await self.head()
        return Response(self._parser.get_status_code(), self._reason, self._headers, self)

    async def head(self) -> None:
        """Wait for the head of the response; see `Connection`."""
        while not self._head:
            if not await self._feed():
                raise ConnectionFailed("the connection was closed before an answer came")

    async def _feed(self) -> bool:
        try:
            data = await self._reader.read(1 << 18)
        except OSError as error:
            if self._head:
                return False
            raise ConnectionFailed(f"the connection broke: {error.strerror or error}") from None
        if not data:
            return False
        if self._taken_over:
            self._body += data
            return True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._taken_over = True
            self._complete = False
            self._body += data[upgrade.args[0] :]
        except httptools.HttpParserError as error:
            if not (self._head_only and self._complete):
                raise ConnectionFailed(f"the answer is no HTTP: {error}") from None
        return True

    async def more(self) -> bytes:
        """Return more bytes after the head; empty at the end."""
        while not self._body:
            if self._complete and not self._taken_over:
                return b""
            if not await self._feed():
                return b""
        data = bytes(self._body)
        self._body.clear()
        return data
