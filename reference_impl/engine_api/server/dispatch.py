"""Turns requests into calls of the engine, and results into responses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from engine_api.api.containers import ContainerArchive
from engine_api.api.engine import Engine
from engine_api.api.errors import EngineError, InvalidParameter
from engine_api.api.streams import OutputStream
from engine_api.api.system import PingResponse
from engine_api.api.versions import Version
from engine_api.server.exchange import Call, Exchange
from engine_api.server.plan import Plan, plan
from engine_api.server.responses import send_body, send_start
from engine_api.server.takeover import hand_over
from engine_api.server.websocket import hand_over_websocket
from engine_api.versions.change import Arguments
from engine_api.wire.bindings import EARLY_SINCE, ResponseKind
from engine_api.wire.bodies import TooLarge, check_json_type
from engine_api.wire.compression import choose, compressed
from engine_api.wire.frames import encode_frames
from engine_api.wire.media import JSON, documents_type, output_type, write_document
from engine_api.wire.pathstat import PATH_STAT, encode_path_stat
from engine_api.wire.queries import parse_query

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["Dispatcher"]

T = TypeVar("T")

_NO_CACHE = {"Cache-Control": "no-cache, no-store, must-revalidate", "Pragma": "no-cache"}


class Dispatcher:
    """Calls the engine for each request."""

    def __init__(self, engine: Engine, maximum: Version, json_limit: int, release: str | None = None) -> None:
        self._engine = engine
        self._maximum = maximum
        self._json_limit = json_limit
        self._release = release
        self._headers: dict[str, str] | None = None
        self._calls: set[asyncio.Task[object]] = set()
        self._senders: Mapping[ResponseKind, Callable[..., Awaitable[None]]] = {
            ResponseKind.EMPTY: self._empty,
            ResponseKind.JSON: self._json,
            ResponseKind.EARLY_JSON: self._early_json,
            ResponseKind.PING: self._ping,
            ResponseKind.PING_HEAD: self._ping,
            ResponseKind.MESSAGES: self._messages,
            ResponseKind.BYTES: self._bytes,
            ResponseKind.PATH_STAT: self._path_stat,
            ResponseKind.OUTPUT: self._output,
        }

    async def headers(self) -> dict[str, str]:
        """Return the headers of every response of an operation."""
        if self._headers is None:
            version = await self._engine.system.version()
            ping = await self._engine.system.ping()
            self._headers = {
                "Api-Version": str(self._maximum),
                "Docker-Experimental": "true" if ping.experimental else "false",
                "Ostype": ping.os_type or "linux",
                "Server": f"Docker/{version.version} ({ping.os_type or 'linux'})",
            }
        return self._headers

    async def dispatch(self, exchange: Exchange, version: Version) -> None:
        """Call the operation of an exchange at a version, and send its result.

        Raises:
            EngineError: the engine refused the call; nothing has been sent.
        """
        binding, scope, send = exchange.binding, exchange.scope, exchange.send
        chosen = plan(binding, version, self._release)
        try:
            arguments = await self._arguments(exchange, chosen)
        except EngineError as error:
            raise chosen.lower_bad_request(error) from None
        call = partial(getattr(getattr(self._engine, binding.resource), binding.operation.name), **arguments)
        try:
            if binding.response is ResponseKind.DUPLEX:
                await hand_over(chosen, call, arguments, scope, send, await self.headers())
            elif binding.response is ResponseKind.WEBSOCKET:
                await hand_over_websocket(chosen, call, scope, send)
            elif binding.response is ResponseKind.ARCHIVE:
                coding = choose(_header(scope, b"accept-encoding"))
                await self._archive(chosen, call, send, coding)
            elif binding.response is ResponseKind.DOCUMENTS:
                media = documents_type(version, _header(scope, b"accept")) if binding.negotiated else JSON
                await self._documents(chosen, call, arguments, send, media)
            else:
                await self._senders[binding.response](chosen, call, arguments, send)
        except EngineError as error:
            raise chosen.lower_error(error) from None

    async def _arguments(self, exchange: Exchange, chosen: Plan) -> Arguments:
        """Return the arguments of the call, as the newest version has them."""
        binding, scope, receive = exchange.binding, exchange.scope, exchange.receive
        arguments: Arguments = dict(exchange.match.names)
        if scope["query_string"]:
            arguments |= chosen.query_arguments(parse_query(scope["query_string"]))
        elif chosen.query:
            arguments |= chosen.query_arguments({})
        if chosen.headers:
            arguments |= chosen.header_arguments(scope["headers"])
        if binding.json_argument is not None:
            arguments[binding.json_argument.parameter.name] = await self._read_json(chosen, scope, receive, arguments)
        elif binding.tar_argument is not None:
            arguments[binding.tar_argument.parameter.name] = _read_tar(receive)
        elif binding.refuses_body and _body_length(scope["headers"]) > 7:
            raise InvalidParameter(binding.refuses_body)
        chosen.lift(arguments)
        return arguments

    async def _finish(self, call: Callable[[], Awaitable[T]]) -> T:
        """Await a call to its end even if the client disconnects, so that no change is incomplete."""
        task: asyncio.Task[T] = asyncio.ensure_future(call())
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return await asyncio.shield(task)

    async def _empty(self, chosen: Plan, call: Call, arguments: Arguments, send: Send) -> None:
        await self._finish(call)
        await send_body(send, chosen.binding.status, await self.headers())

    async def _json(self, chosen: Plan, call: Call, arguments: Arguments, send: Send) -> None:
        result = chosen.lower(await call(), arguments)
        headers = {**await self.headers(), "Content-Type": JSON}
        await send_body(send, chosen.binding.status, headers, chosen.encode(result))

    async def _early_json(self, chosen: Plan, call: Call, arguments: Arguments, send: Send) -> None:
        headers = {**await self.headers(), "Content-Type": JSON}
        started: asyncio.Task[None] | None = None

        def accepted() -> None:
            nonlocal started
            started = asyncio.ensure_future(send_start(send, chosen.binding.status, headers))

        early = chosen.version >= EARLY_SINCE
        result = chosen.lower(await call(accepted=accepted) if early else await call(), arguments)
        if started is None:
            await send_body(send, chosen.binding.status, headers, chosen.encode(result))
        else:
            await started
            await send({"type": "http.response.body", "body": chosen.encode(result)})

    async def _ping(self, chosen: Plan, call: Call, arguments: Arguments, send: Send) -> None:
        ping: PingResponse = await call()
        headers = {**await self.headers(), **_NO_CACHE, "Content-Type": "text/plain; charset=utf-8"}
        if isinstance(ping.builder_version, str):
            headers["Builder-Version"] = ping.builder_version
        if isinstance(ping.swarm, str):
            headers["Swarm"] = ping.swarm
        await send_body(send, 200, headers, b"" if chosen.binding.response is ResponseKind.PING_HEAD else b"OK")

    async def _messages(self, chosen: Plan, call: Call, arguments: Arguments, send: Send) -> None:
        messages = aiter(chosen.lower(await call(), arguments))
        message = await anext(messages, None)
        await send_start(send, 200, {**await self.headers(), "Content-Type": JSON})
        try:
            while message is not None:
                body = chosen.encode(message)[:-1] + b"\r\n"
                await send({"type": "http.response.body", "body": body, "more_body": True})
                message = await anext(messages, None)
        finally:
            await _close(messages)
        await send({"type": "http.response.body", "body": b""})

    async def _documents(self, chosen: Plan, call: Call, arguments: Arguments, send: Send, media: str) -> None:
        documents = aiter(chosen.lower(await call(), arguments))
        try:
            await send_start(send, chosen.binding.status, {**await self.headers(), "Content-Type": media})
            async for document in documents:
                body = write_document(chosen.encode(document), media)
                await send({"type": "http.response.body", "body": body, "more_body": True})
        finally:
            await _close(documents)
        await send({"type": "http.response.body", "body": b""})

    async def _bytes(self, chosen: Plan, call: Call, arguments: Arguments, send: Send) -> None:
        await self._pieces(chosen, await call(), {}, send)

    async def _archive(self, chosen: Plan, call: Call, send: Send, coding: str | None) -> None:
        archive: ContainerArchive = await call()
        headers = {PATH_STAT: encode_path_stat(archive.stat)}
        if coding is None:
            await self._pieces(chosen, archive, headers, send)
        else:
            try:
                headers["Content-Encoding"] = coding
                await self._pieces(chosen, compressed(aiter(archive), coding), headers, send)
            finally:
                await _close(archive)

    async def _path_stat(self, chosen: Plan, call: Call, arguments: Arguments, send: Send) -> None:
        headers = {**await self.headers(), PATH_STAT: encode_path_stat(await call())}
        await send_start(send, chosen.binding.status, headers)
        await send({"type": "http.response.body", "body": b""})

    async def _pieces(self, chosen: Plan, content: AsyncIterable[bytes], own: dict[str, str], send: Send) -> None:
        pieces = aiter(content)
        try:
            piece = await anext(pieces, b"")
            headers = {**await self.headers(), **own, "Content-Type": chosen.binding.media}
            await send_start(send, chosen.binding.status, headers)
            while piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await anext(pieces, b"")
        finally:
            await _close(pieces)
        await send({"type": "http.response.body", "body": b""})

    async def _output(self, chosen: Plan, call: Call, arguments: Arguments, send: Send) -> None:
        output: OutputStream = await call()
        async with output:
            headers = {**await self.headers(), "Content-Type": output_type(output.tty)}
            for change in chosen.changes:
                change.lower_headers(headers, arguments)
            await send_start(send, 200, headers)
            while chunks := await output.receive():
                body = b"".join(chunk.data for chunk in chunks) if output.tty else encode_frames(chunks)
                await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _read_json(self, chosen: Plan, scope: Scope, receive: Receive, arguments: Arguments) -> object:
        length = _body_length(scope["headers"])
        if length > self._json_limit:
            raise TooLarge(f"the body is longer than {self._json_limit} bytes")
        body = b""
        while length:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise InvalidParameter("invalid JSON: unexpected EOF")
            body += message.get("body", b"")
            if len(body) > self._json_limit:
                raise TooLarge(f"the body is longer than {self._json_limit} bytes")
            if not message.get("more_body", False):
                break
        binding = chosen.binding
        assert binding.json_argument is not None
        if not body and binding.body_optional:
            parameter = binding.json_argument.parameter
            return binding.json_argument.kind() if parameter.required else parameter.default
        if body:
            check_json_type(_header(scope, b"content-type"))
        return chosen.decode_body(body, arguments)


async def _close(iterator: object) -> None:
    close = getattr(iterator, "aclose", None)
    if close is not None:
        await close()


def _header(scope: Scope, name: bytes) -> str | None:
    """The first value of a header."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def _body_length(headers: list[tuple[bytes, bytes]]) -> int:
    """Return the length that the headers state; 8 for a chunked body, whose length is not known yet."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return int(value)
        if name == b"transfer-encoding":
            return 8
    return 0


async def _read_tar(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise InvalidParameter("the body ended early")
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body", False):
            return
