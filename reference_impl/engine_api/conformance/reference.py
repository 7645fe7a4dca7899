"""The reference engine as a target: server and client in one event loop, on virtual time if the loop has it."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from engine_api.api.versions import NEWEST, OLDEST
from engine_api.conformance.sockets import SocketPair
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.machine.clock import LoopClock
from engine_api.engines.memory.machine.host import ENGINE_VERSION
from engine_api.server import app
from engine_api.server.limits import Limits
from engine_api.server.protocol import HttpProtocol
from engine_api.spec.divergences import EngineIdentity

__all__ = ["REFERENCE", "ReferenceTarget"]

REFERENCE = EngineIdentity("reference", ENGINE_VERSION, OLDEST, NEWEST)
"""Product, release and versions of the reference engine."""


class ReferenceTarget(SocketPair):
    """A fresh reference engine. Use it with `async with`, which ends its containers and connections."""

    def __init__(self) -> None:
        super().__init__(self._protocol)
        self.engine = MemoryEngine(clock=LoopClock(), seed=1)
        self._app = app(self.engine)
        self._limits = Limits()
        self._connections: set[HttpProtocol] = set()

    def _protocol(self) -> asyncio.Protocol:
        return HttpProtocol(self._app, self._limits, self._connections, None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.engine.aclose()
        for connection in list(self._connections):
            connection.shut_down()
        tasks = [connection.task for connection in self._connections if connection.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in list(self._connections):
            connection.transport.abort()
        await asyncio.sleep(0)
