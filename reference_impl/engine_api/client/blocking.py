"""The blocking client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

import httpx

from engine_api.api.versions import Version
from engine_api.client._resources import Resources
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
from engine_api.client.http import Http, request_of
from engine_api.client.streams import Archive, Content, Duplex, MessageStream, Output, Websocket
from engine_api.client.transport import Transport
from engine_api.wire.bindings import EARLY_SINCE, Answer

__all__ = ["Client"]


class Client(Resources):
    """An engine over HTTP, with the calls of `engine_api.api.engine.Engine`.

    Use `with`, or `close` it. The version is negotiated at the first call: the newest that both speak.

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
        self._http = Http(Transport(address))

    def version(self) -> Version:
        """The version in use, negotiated if it is not known yet.

        Raises:
            ConnectionFailed: the engine cannot be reached.
            VersionUnsupported: it is older than all that are described.
        """
        if self._version is None:
            response = self._send(PING)
            self._read(response)
            self._version = negotiate(ping_of(response))
        return self._version

    def call(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        """Call an operation by its id.

        Raises:
            EngineError: the engine refused.
            UnsupportedByVersion: the version in use lacks something that was set; nothing was sent.
            ConnectionFailed: the engine cannot be reached, or does not answer as engines do.
        """
        version = self.version()
        call = prepare(operation, arguments, version)
        tty = self._tty(call, arguments, version)
        accepted: Callable[[], object] = arguments.get("accepted") or (lambda: None)
        early = call.binding.answer is Answer.EARLY_JSON and version < EARLY_SINCE
        if early:
            accepted()
        response = self._send(call)
        if response.status_code >= 300:
            raise self._error(response)
        if not early:
            accepted()
        match call.binding.answer:
            case Answer.OUTPUT:
                told = tty_of_answer(response, version)
                return Output(response, tty=bool(tty if told is None else told))
            case Answer.DUPLEX:
                told = tty_of_answer(response, version)
                return Duplex(response, tty=bool(tty if told is None else told))
            case Answer.MESSAGES | Answer.DOCUMENTS:
                return MessageStream(response, partial(decode, call))
            case Answer.WEBSOCKET:
                return Websocket(response)
            case Answer.BYTES:
                return Content(response)
            case Answer.ARCHIVE:
                return Archive(response, path_stat_of(call, response))
        body = self._read(response)
        if call.binding.answer in (Answer.PING, Answer.PING_HEAD):
            return ping_of(response)
        if call.binding.answer is Answer.PATH_STAT:
            return path_stat_of(call, response)
        return None if call.binding.answer is Answer.EMPTY else decode(call, body)

    def _tty(self, call: Call, arguments: Mapping[str, Any], version: Version) -> bool | None:
        """Whether the process has a terminal, where the answer will not tell."""
        if version >= Version(1, 42) or call.binding.answer not in (Answer.OUTPUT, Answer.DUPLEX):
            return None
        if call.binding.upgrade != "tcp":
            return True
        if call.binding.operation.id == "ExecStart":
            return arguments["config"].tty is True
        if call.binding.operation.id == "ServiceLogs":
            service = self.services.inspect(arguments["id"])
            return has_terminal(service.spec.task_template if service.spec else None)
        if call.binding.operation.id == "TaskLogs":
            return has_terminal(self.tasks.inspect(arguments["id"]).spec)
        container = self.containers.inspect(arguments["id"])
        return bool(container.config and container.config.tty)

    def _send(self, call: Call) -> httpx.Response:
        try:
            return self._http.send(request_of(call), stream=True)
        except httpx.TransportError as error:
            raise ConnectionFailed(str(error)) from error

    def _read(self, response: httpx.Response) -> bytes:
        try:
            return response.read()
        except httpx.TransportError as error:
            raise ConnectionFailed(str(error)) from error
        finally:
            response.close()

    def _error(self, response: httpx.Response) -> Exception:
        return error_of_answer(response, self._read(response))

    def close(self) -> None:
        """Close every connection; streams that are open end."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
