"""Volumes of the reference engine."""

from __future__ import annotations

import builtins
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from engine_api.api.errors import Conflict, InvalidParameter, NotFound, Unavailable
from engine_api.api.filters import Filters
from engine_api.api.mounts import Mount
from engine_api.api.volumes import (
    Volume,
    VolumeCreateRequest,
    VolumeListResponse,
    VolumePruneResponse,
    Volumes,
    VolumeUpdateRequest,
    VolumeUsageData,
)
from engine_api.engines.memory.machine.clock import rfc3339
from engine_api.engines.memory.resources.filters import boolean, check_keys, labels_match
from engine_api.engines.memory.resources.pruning import OneAtATime
from engine_api.engines.memory.resources.swarm import NO_MANAGER
from engine_api.engines.memory.runtime.mounts import ContainerMount, check_mode, parse_bind, parse_tmpfs
from engine_api.engines.memory.userland.filesystem import Directory, FileSystem, Mounted

if TYPE_CHECKING:
    from engine_api.engines.memory.engine import MemoryEngine
    from engine_api.engines.memory.model.container import Container

__all__ = ["ANONYMOUS", "MemoryVolume", "MemoryVolumes", "VolumeStore"]

ANONYMOUS: Final = "com.docker.volume.anonymous"
"""The label of volumes that were made without a name."""
_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_OPTIONS: Final = ("type", "o", "device", "size")
_NEEDS: Final = {"device": "type", "type": "device"}
"""Options of the driver that need another."""
_FILTERS: Final = ("dangling", "driver", "label", "name")
_PRUNE_FILTERS: Final = ("all", "label", "label!")
_ONE: Final = "only one value is expected"


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

    def told(self) -> Volume:
        """How the engine tells it."""
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
    """The volumes, by name, and what containers have mounted."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.by_name: dict[str, MemoryVolume] = {}

    # Making and removing

    def find(self, name: str) -> MemoryVolume:
        """The volume of a name.

        Raises:
            NotFound: there is none.
        """
        if name not in self.by_name:
            raise NotFound(f"get {name}: no such volume" if name else "get: no such volume")
        return self.by_name[name]

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
            name = self._engine.identifiers.identifier()
            labels = {**(labels or {}), ANONYMOUS: ""}
        if driver not in ("", "local"):
            raise NotFound(f'create {name}: error looking up volume plugin {driver}: plugin "{driver}" not found')
        if name in self.by_name:
            return self.by_name[name]
        _check_name(name)
        _check_options(name, options or {})
        volume = MemoryVolume(
            name,
            "local",
            self._engine.clock.time_ns(),
            dict(labels) if labels is not None else None,
            dict(options) if options is not None else None,
        )
        self.by_name[name] = volume
        self._tell(volume, "create")
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
        del self.by_name[volume.name]
        self._tell(volume, "destroy")

    def users(self, volume: MemoryVolume) -> list[Container]:
        """The containers that refer to a volume, running or not."""
        containers: list[Container] = list(self._engine.containers.by_id.values())
        return [one for one in containers if any(mount.volume is volume for mount in one.mounts)]

    def measured(self) -> list[Volume]:
        """Every volume with what it takes."""
        found = []
        for volume in self.by_name.values():
            told = volume.told()
            told.usage_data = VolumeUsageData(size=volume.filesystem.used, ref_count=len(self.users(volume)))
            found.append(told)
        return found

    def _tell(self, volume: MemoryVolume, action: str, **attributes: str) -> None:
        self._engine.events.publish("volume", action, volume.name, {"driver": volume.driver, **attributes})

    # Mounting

    def mount(self, container: Container) -> list[ContainerMount]:
        """Make what a new container mounts, in place of other mounts of the same path if they come from another.

        Raises:
            EngineError: an image, a driver or another container is not there, or a name is bad.
        """
        found: dict[str, ContainerMount] = {}
        for text in container.host.volumes_from or ():
            found |= {mount.target: mount for mount in self._borrowed(text)}
        driver = container.host.volume_driver or ""
        for text in container.host.binds or ():
            bind = parse_bind(text)
            if bind.source.startswith("/"):
                found[bind.target] = self._bind(bind.source, bind.target, bind.readonly, bind.mode)
            else:
                volume = self.create(bind.source, driver)
                mode = bind.mode or "z"
                found[bind.target] = self._volume(container, volume, bind.target, bind.readonly, mode, copy=bind.copy)
                found[bind.target].own = not bind.source
        for asked in container.host.mounts or ():
            found[posixpath.normpath(str(asked.target))] = self._asked(container, asked)
        for target, options in (container.host.tmpfs or {}).items():
            size, bits = parse_tmpfs(options)
            found.setdefault(target, ContainerMount("tmpfs", target, FileSystem(), limit=size, bits=bits, shown=False))
        for path in container.config.volumes or {}:
            target = posixpath.normpath(path)
            if target not in found:
                found[target] = self._volume(container, self.create("", driver), target, False, "", copy=True)
                found[target].own = True
        for mount in sorted(found.values(), key=lambda one: one.target):
            container.fs.mkdir(mount.target, parents=True)
            container.fs.mounts[mount.target] = Mounted(mount.filesystem, mount.readonly, mount.inside)
        return list(found.values())

    def _borrowed(self, text: str) -> list[ContainerMount]:
        """The mounts of another container, given as `CONTAINER[:MODE]`."""
        name, _, mode = text.partition(":")
        words = check_mode(mode)
        try:
            other = self._engine.containers.find(name)
        except NotFound as error:  # the container that is missing is not the one that the request is about
            raise InvalidParameter(error.message) from None
        return [
            ContainerMount(
                mount.kind,
                mount.target,
                mount.filesystem,
                mount.readonly or "ro" in words,
                mount.volume,
                mount.own,
                mount.source,
                mount.place,
                mount.inside,
                propagation=mount.propagation,
            )
            for mount in other.mounts
            if mount.shown
        ]

    def _asked(self, container: Container, asked: Mount) -> ContainerMount:
        """A mount as `Mounts` ask for it."""
        target = posixpath.normpath(str(asked.target))
        readonly = asked.read_only is True
        source = asked.source or ""
        if asked.type == "tmpfs":
            options = asked.tmpfs_options
            limit, bits = (options.size_bytes or 0, options.mode or 0o1777) if options else (0, 0o1777)
            return ContainerMount("tmpfs", target, FileSystem(), readonly, limit=limit, bits=bits)
        if asked.type == "bind":
            return self._bind(source, target, readonly, "")
        if asked.type == "image":
            image, _ = self._engine.images.store.find(source)
            subpath = (asked.image_options.subpath or "") if asked.image_options else ""
            return ContainerMount(
                "image",
                target,
                FileSystem(image.root),
                True,
                source=source,
                place=f"/var/lib/docker/overlay2/{image.chain_ids[-1][7:] if image.layers else image.id[7:]}/merged",
                inside=_inside(subpath),
                propagation="rprivate",
            )
        if asked.type != "volume":
            raise InvalidParameter(f'invalid mount config for type "{asked.type}": mount type unknown')
        wanted = asked.volume_options
        config = wanted.driver_config if wanted else None
        volume = self.create(
            source,
            (config.name or "") if config else "",
            (config.options or None) if config else None,
            (wanted.labels or None) if wanted else None,
        )
        copy = not (wanted and (wanted.no_copy is True or wanted.subpath))
        mount = self._volume(container, volume, target, readonly, "z", copy=copy)
        mount.own = not source
        mount.inside = _inside((wanted.subpath or "") if wanted else "")
        return mount

    def _volume(
        self, container: Container, volume: MemoryVolume, target: str, readonly: bool, mode: str, *, copy: bool
    ) -> ContainerMount:
        """A volume at a path; what the image has there goes into one that is empty."""
        image = FileSystem(container.image.root)
        if copy and not volume.filesystem.root.entries and image.is_directory(target):
            node = image.node(target)
            if isinstance(node, Directory):
                volume.filesystem.fill(node)
        return ContainerMount("volume", target, volume.filesystem, readonly, volume, mode=mode)

    def _bind(self, source: str, target: str, readonly: bool, mode: str) -> ContainerMount:
        """A path of the pretended host, which becomes a directory if it is not there."""
        files = self._engine.host_files
        assert files is not None
        source = posixpath.normpath(source)
        if not files.exists(source):
            files.mkdir(source, parents=True)
        return ContainerMount(
            "bind",
            target,
            files,
            readonly,
            source=source,
            inside=files.real(source).rstrip("/"),
            mode=mode,
            propagation="rprivate",
        )

    def begin(self, container: Container) -> None:
        """A container is about to run: its volumes are mounted, and its memory is empty.

        Raises:
            NotFound: the part of a volume or an image that it wants is not there.
        """
        for mount in container.mounts:
            if mount.kind == "tmpfs":
                mount.filesystem = FileSystem(Directory(mount.bits), **({"limit": mount.limit} if mount.limit else {}))
                mount.filesystem.now = container.fs.now
                container.fs.mounts[mount.target] = Mounted(mount.filesystem, mount.readonly)
            elif mount.inside and mount.kind != "bind" and not mount.filesystem.exists(mount.inside):
                whole = f"{mount.volume.mountpoint if mount.volume else mount.place}{mount.inside}"
                raise NotFound(f"cannot access path {whole}: lstat {whole}: no such file or directory")
            if mount.volume is not None:
                self._tell(
                    mount.volume,
                    "mount",
                    **{
                        "container": container.id,
                        "destination": mount.target,
                        "propagation": mount.propagation,
                        "read/write": "false" if mount.readonly else "true",
                    },
                )

    def end(self, container: Container) -> None:
        """A container runs no longer."""
        for mount in container.mounts:
            if mount.volume is not None:
                self._tell(mount.volume, "unmount", container=container.id)

    def release(self, container: Container) -> None:
        """Remove the volumes that were made for a container without a name, but for those that others use."""
        own = [mount.volume for mount in container.mounts if mount.own and mount.volume is not None]
        for volume in own:
            if self.by_name.get(volume.name) is volume and not self.users(volume):
                self.remove(volume)


class MemoryVolumes(Volumes):
    """Volumes in memory."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self._pruning = OneAtATime()

    @property
    def _store(self) -> VolumeStore:
        return self._engine.volume_store

    async def list(self, *, filters: Filters | None = None) -> VolumeListResponse:
        """Volumes, oldest first."""
        wanted = check_keys(filters, _FILTERS)
        dangling = boolean("dangling", wanted["dangling"]) if "dangling" in wanted else None
        found = [
            volume.told()
            for volume in self._store.by_name.values()
            if (dangling is None or dangling is not bool(self._store.users(volume)))
            and ("driver" not in wanted or volume.driver in wanted["driver"])
            and labels_match(wanted.get("label", ()), volume.labels or {})
            and ("name" not in wanted or any(_name_matches(text, volume.name) for text in wanted["name"]))
        ]
        return VolumeListResponse(volumes=found, warnings=None)

    async def create(self, volume_config: VolumeCreateRequest) -> Volume:
        """Make a volume."""
        if volume_config.cluster_volume_spec:
            raise Unavailable(NO_MANAGER)
        volume = self._store.create(
            volume_config.name or "",
            volume_config.driver or "",
            volume_config.driver_opts or None,
            volume_config.labels or None,
        )
        return volume.told()

    async def inspect(self, name: str) -> Volume:
        """All about a volume."""
        return self._store.find(name).told()

    async def update(self, name: str, *, version: int, spec: VolumeUpdateRequest) -> None:
        """Change a cluster volume, of which there are none."""
        raise Unavailable("volume update only valid for cluster volumes, but swarm is unavailable")

    async def delete(self, name: str, *, force: bool = False) -> None:
        """Remove a volume."""
        try:
            volume = self._store.find(name)
        except NotFound:
            if force:
                return
            raise
        self._store.remove(volume)

    async def prune(self, *, filters: Filters | None = None) -> VolumePruneResponse:
        """Remove volumes that no container refers to."""
        wanted = check_keys(filters, _PRUNE_FILTERS)
        every = _prunes_all(wanted["all"]) if wanted.get("all") else False
        async with self._pruning():
            return self._prune(wanted, every)

    def _prune(self, wanted: dict[str, builtins.list[str]], every: bool) -> VolumePruneResponse:
        deleted, reclaimed = [], 0
        for volume in tuple(self._store.by_name.values()):
            labels = volume.labels or {}
            if (
                self._store.users(volume)
                or volume.options
                or not (every or volume.anonymous)
                or not labels_match(wanted.get("label", ()), labels)
                or any(labels_match([text], labels) for text in wanted.get("label!", ()))
            ):
                continue
            reclaimed += volume.filesystem.used
            self._store.remove(volume)
            deleted.append(volume.name)
        self._engine.events.publish("volume", "prune", "", {"reclaimed": str(reclaimed)})
        return VolumePruneResponse(volumes_deleted=deleted, space_reclaimed=reclaimed)


def _inside(subpath: str) -> str:
    """A part of a file system, as a path in it."""
    return posixpath.normpath(f"/{subpath}") if subpath else ""


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
