"""From the documents that a state is kept in to an engine."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar, cast

import msgspec

from engine_api.api.errors import EngineError
from engine_api.api.streams import StreamName
from engine_api.engines.memory.model.addresses import AddressPool
from engine_api.engines.memory.model.container import Container, HealthState, RunState
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.logs import Line, Log
from engine_api.engines.memory.model.mounts import ContainerMount
from engine_api.engines.memory.model.networks import MemoryNetwork
from engine_api.engines.memory.model.references import Reference, parse_reference
from engine_api.engines.memory.model.volumes import MemoryVolume
from engine_api.engines.memory.runtime.parts import Parts
from engine_api.engines.memory.state.kept import KeptEngine
from engine_api.engines.memory.state.records import (
    KINDS,
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
    decode,
)
from engine_api.engines.memory.state.store import Store
from engine_api.engines.memory.state.trees import TreeReader
from engine_api.engines.memory.userland.filesystem import FileSystem, Mounted

__all__ = ["LOST", "Revival", "restarts"]

R = TypeVar("R", bound=Record)

LOST: Final = 255
"""The exit code of what ended with its engine."""


def restarts(record: ContainerRecord) -> bool:
    """Whether a container is started again by an engine that starts: by its restart policy, as Docker does."""
    policy = record.host.restart_policy
    name = policy.name if policy else ""
    if record.started_at is None:
        return False
    if name in ("always", "unless-stopped"):
        return name == "always" or not record.stopped_by_hand
    if name != "on-failure" or not (record.ran or record.exit_code):
        return False
    most = policy.maximum_retry_count if policy else 0
    return not isinstance(most, int) or most == 0 or record.restart_count < most


class Revival:
    """Gives an engine the state that a store has, in place of its own.

    Args:
        engine: the engine, which runs nothing.
        store: where the state is.

    Raises:
        msgspec.DecodeError: a document is malformed.
        KeyError: a content is missing.
    """

    def __init__(self, engine: KeptEngine, store: Store) -> None:
        self._engine = engine
        self._store = store
        self.trees = TreeReader(store)
        self._records: defaultdict[type[Record], dict[str, Record]] = defaultdict(dict)
        for (kind, name), data in store.documents():
            if kind in KINDS:
                self._records[KINDS[kind]][name] = decode(KINDS[kind], data)
        self._images: dict[str, Image] = {}
        self._gone: list[tuple[Container, bool]] = []
        """Those that are removed, and whether their volumes without a name go, too."""
        self._again: list[tuple[Container, bool]] = []
        """Those that are started, and whether each is paused then."""

    def _kept(self, kind: type[R]) -> dict[str, R]:
        """Return the records of a type by their names."""
        return cast("dict[str, R]", self._records[kind])

    @property
    def _parts(self) -> Parts:
        return self._engine.parts

    @property
    def engine(self) -> EngineRecord | None:
        """What is kept of the engine itself; None where nothing is kept at all."""
        return self._kept(EngineRecord).get("")

    async def revive(self, again: Callable[[ContainerRecord], bool] = restarts, *, as_it_was: bool = False) -> None:
        """Have the state.

        Args:
            again: returns whether a container is started.
            as_it_was: whether those that were paused are paused again, and those stay that go by themselves. An engine
                that starts removes these, also where they never ran.
        """
        kept = self.engine
        if kept is None:
            return
        self._engine.begin(kept.id, kept.starts + 1)
        for host in self._kept(HostRecord).values():
            self._parts.host.files = FileSystem(self.trees.tree(host.tree))
        self._revive_images()
        self._revive_networks()
        for name, volume in self._kept(VolumeRecord).items():
            self._parts.volumes.by_name[name] = self._volume(name, volume)
        self._parts.containers.created = kept.order
        for identifier, record in sorted(self._kept(ContainerRecord).items(), key=lambda item: item[1].order):
            self._revive_container(identifier, record, again, as_it_was)
        for container, volumes in self._gone:
            self._parts.lifecycle.forget(container, volumes=volumes)
        lifecycle = self._parts.lifecycle
        for container, paused in sorted(self._again, key=lambda one: one[0].state.started_at or 0):
            with suppress(EngineError):  # the container keeps the error
                await lifecycle.start(container)
                if paused:
                    await lifecycle.pause(container)
        await asyncio.sleep(0)

    def _volume(self, name: str, record: VolumeRecord) -> MemoryVolume:
        files = FileSystem(self.trees.tree(record.tree))
        return MemoryVolume(name, record.driver, record.created, record.labels, record.options, files)

    # Images

    def _image(self, name: str) -> Image:
        if name not in self._images:
            if name.startswith(PREPARED):
                self._images[name] = self._prepared(parse_reference(name.removeprefix(PREPARED)))
            else:
                self._images[name] = self._read_image(self._kept(ImageRecord)[name])
        return self._images[name]

    def _prepared(self, reference: Reference) -> Image:
        """An image that is there from the start; where the engine has it no longer, another one of that name."""
        prepared = self._engine.prepared
        found = prepared.by_reference.get(reference)
        return found if found is not None else prepared.find(reference, self._parts.registry)

    def _read_image(self, record: ImageRecord) -> Image:
        return Image(
            config=record.config,
            root=self.trees.tree(record.tree),
            created=record.created,
            comment=record.comment,
            os=record.os,
            architecture=record.architecture,
            variant=record.variant,
            author=record.author,
            created_by=record.created_by,
            container=record.container,
            docker_version=record.docker_version,
            document=record.document,
            layers=tuple(self.trees.layer(digest) for digest in record.layers),
            history=tuple(record.history),
            attestations=tuple(record.attestations),
            container_config=record.container_config,
        )

    def _revive_images(self) -> None:
        known = set(self.engine.prepared) if self.engine is not None else set()
        new = [
            image for reference, image in self._engine.prepared.by_reference.items() if reference.familiar not in known
        ]
        images: list[Image] = []
        for record in self._kept(NamesRecord).values():
            image = self._image(record.image)
            images.append(image)
            image.references[:] = record.references
            image.digests[:] = record.digests
            image.tagged_at, image.parent = record.tagged_at, record.parent
        self._parts.images.replace([*images, *new])
        for repository in self._kept(RepositoryRecord).values():
            for name in repository.images:
                kept = self._image(name).nameless()
                tags = [tag for tag, tagged in repository.tags.items() if tagged == name]
                reference = Reference(repository.host, repository.path, digest=kept.manifest_digest)
                self._parts.registry.keep(reference, kept, tags)

    # Networks

    def _revive_networks(self) -> None:
        found: list[MemoryNetwork] = []
        for identifier, record in self._kept(NetworkRecord).items():
            found.append(_network(identifier, record))
        self._parts.networks.replace(found)

    # Containers

    def _revive_container(
        self, identifier: str, record: ContainerRecord, again: Callable[[ContainerRecord], bool], as_it_was: bool
    ) -> None:
        parts = self._parts
        files = FileSystem(self.trees.tree(record.tree))
        files.now = self._seconds
        container = Container(
            id=identifier,
            name=record.name,
            config=record.config,
            host=record.host,
            image=self._image(record.image),
            image_name=record.image_name,
            fs=files,
            base=self.trees.tree(record.base),
            argv=record.argv,
            created=record.created,
            order=record.order,
            log=self._log(identifier, record),
            endpoints=record.endpoints,
            mac_addresses=record.mac_addresses,
            mounts=[self._mount(files, mount) for mount in record.mounts],
            state=_state(record),
            health=HealthState(status=record.health_status, failing_streak=record.failing_streak, log=record.health),
        )
        files.readonly = record.host.readonly_rootfs is True
        if record.ran:
            self._end_run(container)
        parts.containers.add(container)
        if record.removing:
            self._gone.append((container, False))
        elif again(record):
            self._again.append((container, as_it_was and record.paused))
        elif record.host.auto_remove is True and not as_it_was:
            self._gone.append((container, True))

    def _seconds(self) -> float:
        """Return the time in seconds since 1970."""
        return self._parts.clock.time_ns() / 1e9

    def _log(self, identifier: str, record: ContainerRecord) -> Log:
        log = Log(self._parts.clock)
        lines = [msgspec.msgpack.decode(line, type=LineRecord) for line in self._store.lines(identifier)]
        log.lines = [Line(line.time, StreamName(line.stream), line.data) for line in lines]
        for stream, data in record.begun.items():
            log.write(StreamName(stream), data)
        log.flush()
        log.ended = record.started_at is not None
        return log

    def _end_run(self, container: Container) -> None:
        """Note that a container's run ended with the engine that it ran on."""
        if container.health.status != "none":
            container.health.ended()
        container.state.exited(code=LOST, at=self._parts.clock.time_ns())
        for name, endpoint in container.endpoints.items():
            network = self._parts.networks.find(str(endpoint.network_id or name))
            network.detach(container, endpoint)

    def _mount(self, fs: FileSystem, record: MountRecord) -> ContainerMount:
        volume = self._parts.volumes.by_name.get(record.volume)
        if volume is not None:
            files = volume.filesystem
        elif record.kind == "image":
            files = FileSystem(self.trees.tree(record.tree))
        elif record.kind == "bind" and self._parts.host.files is not None:
            files = self._parts.host.files
        else:
            files = FileSystem()
        files.now = fs.now
        fs.mounts[record.target] = Mounted(files, record.readonly, record.inside)
        return ContainerMount(
            record.kind,
            record.target,
            files,
            record.readonly,
            volume,
            record.own,
            record.source,
            record.place,
            record.inside,
            record.mode,
            record.propagation,
            record.limit,
            record.bits,
            record.shown,
        )


def _state(record: ContainerRecord) -> RunState:
    return RunState(
        removing=False,
        exit_code=record.exit_code,
        error=record.error,
        started_at=record.started_at,
        finished_at=record.finished_at,
        restart_count=record.restart_count,
        stopped_by_hand=record.stopped_by_hand,
        user=record.user,
    )


def _network(identifier: str, record: NetworkRecord) -> MemoryNetwork:
    pools = [_pool(pool) for pool in record.pools]
    return MemoryNetwork(identifier, record.name, record.driver, record.created, record.config, pools)


def _pool(record: PoolRecord) -> AddressPool:
    made = AddressPool(
        ipaddress.ip_network(record.subnet), ipaddress.ip_network(record.range), configured=record.configured
    )
    made.gateway = record.gateway
    made.taken = {ipaddress.ip_address(address) for address in record.taken}
    return made
