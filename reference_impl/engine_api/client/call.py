"""Calls as HTTP requests, and responses as results, for both clients."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias

import httpx
import msgspec

from engine_api.api.containers import ContainerPathStat
from engine_api.api.errors import EngineError
from engine_api.api.struct import UNSET, UnsetType
from engine_api.api.system import PingResponse
from engine_api.api.tasks import TaskSpec
from engine_api.api.versions import NEWEST, OLDEST, Span, Version
from engine_api.client.errors import ConnectionFailed, UnsupportedByVersion, VersionUnsupported
from engine_api.versions.projection import lacking
from engine_api.wire.bindings import Argument, Binding, Place, ResponseKind, binding_of
from engine_api.wire.bodies import encode_json
from engine_api.wire.media import MULTIPLEXED, TAR
from engine_api.wire.paths import fill
from engine_api.wire.pathstat import PATH_STAT, decode_path_stat
from engine_api.wire.queries import encode_query
from engine_api.wire.statuses import error_of
from engine_api.wire.websocket import VERSION as WEBSOCKET_VERSION
from engine_api.wire.websocket import new_key

__all__ = [
    "PING",
    "Call",
    "Given",
    "decode",
    "error_of_response",
    "has_terminal",
    "negotiate",
    "path_stat_of",
    "ping_of",
    "prepare",
    "tty_of_response",
    "value_of",
]

Given: TypeAlias = Mapping[str, Any]
"""The arguments of a call by their names in the signature."""
CONNECT_TIMEOUT: Final = 10.0
RESPONSE_TIMEOUT: Final = 60.0
"""Seconds for the head of a response, unless the operation waits for an event."""


@dataclass
class Call:
    """A request of a call."""

    binding: Binding
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    content: Any = None
    patient: bool = False
    """Whether the wait for the response is unlimited."""

    @property
    def timeout(self) -> dict[str, float | None]:
        """The timeouts, as httpx expects them."""
        return {
            "connect": CONNECT_TIMEOUT,
            "write": None,
            "read": None if self.patient else RESPONSE_TIMEOUT,
            "pool": None,
        }


def prepare(operation: str, arguments: Given, version: Version) -> Call:
    """Return the request of a call.

    Args:
        operation: the operation's ID.
        arguments: the arguments by their names in the signature; arguments with default values are not sent.
        version: the version in use.

    Raises:
        UnsupportedByVersion: the version lacks the operation, an argument or a field.
    """
    binding = binding_of(operation)
    if version not in binding.operation.span:
        raise UnsupportedByVersion(operation, version, binding.operation.span)
    call = Call(binding, binding.verb, "")
    call.patient = binding.operation.streams or binding.operation.waits
    query: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for name, argument in binding.arguments.items():
        value = arguments.get(name)
        if argument.place is Place.PATH:
            names[name] = str(value)
        elif value is not None and value != argument.parameter.default and argument.place is not Place.LOCAL:
            _check(operation, argument, value, version)
            if argument.place is Place.QUERY:
                assert argument.query is not None
                query[argument.name] = argument.query.format(value)
            else:
                _carry(call, argument, value)
    call.headers |= _upgrade(binding)
    call.path = f"/v{version}{fill(binding.path, names)}"
    if query:
        call.path += f"?{encode_query(query)}"
    return call


def _check(operation: str, argument: Argument, value: Any, version: Version) -> None:
    """Check that a version has an argument and all parts of its value."""
    parameter = argument.parameter
    if version not in parameter.span:
        raise UnsupportedByVersion(f"{operation}'s {parameter.name}", version, parameter.span)
    several = parameter.several_since
    if several is not None and version < several and len(value) > 1:
        raise UnsupportedByVersion(f"{operation}'s {parameter.name} more than once", version, Span(several))
    if argument.place in (Place.HEADER, Place.JSON):
        for path, span in lacking(value, version):
            raise UnsupportedByVersion(f"{operation}'s {path}", version, span)


def _carry(call: Call, argument: Argument, value: Any) -> None:
    """Put an argument in the headers or the body of a request."""
    if argument.place is Place.TAR:
        call.content = value
        call.headers["Content-Type"] = TAR
    elif argument.place is Place.JSON:
        call.content = encode_json(value)
        call.headers["Content-Type"] = "application/json"
    elif isinstance(value, str):
        call.headers[argument.name] = value
    else:
        call.headers[argument.name] = base64.urlsafe_b64encode(msgspec.json.encode(value)).decode()


def _upgrade(binding: Binding) -> dict[str, str]:
    """Return the headers that an operation's form of response needs."""
    if binding.response is ResponseKind.DUPLEX:
        return {"Connection": "Upgrade", "Upgrade": binding.upgrade}
    if binding.response is ResponseKind.ARCHIVE:
        return {"Accept-Encoding": "gzip"}
    if binding.response is ResponseKind.WEBSOCKET:
        return {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": WEBSOCKET_VERSION,
            "Sec-WebSocket-Key": new_key(),
        }
    return {}


