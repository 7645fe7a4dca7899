"""An engine whose state is kept: what it answers stays true after a crash."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from engine_api.api.engine import Engine
from engine_api.api.errors import InternalError
from engine_api.api.operation import Operation
from engine_api.api.streams import OutputStream
from engine_api.engines.memory.machine.events import EventBus
from engine_api.engines.memory.state.capture import Saver
from engine_api.engines.memory.state.directory import StateError, StateStore
from engine_api.engines.memory.state.kept import KeptEngine
from engine_api.engines.memory.state.revive import Revival
from engine_api.engines.memory.state.trees import referred
from engine_api.engines.wrapping import Call, WrappingEngine, watched

__all__ = ["Durable"]

_KEPT: Final = frozenset(("ExecInspect",))
"""Operations that read, but show what a process did, so that it must be kept before they answer."""
_LITTER: Final = 64 * 1024 * 1024
"""How many bytes of contents are added until those are looked for that nothing needs any more."""
_PERIOD: Final = 0.1
"""Seconds between two looks at what processes changed."""
_SHARE: Final = 10
"""How many times longer than a look the time to the next is, at least."""


class Durable:
    """The reference engine with a store of its state.

    Whatever an operation changes is kept before it answers; of a stream of messages, before each message; of an
    attached process, before its end is passed on. What happens by itself, such as the end of a process, is kept before
    a client sees it, and what processes write within some tenths of a second. Use it as a context manager:
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
        return _Durable(self._engine, self)

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
                with suppress(InternalError):  # tried again the next time; operations report it
                    self.keep()
            pause = max(_PERIOD, (time.monotonic() - began) * _SHARE)


class _Durable(WrappingEngine):
    """The engine as clients see it: an operation answers when what it changed, or returns, is kept."""

    def __init__(self, inner: Engine, durable: Durable) -> None:
        super().__init__(inner)
        self._durable = durable

    async def around(self, operation: Operation, arguments: dict[str, object], call: Call) -> object:
        """Keep what the call changed before it answers; of a stream, before each message and the end."""
        keep = self._durable.keep
        if operation.changes or operation.waits or operation.id in _KEPT:
            try:
                found = await call()
            finally:
                keep()
        else:
            keep = self._durable.keep_news
            found = await call()
            keep()
            if not (isinstance(found, OutputStream) or operation.id == "SystemEvents"):
                return found

        async def kept(*_: object) -> None:
            keep()

        async def tried() -> None:
            with suppress(InternalError):  # the operation that looks at the process reports it
                keep()

        return watched(found, end=tried) if isinstance(found, OutputStream) else watched(found, each=kept, end=kept)
