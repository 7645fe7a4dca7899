"""The client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from inspect import isawaitable
from types import TracebackType
from typing import Any, Self

import httpx

from engine_api.api.containers import ContainerArchive
from engine_api.api.images import AuthConfig
from engine_api.api.versions import Version
from engine_api.client._async_resources import AsyncResources
from engine_api.client.address import EngineAddress, chosen_address, chosen_version
from engine_api.client.call import (
    PING,
    Call,
    Given,
    decode,
    error_of_response,
    has_terminal,
    negotiate,
    path_stat_of,
    ping_of,
    prepare,
    tty_of_response,
    value_of,
)
from engine_api.client.errors import ConnectionFailed
from engine_api.client.http import AsyncHttp, body_of, request_of
from engine_api.client.options import USER_AGENT, Options, Report, Stopwatch
from engine_api.client.streams import AsyncDuplex, AsyncOutput, AsyncWebsocket, async_content, async_documents
from engine_api.client.transport import AsyncTransport
from engine_api.wire.bindings import EARLY_SINCE, ResponseKind

__all__ = ["AsyncClient"]


class AsyncClient(AsyncResources):
    """An engine over HTTP, with the calls of `engine_api.api.engine.Engine`.

    Use `async with`, or `aclose` it. The first call negotiates the version: the newest that client and engine
    support.

    Args:
        address: `unix:///PATH` or `tcp://HOST:PORT`. Default: from the environment, as for the Docker command line
            (`DOCKER_HOST`, `DOCKER_CONTEXT`, `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH`, `DOCKER_API_VERSION`).
        version: the version to use, such as `1.44`. Default: negotiated.
        transport: sends requests, in place of an address: an `ApplicationTransport`, or any transport of httpx.
            Default: sockets.
        headers: headers of every request.
        user_agent: the `User-Agent` of every request. Default: `docker-engine-api`.
        authenticate: called with an operation's ID when the response is 401 and the call had no credentials for a
            registry; returns credentials, with which the call is repeated, or None. May be asynchronous.
        trace: called with a `Report` after each exchange with the engine.

    Raises:
        AddressError: the address is invalid.
        ValueError: both an address and a transport are given.
    """

    def __init__(
        self,
        address: str | EngineAddress | None = None,
        *,
        version: str | Version | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        headers: Mapping[str, str] | None = None,
        user_agent: str = USER_AGENT,
        authenticate: Callable[[str], AuthConfig | None | Awaitable[AuthConfig | None]] | None = None,
        trace: Callable[[Report], object] | None = None,
    ) -> None:
        super().__init__()
        self.address = chosen_address(address, transport)
        """The address of the engine; None with a transport."""
        self._version = chosen_version(version, self.address)
        self._options = Options(headers or {}, user_agent, authenticate, trace)
        self._negotiating: asyncio.Lock | None = None
        if transport is None:
            assert self.address is not None
            transport = AsyncTransport(self.address)
        self._http = AsyncHttp(transport)

    async def version(self) -> Version:
        """Return the version in use, and negotiate it if it is unknown.

        Raises:
            ConnectionFailed: the engine cannot be reached.
            VersionUnsupported: the engine is older than the oldest described version.
        """
        if self._version is None:
            if self._negotiating is None:
                self._negotiating = asyncio.Lock()
            async with self._negotiating:
                if self._version is None:
                    response = await self._send(PING, None)
                    await self._read(response)
                    self._version = negotiate(ping_of(response))
        return self._version

    async def call(self, operation: str, arguments: Given) -> Any:
        """Call an operation by its ID, and return its result.

        Raises:
            EngineError: the engine refused the call.
            UnsupportedByVersion: the version in use lacks an argument or a field; nothing was sent.
            ConnectionFailed: the engine cannot be reached, or its response is not valid.
        """
        version = await self.version()
        call = prepare(operation, arguments, version)
        tty = await self._tty(call, arguments, version)
        accepted: Callable[[], object] = arguments.get("accepted") or (lambda: None)
        early = call.binding.response is ResponseKind.EARLY_JSON and version < EARLY_SINCE
        if early:
            accepted()
        response = await self._send(call, version)
        if self._options.wants_credentials(call, arguments, response.status_code):
            response = await self._authenticated(response, operation, arguments, version)
        if response.status_code >= 300:
            raise await self._error(response)
        if not early:
            accepted()
        tty_header = tty_of_response(response, version)
        return await self._result(call, response, tty=bool(tty if tty_header is None else tty_header))

    async def _result(self, call: Call, response: httpx.Response, *, tty: bool) -> Any:
        """Return the result of a call from its response."""
        match call.binding.response:
            case ResponseKind.OUTPUT:
                return AsyncOutput(response, tty=tty)
            case ResponseKind.DUPLEX:
                return AsyncDuplex(response, tty=tty)
            case ResponseKind.MESSAGES | ResponseKind.DOCUMENTS:
                return async_documents(response, partial(decode, call))
            case ResponseKind.WEBSOCKET:
                return AsyncWebsocket(response)
            case ResponseKind.BYTES:
                return async_content(response)
            case ResponseKind.ARCHIVE:
                return ContainerArchive(path_stat_of(call, response), async_content(response))
        return value_of(call, response, await self._read(response))

    async def _authenticated(
        self, response: httpx.Response, operation: str, arguments: Given, version: Version
    ) -> httpx.Response:
        """Repeat a refused call with credentials, if there are any; return the last response."""
        assert self._options.authenticate is not None
        credentials = self._options.authenticate(operation)
        if isawaitable(credentials):
            credentials = await credentials
        if credentials is None:
            return response
        await response.aclose()
        return await self._send(prepare(operation, {**arguments, "registry_auth": credentials}, version), version)

    async def _tty(self, call: Call, arguments: Given, version: Version) -> bool | None:
        """Return whether the process has a terminal, if the response does not state it."""
        if version >= Version(1, 42) or call.binding.response not in (ResponseKind.OUTPUT, ResponseKind.DUPLEX):
            return None
        if call.binding.upgrade != "tcp":
            return True
        if call.binding.operation.id == "ExecStart":
            return arguments["config"].tty is True
        if call.binding.operation.id == "ServiceLogs":
            service = await self.services.inspect(arguments["id"])
            return has_terminal(service.spec.task_template if service.spec else None)
        if call.binding.operation.id == "TaskLogs":
            return has_terminal((await self.tasks.inspect(arguments["id"])).spec)
        container = await self.containers.inspect(arguments["id"])
        return bool(container.config and container.config.tty)

    async def _send(self, call: Call, version: Version | None) -> httpx.Response:
        watch = Stopwatch(self._options, call, version)
        try:
            response = await self._http.send(request_of(call, self._options), stream=True)
        except httpx.TransportError as error:
            watch.stop(error=error)
            raise ConnectionFailed(str(error)) from error
        watch.stop(response.status_code)
        return response

    async def _read(self, response: httpx.Response) -> bytes:
        try:
            return await body_of(response)
        except httpx.TransportError as error:
            raise ConnectionFailed(str(error)) from error
        finally:
            await response.aclose()

    async def _error(self, response: httpx.Response) -> Exception:
        return error_of_response(response, await self._read(response))

    async def aclose(self) -> None:
        """Close every connection; open streams end."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
