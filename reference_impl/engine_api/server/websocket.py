"""Attaching by a websocket: each piece of output is a message, each message is input."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from engine_api.api.errors import NotImplementedByEngine
from engine_api.api.streams import Duplex
from engine_api.server.exchange import Call
from engine_api.server.plan import Plan
from engine_api.server.responses import send_body
from engine_api.server.takeover import carry
from engine_api.wire.takeover import EXTENSION, Connection, ConnectionClosed
from engine_api.wire.websocket import (
    BINARY_SINCE,
    CLOSE,
    VERSION,
    Kind,
    MessageDecoder,
    WebsocketError,
    accept_of,
    encode_message,
)

if TYPE_CHECKING:
    from starlette.types import Scope, Send

__all__ = ["hand_over_websocket"]


async def hand_over_websocket(chosen: Plan, call: Call, scope: Scope, send: Send) -> None:
    """Call the engine for a duplex stream and carry it over a websocket until it ends.

    Raises:
        EngineError: the engine refused, and the connection has not been taken over.
    """
    takeover = scope.get("extensions", {}).get(EXTENSION)
    if takeover is None:
        raise NotImplementedByEngine("this server cannot hand over connections")
    duplex: Duplex = await call()
    async with duplex:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        refusal = _refusal(headers)
        if refusal:
            await send_body(send, 400, {"Connection": "close"}, refusal.encode())
            return
        connection: Connection = takeover()
        kind = Kind.BINARY if chosen.version >= BINARY_SINCE else Kind.TEXT
        lines = (
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept_of(headers[b'sec-websocket-key'])}",
        )
        try:
            await connection.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
            await carry(_carry_input(duplex, connection), _carry_output(duplex, connection, kind), connection)
            await connection.write(encode_message(Kind.CLOSE, CLOSE))
        except ConnectionClosed:
            pass
        finally:
            await connection.aclose()


def _refusal(headers: dict[bytes, str]) -> str:
    """Return the engine's error message for an invalid handshake; empty for a valid one."""
    upgrades = "upgrade" in headers.get(b"connection", "").lower()
    if not upgrades or headers.get(b"upgrade", "").lower() != "websocket":
        return "not websocket protocol"
    if not headers.get(b"sec-websocket-key"):
        return "mismatch challenge/response"
    if headers.get(b"sec-websocket-version") != VERSION:
        return "missing or bad WebSocket Version"
    return ""


async def _carry_input(duplex: Duplex, connection: Connection) -> None:
    decoder = MessageDecoder(masked=True)
    with suppress(ConnectionClosed):
        try:
            while data := await connection.read():
                for kind, piece in decoder.feed(data):
                    if kind is Kind.BINARY:
                        await duplex.write(piece)
                    elif kind is Kind.PING:
                        await connection.write(encode_message(Kind.PONG, piece))
                    elif kind is Kind.CLOSE:
                        await duplex.close_write()
                        return
        except WebsocketError:
            await connection.aclose()
            return
        await duplex.close_write()


async def _carry_output(duplex: Duplex, connection: Connection, kind: Kind) -> None:
    while chunks := await duplex.receive():
        await connection.write(b"".join(encode_message(kind, chunk.data) for chunk in chunks))
