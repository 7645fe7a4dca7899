"""An engine whose state is kept: what it answers stays true after a crash."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from functools import wraps
from types import TracebackType
from typing import Any, Final, Self, cast

from engine_api.api.engine import RESOURCES, Engine
from engine_api.api.errors import InternalError
from engine_api.api.streams import Chunk, Duplex, OutputStream
from engine_api.engines.memory.machine.events import EventBus
from engine_api.engines.memory.state.capture import Saver
from engine_api.engines.memory.state.directory import StateError, StateStore
from engine_api.engines.memory.state.kept import KeptEngine
from engine_api.engines.memory.state.revive import Revival
from engine_api.engines.memory.state.trees import referred

__all__ = ["Durable"]

_READS: Final = {
    # An exec's exit code is shown by looking at it, so that this waits for the disk as a change does.
    resource.name: frozenset(
        one.name for one in resource.operations if not (one.changes or one.waits or resource.name == "exec")
    )
    for resource in RESOURCES
}
"""The methods of each resource that only read; what they return is not kept first."""
_LITTER: Final = 64 * 1024 * 1024
"""How many bytes of contents are added until those are looked for that nothing needs any more."""
_PERIOD: Final = 0.1
"""Seconds between two looks at what processes changed."""
_SHARE: Final = 10
"""How many times longer than a look the time to the next is, at least."""


class Durable:
    """The reference engine with a store of its state.

    Whatever an operation changes is kept before it answers; of a stream of messages, before each message; of an
    attached process, before its end is told. What happens by itself, such as the end of a process, is kept before
    anybody is told, and what processes write within some tenths of a second. Use it as an asynchronous context manager:
    entered, the engine has the state of the store; left, its processes are stopped, as engines do when they end, and
    all is kept.

    Args:
        engine: the engine, which runs nothing yet.
        store: the store.
    """

    def __init__(self, engine: KeptEngine, store: StateStore) -> None:
        self._engine = engine
        self._store = store
        self._keeping: asyncio.Task[None] | None = None
        self._saver: Saver | None = None
        self._seen: tuple[EventBus, int, int] | None = None
        self.new = True
        """Whether the store had no state."""

    async def __aenter__(self) -> Self:
        """Have the state.

        Raises:
            StateError: it cannot be read or kept.
        """
        try:
            self._store.forget(self._store.digests() - referred(self._store))
            revival = Revival(self._engine, self._store)
            await revival.revive()
        except (KeyError, ValueError, TypeError) as error:
            raise StateError(f"the state cannot be read: {error!r}") from None
        self.new = revival.engine is None
        starts = revival.engine.starts + 1 if revival.engine else 0
        self._saver = Saver(self._engine, self._store, starts=starts)
        self._saver.save()
        self._keeping = asyncio.ensure_future(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._keeping is not None
        assert self._saver is not None
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        await self._engine.end(gently=True)
        self._saver.save()

    @property
    def engine(self) -> Engine:
        """The engine to serve: each operation that changes something answers when that is kept."""
        return cast("Engine", _Durable(self._engine, self))

    def keep(self) -> None:
        """Keep what the engine is now; when this returns, it is on the disk.

        Raises:
            InternalError: it could not be kept; the next time tries again.
        """
        assert self._saver is not None
        try:
            self._saver.save()
            self._saver.tidy(_LITTER)
        except (StateError, ValueError, OverflowError, RecursionError) as error:
            self._seen = None
            raise InternalError(f"the state could not be kept: {error}") from None
        self._seen = self._now

    def keep_news(self) -> None:
        """Keep what the engine is now, if anything has happened; where that cannot be, what is only looked at is told
        nevertheless.
        """
        if self._seen != self._now:
            with suppress(InternalError):
                self.keep()

    @property
    def _events(self) -> EventBus:
        return self._engine.parts.events

    @property
    def _running(self) -> int:
        """The number of containers that run."""
        return sum(container.state.running for container in self._engine.parts.containers)

    @property
    def _now(self) -> tuple[EventBus, int, int]:
        """What is another one when anything has happened."""
        return self._events, self._events.count, self._running

    async def _keep(self) -> None:
        """Keep what processes change."""
        pause = _PERIOD
        while True:
            await asyncio.sleep(pause)
            began = time.monotonic()
            if self._seen != self._now or self._running:  # without processes, only operations change anything
                with suppress(InternalError):  # tried again the next time; operations tell it
                    self.keep()
            pause = max(_PERIOD, (time.monotonic() - began) * _SHARE)


class _Durable:
    """An engine by its resources."""

    def __init__(self, engine: KeptEngine, durable: Durable) -> None:
        self._engine = engine
        self._durable = durable

    def __getattr__(self, resource: str) -> Any:
        return _Resource(getattr(self._engine, resource), self._durable, _READS[resource])


class _Resource:
    """A resource whose operations answer when what they changed, or tell, is kept."""

    def __init__(self, resource: Any, durable: Durable, reads: frozenset[str]) -> None:
        self._resource = resource
        self._durable = durable
        self._reads = reads

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._resource, name)
        return _told(method, self._durable.keep_news) if name in self._reads else _kept(method, self._durable.keep)


def _told(method: Callable[..., Awaitable[Any]], keep: Callable[[], None]) -> Callable[..., Awaitable[Any]]:
    """A method that changes nothing, but may tell what happened by itself, such as the end of a process."""

    @wraps(method)
    async def call(*arguments: Any, **named: Any) -> Any:
        found = await method(*arguments, **named)
        keep()
        if isinstance(found, OutputStream):
            return _KeptOutput(found, keep)
        return _messages(found, keep) if method.__name__ == "events" else found

    return call


def _kept(method: Callable[..., Awaitable[Any]], keep: Callable[[], None]) -> Callable[..., Awaitable[Any]]:
    """A method that changes something."""

    @wraps(method)
    async def call(*arguments: Any, **named: Any) -> Any:
        try:
            found = await method(*arguments, **named)
        finally:
            keep()
        if isinstance(found, Duplex):
            return _KeptDuplex(found, keep)
        return _messages(found, keep) if isinstance(found, AsyncIterator) else found

    return call


async def _messages(found: AsyncIterator[Any], keep: Callable[[], None]) -> AsyncIterator[Any]:
    try:
        async for message in found:
            keep()
            yield message
    finally:
        if isinstance(found, AsyncGenerator):
            await found.aclose()
    keep()


class _KeptOutput(OutputStream):
    """What a process writes; its end is told when what it did is kept."""

    def __init__(self, inner: OutputStream, keep: Callable[[], None]) -> None:
        super().__init__(tty=inner.tty)
        self._inner = inner
        self._keep = keep

    async def receive(self) -> Sequence[Chunk]:
        """What it writes next."""
        chunks = await self._inner.receive()
        if not chunks:
            with suppress(InternalError):  # who looks at the process is told
                self._keep()
        return chunks

    async def aclose(self) -> None:
        """Let go of it."""
        await self._inner.aclose()


class _KeptDuplex(_KeptOutput, Duplex):
    """Both directions of a process, likewise."""

    _inner: Duplex

    def __init__(self, inner: Duplex, keep: Callable[[], None]) -> None:
        super().__init__(inner, keep)

    async def write(self, data: bytes) -> None:
        """Send to its input."""
        await self._inner.write(data)

    async def close_write(self) -> None:
        """End its input."""
        await self._inner.close_write()
