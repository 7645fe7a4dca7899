"""Containers: processes made from an image, with a file system of their own."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Protocol, Self

from msgspec import field

from engine_api.api.descriptors import OCIDescriptor
from engine_api.api.errors import (
    Conflict,
    InternalError,
    InvalidParameter,
    NotFound,
    NotImplementedByEngine,
    NotModified,
)
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.health import Health, HealthConfig, HealthSummary
from engine_api.api.hostconfig import HostConfig, Resources, RestartPolicy
from engine_api.api.mounts import MountPoint
from engine_api.api.networks import EndpointSettings, NetworkingConfig, NetworkSettings
from engine_api.api.operation import operation
from engine_api.api.stats import ContainerStatsResponse
from engine_api.api.streams import ByteStream, Duplex, OutputStream
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import OneOf, Since, Until, Value

__all__ = [
    "Checkpoint",
    "CheckpointCreateRequest",
    "ContainerArchive",
    "ContainerConfig",
    "ContainerCreateRequest",
    "ContainerCreateResponse",
    "ContainerInspectResponse",
    "ContainerPathStat",
    "ContainerPruneResponse",
    "ContainerState",
    "ContainerSummary",
    "ContainerTopResponse",
    "ContainerUpdateRequest",
    "ContainerUpdateResponse",
    "ContainerWaitExitError",
    "ContainerWaitResponse",
    "Containers",
    "DriverData",
    "FilesystemChange",
    "HostConfigSummary",
    "NetworkSettingsSummary",
    "PortSummary",
    "RootFSStorage",
    "Storage",
    "StorageSnapshot",
]


class ContainerConfig(ApiStruct):
    """What runs in a container, apart from where it runs."""

    hostname: str | UnsetType = UNSET
    """Its host name. Default: the first 12 digits of its ID."""
    domainname: str | UnsetType = UNSET
    """Its domain name. Default: empty."""
    user: str | UnsetType = UNSET
    """The user, and optionally the group, by name or number: `USER[:GROUP]`. Default: the image's, or root."""
    attach_stdin: bool | UnsetType = UNSET
    """Whether the client attaches to standard input. Default: false."""
    attach_stdout: bool | UnsetType = UNSET
    """Whether the client attaches to standard output. Default: false."""
    attach_stderr: bool | UnsetType = UNSET
    """Whether the client attaches to standard error. Default: false."""
    exposed_ports: dict[str, dict[str, str]] | None | UnsetType = UNSET
    """Ports that it serves, such as `80/tcp`, each with an empty object."""
    tty: bool | UnsetType = UNSET
    """Whether it has a terminal. Default: false."""
    open_stdin: bool | UnsetType = UNSET
    """Whether standard input stays open without a client. Default: false."""
    stdin_once: bool | UnsetType = UNSET
    """Whether standard input ends when the first attached client goes. Default: false."""
    env: list[str] | None | UnsetType = UNSET
    """Environment variables: `NAME=VALUE`, or `NAME` alone to unset one of the image."""
    cmd: list[str] | str | None | UnsetType = UNSET
    """The command with its arguments. Default: the image's."""
    healthcheck: HealthConfig | None | UnsetType = UNSET
    """How its health is checked. Default: as the image says."""
    args_escaped: bool | UnsetType = UNSET
    """Whether the command is already escaped; Windows only."""
    image: str | UnsetType = UNSET
    """The image, by reference or ID."""
    volumes: dict[str, dict[str, str]] | None | UnsetType = UNSET
    """Paths that get a volume of their own, each with an empty object."""
    working_dir: str | UnsetType = UNSET
    """The directory in which it starts. Default: the image's, or `/`."""
    entrypoint: list[str] | str | None | UnsetType = UNSET
    """What the command is given to. Default: the image's; `[""]` for none."""
    network_disabled: bool | UnsetType = UNSET
    """Whether it has no network. Default: false."""
    mac_address: Annotated[str | UnsetType, Until("1.51")] = UNSET
    """The MAC address; since v1.44 it is better set for each endpoint."""
    on_build: list[str] | None | UnsetType = UNSET
    """Instructions for builds on this image; of no use in a container."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Labels."""
    stop_signal: str | UnsetType = UNSET
    """The signal that stops it. Default: the image's, or SIGTERM."""
    stop_timeout: Annotated[int | None | UnsetType, Since("1.25")] = UNSET
    """Seconds from that signal until it is killed. Default: 10."""
    shell: list[str] | None | UnsetType = UNSET
    """The shell for instructions in shell form; of no use in a container."""


