"""Connections that are taken over: the streams of a process, in both directions, on the connection of the request."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from engine_api.api.errors import EngineError, NotImplementedByEngine
from engine_api.api.streams import Duplex
from engine_api.server.exchange import Call
from engine_api.server.plan import Plan
from engine_api.server.responses import send_body
from engine_api.versions.change import Arguments
from engine_api.wire.frames import encode_frames
from engine_api.wire.media import RAW, output_type
from engine_api.wire.paths import split_version
from engine_api.wire.statuses import status_of
from engine_api.wire.takeover import EXTENSION, Connection, ConnectionClosed

if TYPE_CHECKING:
    from starlette.types import Scope, Send

__all__ = ["carry", "hand_over", "takes_over"]

_Carrying = Coroutine[object, object, None]

_LOSING = (b"docker-sdk-python", b"tc-python")
_PAUSE = 0.05
"""Seconds between head and stream for clients that need a pause; engines take as long to start a process."""


def takes_over(method: str, path: str) -> bool:
    """Return whether input of a process may follow a request, even without an upgrade, as old clients send it."""
    rest = split_version(path)[1]
    return method == "POST" and (
        (rest.startswith("/containers/") and rest.endswith("/attach"))
        or (rest.startswith("/exec/") and rest.endswith("/start"))
    )


async def hand_over(
    chosen: Plan, call: Call, arguments: Arguments, scope: Scope, send: Send, headers: dict[str, str]
) -> None:
    """Call the engine for a duplex stream, take the connection over and carry both directions until they end.

    Raises:
        EngineError: the engine refused, and the connection has not been taken over.
    """
    takeover = scope.get("extensions", {}).get(EXTENSION)
    if takeover is None:
        raise NotImplementedByEngine("this server cannot hand over connections")
    attach = chosen.binding.operation.id == "ContainerAttach"
    protocol = chosen.binding.upgrade
    asked = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"upgrade"), "")
    if protocol != "tcp" and asked != protocol:
        reason = f"protocol {asked} not supported" if asked else "no upgrade proto in request"
        raise chosen.binding.without_upgrade(reason)
    try:
        duplex: Duplex = await call()
    except EngineError as error:
        if not attach:
            raise
        # The engine has taken the connection over before it looks for the container.
        error = chosen.lower_error(error)
        status = status_of(error)
        await send_body(send, status, {"Content-Type": RAW, "Connection": "close"}, error.message.encode() + b"\r\n")
        return
    async with duplex:
        config = arguments.get("config")
        if getattr(config, "detach", False):
            await send_body(send, 200, headers)
            return
        content = {"Content-Type": output_type(duplex.tty)}
        for change in chosen.changes:
            change.lower_headers(content, arguments)
        head = _head(protocol, asked, {} if attach else headers, content)
        connection: Connection = takeover()
        try:
            await connection.write(head)
            if _loses_bytes(scope):
                await asyncio.sleep(_PAUSE)
            await carry(_carry_input(duplex, connection), _carry_output(duplex, connection), connection)
        except ConnectionClosed:
            pass
        finally:
            await connection.aclose()


def _head(protocol: str, asked: str, headers: Mapping[str, str], content: Mapping[str, str]) -> bytes:
    """Return the head of the response after which the connection carries a stream.

    Args:
        protocol: what the operation upgrades to.
        asked: what the client wants to upgrade to; empty for nothing, which is allowed for `tcp` only.
        headers: headers of the engine.
        content: headers of the stream.
    """
    if protocol != "tcp":
        status, own = f"101 {HTTPStatus(101).phrase}", {"Connection": "Upgrade", "Upgrade": protocol}
    elif asked:
        status, own = "101 UPGRADED", {**headers, **content, "Connection": "Upgrade", "Upgrade": "tcp"}
    else:
        status, own = f"200 {HTTPStatus(200).phrase}", {**headers, "Content-Type": RAW}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in own.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _loses_bytes(scope: Scope) -> bool:
    """Return whether the client uses docker-py, which discards bytes that arrive with the head of the response."""
    return any(name == b"user-agent" and value.startswith(_LOSING) for name, value in scope["headers"])


async def carry(
    input: Coroutine[object, object, None], output: Coroutine[object, object, None], connection: Connection
) -> None:
    """Carry both directions until the output ends or the client is gone.

    Args:
        input: carries bytes of the client to the process.
        output: carries bytes of the process to the client.
        connection: the connection of the client.
    """
    outwards, gone = asyncio.create_task(output), asyncio.create_task(connection.wait_closed())
    tasks = (asyncio.create_task(input), outwards, gone)
    try:
        await asyncio.wait((outwards, gone), return_when=asyncio.FIRST_COMPLETED)
        if outwards.done():
            outwards.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _carry_input(duplex: Duplex, connection: Connection) -> None:
    with suppress(ConnectionClosed):
        while data := await connection.read():
            await duplex.write(data)
        await duplex.close_write()


async def _carry_output(duplex: Duplex, connection: Connection) -> None:
    while chunks := await duplex.receive():
        if duplex.tty:
            await connection.write(b"".join(chunk.data for chunk in chunks))
        else:
            await connection.write(encode_frames(chunks))
