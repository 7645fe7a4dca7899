"""Containers of the reference engine."""

from __future__ import annotations

import builtins
import signal as signals
from collections.abc import AsyncIterator, Callable
from functools import cache, partial
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
    InternalError,
    InvalidParameter,
    NotFound,
    NotImplementedByEngine,
    NotModified,
)
from engine_api.api.filters import Filters
from engine_api.api.stats import ContainerStatsResponse
from engine_api.api.streams import ByteStream, Chunk, Duplex, OutputStream, StreamName
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.pids import Pids
from engine_api.engines.memory.model.console import Attachment, parse_detach_keys
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerEvents, ContainerStore
from engine_api.engines.memory.model.images import ImageStore
from engine_api.engines.memory.model.logs import LogReader, parse_time
from engine_api.engines.memory.resources.containers.copying import (
    changed_size,
    changes,
)
from engine_api.engines.memory.resources.containers.creation import NAME, Creation, name_in_use
from engine_api.engines.memory.resources.containers.files import ContainerFiles
from engine_api.engines.memory.resources.containers.filters import FILTERS, check_states, container_filter
from engine_api.engines.memory.resources.containers.stats import samples
from engine_api.engines.memory.resources.containers.top import top as processes
from engine_api.engines.memory.resources.containers.updates import check
from engine_api.engines.memory.resources.containers.updates import update as change
from engine_api.engines.memory.resources.containers.views import inspection, summary
from engine_api.engines.memory.resources.filters import check_keys, labels_match, moment
from engine_api.engines.memory.resources.pruning import OneAtATime
from engine_api.engines.memory.runtime.endpoints import Endpoints
from engine_api.engines.memory.runtime.lifecycle import Lifecycle, check_runs
from engine_api.engines.memory.userland.signals import number_of

__all__ = ["MemoryContainers", "ending_of"]

_EXPERIMENTAL = (
    "This experimental feature is disabled by default. Start the Docker daemon in experimental mode in order to "
    "enable it."
)


