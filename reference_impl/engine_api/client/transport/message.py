"""HTTP/1.1 for both transports: parsing of responses, and heads of requests."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

import httptools
import httpx

from engine_api.client.address import EngineAddress

__all__ = ["KEPT", "Message", "frame", "is_chunked", "may_be_sent_again", "request_head", "timeouts"]

KEPT: Final = 20
"""The number of idle connections that are kept."""

_SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
"""Methods of requests that can be repeated."""


class Message:
    """A response that is being parsed."""

    def __init__(self, method: str) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.reason = b""
        self.body: deque[bytes] = deque()
        self.size = 0
        self.head = False
        self.complete = False
        self.raw = False
        self.reusable = False
        """Whether the connection can have another request."""
        self._surplus = False
        self._head_only = method == "HEAD"
        self._parser: Any = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Parse bytes of the connection; raises `httptools.HttpParserError` if they are not HTTP."""
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
        """End the response with the connection; return whether the response is complete."""
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
        """Note bytes after the response, which belong to no request; the connection is not reused."""
        self._surplus = True
        self.reusable = False

    def take(self) -> bytes:
        """Return the available bytes of the body."""
        data = self.body.popleft() if len(self.body) == 1 else b"".join(self.body)
        self.body.clear()
        self.size = 0
        return data


def request_head(request: httpx.Request, address: EngineAddress) -> bytes:
    lines = [b"%s %s HTTP/1.1\r\n" % (request.method.encode(), request.url.raw_path)]
    for name, value in request.headers.raw:
        if name.lower() == b"host":
            value = address.authority.encode()
        lines.append(b"%s: %s\r\n" % (name, value))
    lines.append(b"\r\n")
    return b"".join(lines)


def is_chunked(request: httpx.Request) -> bool:
    coding: str = request.headers.get("transfer-encoding", "")
    return coding.lower() == "chunked"


def may_be_sent_again(request: httpx.Request) -> bool:
    """Return whether to repeat a request after the engine closed the idle connection."""
    return request.method in _SAFE and isinstance(request.stream, httpx.ByteStream)


def timeouts(request: httpx.Request) -> dict[str, float | None]:
    found: dict[str, float | None] = request.extensions.get("timeout", {})
    return found


def frame(piece: bytes, chunked: bool) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece
