"""Containers of the reference engine."""

from __future__ import annotations

import builtins
import re
import signal as signals
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from engine_api.api.containers import (
    Checkpoint,
    CheckpointCreateRequest,
    ContainerArchive,
    ContainerCreateRequest,
    ContainerCreateResponse,
    ContainerInspectResponse,
    ContainerPathStat,
    ContainerPruneResponse,
    Containers,
    ContainerSummary,
    ContainerTopResponse,
    ContainerUpdateRequest,
    ContainerUpdateResponse,
    ContainerWaitResponse,
    FilesystemChange,
)
from engine_api.api.errors import (
    Conflict,
    EngineError,
    InvalidParameter,
    NotFound,
    NotImplementedByEngine,
    NotModified,
    SystemError,
)
from engine_api.api.filters import Filters
from engine_api.api.hostconfig import HostConfig
from engine_api.api.stats import ContainerStatsResponse
from engine_api.api.streams import ByteStream, Chunk, Duplex, OutputStream, StreamName
from engine_api.api.struct import UNSET
from engine_api.engines.memory.model.configurations import container_config
from engine_api.engines.memory.model.container import OWN_FILES, Container, argv_of, user_of
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.logs import LogReader, parse_time
from engine_api.engines.memory.model.platforms import check_made_for
from engine_api.engines.memory.resources.containers.copying import (
    MADE_AT_START,
    Extraction,
    base_name,
    changed_size,
    changes,
    locate,
    named,
    pack,
    path_stat,
    receive_entries,
)
from engine_api.engines.memory.resources.containers.filters import FILTERS, check_states, container_filter
from engine_api.engines.memory.resources.containers.stats import samples
from engine_api.engines.memory.resources.containers.top import top as processes
from engine_api.engines.memory.resources.containers.updates import check
from engine_api.engines.memory.resources.containers.updates import update as change
from engine_api.engines.memory.resources.containers.validation import default_host_config, validate
from engine_api.engines.memory.resources.containers.views import inspection, summary
from engine_api.engines.memory.resources.filters import check_keys, labels_match, moment
from engine_api.engines.memory.resources.pruning import OneAtATime
from engine_api.engines.memory.runtime.attach import Attachment, parse_detach_keys
from engine_api.engines.memory.runtime.mounts import check_mounts
from engine_api.engines.memory.userland.filesystem import Directory, File, FileSystem, Node, Symlink
from engine_api.engines.memory.userland.signals import number_of

if TYPE_CHECKING:
    from engine_api.engines.memory.engine import MemoryEngine

__all__ = ["MemoryContainers"]

