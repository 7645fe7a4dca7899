"""An engine whose state is kept: what it answers stays true after a crash."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, cast

from engine_api.api.engine import Engine
from engine_api.api.errors import SystemError
from engine_api.api.streams import Duplex
from engine_api.engines.memory.state.capture import Saver
from engine_api.engines.memory.state.directory import StateError, StateStore
from engine_api.engines.memory.state.revive import Revival
from engine_api.engines.memory.state.trees import referred

if TYPE_CHECKING:
    from engine_api.engines.memory.engine import MemoryEngine

__all__ = ["READS", "Durable"]

READS: Final = frozenset(
    (
        "archive",
        "archive_info",
        "attach_websocket",
        "attestations",
        "changes",
        "checkpoint_list",
        "data_usage",
        "events",
        "export",
        "get",
        "get_all",
        "history",
        "info",
        "inspect",
        "inspect_v1_24",
        "list",
        "logs",
        "ping",
        "ping_head",
        "privileges",
        "search",
        "stats",
        "top",
        "unlock_key",
        "version",
    )
)
"""The methods that change nothing."""
_PERIOD: Final = 0.1
"""Seconds between two looks at what processes changed."""
_SHARE: Final = 10
"""How many times longer than a look the time to the next is, at least."""


class Durable:
    """The reference engine with a store of its state.

    Whatever an operation changes is kept before it answers; of a stream of messages, before each message. What
    processes write, and their ends, are kept within some tenths of a second. Use it as an asynchronous context manager:
    entered, the engine has the state of the store; left, its processes end and all is kept.

    Args:
        engine: the engine, which runs nothing yet.
        store: the store.
    """

    def __init__(self, engine: MemoryEngine, store: StateStore) -> None:
        self._engine = engine
        self._store = store
        self._keeping: asyncio.Task[None] | None = None
        self._saver: Saver | None = None
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
        except (KeyError, ValueError) as error:
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
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self._engine.end()
        assert self._saver is not None
        self._saver.save()

    @property
    def engine(self) -> Engine:
        """The engine to serve: each operation that changes something answers when that is kept."""
        return cast("Engine", _Durable(self._engine, self._save))

    def _save(self) -> None:
        assert self._saver is not None
        try:
            self._saver.save()
        except StateError as error:
            raise SystemError(f"the state could not be kept: {error}") from None

    async def _keep(self) -> None:
        """Keep what processes change."""
        pause = _PERIOD
        while True:
            await asyncio.sleep(pause)
            began = time.monotonic()
            with suppress(SystemError):  # tried again the next time; operations tell it
                self._save()
            pause = max(_PERIOD, (time.monotonic() - began) * _SHARE)


class _Durable:
    """An engine by its resources."""

    def __init__(self, engine: MemoryEngine, save: Callable[[], None]) -> None:
        self._engine = engine
        self._save = save

    def __getattr__(self, resource: str) -> Any:
        return _Resource(getattr(self._engine, resource), self._save)


class _Resource:
    """A resource whose operations answer when what they changed is kept."""

    def __init__(self, resource: Any, save: Callable[[], None]) -> None:
        self._resource = resource
        self._save = save

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._resource, name)
        return method if name in READS else _kept(method, self._save)


def _kept(method: Callable[..., Awaitable[Any]], save: Callable[[], None]) -> Callable[..., Awaitable[Any]]:
    @wraps(method)
    async def call(*arguments: Any, **named: Any) -> Any:
        try:
            found = await method(*arguments, **named)
        finally:
            save()
        return found if isinstance(found, Duplex) or not isinstance(found, AsyncIterator) else _messages(found, save)

    return call


async def _messages(found: AsyncIterator[Any], save: Callable[[], None]) -> AsyncIterator[Any]:
    try:
        async for message in found:
            save()
            yield message
    finally:
        if isinstance(found, AsyncGenerator):
            await found.aclose()
    save()