class ContainerCreateRequest(ContainerConfig):
    """What a container is to be."""

    host_config: HostConfig | None | UnsetType = UNSET
    """How it relates to its host."""
    networking_config: NetworkingConfig | None | UnsetType = UNSET
    """The networks that it joins. Default: the one that `NetworkMode` names."""


class ContainerCreateResponse(ApiStruct):
    """The new container."""

    id: str
    """Its ID: 64 hexadecimal digits."""
    warnings: list[str] | None
    """What the engine did otherwise than asked, for people to read."""


class ContainerState(ApiStruct):
    """How a container is."""

    status: Annotated[
        str | UnsetType,
        OneOf(
            Value("created", "it was never started"),
            "running",
            "paused",
            Value("restarting", "it is about to be started again"),
            "removing",
            "exited",
            Value("dead", "its removal failed"),
        ),
    ] = UNSET
    """In one word."""
    running: bool | UnsetType = UNSET
    """Whether it runs; also while paused or restarting."""
    paused: bool | UnsetType = UNSET
    """Whether it is paused."""
    restarting: bool | UnsetType = UNSET
    """Whether it is about to be started again."""
    oom_killed: bool | UnsetType = field(default=UNSET, name="OOMKilled")
    """Whether the kernel ended it for lack of memory."""
    dead: bool | UnsetType = UNSET
    """Whether its removal failed."""
    pid: int | UnsetType = UNSET
    """The number of its first process on the host; 0 when it does not run."""
    exit_code: int | UnsetType = UNSET
    """The exit code of its last run; 128 and the number for a signal."""
    error: str | UnsetType = UNSET
    """Why its last start failed."""
    started_at: str | UnsetType = UNSET
    """When it was last started, in RFC 3339; year 1 for never."""
    finished_at: str | UnsetType = UNSET
    """When it last ended, in RFC 3339; year 1 for never."""
    health: Health | None | UnsetType = UNSET
    """What its health checks found, if it has some."""


class DriverData(ApiStruct):
    """How the layers of an image or container are stored."""

    name: str | UnsetType = UNSET
    """The storage driver."""
    data: dict[str, str] | None | UnsetType = UNSET
    """What the driver says of them."""


class StorageSnapshot(ApiStruct):
    """A snapshot of the image store."""

    name: str | UnsetType = UNSET
    """The snapshotter."""


class RootFSStorage(ApiStruct):
    """Where a container's root file system is stored."""

    snapshot: StorageSnapshot | None | UnsetType = UNSET
    """The snapshot that it is."""


class Storage(ApiStruct):
    """How a container is stored, where the engine has an image store instead of a storage driver."""

    root_fs: RootFSStorage | None | UnsetType = field(default=UNSET, name="RootFS")
    """Its root file system."""


