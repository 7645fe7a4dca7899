"""Faults on purpose, for tests: an operation is refused or slow, or its response is cut.

faults = Faults()
faults.add(Fault("ContainerStart", status=500, message="no space left on device", times=1))
Host(app(engine, around=[FaultInjector(faults)]), ...)
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from engine_api.server.exchange import Exchange, Handle
from engine_api.server.responses import send_error
from engine_api.wire.bindings import BINDINGS
from engine_api.wire.statuses import STATUSES, error_of
from engine_api.wire.takeover import EXTENSION, Connection, ConnectionClosed

if TYPE_CHECKING:
    from starlette.types import Message, Scope, Send

__all__ = ["Fault", "FaultInjector", "Faults"]

_STATUSES = sorted({500, *STATUSES.values()} - {304})


@dataclass
class Fault:
    """What goes wrong with an operation.

    Raises:
        ValueError: no operation has this name, nothing goes wrong, or a number is out of range.
    """

    operation: str
    """The id of an operation, such as `ContainerStart`, or a pattern, such as `Image*`."""
    status: int | None = None
    """The status of the error response. Default: none."""
    message: str = "a fault on purpose"
    """The message of the error response."""
    delay: float = 0
    """Seconds to wait before the request is handled."""
    cut: int | None = None
    """Bytes of the response body, or of the stream, after which the connection is closed. Default: all."""
    times: int | None = None
    """The number of requests that it happens to. Default: all."""

    def __post_init__(self) -> None:
        if not any(fnmatchcase(binding.operation.id, self.operation) for binding in BINDINGS):
            raise ValueError(f"no operation is named {self.operation!r}")
        if self.status is None and not self.delay and self.cut is None:
            raise ValueError(f"nothing goes wrong with {self.operation}; give a status, a delay or a cut")
        if self.status is not None and self.status not in _STATUSES:
            raise ValueError(f"{self.status} is no status of a refusal; {', '.join(map(str, _STATUSES))} are")
        if self.delay < 0 or (self.cut or 0) < 0 or (self.times is not None and self.times < 1):
            raise ValueError("delay and cut are at least 0, times at least 1")

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read `OPERATION,KEY=VALUE...`, such as `ContainerStart,status=500,message=no space left,times=1`.

        Raises:
            ValueError: the text is malformed.
        """
        operation, *settings = text.split(",")
        found: dict[str, str] = {}
        for setting in settings:
            key, equals, value = setting.partition("=")
            if not equals or key not in _KEYS:
                raise ValueError(f"{setting!r} is none of {', '.join(f'{key}=...' for key in _KEYS)}")
            found[key] = value
        try:
            return cls(operation, **{key: _KEYS[key](value) for key, value in found.items()})
        except ValueError as error:
            raise ValueError(f"{text!r}: {error}") from None


_KEYS = {"status": int, "message": str, "delay": float, "cut": int, "times": int}


class Faults:
    """The faults that are in force; the first one whose name fits happens to a request."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = list(faults)

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force, before the others, and return it."""
        self._faults.insert(0, fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Remove a fault; no effect if it is not in force."""
        self._faults = [one for one in self._faults if one is not fault]

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def clear(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def take(self, operation: str) -> Fault | None:
        """Return the fault that happens to a request for an operation, and count it; None if there is none."""
        for fault in self._faults:
            if fnmatchcase(operation, fault.operation):
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self.remove(fault)
                return fault
        return None


class FaultInjector:
    """Makes faults happen to exchanges; pass it to `app` in `around`.

    Args:
        faults: the faults, which may change at any time.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    async def __call__(self, exchange: Exchange, handle: Handle) -> None:
        """Handle an exchange as its fault says."""
        fault = self._faults.take(exchange.binding.operation.id)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is None or (fault.status is None and fault.cut is None):
            await handle(exchange)
        elif fault.status is not None:
            await send_error(exchange.send, error_of(fault.status, fault.message), {})
        elif fault.cut is not None:
            scope, send = _cut_stream(exchange.scope, fault.cut), _cut_body(exchange.send, fault.cut)
            await handle(replace(exchange, scope=scope, send=send))


def _cut_body(send: Send, left: int) -> Send:
    async def cutting(message: Message) -> None:
        nonlocal left
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or len(body) < left:
            left -= len(body)
            await send(message)
            return
        await send({"type": "http.response.body", "body": body[:left], "more_body": True})
        raise ConnectionClosed("cut on purpose")

    return cutting


def _cut_stream(scope: Scope, size: int) -> Scope:
    extensions = scope.get("extensions", {})
    takeover = extensions.get(EXTENSION)
    if takeover is None:
        return scope
    return {**scope, "extensions": {**extensions, EXTENSION: lambda: _Cut(takeover(), size)}}


class _Cut(Connection):
    """A connection that closes after the head of the response and some bytes."""

    def __init__(self, inner: Connection, left: int) -> None:
        self._inner = inner
        self._left = left
        self._head = True

    async def read(self, limit: int = 65536) -> bytes:
        return await self._inner.read(limit)

    async def write(self, data: bytes) -> None:
        if self._head:
            self._head = False
            await self._inner.write(data)
            return
        await self._inner.write(data[: self._left])
        self._left -= len(data)
        if self._left <= 0:
            await self._inner.aclose()
            raise ConnectionClosed("cut on purpose")

    async def write_eof(self) -> None:
        await self._inner.write_eof()

    async def wait_closed(self) -> None:
        await self._inner.wait_closed()

    async def aclose(self) -> None:
        await self._inner.aclose()
