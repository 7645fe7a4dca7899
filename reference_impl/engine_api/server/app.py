"""The application: which operation is asked for, in which version."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.routing import Router

from engine_api.api.engine import Engine
from engine_api.api.errors import EngineError, InternalError, InvalidParameter, NotFound
from engine_api.api.versions import NEWEST, OLDEST, Version
from engine_api.server.answers import send_body, send_error
from engine_api.server.connection import ConnectionClosed
from engine_api.server.dispatch import Dispatcher
from engine_api.wire.bindings import BINDINGS, Binding
from engine_api.wire.media import JSON
from engine_api.wire.paths import Router as PathRouter
from engine_api.wire.paths import clean, split_version

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["JSON_LIMIT", "app"]

JSON_LIMIT: Final = 16 * 1024 * 1024
"""How many bytes a JSON body may have unless the caller says otherwise."""

_PLAIN_TEXT_BELOW = (1, 24)

logger = logging.getLogger("engine_api.server")

_PATHS: Final = PathRouter(BINDINGS)
"""Where every operation is found."""


def app(
    engine: Engine,
    *,
    minimum: Version = OLDEST,
    maximum: Version = NEWEST,
    json_limit: int = JSON_LIMIT,
    documents: Callable[[Version], bytes] | None = None,
) -> Starlette:
    """An engine's API as a Starlette application.

    Args:
        engine: what answers.
        minimum: the oldest version that is served.
        maximum: the newest version that is served, which requests without a version get.
        json_limit: bytes that a JSON body may have.
        documents: returns the OpenAPI document of a version as JSON, which `/openapi.json` and `/v1.NN/openapi.json`
            give. Default: these paths do not exist.
    """
    application = Starlette()
    application.router = EngineRouter(engine, minimum, maximum, json_limit, documents)
    return application


class EngineRouter(Router):
    """Routes by the table of bindings; routes added to the application come after it."""

    def __init__(
        self,
        engine: Engine,
        minimum: Version,
        maximum: Version,
        json_limit: int,
        documents: Callable[[Version], bytes] | None,
    ) -> None:
        super().__init__()
        self._minimum = minimum
        self._maximum = maximum
        self._documents = documents
        self._paths = _PATHS
        self._dispatcher = Dispatcher(engine, maximum, json_limit)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
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
        if match is not None and self._gone(match.binding, asked):
            match = None
        documents = self._documents if rest == "/openapi.json" and scope["method"] in ("GET", "HEAD") else None
        if match is None and documents is None:
            await self._unknown(scope, receive, send, rest)
            return
        headers: dict[str, str] = {}
        try:
            headers = await self._dispatcher.headers()
            version = self._maximum if asked is None else self._version(asked)
            if match is None:
                assert documents is not None
                await send_body(send, 200, {**headers, "Content-Type": JSON}, documents(version))
                return
            if version not in match.binding.operation.span:
                raise InvalidParameter(_out_of_span(match.binding))
            await self._dispatcher.dispatch(match, version, scope, receive, send)
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
            logger.exception("%s %s failed", scope["method"], path)
            await send_error(send, InternalError("the engine failed; its log says why"), headers)

    def _gone(self, binding: Binding, asked: str | None) -> bool:
        """Whether a version's path leads nowhere any more."""
        last = binding.operation.span.until
        if last == NEWEST:
            return False
        if asked is None:
            return last < self._maximum
        return tuple(int(part or 0) for part in asked.split(".")) > (last.major, last.minor)

    async def _unknown(self, scope: Scope, receive: Receive, send: Send, rest: str) -> None:
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


class _TooOld(InvalidParameter):
    """The version asked for is no longer served; versions before 1.24 had plain text errors."""

    def __init__(self, message: str, *, plain: bool) -> None:
        super().__init__(message)
        self.plain = plain


def _out_of_span(binding: Binding) -> str:
    pattern = binding.path.replace("}", ":.*}")
    return f"{binding.verb} {pattern} requires minimum API version {binding.operation.span.since}"