class ContainerInspectResponse(ApiStruct):
    """All about a container."""

    id: str
    """Its ID: 64 hexadecimal digits."""
    created: str | UnsetType = UNSET
    """When it was made, in RFC 3339."""
    path: str | UnsetType = UNSET
    """The program that it runs."""
    args: list[str] | UnsetType = UNSET
    """The arguments of the program."""
    state: ContainerState | UnsetType = UNSET
    """How it is."""
    image: str | UnsetType = UNSET
    """The ID of its image."""
    resolv_conf_path: str | UnsetType = UNSET
    """Where the host keeps its `resolv.conf`."""
    hostname_path: str | UnsetType = UNSET
    """Where the host keeps its `hostname`."""
    hosts_path: str | UnsetType = UNSET
    """Where the host keeps its `hosts`."""
    log_path: str | UnsetType = UNSET
    """Where the host keeps its log; empty if there is no such file."""
    name: str | UnsetType = UNSET
    """Its name, with a slash in front."""
    restart_count: int | UnsetType = UNSET
    """How often it was started again by its restart policy."""
    driver: str | UnsetType = UNSET
    """The storage driver."""
    platform: str | UnsetType = UNSET
    """The operating system that it is made for."""
    image_manifest_descriptor: Annotated[OCIDescriptor | None | UnsetType, Since("1.48")] = UNSET
    """The manifest that it was made from, where the engine has an image store."""
    mount_label: str | UnsetType = UNSET
    """The security label of its mounts."""
    process_label: str | UnsetType = UNSET
    """The security label of its processes."""
    app_armor_profile: str | UnsetType = UNSET
    """Its AppArmor profile."""
    exec_ids: list[str] | None | UnsetType = field(default=UNSET, name="ExecIDs")
    """The IDs of its execs that have not ended; null for none."""
    host_config: HostConfig | UnsetType = UNSET
    """How it relates to its host."""
    graph_driver: DriverData | None | UnsetType = UNSET
    """How its layers are stored."""
    storage: Annotated[Storage | None | UnsetType, Since("1.52")] = UNSET
    """How it is stored, where the engine has an image store."""
    size_rw: int | UnsetType = UNSET
    """Bytes of the files that it changed or made; only if asked for."""
    size_root_fs: int | UnsetType = UNSET
    """Bytes of all its files; only if asked for."""
    mounts: list[MountPoint] | UnsetType = UNSET
    """Its mounts."""
    config: ContainerConfig | UnsetType = UNSET
    """What runs in it."""
    network_settings: NetworkSettings | UnsetType = UNSET
    """Its networks and ports."""


class PortSummary(ApiStruct):
    """A port of a container."""

    ip: str | UnsetType = field(default=UNSET, name="IP")
    """The host's address that leads to it."""
    private_port: int | UnsetType = UNSET
    """The port in the container."""
    public_port: int | UnsetType = UNSET
    """The port of the host that leads to it."""
    type: Annotated[str | UnsetType, OneOf("tcp", "udp", Value("sctp", since="1.37"))] = UNSET
    """The protocol."""


class HostConfigSummary(ApiStruct):
    """How a container relates to its host, in short."""

    network_mode: str | UnsetType = UNSET
    """Its network mode."""
    annotations: Annotated[dict[str, str] | UnsetType, Since("1.46")] = UNSET
    """Notes that are handed to the runtime."""


class NetworkSettingsSummary(ApiStruct):
    """A container's networks."""

    networks: dict[str, EndpointSettings | None] | None | UnsetType = UNSET
    """Its place in each network, by the network's name."""


class ContainerSummary(ApiStruct):
    """A container in a list."""

    id: str
    """Its ID: 64 hexadecimal digits."""
    names: list[str] | None | UnsetType = UNSET
    """Its name, with a slash in front; and the names that links give it."""
    image: str | UnsetType = UNSET
    """The image as it was named at creation, or its ID if that name has moved."""
    image_id: str | UnsetType = field(default=UNSET, name="ImageID")
    """The ID of its image."""
    image_manifest_descriptor: Annotated[OCIDescriptor | None | UnsetType, Since("1.48")] = UNSET
    """The manifest that it was made from, where the engine has an image store."""
    command: str | UnsetType = UNSET
    """What it runs, as one text."""
    created: int | UnsetType = UNSET
    """When it was made, in Unix seconds."""
    ports: list[PortSummary] | UnsetType = UNSET
    """Its ports."""
    size_rw: int | UnsetType = UNSET
    """Bytes of the files that it changed or made; only if asked for, and not for 0."""
    size_root_fs: int | UnsetType = UNSET
    """Bytes of all its files; only if asked for, and not for 0."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Its labels."""
    state: Annotated[
        str | UnsetType, OneOf("created", "running", "paused", "restarting", "exited", "removing", "dead")
    ] = UNSET
    """How it is, in one word."""
    status: str | UnsetType = UNSET
    """How it is, for people: `Up 5 minutes`."""
    host_config: HostConfigSummary | UnsetType = UNSET
    """How it relates to its host."""
    network_settings: NetworkSettingsSummary | None | UnsetType = UNSET
    """Its networks."""
    health: Annotated[HealthSummary | None | UnsetType, Since("1.52")] = UNSET
    """What its health checks found."""
    mounts: list[MountPoint] | UnsetType = UNSET
    """Its mounts."""


