"""The mounts of containers: volumes, images, folders of the host, and memory."""

from __future__ import annotations

import posixpath

from engine_api.api.containers import ContainerConfig
from engine_api.api.errors import InvalidParameter, NotFound
from engine_api.api.hostconfig import HostConfig
from engine_api.api.mounts import Mount
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerStore
from engine_api.engines.memory.model.host import Host
from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.mounts import ContainerMount
from engine_api.engines.memory.model.volumes import MemoryVolume
from engine_api.engines.memory.runtime.mount_options import check_mode, parse_bind, parse_tmpfs
from engine_api.engines.memory.runtime.volumes import LocalVolumes
from engine_api.engines.memory.userland.filesystem import FileSystem, Mounted
from engine_api.engines.memory.userland.nodes import Directory

__all__ = ["Mounts"]


class Mounts:
    """Makes the mounts of new containers, and mounts them when a container runs.

    Args:
        volumes: the driver of volumes.
        containers: the containers whose mounts others can take over.
        images: the images that can be mounted.
        host: the host whose files can be mounted.
    """

    def __init__(self, *, volumes: LocalVolumes, containers: ContainerStore, images: ImageStore, host: Host) -> None:
        self._volumes = volumes
        self._containers = containers
        self._images = images
        self._host = host

    def create(
        self, *, host: HostConfig, config: ContainerConfig, image: Image, fs: FileSystem
    ) -> list[ContainerMount]:
        """Make the mounts of a new container; its own replace those of the same path that it takes over from others.

        Args:
            host: its `HostConfig`.
            config: its configuration.
            image: its image.
            fs: its file system, in which the mounts are put.

        Raises:
            EngineError: an image, a driver or another container is not there, or a name is bad.
        """
        found: dict[str, ContainerMount] = {}
        for text in host.volumes_from or ():
            found |= {mount.target: mount for mount in self._borrowed(text)}
        driver = host.volume_driver or ""
        for text in host.binds or ():
            bind = parse_bind(text)
            if bind.source.startswith("/"):
                found[bind.target] = self._bind(bind.source, bind.target, bind.readonly, bind.mode)
            else:
                volume = self._volumes.create(bind.source, driver)
                mode = bind.mode or "z"
                found[bind.target] = self._volume(image, volume, bind.target, bind.readonly, mode, copy=bind.copy)
                found[bind.target].own = not bind.source
        for asked in host.mounts or ():
            found[posixpath.normpath(str(asked.target))] = self._asked(image, asked)
        for target, options in (host.tmpfs or {}).items():
            size, bits = parse_tmpfs(options)
            found.setdefault(target, ContainerMount("tmpfs", target, FileSystem(), limit=size, bits=bits, shown=False))
        for path in config.volumes or {}:
            target = posixpath.normpath(path)
            if target not in found:
                found[target] = self._volume(image, self._volumes.create("", driver), target, False, "", copy=True)
                found[target].own = True
        for mount in sorted(found.values(), key=lambda one: one.target):
            fs.mkdir(mount.target, parents=True)
            fs.mounts[mount.target] = Mounted(mount.filesystem, mount.readonly, mount.inside)
        return list(found.values())

    def _borrowed(self, text: str) -> list[ContainerMount]:
        """The mounts of another container, given as `CONTAINER[:MODE]`."""
        name, _, mode = text.partition(":")
        words = check_mode(mode)
        try:
            other = self._containers.find(name)
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

    def _asked(self, made_from: Image, asked: Mount) -> ContainerMount:
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
            image, _ = self._images.find(source)
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
        volume = self._volumes.create(
            source,
            (config.name or "") if config else "",
            (config.options or None) if config else None,
            (wanted.labels or None) if wanted else None,
        )
        copy = not (wanted and (wanted.no_copy is True or wanted.subpath))
        mount = self._volume(made_from, volume, target, readonly, "z", copy=copy)
        mount.own = not source
        mount.inside = _inside((wanted.subpath or "") if wanted else "")
        return mount

    def _volume(
        self, made_from: Image, volume: MemoryVolume, target: str, readonly: bool, mode: str, *, copy: bool
    ) -> ContainerMount:
        """A volume at a path; what the image has there goes into one that is empty."""
        tree = FileSystem(made_from.root)
        if copy and not volume.filesystem.root.entries and tree.is_directory(target):
            node = tree.node(target)
            if isinstance(node, Directory):
                volume.filesystem.fill(node)
        return ContainerMount("volume", target, volume.filesystem, readonly, volume, mode=mode)

    def _bind(self, source: str, target: str, readonly: bool, mode: str) -> ContainerMount:
        """A path of the pretended host, which becomes a directory if it is not there."""
        files = self._host.files
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
                self._volumes.publish(
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
                self._volumes.publish(mount.volume, "unmount", container=container.id)

    def release(self, container: Container) -> None:
        """Remove the volumes that were made for a container without a name, but for those that others use."""
        own = [mount.volume for mount in container.mounts if mount.own and mount.volume is not None]
        for volume in own:
            if self._volumes.store.by_name.get(volume.name) is volume and not self._volumes.users(volume):
                self._volumes.remove(volume)


def _inside(subpath: str) -> str:
    """A part of a file system, as a path in it."""
    return posixpath.normpath(f"/{subpath}") if subpath else ""
