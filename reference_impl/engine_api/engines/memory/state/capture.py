"""From an engine to the documents that its state is kept in."""

from __future__ import annotations

from collections.abc import Iterator

from engine_api.engines.memory.model.addresses import AddressPool
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.mounts import ContainerMount
from engine_api.engines.memory.model.networks import MemoryNetwork
from engine_api.engines.memory.model.volumes import MemoryVolume
from engine_api.engines.memory.state.kept import KeptEngine
from engine_api.engines.memory.state.records import (
    PREPARED,
    ContainerRecord,
    EngineRecord,
    HostRecord,
    ImageRecord,
    LineRecord,
    MountRecord,
    NamesRecord,
    NetworkRecord,
    PoolRecord,
    Record,
    RepositoryRecord,
    VolumeRecord,
    encode,
)
from engine_api.engines.memory.state.store import Changes, Key, Store
from engine_api.engines.memory.state.trees import TreeWriter, referred
from engine_api.engines.memory.userland.filesystem import FileSystem

__all__ = ["Saver"]


class Saver:
    """Keeps what an engine is in a store, each time only what is not there yet.

    Args:
        engine: the engine.
        store: where its state is, or nothing. What the store has and the engine has not is removed at the first time.
        starts: how often the engine was started on this state before.
    """

    def __init__(self, engine: KeptEngine, store: Store, *, starts: int = 0) -> None:
        self._engine = engine
        self._store = store
        self._starts = starts
        self._kept = dict(store.documents())
        self._trees = TreeWriter(store.digests())
        self._prepared: dict[str, str] = {}
        self._added = 0
        self._files: dict[int, tuple[FileSystem, int, bytes]] = {}
        """The file systems by their `id`, how often each had been changed, and the digest of its tree then."""
        self._lines = {name: sum(1 for _ in store.lines(name)) for kind, name in self._kept if kind == "container"}

    def save(self) -> None:
        """Keep what the engine is now; when this returns, it is kept.

        Raises:
            StateError: it could not be kept; the next time tries again.
        """
        changes = Changes()
        found: set[Key] = set()
        files: dict[int, tuple[FileSystem, int, bytes]] = {}
        for key, record in self._records(files):
            found.add(key)
            if record is not None and self._kept.get(key) != (data := encode(record)):
                changes.documents[key] = data
        changes.gone = self._kept.keys() - found
        changes.lines = list(self._new_lines())
        changes.contents = self._trees.new
        if changes:
            self._store.write(changes)
            self._added += sum(map(len, changes.contents.values()))
            self._trees.kept()
            self._kept |= changes.documents
            for key in changes.gone:
                del self._kept[key]
                self._lines.pop(key[1], None)
            for name, number, _ in changes.lines:
                self._lines[name] = number + 1
        self._files = files

    def tidy(self, limit: int) -> None:
        """Remove the contents that nothing needs any more, if more bytes than a limit were added since the last time.

        Raises:
            StateError: they could not be removed.
        """
        if self._added > limit:
            self._added = 0
            gone = self._store.digests() - referred(self._store)
            self._store.forget(gone)
            self._trees.forget(gone)

    def _records(self, files: dict[int, tuple[FileSystem, int, bytes]]) -> Iterator[tuple[Key, Record | None]]:
        """Every document; None in place of one that is kept and never changes."""
        parts = self._engine.parts
        known = self._engine.prepared.by_reference
        self._prepared = {image.id: reference.familiar for reference, image in known.items()}
        prepared = list(self._prepared.values())
        yield ("engine", ""), EngineRecord(parts.engine_id, self._starts, parts.containers.created, prepared)
        if parts.host.files is not None:
            yield ("host", ""), HostRecord(self._tree(parts.host.files, files))
        images: dict[str, Image] = {}
        for image in parts.images:
            images[image.id] = image
            yield (
                ("names", image.id),
                NamesRecord(self._name(image), image.references, image.digests, image.tagged_at, image.parent),
            )
        for (host, path), repository in parts.registry.repositories.items():
            images |= {image.id: image for image in repository.images.values() if image.id not in images}
            tags = {tag: self._name(image) for tag, image in repository.tags.items()}
            pushed = [self._name(image) for image in repository.images.values()]
            yield ("repository", f"{host}/{path}"), RepositoryRecord(host, path, tags, pushed)
        for volume in parts.volumes.by_name.values():
            yield ("volume", volume.name), self._volume(volume, files)
        for network in parts.networks:
            yield ("network", network.id), _network(network)
        for container in parts.containers:
            images.setdefault(container.image.id, container.image)
            yield ("container", container.id), self._container(container, files)
        for identifier, image in images.items():
            if identifier not in self._prepared:
                key = ("image", identifier)
                yield key, None if key in self._kept else self._image(image)

    def _name(self, image: Image) -> str:
        """What others name an image by: its ID, or the reference of one that every engine has from the start."""
        reference = self._prepared.get(image.id)
        return image.id if reference is None else f"{PREPARED}{reference}"

    def _tree(self, filesystem: FileSystem, files: dict[int, tuple[FileSystem, int, bytes]]) -> bytes:
        before = self._files.get(id(filesystem)) or files.get(id(filesystem))
        if before is not None and before[0] is filesystem and before[1] == filesystem.changes:
            files[id(filesystem)] = before
            return before[2]
        digest = self._trees.tree(filesystem.root, filesystem)
        files[id(filesystem)] = (filesystem, filesystem.changes, digest)
        return digest

    def _image(self, image: Image) -> ImageRecord:
        return ImageRecord(
            config=image.config,
            tree=self._trees.tree(image.root),
            created=image.created,
            comment=image.comment,
            os=image.os,
            architecture=image.architecture,
            variant=image.variant,
            author=image.author,
            created_by=image.created_by,
            container=image.container,
            docker_version=image.docker_version,
            document=image.document,
            layers=[self._trees.layer(layer) for layer in image.layers],
            history=list(image.history),
            attestations=list(image.attestations),
            container_config=image.container_config,
        )

    def _volume(self, volume: MemoryVolume, files: dict[int, tuple[FileSystem, int, bytes]]) -> VolumeRecord:
        tree = self._tree(volume.filesystem, files)
        return VolumeRecord(volume.driver, volume.created, tree, volume.labels, volume.options)

    def _container(self, container: Container, files: dict[int, tuple[FileSystem, int, bytes]]) -> ContainerRecord:
        return ContainerRecord(
            name=container.name,
            config=container.config,
            host=container.host,
            image=self._name(container.image),
            image_name=container.image_name,
            argv=container.argv,
            created=container.created,
            endpoints=container.endpoints,
            order=container.order,
            tree=self._tree(container.fs, files),
            base=self._trees.tree(container.base),
            mac_addresses=container.mac_addresses,
            mounts=[self._mount(mount) for mount in container.mounts],
            ran=container.state.running,
            paused=container.state.paused,
            exit_code=container.state.exit_code,
            error=container.state.error,
            started_at=container.state.started_at,
            finished_at=container.state.finished_at,
            restart_count=container.state.restart_count,
            stopped_by_hand=container.state.stopped_by_hand,
            removing=container.state.removing,
            user=container.state.user,
            begun={int(stream): data for stream, data in container.log.begun.items()},
            health=container.health.log,
            health_status=container.health.status,
            failing_streak=container.health.failing_streak,
        )

    def _mount(self, mount: ContainerMount) -> MountRecord:
        return MountRecord(
            kind=mount.kind,
            target=mount.target,
            readonly=mount.readonly,
            volume=mount.volume.name if mount.volume is not None else "",
            tree=self._trees.tree(mount.filesystem.root) if mount.kind == "image" else b"",
            own=mount.own,
            source=mount.source,
            place=mount.place,
            inside=mount.inside,
            mode=mount.mode,
            propagation=mount.propagation,
            limit=mount.limit,
            bits=mount.bits,
            shown=mount.shown,
        )

    def _new_lines(self) -> Iterator[tuple[str, int, bytes]]:
        for container in self._engine.parts.containers:
            identifier = container.id
            lines = container.log.lines
            for number in range(self._lines.get(identifier, 0), len(lines)):
                line = lines[number]
                yield identifier, number, encode(LineRecord(line.time, int(line.stream), line.data))


def _network(network: MemoryNetwork) -> NetworkRecord:
    pools = [_pool(pool) for pool in network.pools]
    return NetworkRecord(network.name, network.driver, network.created, network.config, pools)


def _pool(pool: AddressPool) -> PoolRecord:
    taken = [str(address) for address in pool.taken]
    return PoolRecord(str(pool.subnet), str(pool.range), pool.configured, pool.gateway, taken)