class ContainerWaitExitError(ApiStruct):
    """Why a wait failed."""

    message: str | UnsetType = UNSET
    """The reason, for people."""


class ContainerWaitResponse(ApiStruct):
    """How a container ended."""

    status_code: int
    """Its exit code."""
    error: Annotated[ContainerWaitExitError | None | UnsetType, Since("1.34")] = UNSET
    """Why the wait failed, if it did."""


class ContainerUpdateRequest(Resources):
    """What is to change in a container; what is absent, 0 or empty stays as it is."""

    restart_policy: RestartPolicy | UnsetType = UNSET
    """Whether it is started again when it ends."""


class ContainerUpdateResponse(ApiStruct):
    """What came of an update."""

    warnings: list[str] | None | UnsetType = UNSET
    """What the engine did otherwise than asked, for people to read."""


class ContainerTopResponse(ApiStruct):
    """The processes of a container, as a table."""

    processes: list[list[str]] | UnsetType = UNSET
    """A row per process: what `ps` shows in each column."""
    titles: list[str] | UnsetType = UNSET
    """The titles of the columns."""


class FilesystemChange(ApiStruct):
    """A difference between a container's file system and its image."""

    path: str
    """The file or directory."""
    kind: int
    """0 if it was changed, 1 if it was added, 2 if it was removed."""


class ContainerPathStat(ApiStruct, rename="camel"):
    """What a path in a container is."""

    name: str
    """The last part of the path."""
    size: int
    """Bytes of the file; of a directory, what the file system says."""
    mode: int
    """Permissions in the low 9 bits, and Go's bits for the kind of file: 2147483648 for a directory, 134217728 for a
    symbolic link, 67108864 for a device, 33554432 for a named pipe, 16777216 for a socket, 2097152 for a character
    device, 8388608 for set-user-ID, 4194304 for set-group-ID, 1048576 for sticky; 0 beyond permissions for a file.
    """
    mtime: str
    """When it was last changed, in RFC 3339."""
    link_target: str
    """Where a symbolic link leads, within the container; else empty."""


class ContainerArchive:
    """Files of a container as a tar, in pieces; iterate to its end, or `aclose` it."""

    def __init__(self, stat: ContainerPathStat, content: ByteStream) -> None:
        self.stat = stat
        """What the path is that was asked for."""
        self._content = content

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._content)

    async def aclose(self) -> None:
        """Let go of it."""
        close = getattr(self._content, "aclose", None)
        if close is not None:
            await close()


class ContainerPruneResponse(ApiStruct):
    """What a prune removed."""

    containers_deleted: list[str] | None | UnsetType = UNSET
    """The IDs of the containers; null for none."""
    space_reclaimed: int | UnsetType = UNSET
    """Bytes of the files that they had changed or made."""


class Checkpoint(ApiStruct):
    """A saved state of a container's processes."""

    name: str | UnsetType = UNSET
    """Its name."""


class CheckpointCreateRequest(ApiStruct):
    """What to save, and where."""

    checkpoint_id: str | UnsetType = field(default=UNSET, name="CheckpointID")
    """The name of the checkpoint."""
    checkpoint_dir: str | UnsetType = UNSET
    """A folder of the host for it. Default: the engine's own."""
    exit: bool | UnsetType = UNSET
    """Whether the container stops then. Default: false."""


