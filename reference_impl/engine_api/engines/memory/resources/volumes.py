"""Volumes of the reference engine."""

from __future__ import annotations

import builtins
import re
from typing import Final

from engine_api.api.errors import InvalidParameter, NotFound, Unavailable
from engine_api.api.filters import Filters
from engine_api.api.volumes import (
    Volume,
    VolumeCreateRequest,
    VolumeListResponse,
    VolumePruneResponse,
    Volumes,
    VolumeUpdateRequest,
)
from engine_api.engines.memory.resources.filters import boolean, check_keys, labels_match
from engine_api.engines.memory.resources.pruning import OneAtATime
from engine_api.engines.memory.resources.swarm import NO_MANAGER
from engine_api.engines.memory.runtime.volumes import LocalVolumes

__all__ = ["MemoryVolumes"]

_FILTERS: Final = ("dangling", "driver", "label", "name")
_PRUNE_FILTERS: Final = ("all", "label", "label!")
_ONE: Final = "only one value is expected"


class MemoryVolumes(Volumes):
    """Volumes in memory."""

    def __init__(self, driver: LocalVolumes) -> None:
        self._driver = driver
        self._pruning = OneAtATime()

    async def list(self, *, filters: Filters | None = None) -> VolumeListResponse:
        """Volumes, oldest first."""
        wanted = check_keys(filters, _FILTERS)
        dangling = boolean("dangling", wanted["dangling"]) if "dangling" in wanted else None
        found = [
            volume.summary()
            for volume in self._driver.store.by_name.values()
            if (dangling is None or dangling is not bool(self._driver.users(volume)))
            and ("driver" not in wanted or volume.driver in wanted["driver"])
            and labels_match(wanted.get("label", ()), volume.labels or {})
            and ("name" not in wanted or any(_name_matches(text, volume.name) for text in wanted["name"]))
        ]
        return VolumeListResponse(volumes=found, warnings=None)

    async def create(self, volume_config: VolumeCreateRequest) -> Volume:
        """Make a volume."""
        if volume_config.cluster_volume_spec:
            raise Unavailable(NO_MANAGER)
        volume = self._driver.create(
            volume_config.name or "",
            volume_config.driver or "",
            volume_config.driver_opts or None,
            volume_config.labels or None,
        )
        return volume.summary()

    async def inspect(self, name: str) -> Volume:
        """All about a volume."""
        return self._driver.store.find(name).summary()

    async def update(self, name: str, *, version: int, spec: VolumeUpdateRequest) -> None:
        """Change a cluster volume, of which there are none."""
        raise Unavailable("volume update only valid for cluster volumes, but swarm is unavailable")

    async def delete(self, name: str, *, force: bool = False) -> None:
        """Remove a volume."""
        try:
            volume = self._driver.store.find(name)
        except NotFound:
            if force:
                return
            raise
        self._driver.remove(volume)

    async def prune(self, *, filters: Filters | None = None) -> VolumePruneResponse:
        """Remove volumes that no container refers to."""
        wanted = check_keys(filters, _PRUNE_FILTERS)
        every = _prunes_all(wanted["all"]) if wanted.get("all") else False
        async with self._pruning():
            return self._prune(wanted, every)

    def _prune(self, wanted: dict[str, builtins.list[str]], every: bool) -> VolumePruneResponse:
        deleted, reclaimed = [], 0
        for volume in tuple(self._driver.store.by_name.values()):
            labels = volume.labels or {}
            if (
                self._driver.users(volume)
                or volume.options
                or not (every or volume.anonymous)
                or not labels_match(wanted.get("label", ()), labels)
                or any(labels_match([text], labels) for text in wanted.get("label!", ()))
            ):
                continue
            reclaimed += volume.filesystem.used
            self._driver.remove(volume)
            deleted.append(volume.name)
        self._driver.publish_prune(reclaimed)
        return VolumePruneResponse(volumes_deleted=deleted, space_reclaimed=reclaimed)


def _name_matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return pattern == name


def _prunes_all(values: list[str]) -> bool:
    if len(values) > 1:
        raise InvalidParameter(f"invalid filter 'all=[{' '.join(values)}]': {_ONE}")
    if values[0] not in ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"):
        raise InvalidParameter(f"invalid filter 'all': strconv.ParseBool: parsing \"{values[0]}\": invalid syntax")
    return values[0] in ("1", "t", "T", "TRUE", "true", "True")
