"""A build: stages, instructions, containers and the images that they become."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from engine_api.api.containers import ContainerConfig, ContainerCreateRequest, Containers
from engine_api.api.errors import EngineError, InternalError, InvalidParameter, NotFound
from engine_api.api.health import HealthConfig
from engine_api.api.hostconfig import HostConfig
from engine_api.api.images import ImageConfig, Images
from engine_api.api.streams import StreamName
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.host import ENGINE_VERSION
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.model.containers import ContainerStore
from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.platforms import check_made_for, parse_words
from engine_api.engines.memory.resources.builder.arguments import Arguments
from engine_api.engines.memory.resources.builder.cache import Cache
from engine_api.engines.memory.resources.builder.configuration import (
    command_of,
    configure,
    container_config,
    shell_of,
    with_health_of,
    working_dir,
)
from engine_api.engines.memory.resources.builder.context import Source, sources_of
from engine_api.engines.memory.resources.builder.copying import copy_all, owner_of
from engine_api.engines.memory.resources.builder.output import CommandFailed, Output, Terminal
from engine_api.engines.memory.resources.builder.parsing import Instruction, Stage, parse_trigger
from engine_api.engines.memory.resources.builder.substitution import expand, expanded
from engine_api.engines.memory.resources.images.naming import ImageNames
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.nodes import Directory
from engine_api.engines.memory.userland.programs import PATH

__all__ = ["Build", "BuildPlan"]

_BUILDKIT: Final = "Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled"
_NO_SHELL: Final = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: error during container init: exec: "
)


@dataclass(frozen=True)
class BuildPlan:
    """What to build, and how."""

    before: Sequence[Instruction]
    """The `ARG`s before the first stage."""
    stages: Sequence[Stage]
    escape: str
    warnings: Sequence[str]
    context: FileSystem
    arguments: Mapping[str, str | None]
    host: HostConfig
    """How the containers are run in which commands run."""
    platform: str | None = None
    no_cache: bool = False
    cache_from: Sequence[str] = ()
    pull: bool = False
    remove: bool = True
    force_remove: bool = False


@dataclass
class _State:
    """Where a stage is."""

    stage: Stage
    image: Image | None
    """The image so far; None for nothing."""
    config: ImageConfig
    author: str = ""
    cmd_set: bool = False
    missed: bool = False
    """Whether the cache had no result, so that it is not asked any more."""

    @property
    def parent(self) -> str:
        """The ID of the image so far."""
        return self.image.id if self.image is not None else ""

    @property
    def root(self) -> Directory:
        """The files so far."""
        return self.image.root if self.image is not None else Directory()


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """What a build works with: images, and containers for its steps."""

    store: ImageStore
    names: ImageNames
    images: Images
    containers: Containers
    container_store: ContainerStore
    identifiers: Identifiers
    clock: Clock


@dataclass
class Build:
    """A build that goes on."""

    at: Workplace
    plan: BuildPlan
    output: Output
    _done: list[_State] = field(default_factory=list)
    _containers: list[str] = field(default_factory=list)
    _step: int = 0

    def __post_init__(self) -> None:
        self._arguments = Arguments(self.plan.arguments)
        self._cache = Cache(self.at.store, self.plan.cache_from)
        self._steps = len(self.plan.before) + sum(1 + len(stage.instructions) for stage in self.plan.stages)

    async def run(self) -> Image:
        """Build; gives the image of the last stage.

        Raises:
            EngineError: an instruction failed.
        """
        for warning in self.plan.warnings:
            await self.output.complaint(f"{warning}\n")
        for instruction in self.plan.before:
            await self._announce(instruction.text)
            for name, value in _declared(instruction):
                if value is not None:
                    value = expand(value, self._arguments.before(), self.plan.escape)
                self._arguments.declare_before(name, value)
        state = None
        for stage in self.plan.stages:
            state = await self._build_stage(stage)
        unused = self._arguments.unused()
        if unused:
            await self.output.text(f"[Warning] One or more build-args [{' '.join(unused)}] were not consumed\n")
        if state is None or state.image is None:
            raise InternalError("No image was generated. Is your Dockerfile empty?")
        return state.image

    async def _announce(self, text: str) -> None:
        self._step += 1
        await self.output.text(f"Step {self._step}/{self._steps} : {text}")
        await self.output.text("\n")

    async def _arrow(self, state: _State) -> None:
        await self.output.text(f" ---> {state.image.short if state.image is not None else ''}\n")

    # Stages

    async def _build_stage(self, stage: Stage) -> _State:
        if stage.name and self._stage(stage.name) is not None:
            raise InvalidParameter(f"{stage.name} stage name already used")
        self._arguments.begin_stage()
        await self._announce(stage.text)
        state = await self._begin(stage)
        await self._arrow(state)
        for instruction in stage.instructions:
            await self._announce(instruction.text)
            await self._dispatch(state, instruction)
            await self._arrow(state)
        if state.image is not None:
            await self.output.image(state.image.id)
        self._done.append(state)
        return state

    def _stage(self, name: str) -> _State | None:
        """The stage of a name that is built already."""
        return next((state for state in self._done if state.stage.name == name.lower()), None)

    async def _begin(self, stage: Stage) -> _State:
        known = self._arguments.before()
        platform = expand(stage.platform, known, self.plan.escape) if stage.platform else self.plan.platform
        if stage.platform:
            try:
                parse_words(str(platform))
            except InvalidParameter as error:
                raise InvalidParameter(f"failed to parse platform {platform}: {error.message}") from None
        name = expand(stage.base, known, self.plan.escape)
        if not name:
            raise InvalidParameter(f"base name ({stage.base}) should not be blank")
        earlier = self._stage(name)
        if earlier is not None:
            image = earlier.image
        else:
            image = None if name == "scratch" else await self._find(name, platform)
        config = msgspec.structs.replace(image.config) if image is not None else ImageConfig()
        if not any(entry.startswith("PATH=") for entry in config.env or ()):
            config.env = [*(config.env or ()), f"PATH={PATH}"]
        state = _State(stage, image, config, image.author if image is not None else "")
        triggers = config.on_build or []
        config.on_build = None
        if triggers:
            await self.output.text(f"# Executing {len(triggers)} build trigger")
            if len(triggers) > 1:
                await self.output.text("s")
            await self.output.text("\n")
        for trigger in triggers:
            await self._dispatch(state, parse_trigger(trigger, self.plan.escape))
        return state

    async def _find(self, name: str, platform: str | None) -> Image:
        """The image of a name, pulled if it is not there or if that was asked for."""
        if not self.plan.pull:
            try:
                image = self.at.store.find(name)[0]
                if platform:
                    check_made_for(image, name, platform)
                return image
            except NotFound:
                pass
        async for message in await self.at.images.create(from_image=name, tag=_latest(name), platform=platform):
            await self.output.put(message)
        return self.at.store.find(name)[0]

    # Instructions

    async def _dispatch(self, state: _State, instruction: Instruction) -> None:
        done = False
        try:
            await self._follow(state, self._expanded(state, instruction))
            done = True
        finally:
            if self.plan.force_remove or (self.plan.remove and done):
                await self._remove_containers()

    def _expanded(self, state: _State, found: Instruction) -> Instruction:
        """An instruction with its variables replaced."""
        env = state.config.env or []
        known = {**self._arguments.within(env), **dict(entry.partition("=")[::2] for entry in env)}
        return expanded(found, known, self.plan.escape)

    async def _follow(self, state: _State, found: Instruction) -> None:
        match found.name:
            case "RUN":
                await self._run(state, found)
            case "COPY" | "ADD":
                await self._copy(state, found)
            case "WORKDIR":
                note = configure(state.config, found)
                await self._make_directory(state, note)
            case "ARG":
                for name, value in _declared(found):
                    self._arguments.declare(name, value)
                await self._commit(state, "ARG " + " ".join(found.args))
            case _:
                await self._configure(state, found)

    async def _configure(self, state: _State, found: Instruction) -> None:
        before = state.config.healthcheck
        note = configure(state.config, found, cmd_set=state.cmd_set)
        if found.name == "CMD" and found.args:
            state.cmd_set = True
        elif found.name == "MAINTAINER":
            state.author = found.args[0]
        elif found.name == "HEALTHCHECK":
            if isinstance(before, HealthConfig) and before.test and before.test != ["NONE"]:
                test = " ".join(before.test) if isinstance(before.test, list) else ""
                await self.output.text(f"Note: overriding previous HEALTHCHECK: [{test}]\n")
            assert found.health is not None
            base = state.image.config.healthcheck if state.image is not None else None
            config = self._noted(state, note)
            state.config.healthcheck = with_health_of(found.health, base)
            await self._commit_as(state, config)
            return
        await self._commit(state, note)

    # Containers and what becomes of them

    async def _cached(self, state: _State, config: ContainerConfig) -> bool:
        """Take the result of an earlier build, if there is one."""
        if self.plan.no_cache or state.missed:
            return False
        found = self._cache.find(state.image, config)
        if found is None:
            state.missed = True
            return False
        await self.output.text(" ---> Using cache\n")
        state.image = found
        return True

    def _noted(self, state: _State, note: str) -> ContainerConfig:
        """The configuration of a container that runs nothing but notes an instruction."""
        noted = msgspec.structs.replace(state.config, cmd=[*shell_of(state.config), "#(nop) ", note])
        return container_config(noted, state.parent)

    async def _commit(self, state: _State, note: str) -> None:
        """An image with the configuration as it is now."""
        await self._commit_as(state, self._noted(state, note))

    async def _commit_as(self, state: _State, config: ContainerConfig) -> None:
        if not await self._cached(state, config):
            container = await self._create(state, config)
            self._keep(state, state.root, config, container)

    async def _make_directory(self, state: _State, note: str) -> None:
        noted = [*shell_of(state.config), f"#(nop) {note}"]
        config = container_config(msgspec.structs.replace(state.config, cmd=noted), state.parent)
        if await self._cached(state, config):
            return
        tree = FileSystem(state.root)
        try:
            tree.mkdir(str(state.config.working_dir), parents=True)
        except OSError:
            raise InternalError(f"Cannot mkdir: {state.config.working_dir} is not a directory") from None
        container = await self._create(state, config)
        self._keep(state, tree.root, config, container)

    async def _create(self, state: _State, config: ContainerConfig) -> str:
        """A container in the image so far; where there is no image, only its identifier."""
        if state.image is None:
            identifier = self.at.identifiers.identifier()
            self._containers.append(identifier)
        else:
            own = msgspec.structs.asdict(config)
            request = ContainerCreateRequest(**own, host_config=msgspec.structs.replace(self.plan.host))
            identifier = (await self.at.containers.create(request)).id
            self._containers.append(identifier)
        await self.output.text(f" ---> Running in {identifier[:12]}\n")
        return identifier

    async def _remove_containers(self) -> None:
        while self._containers:
            identifier = self._containers.pop()
            if identifier in self.at.container_store:
                await self.at.containers.delete(identifier, force=True, volumes=True)
            await self.output.text(f" ---> Removed intermediate container {identifier[:12]}\n")

    def _keep(self, state: _State, root: Directory, config: ContainerConfig, container: str = "") -> None:
        """Keep the result of an instruction as an image."""
        now = self.at.clock.time_ns()
        base = state.image
        image = Image(
            msgspec.structs.replace(state.config),
            root,
            now,
            os=base.os if base is not None else "linux",
            architecture=base.architecture if base is not None else "amd64",
            author=state.author,
            created_by=" ".join(config.cmd or ()),
            base=base,
            parent=state.parent,
            container=container,
            container_config=config,
            docker_version=ENGINE_VERSION,
        )
        state.image = self.at.names.keep(image) if container else self.at.store.add(image)

    async def _run(self, state: _State, found: Instruction) -> None:
        if found.flags:
            raise InvalidParameter(f"the --{next(iter(found.flags))} option requires BuildKit. {_BUILDKIT}")
        command = command_of(state.config, found)
        given = self._arguments.within(state.config.env or ())
        noted = msgspec.structs.replace(state.config, cmd=[*self._arguments.noted(given), *command])
        probe = container_config(noted, state.parent)
        if await self._cached(state, probe):
            return
        running = msgspec.structs.replace(
            state.config,
            cmd=command,
            env=[*(state.config.env or ()), *(f"{name}={value}" for name, value in given.items())],
            entrypoint=[""],
            healthcheck=HealthConfig(test=["NONE"]),
        )
        identifier = await self._create(state, container_config(running, state.parent))
        if state.image is None:
            raise InternalError(f'{_NO_SHELL}"{command[0]}": stat {command[0]}: no such file or directory')
        code = await self._wait(identifier)
        if code:
            raise CommandFailed(" ".join(command), code)
        root = self.at.container_store.find(identifier).committed()
        self._keep(state, root, probe, identifier)

    async def _wait(self, identifier: str) -> int:
        """Run a container to its end, and pass on what it writes; it is removed if the build is cancelled."""
        containers = self.at.containers
        terminal = Terminal(self.output)
        ended = False
        try:
            stream = await containers.attach(identifier, stream=True, stdout=True, stderr=True)
            async with stream:
                await containers.start(identifier)
                async for chunk in stream:
                    await terminal.write(StreamName(chunk.stream), chunk.data)
            code = (await containers.wait(identifier)).status_code
            ended = True
        except EngineError:
            ended = True
            raise
        finally:
            if not ended:
                self._containers.remove(identifier)
                await containers.delete(identifier, force=True, volumes=True)
        return code

    # Copying

    async def _copy(self, state: _State, found: Instruction) -> None:
        for flag in ("chmod", "link", "checksum", "keep-git-dir"):
            if flag in found.flags:
                raise InvalidParameter(f"the --{flag} option requires BuildKit. {_BUILDKIT}")
        *paths, target = found.args
        filesystem, context = self.plan.context, True
        if "from" in found.flags:
            filesystem, context = await self._tree_of(state, found.flags["from"]), False
        sources = self._sources(found.name, filesystem, paths, context=context)
        if len(sources) > 1 and not target.endswith("/"):
            raise InvalidParameter(
                f"When using {found.name} with more than one source file, the destination must be a directory and end "
                "with a /"
            )
        chown = found.flags.get("chown", "")
        note = f"{found.name} {f'--chown={chown} ' if chown else ''}{_digest(sources)} in {target} "
        noted = [*shell_of(state.config), f"#(nop) {note}"]
        config = container_config(msgspec.structs.replace(state.config, cmd=noted), state.parent)
        if await self._cached(state, config):
            return
        tree = FileSystem(state.root)
        owner: tuple[int, int] | None = owner_of(tree, chown) if chown else (0, 0)
        if not chown and not context:
            owner = None
        place = working_dir(state.config, target)
        slash = target.endswith("/") or posixpath.basename(target) == "."
        extract = found.name == "ADD"
        await copy_all(tree, sources, place, slash=slash, owner=owner, extract=extract)
        self._keep(state, tree.root, config)

    def _sources(self, name: str, filesystem: FileSystem, paths: Sequence[str], *, context: bool) -> list[Source]:
        for path in paths:
            if name == "ADD" and path.startswith(("http://", "https://")):
                raise InternalError(f'ADD failed: Get "{path}": this engine opens no connections')
        try:
            return sources_of(filesystem, paths, context=context)
        except EngineError as error:
            raise InvalidParameter(f"{name} failed: {error.message}") from None

    async def _tree_of(self, state: _State, name: str) -> FileSystem:
        """The files of a stage, by name or number, or of an image."""
        stage = self._stage(name)
        if stage is None and name.isdigit():
            if int(name) >= len(self._done):
                reason = "refers to current build stage" if int(name) == len(self._done) else "index out of bounds"
                raise InvalidParameter(f"invalid from flag value {name}: {reason}")
            stage = self._done[int(name)]
        if stage is not None:
            return FileSystem(stage.root)
        try:
            return FileSystem((await self._find(name, self.plan.platform)).root)
        except EngineError as error:
            raise InvalidParameter(f"invalid from flag value {name}: {error.message}") from None


def _declared(found: Instruction) -> list[tuple[str, str | None]]:
    """Names of an `ARG` with their values."""
    return [(name, value if equals else None) for name, equals, value in (arg.partition("=") for arg in found.args)]


def _latest(name: str) -> str | None:
    """The tag to pull: a name alone stands for its latest."""
    return None if "@" in name or ":" in name.rpartition("/")[2] else "latest"


def _digest(sources: Sequence[Source]) -> str:
    """What the content of sources is called."""
    if len(sources) == 1:
        return sources[0].hash
    return "multi:" + hashlib.sha256(" ".join(source.hash for source in sources).encode()).hexdigest()
