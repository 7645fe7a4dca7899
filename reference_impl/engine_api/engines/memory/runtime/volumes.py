"""The `local` volume driver: creates and removes volumes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from engine_api.api.errors import Conflict, InvalidParameter, NotFound
from engine_api.api.volumes import Volume, VolumeUsageData
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.events import EventBus
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerStore
from engine_api.engines.memory.model.volumes import ANONYMOUS, MemoryVolume, VolumeStore

__all__ = ["LocalVolumes"]

_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_OPTIONS: Final = ("type", "o", "device", "size")
_NEEDS: Final = {"device": "type", "type": "device"}
"""Options of the driver that need another."""


class LocalVolumes:
    """Creates and removes the volumes of a store.

    Args:
        store: the volumes.
        containers: the containers that use them.
        identifiers: names of volumes that are created without one.
        clock: the time of creation.
        events: where it is published.
    """

    def __init__(
        self,
        *,
        store: VolumeStore,
        containers: ContainerStore,
        identifiers: Identifiers,
        clock: Clock,
        events: EventBus,
    ) -> None:
        self.store = store
        self._containers = containers
        self._identifiers = identifiers
        self._clock = clock
        self._events = events

    def create(
        self,
        name: str = "",
        driver: str = "",
        options: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> MemoryVolume:
        """Make a volume, or give the one of that name.

        Args:
            name: its name; without one it gets an identifier and the label of such volumes.
            driver: the driver; there is only `local`.
            options: settings of the driver.
            labels: labels.

        Raises:
            InvalidParameter: the name or an option is bad.
            NotFound: there is no such driver.
        """
        if not name:
            name = self._identifiers.identifier()
            labels = {**(labels or {}), ANONYMOUS: ""}
        if driver not in ("", "local"):
            raise NotFound(f'create {name}: error looking up volume plugin {driver}: plugin "{driver}" not found')
        if name in self.store.by_name:
            return self.store.by_name[name]
        _check_name(name)
        _check_options(name, options or {})
        volume = MemoryVolume(
            name,
            "local",
            self._clock.time_ns(),
            dict(labels) if labels is not None else None,
            dict(options) if options is not None else None,
        )
        self.store.by_name[name] = volume
        self.publish(volume, "create")
        return volume

    def remove(self, volume: MemoryVolume) -> None:
        """Forget a volume with all that is in it.

        Raises:
            Conflict: a container refers to it.
        """
        users = self.users(volume)
        if users:
            listed = ", ".join(container.id for container in users)
            raise Conflict(f"remove {volume.name}: volume is in use - [{listed}]")
        del self.store.by_name[volume.name]
        self.publish(volume, "destroy")

    def users(self, volume: MemoryVolume) -> list[Container]:
        """Return the containers that mount a volume, running or not."""
        return self._containers.using_volume(volume)

    def measured(self) -> list[Volume]:
        """Every volume with what it takes."""
        found = []
        for volume in self.store.by_name.values():
            one = volume.summary()
            one.usage_data = VolumeUsageData(size=volume.filesystem.used, ref_count=len(self.users(volume)))
            found.append(one)
        return found

    def publish(self, volume: MemoryVolume, action: str, **attributes: str) -> None:
        """Publish an event of a volume."""
        self._events.publish("volume", action, volume.name, {"driver": volume.driver, **attributes})

    def publish_prune(self, reclaimed: int) -> None:
        """Publish that unused volumes were removed, and how many bytes that reclaimed."""
        self._events.publish("volume", "prune", "", {"reclaimed": str(reclaimed)})


def _check_name(name: str) -> None:
    if len(name) == 1:
        raise InvalidParameter(
            f"create {name}: volume name is too short, names should be at least two alphanumeric characters"
        )
    if not _NAME.fullmatch(name):
        raise InvalidParameter(
            f'create {name}: "{name}" includes invalid characters for a local volume name, only '
            '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path'
        )


def _check_options(name: str, options: Mapping[str, str]) -> None:
    for key in options:
        if key not in _OPTIONS:
            raise InvalidParameter(f'create {name}: invalid option: "{key}"')
    for key, other in _NEEDS.items():
        if options.get(key) and not options.get(other):
            raise InvalidParameter(f'create {name}: missing required option: "{other}"')
    if options.get("size"):
        raise InvalidParameter(f"create {name}: quota size requested but no quota support")