_NAME = re.compile(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_EXPERIMENTAL = (
    "This experimental feature is disabled by default. Start the Docker daemon in experimental mode in order to "
    "enable it."
)


class MemoryContainers(Containers):
    """Containers in memory."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.by_id: dict[str, Container] = {}
        self._names: dict[str, Container] = {}
        self.made = 0
        """How many there have been."""
        self._pruning = OneAtATime()

    # Finding

    def find(self, text: str) -> Container:
        """The container of an ID, a name or a unique prefix of an ID.

        Raises:
            NotFound: there is none.
            InvalidParameter: several have the prefix.
        """
        if not text:
            raise InvalidParameter('invalid name or ID supplied: ""')
        found = self.by_id.get(text) or self._names.get(text.removeprefix("/"))
        if found is not None:
            return found
        fitting = [container for key, container in self.by_id.items() if key.startswith(text)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise InvalidParameter(f"multiple IDs found with provided prefix: {text}")
        raise NotFound(f"No such container: {text}")

    def adopt(self, container: Container) -> None:
        """Have a container that was made elsewhere."""
        self.by_id[container.id] = container
        self._names[container.name] = container

    def forget(self, container: Container, *, volumes: bool = False) -> None:
        """Remove a container that does not run.

        Args:
            container: the container.
            volumes: whether the volumes go too that were made for it without a name.
        """
        container.removing = True
        self.by_id.pop(container.id, None)
        if self._names.get(container.name) is container:
            del self._names[container.name]
        container.console.close()
        container.removed.set()
        if volumes:
            self._engine.volume_store.release(container)
        container.tell("destroy")

    # Create

    async def create(
        self, config: ContainerCreateRequest, *, name: str | None = None, platform: str | None = None
    ) -> ContainerCreateResponse:
        """Make a container."""
        engine = self._engine
        if config is None:
            raise InvalidParameter("config cannot be empty in order to create a container")
        if name and not _NAME.fullmatch(name):
            raise InvalidParameter(f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
        host = default_host_config(config.host_config if isinstance(config.host_config, HostConfig) else HostConfig())
        engine.network.settle_mode(host)
        warnings = validate(config, host)
        check_mounts(host, engine.host_files)
        image_name = config.image if isinstance(config.image, str) else ""
        image, _ = engine.images.store.find(image_name)
        if platform:
            check_made_for(image, image_name, platform)
        merged = container_config(config, image.config)
        argv = [part for part in argv_of(merged.entrypoint) if part] + argv_of(merged.cmd)
        if not argv:
            raise InvalidParameter("no command specified")
        taken = self._names.get((name or "").removeprefix("/"))
        if taken is not None:
            raise Conflict(_taken(taken))
        identifier = engine.identifiers.identifier()
        chosen = (name or self._free_name(identifier)).removeprefix("/")
        networking = config.networking_config
        asked = (networking.endpoints_config or {}) if networking else {}
        engine.network.links.settle(host, chosen)
        endpoints = engine.network.endpoints(str(host.network_mode), dict(asked))
        if config.network_disabled is True:
            endpoints = {}
        if not merged.hostname:
            merged.hostname = self._hostname(host, identifier)
        container = Container(
            engine,
            identifier,
            chosen,
            merged,
            host,
            image,
            image_name,
            self._file_system(image),
            argv,
            engine.clock.time_ns(),
            endpoints,
            {name: str(one.mac_address) for name, one in endpoints.items() if one.mac_address},
        )
        merged.mac_address = container.mac_addresses.get(str(host.network_mode), UNSET)
        self.made += 1
        container.order = self.made
        container.base = container.fs.root
        container.fs.now = lambda: engine.clock.time_ns() / 1e9
        container.mounts = engine.volume_store.mount(container)
        for mount in container.mounts:
            mount.filesystem.now = container.fs.now
            if not mount.filesystem.root.mtime:
                mount.filesystem.own("/").mtime = container.fs.now()
        engine.network.files.write(container)
        container.fs.readonly = host.readonly_rootfs is True
        self.adopt(container)
        container.tell("create")
        return ContainerCreateResponse(id=identifier, warnings=warnings)

    def _hostname(self, host: HostConfig, identifier: str) -> str:
        mode = str(host.network_mode)
        if mode == "host":
            return self._engine.host_name
        other = self.by_id.get(mode.removeprefix("container:"))
        return str(other.config.hostname) if other else identifier[:12]

    def _free_name(self, identifier: str) -> str:
        for attempt in range(6):
            name = self._engine.identifiers.name(attempt)
            if name not in self._names:
                return name
        return identifier[:12]

    def _file_system(self, image: Image) -> FileSystem:
        """The image's tree, with the directory of the files that engines put over it."""
        tree = FileSystem(image.root)
        tree.mkdir("/etc", parents=True)
        return tree.fork()

    # Looking

    async def list(
        self,
        *,
        all: bool = False,
        limit: int | None = None,
        size: bool = False,
        filters: Filters | None = None,
        since: str | None = None,
        before: str | None = None,
    ) -> builtins.list[ContainerSummary]:
        """Containers, newest first."""
        wanted = check_keys(filters, FILTERS)
        check_states(wanted.get("status", ()))
        if since:
            wanted.setdefault("since", []).append(since)
        if before:
            wanted.setdefault("before", []).append(before)
        predicate = container_filter(self, self._engine.images.store, wanted)
        every = all or bool(limit and limit > 0) or bool({"status", "exited"} & set(wanted))
        now = self._engine.clock.time_ns()
        linked = self._engine.network.links.names()
        image_of = cache(self._engine.images.store.get)
        found: builtins.list[ContainerSummary] = []
        for container in sorted(self.by_id.values(), key=lambda c: c.order, reverse=True):
            if (every or container.running) and predicate(container):
                own = linked.get(container.id, ())
                found.append(summary(container, now, size=size, linked=own, image_of=image_of))
                if limit and 0 < limit <= len(found):
                    break
        return found

    async def inspect(self, id: str, *, size: bool = False) -> ContainerInspectResponse:
        """All about a container."""
        return inspection(self._engine, self.find(id), size=size)

    # Life

    async def start(self, id: str, *, detach_keys: str | None = None) -> None:
        """Start a container."""
        await self.find(id).start()

    async def stop(self, id: str, *, signal: str | None = None, timeout: int | None = None) -> None:
        """Stop a container."""
        container = self.find(id)
        if not container.running:
            raise NotModified("")
        number, seconds = self._ending(container, signal, timeout, f"cannot stop container: {id}: ")
        await container.stop(number, seconds)

    def _ending(self, container: Container, signal: str | None, timeout: int | None, failed: str) -> tuple[int, int]:
        """The signal that stops a container, and the seconds until it is killed."""
        name = signal or (container.config.stop_signal or "SIGTERM")
        number = number_of(str(name))
        if not number:
            raise SystemError(f"{failed}invalid signal: {name}")
        if timeout is None:
            own = container.config.stop_timeout
            timeout = own if isinstance(own, int) else 10
        return number, timeout

    def ending(self, container: Container) -> tuple[int, int]:
        """How a container is stopped when the engine ends: the signal, and the seconds until it is killed."""
        try:
            return self._ending(container, None, None, "")
        except SystemError:  # its own signal is none
            return signals.SIGTERM, 10

    async def restart(self, id: str, *, signal: str | None = None, timeout: int | None = None) -> None:
        """Stop a container if it runs, and start it."""
        container = self.find(id)
        failed = f"Cannot restart container {id}: "
        number, seconds = self._ending(container, signal, timeout, failed)
        try:
            await container.restart(number, seconds)
        except EngineError as error:
            raise SystemError(f"{failed}{error.message}") from None

    async def pause(self, id: str) -> None:
        """Freeze a container."""
        await self.find(id).pause()

    async def unpause(self, id: str) -> None:
        """Let a container go on."""
        self.find(id).unpause()

    async def rename(self, id: str, *, name: str) -> None:
        """Give a container another name."""
        if not name:
            raise InvalidParameter("Neither old nor new names may be empty")
        container = self.find(id)
        bare = name.removeprefix("/")
        if bare == container.name:
            raise InvalidParameter("Renaming a container with the same name as its current name")
        failed = "Error when allocating new name: "
        if not _NAME.fullmatch(name):
            raise InvalidParameter(
                f"{failed}Invalid container name (/{bare}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            )
        taken = self._names.get(bare)
        if taken is not None:
            raise Conflict(failed + _taken(taken))
        old = container.name
        del self._names[old]
        self._names[bare] = container
        container.name = bare
        container.tell("rename", oldName=f"/{old}")

    async def update(self, id: str, update: ContainerUpdateRequest) -> ContainerUpdateResponse:
        """Change the resources and the restart policy of a container."""
        asked = update or ContainerUpdateRequest()
        warnings = check(asked)
        container = self.find(id)
        change(container, asked)
        container.tell("update")
        return ContainerUpdateResponse(warnings=warnings or None)

    async def kill(self, id: str, *, signal: str | None = None) -> None:
        """Send a signal to a container."""
        number = _kill_number(signal)
        if number is None:
            raise InvalidParameter(f"cannot kill container: {id}: invalid signal: {signal}")
        try:
            container = self.find(id)
        except NotFound as error:
            raise NotFound(f"cannot kill container: {id}: {error.message}") from None
        if not container.running:
            raise Conflict(f"cannot kill container: {id}: container {container.id} is not running")
        await container.kill(number)

    async def wait(
        self, id: str, *, condition: str | None = None, accepted: Callable[[], object] | None = None
    ) -> ContainerWaitResponse:
        """Wait for a container."""
        if condition and condition not in ("not-running", "next-exit", "removed"):
            raise InvalidParameter(f'invalid condition: "{condition}"')
        container = self.find(id)
        code = await container.wait(condition or "not-running", accepted or (lambda: None))
        return ContainerWaitResponse(status_code=code)

    async def delete(self, id: str, *, volumes: bool = False, force: bool = False, link: bool = False) -> None:
        """Remove a container."""
        if link and self._engine.network.links.remove(id):
            return
        container = self.find(id)
        if link:
            raise SystemError("Conflict, cannot remove the default link name of the container")
        if container.removing:
            raise Conflict(f"removal of container {id} is already in progress")
        if container.running and not force:
            why = (
                "container is paused and must be unpaused first"
                if container.paused
                else "container is running: stop the container before removing or force remove"
            )
            raise Conflict(f'cannot remove container "{container.name}": {why}')
        container.removing = True
        await container.end()
        self.forget(container, volumes=volumes)

    async def prune(self, *, filters: Filters | None = None) -> ContainerPruneResponse:
        """Remove every container that does not run."""
        wanted = check_keys(filters, ("label", "label!", "until"))
        if len(wanted.get("until", ())) > 1:
            raise InvalidParameter("more than one until filter specified")
        until = moment(wanted["until"][0], self._engine.clock.time_ns()) if wanted.get("until") else None
        async with self._pruning():
            return await self._prune(wanted, until)

    async def _prune(self, wanted: dict[str, builtins.list[str]], until: int | None) -> ContainerPruneResponse:
        deleted: builtins.list[str] = []
        reclaimed = 0
        for container in list(self.by_id.values()):
            labels = container.config.labels or {}
            if (
                container.running
                or container.removing
                or (until is not None and container.created >= until)
                or not labels_match(wanted.get("label", ()), labels)
                or any(labels_match([text], labels) for text in wanted.get("label!", ()))
            ):
                continue
            reclaimed += changed_size(container.base, container.fs.root)
            deleted.append(container.id)
            await container.end()
            self.forget(container)
        self._engine.events.publish("container", "prune", "", {"reclaimed": str(reclaimed)})
        return ContainerPruneResponse(containers_deleted=deleted or None, space_reclaimed=reclaimed)

    # Looking inside

    async def top(self, id: str, *, ps_args: str | None = None) -> ContainerTopResponse:
        """The processes of a container."""
        container = self.find(id)
        container.check_runs()
        found = processes(container, ps_args or "-ef")
        container.tell("top")
        return found

    async def stats(
        self, id: str, *, stream: bool = True, one_shot: bool = False
    ) -> AsyncIterator[ContainerStatsResponse]:
        """What a container uses."""
        if stream and one_shot:
            raise InvalidParameter("cannot have stream=true and one-shot=true")
        return samples(self.find(id), stream=stream, one_shot=one_shot)

    async def changes(self, id: str) -> builtins.list[FilesystemChange] | None:
        """What a container changed in the file system of its image."""
        container = self.find(id)
        return changes(container.base, container.fs.root) or None

    # Files

    async def archive_info(self, id: str, *, path: str) -> ContainerPathStat:
        """What a path is."""
        container = self._with_path(id, path)
        _, node = locate(container.fs, path, id)
        return path_stat(container.fs, path, node)

    async def archive(self, id: str, *, path: str) -> ContainerArchive:
        """Files of a container."""
        container = self._with_path(id, path)
        real, node = locate(container.fs, path, id)
        container.tell("archive-path")
        return ContainerArchive(
            path_stat(container.fs, path, node), pack(list(named(container.fs, real, base_name(path))))
        )

    def _with_path(self, id: str, path: str) -> Container:
        if not path:
            raise InvalidParameter("bad parameter: pathcannot be empty")
        return self.find(id)

    async def put_archive(
        self,
        id: str,
        archive: ByteStream,
        *,
        path: str,
        no_overwrite_dir_non_dir: bool = False,
        copy_uid_gid: bool = False,
    ) -> None:
        """Unpack an archive into a container."""
        container = self._with_path(id, path)
        real, node = locate(container.fs, path, id)
        if isinstance(node, Symlink):
            real, node = locate(container.fs, path, id, follow=True)
        if not isinstance(node, Directory):
            raise InvalidParameter("extraction point is not a directory")
        below = [mount for mount in container.mounts if f"{real}/".startswith(f"{mount.target}/")]
        mounted = max(below, key=lambda mount: len(mount.target)).readonly if below else None
        if mounted:
            raise InvalidParameter("mounted volume is marked read-only")
        if mounted is None and container.host.readonly_rootfs is True:
            raise InvalidParameter("container rootfs is marked read-only")
        user = str(container.config.user or "")
        owner = user_of(container.fs, user) if copy_uid_gid and user else None
        extraction = Extraction(
            container.fs,
            real,
            no_overwrite=no_overwrite_dir_non_dir,
            owner=(owner.uid, owner.gid) if owner is not None else None,
        )
        try:
            extraction.apply(await receive_entries(archive))
        except FileNotFoundError:
            raise NotFound(f"Could not find the file {path} in container {id}") from None
        container.tell("extract-to-dir")

    async def export(self, id: str) -> ByteStream:
        """All files of a container."""
        container = self.find(id)
        if container.removing:
            raise Conflict(f"You cannot export container {container.id} which is being removed")
        container.tell("export")
        return pack([(name.lstrip("/"), node) for name, node in _own_files(container) if name != "/"])

    # Streams

    async def attach_websocket(
        self,
        id: str,
        *,
        detach_keys: str | None = None,
        logs: bool = False,
        stream: bool = False,
        stdin: bool = False,
        stdout: bool = False,
        stderr: bool = False,
    ) -> Duplex:
        """Attach to a container."""
        return await self.attach(
            id, detach_keys=detach_keys, logs=logs, stream=stream, stdin=stdin, stdout=stdout, stderr=stderr
        )

    async def attach(
        self,
        id: str,
        *,
        detach_keys: str | None = None,
        logs: bool = False,
        stream: bool = False,
        stdin: bool = False,
        stdout: bool = False,
        stderr: bool = False,
    ) -> Duplex:
        """Attach to a container."""
        keys = parse_detach_keys(detach_keys)
        container = self.find(id)
        if container.paused:
            raise Conflict(f"container {id} is paused, unpause the container before attach")
        if container.restarting:
            raise Conflict(f"container {id} is restarting, wait until the container is running")
        streams = {name for name, on in ((StreamName.STDOUT, stdout), (StreamName.STDERR, stderr)) if on}
        replay = (
            [Chunk(line.stream, line.data) for line in container.log.lines if line.stream in streams] if logs else []
        )
        if logs:
            replay += [Chunk(name, data) for name, data in container.log._partial.items() if name in streams]
        container.tell("attach")
        return Attachment(
            container.console,
            stdin=stdin and container.config.open_stdin is True,
            streams=streams,
            detach_keys=keys,
            replay=replay,
            stream=stream,
            ends_input=container.config.stdin_once is True,
            detached=partial(container.tell, "detach"),
        )

    async def logs(
        self,
        id: str,
        *,
        follow: bool = False,
        stdout: bool = False,
        stderr: bool = False,
        since: str | None = None,
        until: str | None = None,
        timestamps: bool = False,
        tail: str | None = None,
        details: bool = False,
    ) -> OutputStream:
        """What a container has written."""
        if not (stdout or stderr):
            raise InvalidParameter("must specify at least one of 'stdout' or 'stderr'")
        container = self.find(id)
        first, last = parse_time("since", since), parse_time("until", until)
        if container.log_driver == "none":
            raise NotImplementedByEngine("configured logging driver does not support reading")
        streams = {name for name, on in ((StreamName.STDOUT, stdout), (StreamName.STDERR, stderr)) if on}
        return LogReader(
            container.log,
            tty=container.tty,
            follow=follow and container.running,
            streams=streams,
            since=first,
            until=last,
            timestamps=timestamps,
            tail=int(tail) if tail and tail.isdigit() else None,
            details=_log_attributes(container) if details else None,
        )

    async def resize(self, id: str, *, height: int, width: int) -> None:
        """Set the size of a container's terminal."""
        container = self.find(id)
        if not container.running:
            raise Conflict(f"container {container.id} is not running")
        if container.console.terminal is not None:
            container.console.terminal.resize(height, width)
        container.tell("resize", height=str(height), width=str(width))

    # Checkpoints

    async def checkpoint_list(self, id: str, *, dir: str | None = None) -> builtins.list[Checkpoint]:
        """Refused: experimental features are off."""
        raise NotImplementedByEngine(_EXPERIMENTAL)

    async def checkpoint_create(self, id: str, config: CheckpointCreateRequest) -> None:
        """Refused: experimental features are off."""
        raise NotImplementedByEngine(_EXPERIMENTAL)

    async def checkpoint_delete(self, id: str, checkpoint: str, *, dir: str | None = None) -> None:
        """Refused: experimental features are off."""
        raise NotImplementedByEngine(_EXPERIMENTAL)


def _own_files(container: Container) -> Iterator[tuple[str, Node]]:
    """The files of a container; what is mounted is an empty directory, and so are `/dev`, `/proc` and `/sys`."""
    yield "/.dockerenv", File(b"", 0o755)
    tree = FileSystem(container.fs.root)
    for path, node in tree.walk():
        if not path.startswith(MADE_AT_START):
            yield path, File(b"", 0o755) if path in OWN_FILES else node


def _taken(container: Container) -> str:
    return (
        f'Conflict. The container name "/{container.name}" is already in use by container "{container.id}". '
        "You have to remove (or rename) that container to be able to reuse that name."
    )


def _kill_number(text: str | None) -> int | None:
    return int(signals.SIGKILL) if not text else number_of(text) or None


def _log_attributes(container: Container) -> str:
    """The labels and variables that the log's options name, as lines of the log show them."""
    log = container.host.log_config
    options = (log.config if log else None) or {}
    labels = container.config.labels or {}
    variables = dict(entry.partition("=")[::2] for entry in container.config.env or ())
    found = {name: labels[name] for name in options.get("labels", "").split(",") if name in labels}
    found |= {name: variables[name] for name in options.get("env", "").split(",") if name in variables}
    return ",".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in sorted(found.items()))
