"""A target without sockets: the application runs in the same event loop, as it does in a browser."""

from __future__ import annotations

import asyncio
from typing import Self

from engine_api.conformance.target import Connection, ConnectionFailed, Response
from engine_api.wire.application import Application, ApplicationExchange, IncompleteResponse, NoResponse

__all__ = ["InProcess"]


class _InProcessConnection(Connection):
    """One request to the application as bytes, and its response."""

    def __init__(self, application: Application) -> None:
        self._exchange = ApplicationExchange(application)
        self._buffer = bytearray()
        self._begun = False
        self._left = 0
        self._head_only = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection; the application receives a disconnect, and is ended."""
        await self._exchange.aclose()

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        if not self._begun:
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self._begin(bytes(self._buffer[:end]).decode("latin-1"))
            data = bytes(self._buffer[end + 4 :])
            if not self._left:
                await self._exchange.end_body()
        body, rest = data[: self._left], data[self._left :]
        if body:
            self._left -= len(body)
            await self._exchange.send_body(body, more=self._left > 0)
        if rest:
            await self._exchange.write(rest)
        await asyncio.sleep(0)

    def _begin(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ", 2)
        pairs = [line.partition(":") for line in lines]
        headers = [(name.strip().lower().encode(), value.strip().encode("latin-1")) for name, _, value in pairs]
        self._left = int(dict(headers).get(b"content-length", b"0"))
        self._begun = True
        self._exchange.begin(method, target, headers)

    async def half_close(self) -> None:
        """End the client's direction."""
        self._exchange.end_input()

    async def head(self) -> None:
        """Wait for the head of the response; see `Connection`."""
        try:
            await self._exchange.head()
        except NoResponse as error:
            raise ConnectionFailed(str(error)) from None

    async def response(self, method: str = "GET") -> Response:
        """Read the head of the response; see `Connection`."""
        self._head_only = method == "HEAD"
        await self.head()
        exchange = self._exchange
        headers = list(exchange.headers)
        if not exchange.sized and not exchange.taken:
            headers.append(("Transfer-Encoding", "chunked"))
        return Response(exchange.status, exchange.reason, headers, self)

    async def more(self) -> bytes:
        """Return more bytes after the head; empty at the end."""
        try:
            while (data := await self._exchange.read()) and self._head_only:
                continue
        except IncompleteResponse:
            return b""
        return data


class InProcess:
    """An application in the same event loop, reached without sockets.

    Args:
        application: the application.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def connect(self) -> Connection:
        """Open a connection."""
        return _InProcessConnection(self._application)
