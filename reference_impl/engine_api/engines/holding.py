"""An engine made of one object for each resource."""

from __future__ import annotations

from collections.abc import Mapping

from engine_api.api.engine import Engine
from engine_api.api.resources import RESOURCES

__all__ = ["HoldingEngine"]


class HoldingEngine(Engine):
    """An engine that holds an object for each resource, and returns it where the resource is asked for."""

    def hold(self, **resources: object) -> None:
        """Hold these objects, in place of those that were held before.

        Args:
            resources: an object for each resource, by the resource's name; each implements the resource's Protocol.

        Raises:
            TypeError: a resource is missing, unknown, or lacks an operation.
        """
        if resources.keys() != RESOURCES.keys():
            wrong = ", ".join(sorted(resources.keys() ^ RESOURCES.keys()))
            raise TypeError(f"missing or unknown resources: {wrong}")
        for name, resource in resources.items():
            lacking = [method for method in RESOURCES[name].operations if not hasattr(resource, method)]
            if lacking:
                raise TypeError(f"the resource {name} lacks {', '.join(lacking)}")
        self._held: Mapping[str, object] = resources


def _held(name: str) -> property:
    def resource(self: HoldingEngine) -> object:
        return self._held[name]

    return property(resource, doc=RESOURCES[name].doc)


for _name in RESOURCES:
    setattr(HoldingEngine, _name, _held(_name))