def error_of_response(response: httpx.Response, body: bytes) -> EngineError:
    """Return the error of a response: its `message`, or its text."""
    message = body.decode("utf-8", "replace").strip()
    try:
        document = json.loads(body)
        if isinstance(document, dict) and "message" in document:
            message = str(document["message"])
    except ValueError:
        pass
    return error_of(response.status_code, message or response.reason_phrase)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def decode(call: Call, body: bytes) -> Any:
    """Return the JSON document of a response.

    Raises:
        ConnectionFailed: the document does not fit its type.
    """
    try:
        return _decoder(call.binding.result).decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ConnectionFailed(f"the answer to {call.method} {call.path} is not of its type: {error}") from None


def value_of(call: Call, response: httpx.Response, body: bytes) -> Any:
    """Return the result of a complete response: a ping, the description of a path, a document, or None."""
    if call.binding.response in (ResponseKind.PING, ResponseKind.PING_HEAD):
        return ping_of(response)
    if call.binding.response is ResponseKind.PATH_STAT:
        return path_stat_of(call, response)
    return None if call.binding.response is ResponseKind.EMPTY else decode(call, body)


def ping_of(response: httpx.Response) -> PingResponse:
    """Return the result of a ping from its headers."""
    headers = response.headers
    experimental = headers.get("docker-experimental")
    return PingResponse(
        api_version=headers.get("api-version", UNSET),
        os_type=headers.get("ostype", UNSET),
        experimental=UNSET if experimental is None else experimental == "true",
        builder_version=headers.get("builder-version", UNSET),
        swarm=headers.get("swarm", UNSET),
    )


def path_stat_of(call: Call, response: httpx.Response) -> ContainerPathStat:
    """Return the description of a path from the header of a response.

    Raises:
        ConnectionFailed: the header is missing or malformed.
    """
    try:
        return decode_path_stat(response.headers.get(PATH_STAT, ""))
    except ValueError as error:
        raise ConnectionFailed(f"the answer to {call.method} {call.path}: {error}") from None


def negotiate(ping: PingResponse) -> Version:
    """Return the version to use with an engine: the lower of both newest versions; the oldest if the ping has none.

    Raises:
        VersionUnsupported: the engine is older than the oldest described version.
    """
    if not ping.api_version:
        return OLDEST
    newest = Version.parse(ping.api_version)
    if newest < OLDEST:
        raise VersionUnsupported(f"the engine speaks v{newest} at most, this client v{OLDEST} at least")
    return min(newest, NEWEST)


def has_terminal(spec: TaskSpec | UnsetType | None) -> bool:
    """Return whether the containers of a task specification have a terminal."""
    return bool(spec and spec.container_spec and spec.container_spec.tty)


def tty_of_response(response: httpx.Response, version: Version) -> bool | None:
    """Return whether a stream is that of a terminal, by its media type; None if the type does not state it."""
    if response.headers.get("content-type", "").startswith(MULTIPLEXED):
        return False
    return True if version >= Version(1, 42) else None


PING: Final = Call(binding_of("SystemPing"), "GET", "/_ping")
"""The ping that negotiates the version; its path has no version."""