class Containers(Protocol):
    """Containers."""

    @operation(
        "ContainerList",
        changes=False,
        errors={InvalidParameter: "a parameter or filter is malformed or unknown", InternalError: "the engine failed"},
    )
    async def list(
        self,
        *,
        all: bool = False,
        limit: int | None = None,
        size: bool = False,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("ancestor", "made from this image: a name, a name with a tag, a digest or an ID"),
                Value("annotation", "has this annotation: `KEY` or `KEY=VALUE`", since="1.56"),
                Value("before", "created before this container, by name or ID"),
                Value("exited", "ended with this exit code"),
                Value("expose", "running, and opens this port: `8080`, `8080/tcp` or `8000-8099`", since="1.28"),
                Value("health", "its health is `starting`, `healthy`, `unhealthy` or `none`", since="1.25"),
                Value("id", "its ID begins so"),
                Value("is-task", "`true`: belongs to a task of a service; `false`: does not", since="1.25"),
                Value("isolation", "isolated so; only on Windows"),
                Value("label", "has this label: `KEY` or `KEY=VALUE`"),
                Value("name", "this regular expression is found in its name"),
                Value("network", "connected to this network, by name or ID"),
                Value("publish", "running, and this port of the host leads to it", since="1.28"),
                Value("since", "created after this container, by name or ID"),
                Value("status", "in this state, such as `running` or `exited`"),
                Value("volume", "has this volume mounted, or something at this path"),
            ),
        ] = None,
        since: Annotated[str | None, Until("1.24")] = None,
        before: Annotated[str | None, Until("1.24")] = None,
    ) -> builtins.list[ContainerSummary]:
        """List containers, newest first.

        Args:
            all: also those that do not run.
            limit: at most so many of the newest, whatever their state; None or 0 for no limit.
            size: also compute the sizes of their file systems.
            filters: which of them.
            since: only those created after this one, by name or ID.
            before: only those created before this one, by name or ID.
        """
        ...

    @operation(
        "ContainerCreate",
        changes=True,
        errors={
            InvalidParameter: "the configuration makes no sense",
            NotFound: "there is no such image",
            Conflict: "the name is taken",
            InternalError: "the engine failed",
        },
    )
    async def create(
        self,
        config: ContainerCreateRequest,
        *,
        name: str | None = None,
        platform: Annotated[str | None, Since("1.41")] = None,
    ) -> ContainerCreateResponse:
        """Create a container from an image, without starting it.

        Args:
            config: what it is to be.
            name: its name; the engine makes one up without.
            platform: `os[/arch[/variant]]` that the image must be for.
        """
        ...

    @operation(
        "ContainerInspect",
        changes=False,
        errors={NotFound: "there is no such container", InternalError: "the engine failed"},
    )
    async def inspect(self, id: str, *, size: bool = False) -> ContainerInspectResponse:
        """Return a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            size: also compute the size of its file system.
        """
        ...

    @operation(
        "ContainerStart",
        changes=True,
        waits=True,
        errors={
            NotModified: "it is running",
            InvalidParameter: "the request has a body, or the command cannot be run",
            NotFound: "there is no such container",
            InternalError: "the engine failed",
        },
    )
    async def start(self, id: str, *, detach_keys: str | None = None) -> None:
        """Start a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            detach_keys: keys that detach a client attached to it.
        """
        ...

    @operation(
        "ContainerStop",
        changes=True,
        waits=True,
        errors={
            NotModified: "it is not running",
            NotFound: "there is no such container",
            InternalError: "the engine failed",
        },
    )
    async def stop(
        self, id: str, *, signal: Annotated[str | None, Since("1.42")] = None, timeout: int | None = None
    ) -> None:
        """Stop a container: send its stop signal, and kill it if it goes on.

        Args:
            id: its ID, a unique prefix of it, or its name.
            signal: what to send, as a name or number; default: the container's stop signal.
            timeout: seconds until it is killed; default: the container's stop timeout, or 10; -1 waits for ever.
        """
        ...

    @operation(
        "ContainerKill",
        changes=True,
        waits=True,
        errors={
            NotFound: "there is no such container",
            Conflict: ("it is not running", "1.37", None),
            InternalError: "the engine failed",
        },
    )
    async def kill(self, id: str, *, signal: str | None = None) -> None:
        """Send a signal to a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            signal: what to send, as a name or number; default: SIGKILL.
        """
        ...

    @operation(
        "ContainerWait",
        changes=False,
        waits=True,
        errors={
            InvalidParameter: ("the condition is unknown", "1.30", None),
            NotFound: "there is no such container",
            InternalError: "the engine failed",
        },
    )
    async def wait(
        self,
        id: str,
        *,
        condition: Annotated[
            str | None,
            Since("1.30"),
            OneOf(
                Value("not-running", "it does not run, which may be so already"),
                Value("next-exit", "it ends the next time, even if it has not been started yet"),
                Value("removed", "it is gone"),
            ),
        ] = None,
        accepted: Callable[[], object] | None = None,
    ) -> ContainerWaitResponse:
        """Wait until a container ends, and return its exit code.

        Args:
            id: its ID, a unique prefix of it, or its name.
            condition: what to wait for; default: `not-running`.
            accepted: called once, when the engine has begun to wait; what happens from then on is not missed.
        """
        ...

    @operation(
        "ContainerAttach",
        changes=True,
        errors={
            InvalidParameter: "a parameter is malformed",
            NotFound: "there is no such container",
            Conflict: "it is paused or restarting",
            InternalError: "the engine failed",
        },
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
        """Attach to a container's process, running or about to run.

        Args:
            id: its ID, a unique prefix of it, or its name.
            detach_keys: keys that end the attachment; default: `ctrl-p,ctrl-q`.
            logs: first give what it has written so far.
            stream: go on with what it writes from now on.
            stdin: attach its standard input.
            stdout: attach its standard output.
            stderr: attach its standard error.
        """
        ...

    @operation(
        "ContainerLogs",
        changes=False,
        errors={
            InvalidParameter: "neither stdout nor stderr was asked for, or a time is malformed",
            NotFound: "there is no such container",
            InternalError: "the engine failed",
        },
    )
    async def logs(
        self,
        id: str,
        *,
        follow: bool = False,
        stdout: bool = False,
        stderr: bool = False,
        since: str | None = None,
        until: Annotated[str | None, Since("1.35")] = None,
        timestamps: bool = False,
        tail: str | None = None,
        details: bool = False,
    ) -> OutputStream:
        """Give what a container's process has written.

        Args:
            id: its ID, a unique prefix of it, or its name.
            follow: go on until it ends.
            stdout: its standard output.
            stderr: its standard error.
            since: only from this time on, in Unix seconds with an optional fraction.
            until: only before this time, in Unix seconds with an optional fraction.
            timestamps: a time in RFC 3339 before each line.
            tail: only so many of the last lines, or `all`; default: all.
            details: attributes of the log driver before each line.
        """
        ...

    @operation(
        "ContainerResize",
        changes=True,
        errors={
            InvalidParameter: "height or width is no number",
            NotFound: "there is no such container",
            Conflict: "it is not running",
            InternalError: "the engine failed",
        },
    )
    async def resize(self, id: str, *, height: int, width: int) -> None:
        """Set the size of a container's terminal.

        Args:
            id: its ID, a unique prefix of it, or its name.
            height: rows.
            width: columns.
        """
        ...

    @operation(
        "ContainerDelete",
        changes=True,
        waits=True,
        errors={
            InvalidParameter: "a parameter is malformed",
            NotFound: "there is no such container",
            Conflict: "it is running or paused, or its removal is under way",
            InternalError: "the engine failed",
        },
    )
    async def delete(self, id: str, *, volumes: bool = False, force: bool = False, link: bool = False) -> None:
        """Remove a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            volumes: also remove its anonymous volumes.
            force: kill it first if it runs.
            link: remove a link, whose name `id` is, and not a container.
        """
        ...

    @operation(
        "ContainerRestart",
        changes=True,
        waits=True,
        errors={
            InvalidParameter: "a parameter is malformed",
            NotFound: "there is no such container",
            InternalError: "it cannot be stopped or started again",
        },
    )
    async def restart(
        self, id: str, *, signal: Annotated[str | None, Since("1.42")] = None, timeout: int | None = None
    ) -> None:
        """Restart a container: stop it if it runs, and start it.

        Args:
            id: its ID, a unique prefix of it, or its name.
            signal: what stops it, as a name or number; default: the container's stop signal.
            timeout: seconds until it is killed; default: the container's stop timeout, or 10; -1 waits for ever.
        """
        ...

    @operation(
        "ContainerPause",
        changes=True,
        errors={
            NotFound: "there is no such container",
            Conflict: "it does not run, or is paused already",
            InternalError: "the engine failed",
        },
    )
    async def pause(self, id: str) -> None:
        """Pause a container: freeze its processes where they are.

        Args:
            id: its ID, a unique prefix of it, or its name.
        """
        ...

    @operation(
        "ContainerUnpause",
        changes=True,
        errors={
            NotFound: "there is no such container",
            InternalError: "it is not paused, or the engine failed",
        },
    )
    async def unpause(self, id: str) -> None:
        """Let the processes of a paused container go on.

        Args:
            id: its ID, a unique prefix of it, or its name.
        """
        ...

    @operation(
        "ContainerRename",
        changes=True,
        errors={
            InvalidParameter: "the name is empty, malformed or the one that it has",
            NotFound: "there is no such container",
            Conflict: "the name is taken",
            InternalError: "the engine failed",
        },
    )
    async def rename(self, id: str, *, name: str) -> None:
        """Give a container another name.

        Args:
            id: its ID, a unique prefix of it, or its name.
            name: the new name.
        """
        ...

    @operation(
        "ContainerUpdate",
        changes=True,
        errors={
            InvalidParameter: "a value makes no sense",
            NotFound: "there is no such container",
            Conflict: "it is removed when it ends, which excludes a restart policy",
            InternalError: "the engine failed",
        },
    )
    async def update(self, id: str, update: ContainerUpdateRequest) -> ContainerUpdateResponse:
        """Change the resources and the restart policy of a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            update: what is to change.
        """
        ...

    @operation(
        "ContainerTop",
        changes=False,
        errors={
            NotFound: "there is no such container",
            Conflict: "it does not run",
            InternalError: "`ps` does not take the arguments, or the engine failed",
        },
    )
    async def top(self, id: str, *, ps_args: str | None = None) -> ContainerTopResponse:
        """List the processes of a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            ps_args: arguments of `ps`; default: `-ef`.
        """
        ...

    @operation(
        "ContainerStats",
        changes=False,
        errors={
            InvalidParameter: ("both a stream and one sample only were asked for", "1.41", None),
            NotFound: "there is no such container",
            InternalError: "the engine failed",
        },
    )
    async def stats(
        self, id: str, *, stream: bool = True, one_shot: Annotated[bool, Since("1.41")] = False
    ) -> AsyncIterator[ContainerStatsResponse]:
        """Return the resource usage of a container: a sample every second, or one.

        Args:
            id: its ID, a unique prefix of it, or its name.
            stream: go on until the container is removed; otherwise one sample, taken after a second so that it has one
                before it.
            one_shot: without `stream`, take the one sample at once, without one before it.
        """
        ...

    @operation(
        "ContainerChanges",
        changes=False,
        errors={
            NotFound: "there is no such container",
            InternalError: "the engine failed",
        },
    )
    async def changes(self, id: str) -> builtins.list[FilesystemChange] | None:
        """List what a container changed in the file system of its image; null for nothing.

        Args:
            id: its ID, a unique prefix of it, or its name.
        """
        ...

    @operation(
        "ContainerArchiveInfo",
        changes=False,
        errors={
            InvalidParameter: "the path is empty",
            NotFound: "there is no such container, or no such path in it",
            InternalError: "the engine failed",
        },
    )
    async def archive_info(self, id: str, *, path: str) -> ContainerPathStat:
        """Return what a path in a container is.

        Args:
            id: its ID, a unique prefix of it, or its name.
            path: the path; relative ones are taken from `/`.
        """
        ...

    @operation(
        "ContainerArchive",
        changes=False,
        errors={
            InvalidParameter: "the path is empty",
            NotFound: "there is no such container, or no such path in it",
            InternalError: "the engine failed",
        },
    )
    async def archive(self, id: str, *, path: str) -> ContainerArchive:
        """Get files of a container as a tar: a file, or a directory with all that is in it.

        A directory is packed under its own name; `PATH/.` packs what is in it only.

        Args:
            id: its ID, a unique prefix of it, or its name.
            path: the path; relative ones are taken from `/`.
        """
        ...

    @operation(
        "ContainerPutArchive",
        changes=True,
        waits=True,
        errors={
            InvalidParameter: "the path is empty or no directory, the archive is malformed, or the target is read-only",
            NotFound: "there is no such container, or no such path in it",
            InternalError: "the engine failed",
        },
    )
    async def put_archive(
        self,
        id: str,
        archive: ByteStream,
        *,
        path: str,
        no_overwrite_dir_non_dir: bool = False,
        copy_uid_gid: Annotated[bool, Since("1.30")] = False,
    ) -> None:
        """Unpack a tar into a directory of a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            archive: the tar; it may be compressed with gzip, bzip2 or xz.
            path: the directory.
            no_overwrite_dir_non_dir: fail if a directory would replace something else, or be replaced by it.
            copy_uid_gid: give the files to the user of the container instead of those in the archive.
        """
        ...

    @operation(
        "ContainerExport",
        changes=False,
        errors={
            NotFound: "there is no such container",
            Conflict: "its removal failed",
            InternalError: "the engine failed",
        },
    )
    async def export(self, id: str) -> ByteStream:
        """Get all files of a container as a tar, without its volumes.

        Args:
            id: its ID, a unique prefix of it, or its name.
        """
        ...

    @operation(
        "ContainerPrune",
        changes=True,
        waits=True,
        since="1.25",
        errors={
            InvalidParameter: "a filter is malformed or unknown",
            Conflict: "another prune is under way",
            InternalError: "the engine failed",
        },
    )
    async def prune(
        self,
        *,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("label", "has this label: `KEY` or `KEY=VALUE`", since="1.29"),
                Value("label!", "has not this label: `KEY` or `KEY=VALUE`", since="1.29"),
                Value("until", "created before this time: RFC 3339, Unix seconds, or a duration back from now"),
            ),
        ] = None,
    ) -> ContainerPruneResponse:
        """Remove all containers that do not run.

        Args:
            filters: which of them.
        """
        ...

    @operation(
        "ContainerAttachWebsocket",
        changes=True,
        errors={
            InvalidParameter: "a parameter is malformed, or the request is no websocket handshake",
            NotFound: "there is no such container",
            Conflict: "it is paused or restarting",
            InternalError: "the engine failed",
        },
    )
    async def attach_websocket(
        self,
        id: str,
        *,
        detach_keys: str | None = None,
        logs: bool = False,
        stream: bool = False,
        stdin: Annotated[bool, Since("1.42")] = False,
        stdout: Annotated[bool, Since("1.42")] = False,
        stderr: Annotated[bool, Since("1.42")] = False,
    ) -> Duplex:
        """Attach to a container's process by a websocket, as programs in a browser do.

        Each piece of output is a message, and each message is input. Which stream a piece belongs to is not shown, so
        all of it counts as standard output. There is no half-close: the end of input ends the websocket.

        Args:
            id: its ID, a unique prefix of it, or its name.
            detach_keys: keys that end the attachment; default: `ctrl-p,ctrl-q`.
            logs: first give what it has written so far.
            stream: go on with what it writes from now on.
            stdin: attach its standard input; all three streams before v1.42.
            stdout: attach its standard output.
            stderr: attach its standard error.
        """
        ...

    @operation(
        "CheckpointList",
        changes=False,
        errors={
            NotFound: "there is no such container",
            InternalError: "the engine failed",
            NotImplementedByEngine: "experimental features are off",
        },
    )
    async def checkpoint_list(self, id: str, *, dir: str | None = None) -> builtins.list[Checkpoint]:
        """List the checkpoints of a container.

        Only with experimental features; published documents do not have it.

        Args:
            id: its ID, a unique prefix of it, or its name.
            dir: the folder of the host that has them; default: the engine's own.
        """
        ...

    @operation(
        "CheckpointCreate",
        changes=True,
        errors={
            NotFound: "there is no such container",
            Conflict: "it does not run",
            InternalError: "the engine failed",
            NotImplementedByEngine: "experimental features are off",
        },
    )
    async def checkpoint_create(self, id: str, config: CheckpointCreateRequest) -> None:
        """Save the state of a container's processes.

        Only with experimental features; published documents do not have it.

        Args:
            id: its ID, a unique prefix of it, or its name.
            config: what to save, and where.
        """
        ...

    @operation(
        "CheckpointDelete",
        changes=True,
        errors={
            NotFound: "there is no such container",
            InternalError: "the engine failed",
            NotImplementedByEngine: "experimental features are off",
        },
    )
    async def checkpoint_delete(self, id: str, checkpoint: str, *, dir: str | None = None) -> None:
        """Remove a checkpoint of a container.

        Only with experimental features; published documents do not have it.

        Args:
            id: its ID, a unique prefix of it, or its name.
            checkpoint: its name.
            dir: the folder of the host that has it; default: the engine's own.
        """
        ...
