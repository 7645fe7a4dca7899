"""Mounts of a container: what stands at a path of it."""

from __future__ import annotations

from dataclasses import dataclass

from engine_api.api.mounts import MountPoint
from engine_api.api.struct import UNSET
from engine_api.engines.memory.model.volumes import MemoryVolume
from engine_api.engines.memory.userland.filesystem import FileSystem

__all__ = ["ContainerMount"]


@dataclass(eq=False)
class ContainerMount:
    """Something that stands at a path of a container."""

    kind: str
    """`volume`, `image`, `bind` or `tmpfs`."""
    target: str
    filesystem: FileSystem
    readonly: bool = False
    volume: MemoryVolume | None = None
    own: bool = False
    """Whether the volume was made for it, without a name."""
    source: str = ""
    """The path of the host, or the reference of the image."""
    place: str = ""
    """Where an image lies on the host."""
    inside: str = ""
    """The part of it that is mounted, as a path with a slash at its beginning; empty for all."""
    mode: str = ""
    propagation: str = ""
    limit: int = 0
    """Bytes that memory may take; 0 for no limit of its own."""
    bits: int = 0o1777
    """Permissions of the root of memory."""
    shown: bool = True
    """Whether inspections list it among the mounts."""

    def point(self) -> MountPoint:
        """Return the mount as inspections show it."""
        name = self.volume.name if self.volume else self.source if self.kind == "image" else UNSET
        source = self.volume.mountpoint if self.volume else self.place if self.kind == "image" else self.source
        return MountPoint(
            type=self.kind,
            name=name,
            source=source,
            destination=self.target,
            driver=self.volume.driver if self.volume else UNSET,
            mode=self.mode,
            rw=not self.readonly,
            propagation=self.propagation,
        )
