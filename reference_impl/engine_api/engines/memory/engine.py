"""The reference engine: everything in memory, nothing of the host."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import TracebackType
from typing import Any, Self, TypeVar

from engine_api.api.configs import Configs
from engine_api.api.engine import Engine
from engine_api.api.errors import NotFound
from engine_api.api.images import ImageConfig
from engine_api.api.nodes import Nodes
from engine_api.api.plugins import Plugins
from engine_api.api.secrets import Secrets
from engine_api.api.services import Services
from engine_api.api.swarm import Swarm
from engine_api.api.tasks import Tasks
from engine_api.engines.memory.machine.clock import Clock, SystemClock
from engine_api.engines.memory.machine.events import EventBus
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.references import Reference, parse_reference
from engine_api.engines.memory.model.registry import Registry
from engine_api.engines.memory.resources import swarm
from engine_api.engines.memory.resources.builder.service import MemoryBuilder
from engine_api.engines.memory.resources.containers.service import MemoryContainers
from engine_api.engines.memory.resources.distribution import MemoryDistribution
from engine_api.engines.memory.resources.exec import MemoryExec
from engine_api.engines.memory.resources.images.service import MemoryImages
from engine_api.engines.memory.resources.networks import MemoryNetworks
from engine_api.engines.memory.resources.plugins import MemoryPlugins
from engine_api.engines.memory.resources.session import MemorySession
from engine_api.engines.memory.resources.system.service import MemorySystem
from engine_api.engines.memory.resources.volumes import MemoryVolumes, VolumeStore
from engine_api.engines.memory.runtime.endpoints import Networking
from engine_api.engines.memory.seed.creation import plant
from engine_api.engines.memory.seed.document import Seed
from engine_api.engines.memory.seed.sources import Reading, read_seed
from engine_api.engines.memory.state.snapshot import Snapshot
from engine_api.engines.memory.userland.commands import applets
from engine_api.engines.memory.userland.filesystem import Directory, FileSystem
from engine_api.engines.memory.userland.images import alpine, bare, busybox, hello_world, with_program
from engine_api.engines.memory.userland.process import Program
from engine_api.engines.memory.userland.shell import sh

__all__ = ["MemoryEngine"]

P = TypeVar("P", bound=Program)

_BORN = 1_696_000_000 * 1_000_000_000
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@cache
def _whole(root: Directory) -> Image:
    """A tree that is there from the start as the only layer of an image."""
    return Image(ImageConfig(), root, _BORN, created_by="COPY / / # the reference engine's own files")


def _made_up(reference: Reference, os: str, architecture: str) -> Image:
    """An image for a reference that nobody prepared: a small system with a shell."""
    created = 1_700_000_000 + int.from_bytes(hashlib.sha256(reference.familiar.encode()).digest()[:3])
    return Image(
        ImageConfig(cmd=["/bin/sh"], env=[_PATH]),
        bare(reference.familiar),
        created * 1_000_000_000,
        os=os,
        architecture=architecture,
        created_by=f"COPY image /etc/image # {reference.familiar}, made up by the reference engine",
        base=_whole(alpine()),
    )


class MemoryEngine(Engine):
    """An engine whose containers, images and files are in memory.

    Containers run commands in a simulated userland: a shell and the usual commands of busybox. It runs nothing on the
    host, and reads and writes nothing there. Use it on one event loop; `aclose`, or `async with`, ends every process.

    Args:
        clock: the time. Default: the host's.
        seed: what identifiers and names follow from. Default: other ones each time.
        catalogue: the references that can be pulled, such as `postgres:16`, besides what was pushed. Default: any.
        accounts: the users that registries know, with their passwords; then nothing is pulled, pushed or told without.
            Default: nobody needs an account, and any user with any password can log in.
        host_name: the name of the pretended host.
        host_files: the files of the pretended host by absolute path, which containers can mount by bind mounts and
            change; they are in memory too. Default: there is no such thing, and bind mounts are refused.
        open_ports: whether to listen on 127.0.0.1 of the real host for the TCP ports that containers publish. Default:
            they are pretended, and nothing leaves the process.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int | None = None,
        catalogue: Iterable[str] | None = None,
        accounts: Mapping[str, str] | None = None,
        host_name: str = "engine",
        host_files: Mapping[str, bytes] | None = None,
        open_ports: bool = False,
    ) -> None:
        self.open_ports = open_ports
        self.clock: Clock = clock or SystemClock()
        self.host_name = host_name
        self._host_files = host_files
        self._catalogue: frozenset[Reference] | None = None
        if catalogue is not None:
            self._catalogue = frozenset(parse_reference(text).tagged() for text in catalogue)
        self._accounts = accounts
        self.programs: dict[str, Program] = {**applets(), "sh": sh}
        self._seed = seed
        self._embedded: dict[Reference, Image] = {}
        self.last_pid = 1000
        for name, root, command in (
            ("hello-world", hello_world(), "/hello"),
            ("alpine", alpine(), "/bin/sh"),
            ("busybox", busybox(), "sh"),
        ):
            self._embed(name, _whole(root), ImageConfig(cmd=[command], env=[_PATH]))
        self.begin()

    def begin(self, identifier: str = "", starts: int = 0) -> None:
        """Have nothing but what is there from the start; nothing may run.

        Args:
            identifier: the engine's own. Default: a new one.
            starts: how often it began before as the engine of this identifier, so that nothing gets one that is taken.
        """
        self.identifiers = Identifiers(f"{self._seed} {starts}" if starts and self._seed is not None else self._seed)
        self.id = identifier or str(uuid.UUID(self.identifiers.identifier()[:32]))
        self.events = EventBus(self.clock)
        self.host_files: FileSystem | None = None
        if self._host_files is not None:
            self.host_files = FileSystem()
            for path, data in self._host_files.items():
                self.host_files.mkdir(path.rpartition("/")[0] or "/", parents=True)
                self.host_files.write(path, data)
        self.network = Networking(self)
        self.volume_store = VolumeStore(self)
        self.registry = Registry(lambda: self._embedded, _made_up, self._catalogue, self._accounts)
        self._containers = MemoryContainers(self)
        self._images = MemoryImages(self)
        self._exec = MemoryExec(self)
        self._system = MemorySystem(self)
        self._builder = MemoryBuilder(self)
        self._distribution = MemoryDistribution(self)
        self._networks = MemoryNetworks(self)
        self._volumes = MemoryVolumes(self)
        self._swarm: Swarm = swarm.swarm
        self._nodes: Nodes = swarm.nodes
        self._services: Services = swarm.services
        self._tasks: Tasks = swarm.tasks
        self._secrets: Secrets = swarm.secrets
        self._configs: Configs = swarm.configs
        self._plugins = MemoryPlugins()
        self._session = MemorySession()
        for reference, image in self._embedded.items():
            self._place(reference, image)

    # What it offers

    @property
    def system(self) -> MemorySystem:
        """The engine itself."""
        return self._system

    @property
    def containers(self) -> MemoryContainers:
        """Containers."""
        return self._containers

    @property
    def exec(self) -> MemoryExec:
        """Further processes in containers."""
        return self._exec

    @property
    def images(self) -> MemoryImages:
        """Images."""
        return self._images

    @property
    def builder(self) -> MemoryBuilder:
        """Building images from a Dockerfile and its context, with the classic builder."""
        return self._builder

    @property
    def distribution(self) -> MemoryDistribution:
        """What registries know of an image."""
        return self._distribution

    @property
    def networks(self) -> MemoryNetworks:
        """Networks."""
        return self._networks

    @property
    def volumes(self) -> MemoryVolumes:
        """Volumes."""
        return self._volumes

    @property
    def swarm(self) -> Swarm:
        """The swarm that the engine is a node of."""
        return self._swarm

    @property
    def nodes(self) -> Nodes:
        """The engines of a swarm."""
        return self._nodes

    @property
    def services(self) -> Services:
        """Services."""
        return self._services

    @property
    def tasks(self) -> Tasks:
        """Tasks."""
        return self._tasks

    @property
    def secrets(self) -> Secrets:
        """Secrets."""
        return self._secrets

    @property
    def configs(self) -> Configs:
        """Configs."""
        return self._configs

    @property
    def plugins(self) -> Plugins:
        """Plugins."""
        return self._plugins

    @property
    def session(self) -> MemorySession:
        """A connection on which client and engine call each other."""
        return self._session

    # Images that are there from the start

    @property
    def prepared(self) -> Mapping[Reference, Image]:
        """Those images, by the references that they had."""
        return self._embedded

    def _embed(self, reference: str, base: Image, config: ImageConfig, root: Directory | None = None) -> Reference:
        parsed = parse_reference(reference).tagged()
        created = _BORN + len(self._embedded) * 86_400_000_000_000
        command = f"CMD {json.dumps(config.cmd)}"
        self._embedded[parsed] = Image(config, root or base.root, created, created_by=command, base=base)
        return parsed

    def _place(self, reference: Reference, image: Image) -> None:
        image.references.clear()
        image.digests.clear()
        image.tagged_at = None
        self._images.store.add(image, reference, self.clock_start())
        image.digests.append(Reference(reference.host, reference.path, None, image.manifest_digest))

    def clock_start(self) -> int:
        """When the prepared images were tagged: the time, or the time of the newest of them where no loop runs."""
        try:
            return self.clock.time_ns()
        except RuntimeError:
            return max(image.created for image in self._embedded.values())

    def program(
        self,
        image: str,
        *,
        env: Mapping[str, str] | None = None,
        ports: Iterable[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> Callable[[P], P]:
        """Register a program for an image, which is there at once and runs it by default.

            @engine.program("postgres:16", ports=["5432/tcp"])
            async def postgres(process):
                await process.print("database system is ready to accept connections")
                async for line in process.lines():
                    await process.print("you said", line)
                return 0

        The program is a file of its own name in the image's `/usr/local/bin`; the image has a shell and the usual
        commands beside it. `process.signals()` gives the signals that it gets; its result is the exit code.

        Args:
            image: a reference, such as `postgres:16`.
            env: environment variables of the image.
            ports: ports that the image exposes, such as `5432/tcp`.
            files: further files of the image, by absolute path.

        Raises:
            InvalidParameter: the reference is malformed.
        """

        def register(function: P) -> P:
            name = function.__name__.replace("_", "-")
            self.programs[name] = function
            tree = FileSystem(alpine())
            for path, data in (files or {}).items():
                tree.mkdir(path.rpartition("/")[0] or "/", parents=True)
                tree.write(path, data)
            config = ImageConfig(
                cmd=[name],
                env=[_PATH, *(f"{key}={value}" for key, value in (env or {}).items())],
                exposed_ports={port: {} for port in ports} or None,
            )
            root = with_program(tree.root, f"/usr/local/bin/{name}", name)
            reference = self._embed(image, _whole(alpine()), config, root)
            self._place(reference, self._embedded[reference])
            return function

        return register

    def prepared_image(self, reference: Reference) -> Image:
        """What a pull of a reference gives, or what is made up for it where nothing can be pulled."""
        try:
            return self.registry.find(reference, "linux", "amd64")
        except NotFound:
            return _made_up(reference, "linux", "amd64")

    async def load(
        self, source: str | os.PathLike[str] | Mapping[str, Any] | Seed | Reading, *, project: str | None = None
    ) -> Sequence[str]:
        """Make what a seed says, beside what is there; a reset forgets it like everything else.

        Args:
            source: the path of a JSON document or of a compose file, such a document as Python has it, or what was read
                already.
            project: the project's name, for a compose file. Default: as docker compose has it.

        Returns:
            What was left out, for people to read; mostly nothing.

        Raises:
            SeedError: there is no such file, something in it is wrong, or the engine refuses it. It says where. What
                was made before that stays.
        """
        reading = source if isinstance(source, Reading) else read_seed(source, project=project)
        await plant(self, reading.seed, reading.source)
        return reading.warnings

    # Life

    async def reset(self) -> None:
        """End every process, forget every container and volume, and have the images that were there at the start."""
        await self.aclose()
        self.begin()

    def snapshot(self) -> Snapshot:
        """All that it has, to go back to with `restore`."""
        return Snapshot(self)

    async def restore(self, snapshot: Snapshot) -> None:
        """Go back to what an engine was: what has come since is forgotten, and what ran then is started anew.

        Args:
            snapshot: what `snapshot` gave, of this engine or of another one.
        """
        await self.aclose()
        await snapshot.restore(self)

    async def end(self, *, gently: bool = False) -> None:
        """End every process and every stream of events; containers stay, as when a machine halts.

        Args:
            gently: whether containers are stopped, each with its own signal and patience, before they are killed.
        """
        self.events.close()
        containers: list[Container] = list(self._containers.by_id.values())
        endings = [self._containers.ending(one) if gently else None for one in containers]
        await asyncio.gather(*(one.halt(ending) for one, ending in zip(containers, endings, strict=True)))

    @property
    def running(self) -> int:
        """How many containers run."""
        return sum(container.running for container in self._containers.by_id.values())

    def kill_all(self) -> None:
        """Kill every process."""
        for container in self._containers.by_id.values():
            if container.process is not None and container.running:
                container.process.send(signal.SIGKILL)

    async def aclose(self) -> None:
        """End every process, forget every container, and tell those who listen to events no more."""
        await self.end()
        containers: list[Container] = list(self._containers.by_id.values())
        for container in containers:
            self._containers.forget(container)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
