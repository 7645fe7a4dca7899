"""An engine made of one object for each resource."""

from __future__ import annotations

from collections.abc import Mapping

from engine_api.api.engine import RESOURCES, Engine, Resource

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
        wrong = sorted(resources.keys() ^ {one.name for one in RESOURCES})
        if wrong:
            raise TypeError(f"missing or unknown resources: {', '.join(wrong)}")
        for one in RESOURCES:
            lacking = [each.name for each in one.operations if not hasattr(resources[one.name], each.name)]
            if lacking:
                raise TypeError(f"the resource {one.name} lacks {', '.join(lacking)}")
        self._held: Mapping[str, object] = resources


def _held(resource: Resource) -> property:
    def held(self: HoldingEngine) -> object:
        return self._held[resource.name]

    return property(held, doc=resource.description)


for _resource in RESOURCES:
    setattr(HoldingEngine, _resource.name, _held(_resource))