class MemoryContainers(Containers):
    """Containers in memory."""

    def __init__(
        self,
        *,
        containers: ContainerStore,
        images: ImageStore,
        creation: Creation,
        lifecycle: Lifecycle,
        endpoints: Endpoints,
        events: ContainerEvents,
        clock: Clock,
        pids: Pids,
    ) -> None:
        self._containers = containers
        self._images = images
        self._creation = creation
        self._lifecycle = lifecycle
        self._endpoints = endpoints
        self._events = events
        self._clock = clock
        self._pids = pids
        self._files = ContainerFiles(containers=containers, events=events)
        self._pruning = OneAtATime()

    # Create

    async def create(
        self, config: ContainerCreateRequest, *, name: str | None = None, platform: str | None = None
    ) -> ContainerCreateResponse:
        """Create a container."""
        container, warnings = self._creation.create(config, name=name, platform=platform)
        return ContainerCreateResponse(id=container.id, warnings=warnings)

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
        predicate = container_filter(self._containers, self._images, wanted)
        every = all or bool(limit and limit > 0) or bool({"status", "exited"} & set(wanted))
        now = self._clock.time_ns()
        linked = self._endpoints.links.names()
        image_of = cache(self._images.lookup)
        found: builtins.list[ContainerSummary] = []
        for container in sorted(self._containers, key=lambda one: one.order, reverse=True):
            if (every or container.state.running) and predicate(container):
                own = linked.get(container.id, ())
                found.append(summary(container, now, size=size, linked=own, image_of=image_of))
                if limit and 0 < limit <= len(found):
                    break
        return found

    async def inspect(self, id: str, *, size: bool = False) -> ContainerInspectResponse:
        """All about a container."""
        container = self._containers.find(id)
        return inspection(container, self._endpoints.settings(container), size=size)

    # Life

    async def start(self, id: str, *, detach_keys: str | None = None) -> None:
        """Start a container."""
        await self._lifecycle.start(self._containers.find(id))

    async def stop(self, id: str, *, signal: str | None = None, timeout: int | None = None) -> None:
        """Stop a container."""
        container = self._containers.find(id)
        if not container.state.running:
            raise NotModified("")
        number, seconds = _ending(container, signal, timeout, f"cannot stop container: {id}: ")
        await self._lifecycle.stop(container, number, seconds)

    async def restart(self, id: str, *, signal: str | None = None, timeout: int | None = None) -> None:
        """Stop a container if it runs, and start it."""
        container = self._containers.find(id)
        failed = f"Cannot restart container {id}: "
        number, seconds = _ending(container, signal, timeout, failed)
        try:
            await self._lifecycle.restart(container, number, seconds)
        except EngineError as error:
            raise InternalError(f"{failed}{error.message}") from None

    async def pause(self, id: str) -> None:
        """Freeze a container."""
        await self._lifecycle.pause(self._containers.find(id))

    async def unpause(self, id: str) -> None:
        """Let a container go on."""
        self._lifecycle.unpause(self._containers.find(id))

    async def rename(self, id: str, *, name: str) -> None:
        """Give a container another name."""
        if not name:
            raise InvalidParameter("Neither old nor new names may be empty")
        container = self._containers.find(id)
        bare = name.removeprefix("/")
        if bare == container.name:
            raise InvalidParameter("Renaming a container with the same name as its current name")
        failed = "Error when allocating new name: "
        if not NAME.fullmatch(name):
            raise InvalidParameter(
                f"{failed}Invalid container name (/{bare}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            )
        taken = self._containers.named(bare)
        if taken is not None:
            raise Conflict(failed + name_in_use(taken))
        old = container.name
        self._containers.rename(container, bare)
        self._events.publish(container, "rename", oldName=f"/{old}")

    async def update(self, id: str, update: ContainerUpdateRequest) -> ContainerUpdateResponse:
        """Change the resources and the restart policy of a container."""
        asked = update or ContainerUpdateRequest()
        warnings = check(asked)
        container = self._containers.find(id)
        change(container, asked)
        self._events.publish(container, "update")
        return ContainerUpdateResponse(warnings=warnings or None)

    async def kill(self, id: str, *, signal: str | None = None) -> None:
        """Send a signal to a container."""
        number = _kill_number(signal)
        if number is None:
            raise InvalidParameter(f"cannot kill container: {id}: invalid signal: {signal}")
        try:
            container = self._containers.find(id)
        except NotFound as error:
            raise NotFound(f"cannot kill container: {id}: {error.message}") from None
        if not container.state.running:
            raise Conflict(f"cannot kill container: {id}: container {container.id} is not running")
        await self._lifecycle.kill(container, number)

    async def wait(
        self, id: str, *, condition: str | None = None, accepted: Callable[[], object] | None = None
    ) -> ContainerWaitResponse:
        """Wait for a container."""
        if condition and condition not in ("not-running", "next-exit", "removed"):
            raise InvalidParameter(f'invalid condition: "{condition}"')
        container = self._containers.find(id)
        code = await self._lifecycle.wait(container, condition or "not-running", accepted or (lambda: None))
        return ContainerWaitResponse(status_code=code)

    async def delete(self, id: str, *, volumes: bool = False, force: bool = False, link: bool = False) -> None:
        """Remove a container."""
        linking = self._endpoints.links.remove(id) if link else None
        if linking is not None:
            self._endpoints.files.write_hosts(linking)
            return
        container = self._containers.find(id)
        if link:
            raise InternalError("Conflict, cannot remove the default link name of the container")
        if container.state.removing:
            raise Conflict(f"removal of container {id} is already in progress")
        if container.state.running and not force:
            why = (
                "container is paused and must be unpaused first"
                if container.state.paused
                else "container is running: stop the container before removing or force remove"
            )
            raise Conflict(f'cannot remove container "{container.name}": {why}')
        container.state.removal_requested()
        await self._lifecycle.end(container)
        self._lifecycle.forget(container, volumes=volumes)

    async def prune(self, *, filters: Filters | None = None) -> ContainerPruneResponse:
        """Remove every container that does not run."""
        wanted = check_keys(filters, ("label", "label!", "until"))
        if len(wanted.get("until", ())) > 1:
            raise InvalidParameter("more than one until filter specified")
        until = moment(wanted["until"][0], self._clock.time_ns()) if wanted.get("until") else None
        async with self._pruning():
            return await self._prune(wanted, until)

    async def _prune(self, wanted: dict[str, builtins.list[str]], until: int | None) -> ContainerPruneResponse:
        deleted: builtins.list[str] = []
        reclaimed = 0
        for container in self._containers:
            labels = container.config.labels or {}
            if (
                container.state.running
                or container.state.removing
                or (until is not None and container.created >= until)
                or not labels_match(wanted.get("label", ()), labels)
                or any(labels_match([text], labels) for text in wanted.get("label!", ()))
            ):
                continue
            reclaimed += changed_size(container.base, container.fs.root)
            deleted.append(container.id)
            await self._lifecycle.end(container)
            self._lifecycle.forget(container)
        self._events.publish_prune(reclaimed)
        return ContainerPruneResponse(containers_deleted=deleted or None, space_reclaimed=reclaimed)

    # Looking inside

    async def top(self, id: str, *, ps_args: str | None = None) -> ContainerTopResponse:
        """The processes of a container."""
        container = self._containers.find(id)
        check_runs(container)
        found = processes(container, ps_args or "-ef", clock=self._clock, pids=self._pids)
        self._events.publish(container, "top")
        return found

    async def stats(
        self, id: str, *, stream: bool = True, one_shot: bool = False
    ) -> AsyncIterator[ContainerStatsResponse]:
        """What a container uses."""
        if stream and one_shot:
            raise InvalidParameter("cannot have stream=true and one-shot=true")
        return samples(self._containers.find(id), self._clock, stream=stream, one_shot=one_shot)

    async def changes(self, id: str) -> builtins.list[FilesystemChange] | None:
        """What a container changed in the file system of its image."""
        container = self._containers.find(id)
        return changes(container.base, container.fs.root) or None

    # Files

    async def archive_info(self, id: str, *, path: str) -> ContainerPathStat:
        """What a path is."""
        return self._files.info(id, path)

    async def archive(self, id: str, *, path: str) -> ContainerArchive:
        """Files of a container."""
        return self._files.pack(id, path)

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
        await self._files.unpack(id, archive, path, no_overwrite=no_overwrite_dir_non_dir, copy_owner=copy_uid_gid)

    async def export(self, id: str) -> ByteStream:
        """All files of a container."""
        return self._files.export(id)

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
        container = self._containers.find(id)
        if container.state.paused:
            raise Conflict(f"container {id} is paused, unpause the container before attach")
        if container.state.restarting:
            raise Conflict(f"container {id} is restarting, wait until the container is running")
        streams = {name for name, on in ((StreamName.STDOUT, stdout), (StreamName.STDERR, stderr)) if on}
        replay = (
            [Chunk(line.stream, line.data) for line in container.log.lines if line.stream in streams] if logs else []
        )
        if logs:
            replay += [Chunk(name, data) for name, data in container.log.begun.items() if name in streams]
        self._events.publish(container, "attach")
        return Attachment(
            container.console,
            stdin=stdin and container.config.open_stdin is True,
            streams=streams,
            detach_keys=keys,
            replay=replay,
            stream=stream,
            ends_input=container.config.stdin_once is True,
            detached=partial(self._events.publish, container, "detach"),
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
        container = self._containers.find(id)
        first, last = parse_time("since", since), parse_time("until", until)
        if container.log_driver == "none":
            raise NotImplementedByEngine("configured logging driver does not support reading")
        streams = {name for name, on in ((StreamName.STDOUT, stdout), (StreamName.STDERR, stderr)) if on}
        return LogReader(
            container.log,
            tty=container.tty,
            follow=follow and container.state.running,
            streams=streams,
            since=first,
            until=last,
            timestamps=timestamps,
            tail=int(tail) if tail and tail.isdigit() else None,
            details=_log_attributes(container) if details else None,
        )

    async def resize(self, id: str, *, height: int, width: int) -> None:
        """Set the size of a container's terminal."""
        container = self._containers.find(id)
        if not container.state.running:
            raise Conflict(f"container {container.id} is not running")
        if container.console.terminal is not None:
            container.console.terminal.resize(height, width)
        self._events.publish(container, "resize", height=str(height), width=str(width))

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


def _ending(container: Container, signal: str | None, timeout: int | None, failed: str) -> tuple[int, int]:
    """Return the signal that stops a container, and the seconds until it is killed."""
    name = signal or (container.config.stop_signal or "SIGTERM")
    number = number_of(str(name))
    if not number:
        raise InternalError(f"{failed}invalid signal: {name}")
    if timeout is None:
        own = container.config.stop_timeout
        timeout = own if isinstance(own, int) else 10
    return number, timeout


def ending_of(container: Container) -> tuple[int, int]:
    """Return how a container is stopped when the engine ends: the signal, and the seconds until it is killed."""
    try:
        return _ending(container, None, None, "")
    except InternalError:  # its own signal is invalid
        return signals.SIGTERM, 10


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
