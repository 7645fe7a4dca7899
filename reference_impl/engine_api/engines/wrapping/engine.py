"""An engine around another one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from engine_api.api.engine import RESOURCES, Engine
from engine_api.api.implementation import Arguments, implement
from engine_api.api.operation import Operation
from engine_api.engines.holding import HoldingEngine

__all__ = ["Call", "WrappingEngine"]

Call = Callable[[], Awaitable[object]]
"""Calls the engine inside with the arguments as they are, and returns what it returns."""


class WrappingEngine(HoldingEngine):
    """An engine around another one; override `around` to do something with every call.

    Args:
        inner: the engine inside, whose resources are looked up at each call.
    """

    def __init__(self, inner: Engine) -> None:
        self.inner = inner
        self.hold(**{one.name: implement(one.protocol, self._invoke) for one in RESOURCES})

    async def _invoke(self, operation: Operation, given: Arguments) -> object:
        arguments = dict(given)

        async def call() -> object:
            method = getattr(getattr(self.inner, operation.resource), operation.name)
            result: object = await method(**arguments)
            return result

        return await self.around(operation, arguments, call)

    async def around(self, operation: Operation, arguments: dict[str, object], call: Call) -> object:
        """Handle one call; without being overridden, pass it on.

        Args:
            operation: the operation that is called.
            arguments: its arguments by name, without those that were left out; changes reach the engine inside.
            call: calls the engine inside; may be left out, or repeated.

        Returns:
            What the operation returns, of the operation's type. `watched` shows what a stream carries.

        Raises:
            EngineError: the call is refused.
        """
        return await call()
