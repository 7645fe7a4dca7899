"""A resource that an engine does not have: every operation is refused."""

from __future__ import annotations

from typing import Any

from engine_api.api.errors import NotImplementedByEngine
from engine_api.api.operation import Operation

__all__ = ["refusing"]


def refusing(protocol: type[Any]) -> Any:
    """An implementation of a resource's Protocol whose every operation raises `NotImplementedByEngine`.

    Args:
        protocol: the Protocol, such as `Plugins`.
    """
    found: dict[str, Any] = {}
    for name, method in vars(protocol).items():
        declared = getattr(method, "__operation__", None)
        if isinstance(declared, Operation):
            found[name] = _refuse(declared.id)
    return type(f"Refusing{protocol.__name__}", (), found)()


def _refuse(operation: str) -> Any:
    async def refuse(*_: Any, **__: Any) -> None:
        raise NotImplementedByEngine(f"this engine does not have the operation {operation}")

    return refuse
