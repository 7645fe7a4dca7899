"""Pausing coroutines, as a paused container needs it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Generator
from typing import TypeVar

__all__ = ["Gate"]

T = TypeVar("T")


class Gate:
    """Pauses the awaitables that it runs while it is closed."""

    def __init__(self) -> None:
        self.closed = False
        self._opened = asyncio.Event()

    def close(self) -> None:
        """Pause everything until `open`. Timers and streams that it waits for continue."""
        self.closed = True
        self._opened.clear()

    def open(self) -> None:
        """Continue everything."""
        self.closed = False
        self._opened.set()

    async def wait(self) -> None:
        """Wait until it is open."""
        while self.closed:
            await self._opened.wait()

    async def run(self, program: Awaitable[T]) -> T:
        """Run an awaitable step by step, and return its result; each step waits until the gate is open."""
        return await _Gated(program, self)


class _Gated(Awaitable[T]):
    """An awaitable that a gate runs."""

    def __init__(self, inner: Awaitable[T], gate: Gate) -> None:
        self._inner = inner
        self._gate = gate

    def __await__(self) -> Generator[object, None, T]:
        steps = self._steps()
        error: BaseException | None = None
        while True:
            try:
                waited = steps.send(None) if error is None else steps.throw(error)
            except StopIteration as stop:
                result: T = stop.value
                return result
            error = None
            try:
                yield waited
                if self._gate.closed:
                    yield from self._gate.wait().__await__()
            except GeneratorExit:
                steps.close()
                raise
            except BaseException as thrown:
                error = thrown

    def _steps(self) -> Coroutine[object, None, T] | Generator[object, object, T]:
        inner = self._inner
        return inner if isinstance(inner, Coroutine) else inner.__await__()
