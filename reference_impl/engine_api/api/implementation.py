"""Resources that one function implements, and resources whose operations are all refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, cast

from engine_api.api.errors import EngineError, NotImplementedByEngine
from engine_api.api.operation import Operation, operations_of

__all__ = ["Arguments", "Invoke", "implement", "not_implemented", "refusing"]

R = TypeVar("R")

Arguments = Mapping[str, object]
"""The arguments of a call that were given, by their names in the signature."""
Invoke = Callable[[Operation, Arguments], Awaitable[object]]
"""What is called for each operation, and returns or raises what the operation does."""


def implement(protocol: Callable[[], R], invoke: Invoke, own: Mapping[str, Callable[..., object]] | None = None) -> R:
    """Return an implementation of a resource's Protocol whose every method calls a function.

    Args:
        protocol: the Protocol, such as `Plugins`.
        invoke: called with the operation and the arguments that were given; its result must be of the operation's type.
        own: methods by name that do something else.
    """
    methods = {operation.name: _method(operation, invoke) for operation in operations_of(protocol)}
    return cast("R", type(protocol.__name__, (), {**methods, **(own or {})})())


def _method(operation: Operation, invoke: Invoke) -> Callable[..., Awaitable[object]]:
    async def method(_: object, *given: object, **named: object) -> object:
        if given:
            named = {**dict(zip(operation.parameters, given, strict=False)), **named}
        return await invoke(operation, named)

    return method


def not_implemented(operation: str) -> EngineError:
    """Return the error of an operation that an engine does not have.

    Args:
        operation: the operation's id.
    """
    return NotImplementedByEngine(f"this engine does not have the operation {operation}")


def refusing(
    protocol: Callable[[], R],
    refusal: Callable[[str], EngineError] = not_implemented,
    own: Mapping[str, Callable[..., object]] | None = None,
) -> R:
    """Return an implementation of a resource's Protocol whose every operation is refused.

    Args:
        protocol: the Protocol, such as `Plugins`.
        refusal: returns the error to raise, from the operation's id.
        own: methods by name that do something else.
    """

    async def refuse(operation: Operation, arguments: Arguments) -> object:
        raise refusal(operation.id)

    return implement(protocol, refuse, own)
