"""Resources whose every operation is refused, such as those that an engine does not have, and an engine of such."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine_api.api.engine import Engine
from engine_api.api.errors import EngineError, NotImplementedByEngine
from engine_api.api.operation import Operation
from engine_api.api.resources import RESOURCES

__all__ = ["RefusingEngine", "not_had", "refusing"]


def not_had(operation: str) -> EngineError:
    """What an engine says of an operation that it does not have.

    Args:
        operation: the operation's id.
    """
    return NotImplementedByEngine(f"this engine does not have the operation {operation}")


def refusing(
    protocol: type[Any],
    refusal: Callable[[str], EngineError] = not_had,
    own: Mapping[str, Callable[..., Any]] | None = None,
) -> Any:
    """An implementation of a resource's Protocol whose every operation is refused.

    Args:
        protocol: the Protocol, such as `Plugins`.
        refusal: what is raised, by the operation's id.
        own: methods by name that do something else.
    """
    found: dict[str, Any] = {}
    for name, method in vars(protocol).items():
        declared = getattr(method, "__operation__", None)
        if isinstance(declared, Operation):
            found[name] = _refuse(declared.id, refusal)
    return type(f"Refusing{protocol.__name__}", (), {**found, **(own or {})})()


def _refuse(operation: str, refusal: Callable[[str], EngineError]) -> Any:
    async def refuse(*_: Any, **__: Any) -> None:
        raise refusal(operation)

    return refuse


class RefusingEngine(Engine):
    """An engine that refuses every operation with 501: a base for one of your own, which replaces resources.

    The server asks every engine for `ping` and `version` of its `system`, so replace that one first.
    """


for _resource in RESOURCES.values():
    setattr(RefusingEngine, _resource.name, refusing(_resource.protocol))
