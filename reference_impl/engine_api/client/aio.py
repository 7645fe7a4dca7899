"""The client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

import httpx

from engine_api.api.containers import ContainerArchive
from engine_api.api.versions import Version
from engine_api.client._async_resources import AsyncResources
from engine_api.client.address import EngineAddress, resolve
from engine_api.client.call import (
    PING,
    Call,
    decode,
    error_of_answer,
    has_terminal,
    negotiate,
    path_stat_of,
    ping_of,
    prepare,
    tty_of_answer,
)
from engine_api.client.errors import ConnectionFailed
from engine_api.client.http import AsyncHttp, body_of, request_of
from engine_api.client.streams import AsyncDuplex, AsyncOutput, AsyncWebsocket, async_content, async_documents
from engine_api.client.transport import AsyncTransport
from engine_api.wire.bindings import EARLY_SINCE, Answer

__all__ = ["AsyncClient"]


class AsyncClient(AsyncResources):
    """An engine over HTTP, with the calls of `engine_api.api.engine.Engine`.

    Use `async with`, or `aclose` it. The version is negotiated at the first call: the newest that both speak.

    Args:
        address: `unix:///PATH` or `tcp://HOST:PORT`. Default: what the environment says, as for the docker command
            (`DOCKER_HOST`, `DOCKER_CONTEXT`, `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH`, `DOCKER_API_VERSION`).
        version: the version to use, such as `1.44`, without negotiation.

    Raises:
        AddressError: the address makes no sense.
    """

    def __init__(self, address: str | EngineAddress | None = None, *, version: str | Version | None = None) -> None:
        super().__init__()
        if address is None:
            address = resolve()
        elif isinstance(address, str):
            address = EngineAddress.parse(address)
        self.address = address
        """Where the engine is."""
        demanded = version if version is not None else address.version
        self._version = Version.parse(demanded) if isinstance(demanded, str) else demanded
        self._negotiating: asyncio.Lock | None = None
        self._http = AsyncHttp(AsyncTransport(address))

    async def version(self) -> Version:
        """The version in use, negotiated if it is not known yet.

        Raises:
            ConnectionFailed: the engine cannot be reached.
            VersionUnsupported: it is older than all that are described.
        """
        if self._version is None:
            if self._negotiating is None:
                self._negotiating = asyncio.Lock()
            async with self._negotiating:
                if self._version is None:
                    response = await self._send(PING)
                    await self._read(response)
                    self._version = negotiate(ping_of(response))
        return self._version

    async def call(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        """Call an operation by its id.

        Raises:
            EngineError: the engine refused.
            UnsupportedByVersion: the version in use lacks something that was set; nothing was sent.
            ConnectionFailed: the engine cannot be reached, or does not answer as engines do.
        """
        version = await self.version()
        call = prepare(operation, arguments, version)
        tty = await self._tty(call, arguments, version)
        accepted: Callable[[], object] = arguments.get("accepted") or (lambda: None)
        early = call.binding.answer is Answer.EARLY_JSON and version < EARLY_SINCE
        if early:
            accepted()
        response = await self._send(call)
        if response.status_code >= 300:
            raise await self._error(response)
        if not early:
            accepted()
        match call.binding.answer:
            case Answer.OUTPUT:
                told = tty_of_answer(response, version)
                return AsyncOutput(response, tty=bool(tty if told is None else told))
            case Answer.DUPLEX:
                told = tty_of_answer(response, version)
                return AsyncDuplex(response, tty=bool(tty if told is None else told))
            case Answer.MESSAGES | Answer.DOCUMENTS:
                return async_documents(response, partial(decode, call))
            case Answer.WEBSOCKET:
                return AsyncWebsocket(response)
            case Answer.BYTES:
                return async_content(response)
            case Answer.ARCHIVE:
                return ContainerArchive(path_stat_of(call, response), async_content(response))
        body = await self._read(response)
        if call.binding.answer in (Answer.PING, Answer.PING_HEAD):
            return ping_of(response)
        if call.binding.answer is Answer.PATH_STAT:
            return path_stat_of(call, response)
        return None if call.binding.answer is Answer.EMPTY else decode(call, body)

    async def _tty(self, call: Call, arguments: Mapping[str, Any], version: Version) -> bool | None:
        """Whether the process has a terminal, where the answer will not tell."""
        if version >= Version(1, 42) or call.binding.answer not in (Answer.OUTPUT, Answer.DUPLEX):
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

    async def _send(self, call: Call) -> httpx.Response:
        try:
            return await self._http.send(request_of(call), stream=True)
        except httpx.TransportError as error:
            raise ConnectionFailed(str(error)) from error

    async def _read(self, response: httpx.Response) -> bytes:
        try:
            return await body_of(response)
        except httpx.TransportError as error:
            raise ConnectionFailed(str(error)) from error
        finally:
            await response.aclose()

    async def _error(self, response: httpx.Response) -> Exception:
        return error_of_answer(response, await self._read(response))

    async def aclose(self) -> None:
        """Close every connection; streams that are open end."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
