"""A gate that holds back what runs, as a frozen container is held back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Generator
from typing import TypeVar

__all__ = ["Gate"]

T = TypeVar("T")


class Gate:
    """Holds back what runs through it while it is closed."""

    def __init__(self) -> None:
        self.closed = False
        self._opened = asyncio.Event()

    def close(self) -> None:
        """Let nothing go on until `open`; what it waits for may happen meanwhile."""
        self.closed = True
        self._opened.clear()

    def open(self) -> None:
        """Let everything go on."""
        self.closed = False
        self._opened.set()

    async def wait(self) -> None:
        """Wait while it is closed."""
        while self.closed:
            await self._opened.wait()

    async def run(self, program: Awaitable[T]) -> T:
        """Run something step by step; a step that is due while the gate is closed waits until it is open."""
        return await _Gated(program, self)


class _Gated(Awaitable[T]):
    """Runs something through a gate."""

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
