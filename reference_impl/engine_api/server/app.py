"""The application: routes a request to an operation at a version."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.routing import Router

from engine_api.api.engine import Engine
from engine_api.api.errors import EngineError, InternalError, InvalidParameter, NotFound
from engine_api.api.versions import NEWEST, OLDEST, Version
from engine_api.server.dispatch import Dispatcher
from engine_api.server.exchange import Around, Exchange, Handle
from engine_api.server.responses import send_body, send_error
from engine_api.wire.bindings import BINDINGS, Binding
from engine_api.wire.media import JSON
from engine_api.wire.paths import Router as PathRouter
from engine_api.wire.paths import clean, split_version
from engine_api.wire.takeover import ConnectionClosed

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["JSON_LIMIT", "app"]

JSON_LIMIT: Final = 16 * 1024 * 1024
"""Default limit of a JSON body, in bytes."""

_PLAIN_TEXT_BELOW = (1, 24)

logger = logging.getLogger("engine_api.server")

_PATHS: Final = PathRouter(BINDINGS)
"""The paths of all operations."""


def app(
    engine: Engine,
    *,
    minimum: Version = OLDEST,
    maximum: Version = NEWEST,
    release: str | None = None,
    json_limit: int = JSON_LIMIT,
    documents: Callable[[Version], bytes] | None = None,
    around: Sequence[Around] = (),
) -> Starlette:
    """Return an engine's API as a Starlette application.

    Args:
        engine: the engine.
        minimum: the oldest version that is served.
        maximum: the newest version that is served, which requests without a version get.
        release: the Docker release whose behaviour is served, such as `28.5`. Default: the newest.
        json_limit: bytes that a JSON body may have.
        documents: returns the OpenAPI document of a version as JSON, for `/openapi.json` and `/v1.NN/openapi.json`.
            Default: these paths do not exist.
        around: handlers of each exchange around the engine, the outermost first.
    """
    application = Starlette()
    application.router = EngineRouter(engine, minimum, maximum, release, json_limit, documents, around)
    return application


class EngineRouter(Router):
    """Routes by the table of bindings, then by routes that are added to the application."""

    def __init__(
        self,
        engine: Engine,
        minimum: Version,
        maximum: Version,
        release: str | None,
        json_limit: int,
        documents: Callable[[Version], bytes] | None,
        around: Sequence[Around],
    ) -> None:
        super().__init__()
        self._minimum = minimum
        self._maximum = maximum
        self._documents = documents
        self._paths = _PATHS
        self._dispatcher = Dispatcher(engine, maximum, json_limit, release)
        self._handle: Handle = self._operate
        for one in reversed(around):
            self._handle = _surrounded(self._handle, one)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        path: str = scope["path"]
        if path == "*" and scope["method"] == "OPTIONS":
            await send_body(send, 200, {})
            return
        cleaned = clean(path)
        if cleaned != path:
            query = b"?" + scope["query_string"] if scope["query_string"] else b""
            location = quote(cleaned, safe="/:@%") + query.decode("latin-1")
            await send_body(send, 301, {"Location": location})
            return
        asked, rest = split_version(path)
        match = self._paths.match(scope["method"], rest)
        if match is not None:
            await self._handle(Exchange(match, asked, scope, receive, send))
        elif self._documents is not None and rest == "/openapi.json" and scope["method"] in ("GET", "HEAD"):
            await self._respond(scope, send, partial(self._document, asked, send, self._documents))
        else:
            await self._unknown(scope, receive, send)

    async def _operate(self, exchange: Exchange) -> None:
        """Call the operation of an exchange, and send its response."""
        if self._gone(exchange.binding, exchange.asked):
            await self._unknown(exchange.scope, exchange.receive, exchange.send)
            return

        async def operate(headers: dict[str, str]) -> None:
            version = self._maximum if exchange.asked is None else self._version(exchange.asked)
            if version not in exchange.binding.operation.span:
                raise InvalidParameter(_out_of_span(exchange.binding))
            await self._dispatcher.dispatch(exchange, version)

        await self._respond(exchange.scope, exchange.send, operate)

    async def _document(
        self, asked: str | None, send: Send, documents: Callable[[Version], bytes], headers: dict[str, str]
    ) -> None:
        version = self._maximum if asked is None else self._version(asked)
        await send_body(send, 200, {**headers, "Content-Type": JSON}, documents(version))

    async def _respond(self, scope: Scope, send: Send, respond: Callable[[dict[str, str]], Awaitable[None]]) -> None:
        """Send a response, or the error that is raised, with the headers of the engine."""
        headers: dict[str, str] = {}
        try:
            headers = await self._dispatcher.headers()
            await respond(headers)
        except _TooOld as error:
            if error.plain:
                text = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
                await send_body(send, 400, {**headers, **text}, error.message.encode() + b"\n")
            else:
                await send_error(send, error, headers)
        except EngineError as error:
            await send_error(send, error, headers)
        except ConnectionClosed:
            raise
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            await send_error(send, InternalError("the engine failed; its log says why"), headers)

    def _gone(self, binding: Binding, asked: str | None) -> bool:
        """Return whether a version no longer has the path of an operation."""
        last = binding.operation.span.until
        if last == NEWEST:
            return False
        if asked is None:
            return last < self._maximum
        return tuple(int(part or 0) for part in asked.split(".")) > (last.major, last.minor)

    async def _unknown(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.routes:
            await super().app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await send_body(send, 200, {})
        else:
            await send_error(send, NotFound("page not found"), {})

    def _version(self, asked: str) -> Version:
        numbers = tuple(int(part or 0) for part in asked.split("."))
        if numbers < (self._minimum.major, self._minimum.minor):
            raise _TooOld(
                f"client version {asked} is too old. Minimum supported API version is {self._minimum}, "
                "please upgrade your client to a newer version",
                plain=numbers < _PLAIN_TEXT_BELOW,
            )
        if numbers > (self._maximum.major, self._maximum.minor):
            raise InvalidParameter(
                f"client version {asked} is too new. Maximum supported API version is {self._maximum}"
            )
        return Version(numbers[0], numbers[1])


def _surrounded(handle: Handle, around: Around) -> Handle:
    """Return a handler that calls `around` with the exchange and `handle`."""

    async def surrounded(exchange: Exchange) -> None:
        await around(exchange, handle)

    return surrounded


class _TooOld(InvalidParameter):
    """The version is no longer served; versions before v1.24 have plain text errors."""

    def __init__(self, message: str, *, plain: bool) -> None:
        super().__init__(message)
        self.plain = plain


def _out_of_span(binding: Binding) -> str:
    pattern = binding.path.replace("}", ":.*}")
    return f"{binding.verb} {pattern} requires minimum API version {binding.operation.span.since}"
