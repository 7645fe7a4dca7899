"""The blocking client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

import httpx

from engine_api.api.images import AuthConfig
from engine_api.api.versions import Version
from engine_api.client._resources import Resources
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
from engine_api.client.http import Http, request_of
from engine_api.client.options import USER_AGENT, Options, Report, Stopwatch
from engine_api.client.streams import Archive, Content, Duplex, MessageStream, Output, Websocket
from engine_api.client.transport import Transport
from engine_api.wire.bindings import EARLY_SINCE, ResponseKind

__all__ = ["Client"]


class Client(Resources):
    """An engine over HTTP, with the calls of `engine_api.api.engine.Engine`.

    Use `with`, or `close` it. The first call negotiates the version: the newest that client and engine
    support.

    Args:
        address: `unix:///PATH` or `tcp://HOST:PORT`. Default: from the environment, as for the Docker command line
            (`DOCKER_HOST`, `DOCKER_CONTEXT`, `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH`, `DOCKER_API_VERSION`).
        version: the version to use, such as `1.44`. Default: negotiated.
        transport: sends requests, in place of an address: any transport of httpx. Default: sockets.
        headers: headers of every request.
        user_agent: the `User-Agent` of every request. Default: `docker-engine-api`.
        authenticate: called with an operation's ID when the response is 401 and the call had no credentials for a
            registry; returns credentials, with which the call is repeated, or None.
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
        transport: httpx.BaseTransport | None = None,
        headers: Mapping[str, str] | None = None,
        user_agent: str = USER_AGENT,
        authenticate: Callable[[str], AuthConfig | None] | None = None,
        trace: Callable[[Report], object] | None = None,
    ) -> None:
        super().__init__()
        self.address = chosen_address(address, transport)
        """The address of the engine; None with a transport."""
        self._version = chosen_version(version, self.address)
        self._options = Options(headers or {}, user_agent, authenticate, trace)

        if transport is None:
            assert self.address is not None
            transport = Transport(self.address)
        self._http = Http(transport)

    def version(self) -> Version:
        """Return the version in use, and negotiate it if it is unknown.

        Raises:
            ConnectionFailed: the engine cannot be reached.
            VersionUnsupported: the engine is older than the oldest described version.
        """
        if self._version is None:
            response = self._send(PING, None)
            self._read(response)
            self._version = negotiate(ping_of(response))
        return self._version

    def call(self, operation: str, arguments: Given) -> Any:
        """Call an operation by its ID, and return its result.

        Raises:
            EngineError: the engine refused the call.
            UnsupportedByVersion: the version in use lacks an argument or a field; nothing was sent.
            ConnectionFailed: the engine cannot be reached, or its response is not valid.
        """
        version = self.version()
        call = prepare(operation, arguments, version)
        tty = self._tty(call, arguments, version)
        accepted: Callable[[], object] = arguments.get("accepted") or (lambda: None)
        early = call.binding.response is ResponseKind.EARLY_JSON and version < EARLY_SINCE
        if early:
            accepted()
        response = self._send(call, version)
        if self._options.wants_credentials(call, arguments, response.status_code):
            response = self._authenticated(response, operation, arguments, version)
        if response.status_code >= 300:
            raise self._error(response)
        if not early:
            accepted()
        tty_header = tty_of_response(response, version)
        return self._result(call, response, tty=bool(tty if tty_header is None else tty_header))

    def _result(self, call: Call, response: httpx.Response, *, tty: bool) -> Any:
        """Return the result of a call from its response."""
        match call.binding.response:
            case ResponseKind.OUTPUT:
                return Output(response, tty=tty)
            case ResponseKind.DUPLEX:
                return Duplex(response, tty=tty)
            case ResponseKind.MESSAGES | ResponseKind.DOCUMENTS:
                return MessageStream(response, partial(decode, call))
            case ResponseKind.WEBSOCKET:
                return Websocket(response)
            case ResponseKind.BYTES:
                return Content(response)
            case ResponseKind.ARCHIVE:
                return Archive(response, path_stat_of(call, response))
        return value_of(call, response, self._read(response))

    def _authenticated(
        self, response: httpx.Response, operation: str, arguments: Given, version: Version
    ) -> httpx.Response:
        """Repeat a refused call with credentials, if there are any; return the last response."""
        assert self._options.authenticate is not None
        credentials = self._options.authenticate(operation)
        if credentials is None:
            return response
        response.close()
        return self._send(prepare(operation, {**arguments, "registry_auth": credentials}, version), version)

    def _tty(self, call: Call, arguments: Given, version: Version) -> bool | None:
        """Return whether the process has a terminal, if the response does not state it."""
        if version >= Version(1, 42) or call.binding.response not in (ResponseKind.OUTPUT, ResponseKind.DUPLEX):
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

    def _send(self, call: Call, version: Version | None) -> httpx.Response:
        watch = Stopwatch(self._options, call, version)
        try:
            response = self._http.send(request_of(call, self._options), stream=True)
        except httpx.TransportError as error:
            watch.stop(error=error)
            raise ConnectionFailed(str(error)) from error
        watch.stop(response.status_code)
        return response

    def _read(self, response: httpx.Response) -> bytes:
        try:
            return response.read()
        except httpx.TransportError as error:
            raise ConnectionFailed(str(error)) from error
        finally:
            response.close()

    def _error(self, response: httpx.Response) -> Exception:
        return error_of_response(response, self._read(response))

    def close(self) -> None:
        """Close every connection; open streams end."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
