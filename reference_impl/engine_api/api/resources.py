"""The one list of what there is: the resources of an engine and their operations, as the Protocols declare them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, get_type_hints

from engine_api.api.engine import Engine
from engine_api.api.operation import Operation

__all__ = ["RESOURCES", "Resource"]


@dataclass(frozen=True)
class Resource:
    """A resource of an engine."""

    name: str
    """The name of the property of `Engine`, such as `containers`."""
    protocol: type[object]
    """The Protocol that declares its operations, such as `Containers`."""

    @property
    def doc(self) -> str:
        """What it is, in one line."""
        return (inspect.getdoc(getattr(Engine, self.name)) or "").partition("\n")[0]

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by the names of their methods, in the order of the Protocol."""
        declared = {name: getattr(method, "__operation__", None) for name, method in vars(self.protocol).items()}
        return {name: operation for name, operation in declared.items() if isinstance(operation, Operation)}


def _resources() -> Mapping[str, Resource]:
    found: dict[str, Resource] = {}
    for name, value in vars(Engine).items():
        if isinstance(value, property):
            found[name] = Resource(name, get_type_hints(value.fget)["return"])
    return found


RESOURCES: Final = _resources()
"""The resources by name, in the order in which `Engine` declares them."""
