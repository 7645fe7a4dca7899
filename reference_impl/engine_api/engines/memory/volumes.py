"""Volumes, as far as containers mount them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine_api.api.errors import InvalidParameter
from engine_api.engines.memory.identifiers import Identifiers
from engine_api.engines.memory.userland.filesystem import Directory, FileSystem

if TYPE_CHECKING:
    from engine_api.engines.memory.container import Container

__all__ = ["VolumeStore"]


class VolumeStore:
    """File systems that outlive containers, by name."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._volumes: dict[str, FileSystem] = {}
        self._anonymous: dict[str, str] = {}

    def mount(self, container: Container) -> list[tuple[str, str, FileSystem, bool, bool]]:
        """Mount what a new container asks for: name, path, file system, whether read-only, whether named.

        Raises:
            InvalidParameter: a path of the host was asked for, which this engine never reads.
        """
        found: list[tuple[str, str, FileSystem, bool, bool]] = []
        for bind in container.host.binds or ():
            source, _, rest = bind.partition(":")
            target, _, options = rest.partition(":")
            if source.startswith("/"):
                raise InvalidParameter(
                    f'invalid mount config for type "bind": bind source path does not exist: {source}'
                )
            found.append((source, target or source, self._volume(source, container, target), "ro" in options, True))
        for mount in container.host.mounts or ():
            target = str(mount.target or "")
            if mount.type == "tmpfs":
                found.append(("", target, FileSystem(), mount.read_only is True, True))
            else:
                name = mount.source or self._make(container)
                found.append((name, target, self._volume(name, container, target), mount.read_only is True, True))
        for target in container.host.tmpfs or {}:
            found.append(("", target, FileSystem(), False, True))
        for target in container.config.volumes or {}:
            if not any(target == other for _, other, *_ in found):
                name = self._make(container)
                found.append((name, target, self._volume(name, container, target), False, False))
        for _, target, filesystem, readonly, _ in found:
            container.fs.mkdir(target, parents=True)
            container.fs.mounts[target] = (filesystem, readonly)
        return found

    def _make(self, container: Container) -> str:
        name = self._identifiers.identifier()
        self._anonymous[name] = container.id
        return name

    def _volume(self, name: str, container: Container, target: str) -> FileSystem:
        if name not in self._volumes:
            root = Directory()
            if target and container.fs.is_directory(target):
                node = container.fs.node(target)
                root = node if isinstance(node, Directory) else root
            self._volumes[name] = FileSystem(root)
        return self._volumes[name]

    def release(self, container: Container) -> None:
        """Remove the anonymous volumes of a container."""
        for name, owner in list(self._anonymous.items()):
            if owner == container.id:
                del self._anonymous[name]
                self._volumes.pop(name, None)
