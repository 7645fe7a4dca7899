"""Volumes as the engine keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from engine_api.api.errors import NotFound
from engine_api.api.volumes import Volume
from engine_api.engines.memory.machine.clock import rfc3339
from engine_api.engines.memory.userland.filesystem import FileSystem

__all__ = ["ANONYMOUS", "MemoryVolume", "VolumeStore"]

ANONYMOUS: Final = "com.docker.volume.anonymous"
"""The label of volumes that were created without a name."""


@dataclass(eq=False)
class MemoryVolume:
    """A volume."""

    name: str
    driver: str
    created: int
    labels: dict[str, str] | None = None
    options: dict[str, str] | None = None
    filesystem: FileSystem = field(default_factory=FileSystem)

    @property
    def mountpoint(self) -> str:
        """Where it lies on the pretended host."""
        return f"/var/lib/docker/volumes/{self.name}/_data"

    @property
    def anonymous(self) -> bool:
        """Whether it was made without a name."""
        return ANONYMOUS in (self.labels or {})

    def summary(self) -> Volume:
        """Return the volume as lists and inspections show it."""
        return Volume(
            created_at=rfc3339(self.created, digits=0),
            driver=self.driver,
            labels=self.labels,
            mountpoint=self.mountpoint,
            name=self.name,
            options=self.options,
            scope="local",
        )


class VolumeStore:
    """Volumes by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, MemoryVolume] = {}

    def find(self, name: str) -> MemoryVolume:
        """Return the volume of a name.

        Raises:
            NotFound: no volume has that name.
        """
        if name not in self.by_name:
            raise NotFound(f"get {name}: no such volume" if name else "get: no such volume")
        return self.by_name[name]
