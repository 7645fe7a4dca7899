"""Options of both clients: headers, credentials for registries, and a hook for tracing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from engine_api.api.images import AuthConfig
from engine_api.api.versions import Version
from engine_api.client.call import Call

__all__ = ["USER_AGENT", "Options", "Report", "Stopwatch"]

A = TypeVar("A", bound=AuthConfig | None | object)

USER_AGENT: Final = "docker-engine-api"
"""The default `User-Agent` of requests."""
_UNAUTHORIZED: Final = 401


@dataclass(frozen=True)
class Report:
    """An exchange with the engine, for a hook."""

    operation: str
    """The operation's ID, such as `ContainerList`."""
    method: str
    path: str
    """The path with its query, as sent."""
    version: Version | None
    """The version in use; None for the ping that negotiates it."""
    status: int | None
    """The status of the response; None without response."""
    seconds: float
    """Time from the request to the head of the response, or to the failure."""
    error: Exception | None = None
    """The error, if there is no response."""


@dataclass(frozen=True)
class Options(Generic[A]):
    """Options of a client."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of every request, such as those of a proxy. The headers of a call take precedence."""
    user_agent: str = USER_AGENT
    authenticate: Callable[[str], A] | None = None
    """Called with an operation's ID when the response is 401 and the call had no credentials for a registry; returns
    credentials, with which the call is repeated, or None.
    """
    trace: Callable[[Report], object] | None = None
    """Called after each exchange with the engine."""

    def wants_credentials(self, call: Call, arguments: Mapping[str, object], status: int) -> bool:
        """Return whether to repeat a refused call with credentials."""
        return (
            status == _UNAUTHORIZED
            and self.authenticate is not None
            and "registry_auth" in call.binding.arguments
            and not arguments.get("registry_auth")
        )


class Stopwatch:
    """Measures one exchange, and reports it.

    Args:
        options: the client's options.
        call: the request.
        version: the version in use; None before it is negotiated.
    """

    def __init__(self, options: Options[A], call: Call, version: Version | None) -> None:
        self._trace = options.trace
        self._call = call
        self._version = version
        self._began = time.perf_counter()

    def stop(self, status: int | None = None, error: Exception | None = None) -> None:
        """Report the head of the response, or the failure."""
        if self._trace is not None:
            call, seconds = self._call, time.perf_counter() - self._began
            operation = call.binding.operation.id
            self._trace(Report(operation, call.method, call.path, self._version, status, seconds, error))
