"""The reference engine: its parts, its resources, and its life."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

from engine_api.engines.holding import HoldingEngine
from engine_api.engines.memory.machine.clock import Clock, SystemClock
from engine_api.engines.memory.machine.host import NEWEST_RELEASE, EngineRelease
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.machine.pids import Pids
from engine_api.engines.memory.model.host import Host
from engine_api.engines.memory.model.references import Reference, parse_reference
from engine_api.engines.memory.model.registry import Registry
from engine_api.engines.memory.resources.composition import resources_of
from engine_api.engines.memory.resources.containers.service import ending_of
from engine_api.engines.memory.resources.images.prepared import PreparedImages, made_up
from engine_api.engines.memory.runtime.parts import Parts
from engine_api.engines.memory.seed.creation import create_seed
from engine_api.engines.memory.seed.document import Seed
from engine_api.engines.memory.seed.sources import Reading, read_seed
from engine_api.engines.memory.state.snapshot import Snapshot
from engine_api.engines.memory.userland.commands import applets
from engine_api.engines.memory.userland.process import Program
from engine_api.engines.memory.userland.shell import sh

__all__ = ["MemoryEngine"]

P = TypeVar("P", bound=Program)


class MemoryEngine(HoldingEngine):
    """An engine whose containers, images and files are in memory.

    Containers run commands in a simulated userland: a shell and the usual commands of busybox. It runs nothing on the
    host, and reads and writes nothing there. Use it on one event loop; `aclose`, or `async with`, ends every process.

    Args:
        clock: the time. Default: the host's.
        seed: what identifiers and names follow from. Default: other ones each time.
        catalogue: the references that can be pulled, such as `postgres:16`, besides what was pushed. Default: any.
        accounts: the users that registries know, with their passwords; then pulls and pushes need credentials.
            Default: no account is needed, and any user with any password can log in.
        host_name: the name of the pretended host.
        host_files: the files of the pretended host by absolute path, which containers can mount by bind mounts and
            change; they are in memory too. Default: there is no such thing, and bind mounts are refused.
        release: what it reports of its release. Default: the newest, with every version.
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
        release: EngineRelease = NEWEST_RELEASE,
        open_ports: bool = False,
    ) -> None:
        self._clock: Clock = clock or SystemClock()
        self._seed = seed
        self._pids = Pids()
        self._catalogue: frozenset[Reference] | None = None
        if catalogue is not None:
            self._catalogue = frozenset(parse_reference(text).tagged() for text in catalogue)
        self._accounts = accounts
        self._host_name = host_name
        self._host_files = host_files
        self._release = release
        self._open_ports = open_ports
        self._programs: dict[str, Program] = {**applets(), "sh": sh}
        self.prepared = PreparedImages()
        """The images that it has from the start, and again after each reset."""
        self.begin()

    def begin(self, identifier: str = "", starts: int = 0) -> None:
        """Begin with new parts, which have only what an engine has from the start; nothing may run.

        Args:
            identifier: the engine's ID. Default: a new one.
            starts: how often it began before under this ID, so that no identifier is given out twice.
        """
        identifiers = Identifiers(f"{self._seed} {starts}" if starts and self._seed is not None else self._seed)
        began = self._now()
        self.parts = Parts(
            engine_id=identifier or str(uuid.UUID(identifiers.identifier()[:32])),
            release=self._release,
            clock=self._clock,
            identifiers=identifiers,
            pids=self._pids,
            host=Host.with_files(self._host_name, self._host_files),
            registry=Registry(lambda: self.prepared.by_reference, made_up, self._catalogue, self._accounts),
            programs=self._programs,
            began=began,
            open_ports=self._open_ports,
        )
        self.hold(**resources_of(self.parts))
        self.prepared.put(self.parts.images, began)

    def _now(self) -> int:
        """Return the time, or that of the newest prepared image where no loop runs."""
        try:
            return self._clock.time_ns()
        except RuntimeError:
            return self.prepared.newest

    # Programs, seeds

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
            self._programs[name] = function
            reference = self.prepared.add_program(image, name, env=env or {}, ports=ports, files=files or {})
            self.prepared.put(self.parts.images, self._now(), reference)
            return function

        return register

    async def load(
        self, source: str | os.PathLike[str] | Mapping[str, object] | Seed | Reading, *, project: str | None = None
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
        await create_seed(self, reading.seed, reading.source, parts=self.parts, prepared=self.prepared)
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
        parts = self.parts
        parts.events.close()
        await asyncio.gather(
            *(parts.lifecycle.halt(one, ending_of(one) if gently else None) for one in parts.containers)
        )

    @property
    def running(self) -> int:
        """How many containers run."""
        return sum(container.state.running for container in self.parts.containers)

    def kill_all(self) -> None:
        """Kill every process."""
        self.parts.lifecycle.kill_all()

    async def aclose(self) -> None:
        """End every process, remove every container, and end every subscription to events."""
        await self.end()
        for container in self.parts.containers:
            self.parts.lifecycle.forget(container)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
