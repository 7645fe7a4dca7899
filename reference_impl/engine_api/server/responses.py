"""Sends responses as ASGI messages."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING, Final

from engine_api.api.errors import EngineError
from engine_api.wire.bodies import encode_json
from engine_api.wire.statuses import status_of

if TYPE_CHECKING:
    from starlette.types import Send

__all__ = ["date_line", "head", "send_body", "send_error", "send_start"]

Headers = Mapping[str, str]


def head(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Return headers as ASGI has them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def send_start(send: Send, status: int, headers: Headers) -> None:
    """Send the head of a response whose body is sent later."""
    await send({"type": "http.response.start", "status": status, "headers": head(headers)})


async def send_body(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    """Send a response with its body, if its status has one."""
    bare = status == 204 or status == 304
    sized = headers if bare else {**headers, "Content-Length": str(len(body))}
    await send({"type": "http.response.start", "status": status, "headers": head(sized)})
    await send({"type": "http.response.body", "body": body})


async def send_error(send: Send, error: EngineError, headers: Headers) -> None:
    """Send the response of an error: JSON with its message; status 304 has no body."""
    status = status_of(error)
    if status == 304:
        await send_body(send, status, headers)
    else:
        body = encode_json({"message": error.message})
        await send_body(send, status, {**headers, "Content-Type": "application/json"}, body)


class _Date:
    """The line of the `Date` header, formatted once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._line = b""

    def __call__(self) -> bytes:
        now = int(time.time())
        if now != self._second:
            self._second = now
            self._line = f"Date: {formatdate(now, usegmt=True)}\r\n".encode()
        return self._line


date_line: Final = _Date()
"""Return the line of the `Date` header."""
