"""The calls of a client, written by scripts/generate_clients.py from the Protocols of engine_api.api."""

from __future__ import annotations

import builtins
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from engine_api.api.builder import BuildOutput, BuildPruneResponse
from engine_api.api.configs import Config, ConfigCreateResponse, ConfigSpec
from engine_api.api.containers import (
    Checkpoint,
    CheckpointCreateRequest,
    ContainerArchive,
    ContainerConfig,
    ContainerCreateRequest,
    ContainerCreateResponse,
    ContainerInspectResponse,
    ContainerPathStat,
    ContainerPruneResponse,
    ContainerSummary,
    ContainerTopResponse,
    ContainerUpdateRequest,
    ContainerUpdateResponse,
    ContainerWaitResponse,
    FilesystemChange,
)
from engine_api.api.datausage import DataUsage
from engine_api.api.distribution import DistributionInspectResponse
from engine_api.api.events import EventMessage
from engine_api.api.exec import ExecConfig, ExecCreateResponse, ExecInspectResponse, ExecStartConfig
from engine_api.api.filters import Filters
from engine_api.api.hostconfig import Ulimit
from engine_api.api.images import (
    AttestationStatement,
    AuthConfig,
    ImageCommitResponse,
    ImageDeleteResponseItem,
    ImageHistoryResponseItem,
    ImageInspect,
    ImagePruneResponse,
    ImageSearchResponseItem,
    ImageSummary,
    ProgressMessage,
)
from engine_api.api.networks import (
    NetworkConnectRequest,
    NetworkCreateRequest,
    NetworkCreateResponse,
    NetworkDisconnectRequest,
    NetworkInspect,
    NetworkPruneResponse,
    NetworkSummary,
)
from engine_api.api.nodes import Node, NodeSpec
from engine_api.api.plugins import Plugin, PluginPrivilege
from engine_api.api.secrets import Secret, SecretCreateResponse, SecretSpec
from engine_api.api.services import Service, ServiceCreateResponse, ServiceSpec, ServiceUpdateResponse
from engine_api.api.stats import ContainerStatsResponse
from engine_api.api.streams import ByteStream, Duplex, OutputStream
from engine_api.api.swarm import (
    SwarmInitRequest,
    SwarmInspectResponse,
    SwarmJoinRequest,
    SwarmSpec,
    SwarmUnlockRequest,
    UnlockKeyResponse,
)
from engine_api.api.system import AuthResponse, PingResponse, SystemInfo, SystemVersion
from engine_api.api.tasks import Task
from engine_api.api.volumes import (
    Volume,
    VolumeCreateRequest,
    VolumeListResponse,
    VolumePruneResponse,
    VolumeUpdateRequest,
)

__all__ = ["AsyncResources"]

_Call = Callable[[str, Mapping[str, Any]], Awaitable[Any]]


class AsyncSystem:
    """The engine itself."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def ping(self) -> PingResponse:
        """Ask whether the engine is there, and which version it speaks."""
        result: PingResponse = await self._call("SystemPing", {})
        return result

    async def ping_head(self) -> PingResponse:
        """Ask for the headers of a ping only."""
        result: PingResponse = await self._call("SystemPingHead", {})
        return result

    async def version(self) -> SystemVersion:
        """Return the versions of the engine and of its components."""
        result: SystemVersion = await self._call("SystemVersion", {})
        return result

    async def info(self) -> SystemInfo:
        """Describe the engine, its host and what it can do."""
        result: SystemInfo = await self._call("SystemInfo", {})
        return result

    async def auth(self, auth_config: AuthConfig) -> AuthResponse:
        """Try credentials on a registry.

        Args:
            auth_config: the credentials, and the registry that they are for.
        """
        result: AuthResponse = await self._call("SystemAuth", {"auth_config": auth_config})
        return result

    async def events(
        self, *, since: str | None = None, until: str | None = None, filters: Filters | None = None
    ) -> AsyncIterator[EventMessage]:
        """Return events as they happen; engines keep the last 256 events.

        Args:
            since: begin with the kept events from this time on: Unix seconds with an optional fraction, RFC 3339, or
                a duration before now such as `10m`. Default: only what happens from now on.
            until: end at this time, given likewise; if it is over, with the kept events. Default: never.
            filters: which ones. Default: all.
        """
        result: AsyncIterator[EventMessage] = await self._call(
            "SystemEvents", {"since": since, "until": until, "filters": filters}
        )
        return result

    async def data_usage(self, *, type: Sequence[str] = (), verbose: bool = False) -> DataUsage:
        """Return the disk usage of images, containers, volumes and the build cache.

        Args:
            type: of which kinds, each `container`, `image`, `volume` or `build-cache`. Default: all.
            verbose: include each item; the deprecated fields are left out then.
        """
        result: DataUsage = await self._call("SystemDataUsage", {"type": type, "verbose": verbose})
        return result


class AsyncContainers:
    """Containers."""

    def __init__(self, call: _Call) -> None:
        self._call = call

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
        """List containers, newest first.

        Args:
            all: also those that do not run.
            limit: at most so many of the newest, whatever their state; None or 0 for no limit.
            size: also compute the sizes of their file systems.
            filters: which of them.
            since: only those created after this one, by name or ID.
            before: only those created before this one, by name or ID.
        """
        result: builtins.list[ContainerSummary] = await self._call(
            "ContainerList",
            {"all": all, "limit": limit, "size": size, "filters": filters, "since": since, "before": before},
        )
        return result

    async def create(
        self, config: ContainerCreateRequest, *, name: str | None = None, platform: str | None = None
    ) -> ContainerCreateResponse:
        """Create a container from an image, without starting it.

        Args:
            config: what it is to be.
            name: its name; the engine makes one up without.
            platform: `os[/arch[/variant]]` that the image must be for.
        """
        result: ContainerCreateResponse = await self._call(
            "ContainerCreate", {"config": config, "name": name, "platform": platform}
        )
        return result

    async def inspect(self, id: str, *, size: bool = False) -> ContainerInspectResponse:
        """Return a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            size: also compute the size of its file system.
        """
        result: ContainerInspectResponse = await self._call("ContainerInspect", {"id": id, "size": size})
        return result

    async def start(self, id: str, *, detach_keys: str | None = None) -> None:
        """Start a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            detach_keys: keys that detach a client attached to it.
        """
        await self._call("ContainerStart", {"id": id, "detach_keys": detach_keys})

    async def stop(self, id: str, *, signal: str | None = None, timeout: int | None = None) -> None:
        """Stop a container: send its stop signal, and kill it if it goes on.

        Args:
            id: its ID, a unique prefix of it, or its name.
            signal: what to send, as a name or number; default: the container's stop signal.
            timeout: seconds until it is killed; default: the container's stop timeout, or 10; -1 waits for ever.
        """
        await self._call("ContainerStop", {"id": id, "signal": signal, "timeout": timeout})

    async def kill(self, id: str, *, signal: str | None = None) -> None:
        """Send a signal to a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            signal: what to send, as a name or number; default: SIGKILL.
        """
        await self._call("ContainerKill", {"id": id, "signal": signal})

    async def wait(
        self, id: str, *, condition: str | None = None, accepted: Callable[[], object] | None = None
    ) -> ContainerWaitResponse:
        """Wait until a container ends, and return its exit code.

        Args:
            id: its ID, a unique prefix of it, or its name.
            condition: what to wait for; default: `not-running`.
            accepted: called once, when the engine has begun to wait; what happens from then on is not missed.
        """
        result: ContainerWaitResponse = await self._call(
            "ContainerWait", {"id": id, "condition": condition, "accepted": accepted}
        )
        return result

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
        result: Duplex = await self._call(
            "ContainerAttach",
            {
                "id": id,
                "detach_keys": detach_keys,
                "logs": logs,
                "stream": stream,
                "stdin": stdin,
                "stdout": stdout,
                "stderr": stderr,
            },
        )
        return result

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
        result: OutputStream = await self._call(
            "ContainerLogs",
            {
                "id": id,
                "follow": follow,
                "stdout": stdout,
                "stderr": stderr,
                "since": since,
                "until": until,
                "timestamps": timestamps,
                "tail": tail,
                "details": details,
            },
        )
        return result

    async def resize(self, id: str, *, height: int, width: int) -> None:
        """Set the size of a container's terminal.

        Args:
            id: its ID, a unique prefix of it, or its name.
            height: rows.
            width: columns.
        """
        await self._call("ContainerResize", {"id": id, "height": height, "width": width})

    async def delete(self, id: str, *, volumes: bool = False, force: bool = False, link: bool = False) -> None:
        """Remove a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            volumes: also remove its anonymous volumes.
            force: kill it first if it runs.
            link: remove a link, whose name `id` is, and not a container.
        """
        await self._call("ContainerDelete", {"id": id, "volumes": volumes, "force": force, "link": link})

    async def restart(self, id: str, *, signal: str | None = None, timeout: int | None = None) -> None:
        """Restart a container: stop it if it runs, and start it.

        Args:
            id: its ID, a unique prefix of it, or its name.
            signal: what stops it, as a name or number; default: the container's stop signal.
            timeout: seconds until it is killed; default: the container's stop timeout, or 10; -1 waits for ever.
        """
        await self._call("ContainerRestart", {"id": id, "signal": signal, "timeout": timeout})

    async def pause(self, id: str) -> None:
        """Pause a container: freeze its processes where they are.

        Args:
            id: its ID, a unique prefix of it, or its name.
        """
        await self._call("ContainerPause", {"id": id})

    async def unpause(self, id: str) -> None:
        """Let the processes of a paused container go on.

        Args:
            id: its ID, a unique prefix of it, or its name.
        """
        await self._call("ContainerUnpause", {"id": id})

    async def rename(self, id: str, *, name: str) -> None:
        """Give a container another name.

        Args:
            id: its ID, a unique prefix of it, or its name.
            name: the new name.
        """
        await self._call("ContainerRename", {"id": id, "name": name})

    async def update(self, id: str, update: ContainerUpdateRequest) -> ContainerUpdateResponse:
        """Change the resources and the restart policy of a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            update: what is to change.
        """
        result: ContainerUpdateResponse = await self._call("ContainerUpdate", {"id": id, "update": update})
        return result

    async def top(self, id: str, *, ps_args: str | None = None) -> ContainerTopResponse:
        """List the processes of a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            ps_args: arguments of `ps`; default: `-ef`.
        """
        result: ContainerTopResponse = await self._call("ContainerTop", {"id": id, "ps_args": ps_args})
        return result

    async def stats(
        self, id: str, *, stream: bool = True, one_shot: bool = False
    ) -> AsyncIterator[ContainerStatsResponse]:
        """Return the resource usage of a container: a sample every second, or one.

        Args:
            id: its ID, a unique prefix of it, or its name.
            stream: go on until the container is removed; otherwise one sample, taken after a second so that it has one
                before it.
            one_shot: without `stream`, take the one sample at once, without one before it.
        """
        result: AsyncIterator[ContainerStatsResponse] = await self._call(
            "ContainerStats", {"id": id, "stream": stream, "one_shot": one_shot}
        )
        return result

    async def changes(self, id: str) -> builtins.list[FilesystemChange] | None:
        """List what a container changed in the file system of its image; null for nothing.

        Args:
            id: its ID, a unique prefix of it, or its name.
        """
        result: builtins.list[FilesystemChange] | None = await self._call("ContainerChanges", {"id": id})
        return result

    async def archive_info(self, id: str, *, path: str) -> ContainerPathStat:
        """Return what a path in a container is.

        Args:
            id: its ID, a unique prefix of it, or its name.
            path: the path; relative ones are taken from `/`.
        """
        result: ContainerPathStat = await self._call("ContainerArchiveInfo", {"id": id, "path": path})
        return result

    async def archive(self, id: str, *, path: str) -> ContainerArchive:
        """Get files of a container as a tar: a file, or a directory with all that is in it.

        A directory is packed under its own name; `PATH/.` packs what is in it only.

        Args:
            id: its ID, a unique prefix of it, or its name.
            path: the path; relative ones are taken from `/`.
        """
        result: ContainerArchive = await self._call("ContainerArchive", {"id": id, "path": path})
        return result

    async def put_archive(
        self,
        id: str,
        archive: ByteStream,
        *,
        path: str,
        no_overwrite_dir_non_dir: bool = False,
        copy_uid_gid: bool = False,
    ) -> None:
        """Unpack a tar into a directory of a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            archive: the tar; it may be compressed with gzip, bzip2 or xz.
            path: the directory.
            no_overwrite_dir_non_dir: fail if a directory would replace something else, or be replaced by it.
            copy_uid_gid: give the files to the user of the container instead of those in the archive.
        """
        await self._call(
            "ContainerPutArchive",
            {
                "id": id,
                "archive": archive,
                "path": path,
                "no_overwrite_dir_non_dir": no_overwrite_dir_non_dir,
                "copy_uid_gid": copy_uid_gid,
            },
        )

    async def export(self, id: str) -> ByteStream:
        """Get all files of a container as a tar, without its volumes.

        Args:
            id: its ID, a unique prefix of it, or its name.
        """
        result: ByteStream = await self._call("ContainerExport", {"id": id})
        return result

    async def prune(self, *, filters: Filters | None = None) -> ContainerPruneResponse:
        """Remove all containers that do not run.

        Args:
            filters: which of them.
        """
        result: ContainerPruneResponse = await self._call("ContainerPrune", {"filters": filters})
        return result

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
        result: Duplex = await self._call(
            "ContainerAttachWebsocket",
            {
                "id": id,
                "detach_keys": detach_keys,
                "logs": logs,
                "stream": stream,
                "stdin": stdin,
                "stdout": stdout,
                "stderr": stderr,
            },
        )
        return result

    async def checkpoint_list(self, id: str, *, dir: str | None = None) -> builtins.list[Checkpoint]:
        """List the checkpoints of a container.

        Only with experimental features; published documents do not have it.

        Args:
            id: its ID, a unique prefix of it, or its name.
            dir: the folder of the host that has them; default: the engine's own.
        """
        result: builtins.list[Checkpoint] = await self._call("CheckpointList", {"id": id, "dir": dir})
        return result

    async def checkpoint_create(self, id: str, config: CheckpointCreateRequest) -> None:
        """Save the state of a container's processes.

        Only with experimental features; published documents do not have it.

        Args:
            id: its ID, a unique prefix of it, or its name.
            config: what to save, and where.
        """
        await self._call("CheckpointCreate", {"id": id, "config": config})

    async def checkpoint_delete(self, id: str, checkpoint: str, *, dir: str | None = None) -> None:
        """Remove a checkpoint of a container.

        Only with experimental features; published documents do not have it.

        Args:
            id: its ID, a unique prefix of it, or its name.
            checkpoint: its name.
            dir: the folder of the host that has it; default: the engine's own.
        """
        await self._call("CheckpointDelete", {"id": id, "checkpoint": checkpoint, "dir": dir})


class AsyncExec:
    """Further processes in a running container."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def create(self, id: str, config: ExecConfig) -> ExecCreateResponse:
        """Prepare a process in a running container.

        Args:
            id: the container's ID, a unique prefix of it, or its name.
            config: what is to run.
        """
        result: ExecCreateResponse = await self._call("ContainerExec", {"id": id, "config": config})
        return result

    async def start(self, id: str, config: ExecStartConfig) -> Duplex:
        """Start a prepared process, and attach to it unless it is to be detached: then the stream is at its end.

        Args:
            id: the exec's ID.
            config: how.
        """
        result: Duplex = await self._call("ExecStart", {"id": id, "config": config})
        return result

    async def resize(self, id: str, *, height: int, width: int) -> None:
        """Set the size of an exec's terminal.

        Args:
            id: the exec's ID.
            height: rows.
            width: columns.
        """
        await self._call("ExecResize", {"id": id, "height": height, "width": width})

    async def inspect(self, id: str) -> ExecInspectResponse:
        """Return an exec instance.

        Args:
            id: the exec's ID.
        """
        result: ExecInspectResponse = await self._call("ExecInspect", {"id": id})
        return result


class AsyncImages:
    """Images."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def list(
        self,
        *,
        all: bool = False,
        filters: Filters | None = None,
        filter: str | None = None,
        digests: bool = False,
        shared_size: bool = False,
        manifests: bool = False,
        identity: bool = False,
    ) -> builtins.list[ImageSummary]:
        """List images, newest first.

        Args:
            all: also those that only serve others as a layer.
            filters: which of them.
            filter: only those of this name.
            digests: also their digests; engines give them anyway.
            shared_size: also compute the size that each shares with others.
            manifests: also the manifests of each, for each platform.
            identity: also whose they are, as far as it can be trusted; needs `manifests`.
        """
        result: builtins.list[ImageSummary] = await self._call(
            "ImageList",
            {
                "all": all,
                "filters": filters,
                "filter": filter,
                "digests": digests,
                "shared_size": shared_size,
                "manifests": manifests,
                "identity": identity,
            },
        )
        return result

    async def inspect(self, name: str, *, manifests: bool = False, platform: str | None = None) -> ImageInspect:
        """Return an image.

        Args:
            name: a reference to it, its ID, or a unique prefix of it.
            manifests: also its manifests, for each platform.
            platform: which platform of it, as JSON of an OCI platform; not together with `manifests`.
        """
        result: ImageInspect = await self._call(
            "ImageInspect", {"name": name, "manifests": manifests, "platform": platform}
        )
        return result

    async def create(
        self,
        *,
        from_image: str | None = None,
        from_src: str | None = None,
        repo: str | None = None,
        tag: str | None = None,
        message: str | None = None,
        platform: str | None = None,
        changes: Sequence[str] = (),
        registry_auth: AuthConfig | None = None,
        input_image: ByteStream | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Pull an image from a registry, or import one from an archive.

        Args:
            from_image: the reference to pull.
            from_src: `-` imports `input_image`; anything else is where the archive lies.
            repo: the name of an imported image.
            tag: the tag or digest to pull, or the tag of an imported image.
            message: a comment kept with an imported image.
            platform: `os[/arch[/variant]]` to pull, or that an imported image is for.
            changes: Dockerfile instructions that shape an imported image.
            registry_auth: credentials for the registry.
            input_image: a tar archive of the root file system.
        """
        result: AsyncIterator[ProgressMessage] = await self._call(
            "ImageCreate",
            {
                "from_image": from_image,
                "from_src": from_src,
                "repo": repo,
                "tag": tag,
                "message": message,
                "platform": platform,
                "changes": changes,
                "registry_auth": registry_auth,
                "input_image": input_image,
            },
        )
        return result

    async def delete(
        self, name: str, *, force: bool = False, noprune: bool = False, platforms: Sequence[str] = ()
    ) -> builtins.list[ImageDeleteResponseItem]:
        """Remove a name of an image and, with its last name, the image.

        Args:
            name: a reference to it, its ID, or a unique prefix of it.
            force: also when stopped containers use it or it has several names.
            noprune: keep the untagged images that it was built on.
            platforms: only the content for these platforms, each as JSON of an OCI platform.
        """
        result: builtins.list[ImageDeleteResponseItem] = await self._call(
            "ImageDelete", {"name": name, "force": force, "noprune": noprune, "platforms": platforms}
        )
        return result

    async def history(self, name: str, *, platform: str | None = None) -> builtins.list[ImageHistoryResponseItem]:
        """Return the steps in which an image was made, newest first.

        Args:
            name: a reference to it, its ID, or a unique prefix of it.
            platform: which platform of it, as JSON of an OCI platform.
        """
        result: builtins.list[ImageHistoryResponseItem] = await self._call(
            "ImageHistory", {"name": name, "platform": platform}
        )
        return result

    async def tag(self, name: str, *, repo: str, tag: str | None = None) -> None:
        """Give an image one more name; the name leaves the image that had it.

        Args:
            name: a reference to the image, its ID, or a unique prefix of it.
            repo: the repository of the new name, such as `example.com/team/app`.
            tag: its tag; `latest` if there is none.
        """
        await self._call("ImageTag", {"name": name, "repo": repo, "tag": tag})

    async def push(
        self, name: str, *, tag: str | None = None, platform: str | None = None, registry_auth: AuthConfig | None = None
    ) -> AsyncIterator[ProgressMessage]:
        """Send an image to the registry in its name.

        Args:
            name: the name without a tag; a tag in it does not count.
            tag: the tag to send; without one, every tag of that name.
            platform: which platform of it, as JSON of an OCI platform; without one, all that are here.
            registry_auth: credentials for the registry.
        """
        result: AsyncIterator[ProgressMessage] = await self._call(
            "ImagePush", {"name": name, "tag": tag, "platform": platform, "registry_auth": registry_auth}
        )
        return result

    async def search(
        self,
        term: str,
        *,
        limit: int | None = None,
        filters: Filters | None = None,
        registry_auth: AuthConfig | None = None,
    ) -> builtins.list[ImageSearchResponseItem]:
        """Search a registry for repositories.

        Args:
            term: what is searched for; with a host in front, that registry is asked.
            limit: how many to find at most, 1 to 100; 25 if it is 0 or not given.
            filters: which of them.
            registry_auth: credentials for the registry.
        """
        result: builtins.list[ImageSearchResponseItem] = await self._call(
            "ImageSearch", {"term": term, "limit": limit, "filters": filters, "registry_auth": registry_auth}
        )
        return result

    async def get(self, name: str, *, platform: Sequence[str] = ()) -> ByteStream:
        """Save an image as an archive, from which it can be loaded again.

        Args:
            name: a reference to it, its ID, or a unique prefix of it. A name without a tag stands for all its tags.
            platform: which platforms of it, each as JSON of an OCI platform; without one, all that are here.
        """
        result: ByteStream = await self._call("ImageGet", {"name": name, "platform": platform})
        return result

    async def get_all(self, *, names: Sequence[str] = (), platform: Sequence[str] = ()) -> ByteStream:
        """Save several images as one archive; layers that they share are in it once.

        Args:
            names: references, IDs, or unique prefixes of them.
            platform: which platforms of them, each as JSON of an OCI platform; without one, all that are here.
        """
        result: ByteStream = await self._call("ImageGetAll", {"names": names, "platform": platform})
        return result

    async def load(
        self, archive: ByteStream | None = None, *, quiet: bool = True, platform: Sequence[str] = ()
    ) -> AsyncIterator[ProgressMessage]:
        """Load images, with their names, from an archive that an engine or a builder saved.

        Args:
            archive: the archive, plain or compressed.
            quiet: leave out the progress of each layer. If omitted, the default of the engine.
            platform: which platforms of it, each as JSON of an OCI platform; without one, all that are in it.
        """
        result: AsyncIterator[ProgressMessage] = await self._call(
            "ImageLoad", {"archive": archive, "quiet": quiet, "platform": platform}
        )
        return result

    async def commit(
        self,
        config: ContainerConfig | None = None,
        *,
        container: str,
        repo: str | None = None,
        tag: str | None = None,
        comment: str | None = None,
        author: str | None = None,
        pause: bool = True,
        changes: Sequence[str] = (),
    ) -> ImageCommitResponse:
        """Make an image of a container's files and configuration.

        Args:
            config: what the image sets otherwise than the container.
            container: the container, by ID, name, or a unique prefix of the ID.
            repo: the repository of the image's name. Default: it gets no name.
            tag: the tag of its name; `latest` if there is none.
            comment: a note kept with the image.
            author: who made it, kept with the image.
            pause: whether the container is paused meanwhile.
            changes: Dockerfile instructions that shape the image.
        """
        result: ImageCommitResponse = await self._call(
            "ImageCommit",
            {
                "config": config,
                "container": container,
                "repo": repo,
                "tag": tag,
                "comment": comment,
                "author": author,
                "pause": pause,
                "changes": changes,
            },
        )
        return result

    async def prune(self, *, filters: Filters | None = None) -> ImagePruneResponse:
        """Remove images that no container uses.

        Args:
            filters: which of them.
        """
        result: ImagePruneResponse = await self._call("ImagePrune", {"filters": filters})
        return result

    async def attestations(
        self, name: str, *, platform: Sequence[str] = (), type: Sequence[str] = (), statement: bool = False
    ) -> builtins.list[AttestationStatement]:
        """Give the statements that are attached to an image, such as how it was built and of what.

        Args:
            name: a reference to it, its ID, or a unique prefix of it.
            platform: which platform of it, as JSON of an OCI platform; one at most. Default: the engine's own.
            type: only statements of one of these kinds, each by its URI.
            statement: also the statements themselves.
        """
        result: builtins.list[AttestationStatement] = await self._call(
            "ImageAttestations", {"name": name, "platform": platform, "type": type, "statement": statement}
        )
        return result


class AsyncBuilder:
    """Building images from a Dockerfile and its context, with the classic builder."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def build(
        self,
        *,
        context: ByteStream | None = None,
        dockerfile: str = "Dockerfile",
        tags: Sequence[str] = (),
        extra_hosts: Sequence[str] = (),
        remote: str | None = None,
        quiet: bool = False,
        no_cache: bool = False,
        cache_from: Sequence[str] = (),
        pull: bool = False,
        remove: bool = True,
        force_remove: bool = False,
        memory: int = 0,
        memory_swap: int = 0,
        cpu_shares: int = 0,
        cpuset_cpus: str | None = None,
        cpuset_mems: str | None = None,
        cpu_period: int = 0,
        cpu_quota: int = 0,
        cgroup_parent: str | None = None,
        build_args: Mapping[str, str | None] | None = None,
        shm_size: int = 0,
        ulimits: Sequence[Ulimit] = (),
        squash: bool = False,
        labels: Mapping[str, str] | None = None,
        network_mode: str | None = None,
        security_options: Sequence[str] = (),
        isolation: str | None = None,
        platform: str | None = None,
        target: str | None = None,
        outputs: Sequence[BuildOutput] = (),
        version: str = "1",
        session: str | None = None,
        build_id: str | None = None,
        registry_config: dict[str, AuthConfig] | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Build an image from a Dockerfile and the files beside it.

        Args:
            context: a tar archive of the Dockerfile and the files that it copies, plain or compressed with gzip,
                bzip2 or xz.
            dockerfile: the path of the Dockerfile in the context.
            tags: names of the image: `NAME[:TAG]`; repeat it for several.
            extra_hosts: further lines of `/etc/hosts` for the commands: `NAME:ADDRESS`; repeat it for several.
            remote: where the engine fetches the context, in place of a body: a Git repository, an archive, or a
                Dockerfile alone, by its address.
            quiet: return only the ID of the image, or the error.
            no_cache: run every instruction, even if an image of an earlier build has its result.
            cache_from: images whose layers count as results of earlier builds, as a JSON array of references.
            pull: ask the registry for the images that are built on, even if they are there.
            remove: remove the containers in which instructions ran, if the build succeeds.
            force_remove: remove them in any case.
            memory: bytes of memory that an instruction may take; 0 for no limit.
            memory_swap: bytes of memory and swap together; -1 for no limit, 0 for twice the memory.
            cpu_shares: weight among other containers; 0 for the engine's default.
            cpuset_cpus: the CPUs to run on, such as `0-3` or `0,1`.
            cpuset_mems: the memory nodes to use, such as `0-3` or `0,1`; in no published document.
            cpu_period: the length of a period of the CPU quota, in microseconds.
            cpu_quota: microseconds of CPU time in a period.
            cgroup_parent: the control group that the containers are put below; in no published document.
            build_args: values for the Dockerfile's `ARG` instructions, as a JSON object; null takes back a value.
            shm_size: bytes of `/dev/shm`; 0 for the engine's default, 64 MB.
            ulimits: limits of the processes, as a JSON array; in no published document.
            squash: merge the new layers into one; for engines with experimental features.
            labels: labels of the image, as a JSON object.
            network_mode: the network of the commands: `bridge`, `host`, `none`, `container:ID` or a network's name.
            security_options: refused but on Windows; in no published document.
            isolation: how containers are isolated on Windows; in no published document.
            platform: what the image is for: `os[/arch[/variant]]`. Published from v1.34.
            target: the stage to build, by its name or number. Published from v1.37. Default: the last.
            outputs: where BuildKit puts the result, as a JSON array.
            version: which builder builds.
            session: the session of the client that BuildKit calls back to; in no published document.
            build_id: what the build is called, so that it can be cancelled; in no published document.
            registry_config: credentials for registries, by their names.
        """
        result: AsyncIterator[ProgressMessage] = await self._call(
            "ImageBuild",
            {
                "context": context,
                "dockerfile": dockerfile,
                "tags": tags,
                "extra_hosts": extra_hosts,
                "remote": remote,
                "quiet": quiet,
                "no_cache": no_cache,
                "cache_from": cache_from,
                "pull": pull,
                "remove": remove,
                "force_remove": force_remove,
                "memory": memory,
                "memory_swap": memory_swap,
                "cpu_shares": cpu_shares,
                "cpuset_cpus": cpuset_cpus,
                "cpuset_mems": cpuset_mems,
                "cpu_period": cpu_period,
                "cpu_quota": cpu_quota,
                "cgroup_parent": cgroup_parent,
                "build_args": build_args,
                "shm_size": shm_size,
                "ulimits": ulimits,
                "squash": squash,
                "labels": labels,
                "network_mode": network_mode,
                "security_options": security_options,
                "isolation": isolation,
                "platform": platform,
                "target": target,
                "outputs": outputs,
                "version": version,
                "session": session,
                "build_id": build_id,
                "registry_config": registry_config,
            },
        )
        return result

    async def prune(
        self,
        *,
        keep_storage: int = 0,
        reserved_space: int = 0,
        max_used_space: int = 0,
        min_free_space: int = 0,
        all: bool = False,
        filters: Filters | None = None,
    ) -> BuildPruneResponse:
        """Remove what BuildKit keeps to build faster; the classic builder's cache are images.

        Args:
            keep_storage: bytes of the cache that may stay; the name of `reserved-space` before v1.48.
            reserved_space: bytes of the cache that may stay in any case.
            max_used_space: bytes that the cache may have.
            min_free_space: bytes of the disk that are to be free.
            all: also what further builds are likely to use.
            filters: which records.
        """
        result: BuildPruneResponse = await self._call(
            "BuildPrune",
            {
                "keep_storage": keep_storage,
                "reserved_space": reserved_space,
                "max_used_space": max_used_space,
                "min_free_space": min_free_space,
                "all": all,
                "filters": filters,
            },
        )
        return result

    async def cancel(self, *, id: str = "") -> None:
        """Cancel a build of BuildKit. In no published document.

        Args:
            id: the build, by the `buildid` that it was begun with; nothing happens if there is none.
        """
        await self._call("BuildCancel", {"id": id})


class AsyncNetworks:
    """Networks: where containers find each other."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def list(self, *, filters: Filters | None = None) -> builtins.list[NetworkSummary]:
        """List networks.

        Args:
            filters: which of them.
        """
        result: builtins.list[NetworkSummary] = await self._call("NetworkList", {"filters": filters})
        return result

    async def inspect(self, id: str, *, verbose: bool = False, scope: str | None = None) -> NetworkInspect:
        """Return a network.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            verbose: also its services and their tasks, in a swarm.
            scope: only a network that reaches so far.
        """
        result: NetworkInspect = await self._call("NetworkInspect", {"id": id, "verbose": verbose, "scope": scope})
        return result

    async def create(self, config: NetworkCreateRequest) -> NetworkCreateResponse:
        """Create a network.

        Args:
            config: what it is to be.
        """
        result: NetworkCreateResponse = await self._call("NetworkCreate", {"config": config})
        return result

    async def delete(self, id: str) -> None:
        """Remove a network.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        await self._call("NetworkDelete", {"id": id})

    async def connect(self, id: str, config: NetworkConnectRequest) -> None:
        """Let a container join a network.

        Args:
            id: the network: its ID, its name, or a unique prefix of its ID.
            config: the container, and its place in the network.
        """
        await self._call("NetworkConnect", {"id": id, "config": config})

    async def disconnect(self, id: str, config: NetworkDisconnectRequest) -> None:
        """Let a container leave a network.

        Args:
            id: the network: its ID, its name, or a unique prefix of its ID.
            config: the container.
        """
        await self._call("NetworkDisconnect", {"id": id, "config": config})

    async def prune(self, *, filters: Filters | None = None) -> NetworkPruneResponse:
        """Remove all networks that no container uses, but the engine's own.

        Args:
            filters: which of them.
        """
        result: NetworkPruneResponse = await self._call("NetworkPrune", {"filters": filters})
        return result


class AsyncVolumes:
    """Volumes: storage that outlives containers."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def list(self, *, filters: Filters | None = None) -> VolumeListResponse:
        """List volumes.

        Args:
            filters: which ones. Default: all.
        """
        result: VolumeListResponse = await self._call("VolumeList", {"filters": filters})
        return result

    async def create(self, volume_config: VolumeCreateRequest) -> Volume:
        """Make a volume, or give the one that has the name already, as it is.

        Args:
            volume_config: what it is to be.
        """
        result: Volume = await self._call("VolumeCreate", {"volume_config": volume_config})
        return result

    async def inspect(self, name: str) -> Volume:
        """Return a volume.

        Args:
            name: its name; for cluster volumes also the ID.
        """
        result: Volume = await self._call("VolumeInspect", {"name": name})
        return result

    async def update(self, name: str, *, version: int, spec: VolumeUpdateRequest) -> None:
        """Change whether tasks can use a cluster volume.

        Args:
            name: its name or ID.
            version: the `Version.Index` of the volume that the update was made from.
            spec: what it is to be.
        """
        await self._call("VolumeUpdate", {"name": name, "version": version, "spec": spec})

    async def delete(self, name: str, *, force: bool = False) -> None:
        """Remove a volume with all that is in it.

        Args:
            name: its name; for cluster volumes also the ID.
            force: whether it is no error if it is not there; also removes one that its driver has lost.
        """
        await self._call("VolumeDelete", {"name": name, "force": force})

    async def prune(self, *, filters: Filters | None = None) -> VolumePruneResponse:
        """Remove the volumes that no container refers to: those without a name, unless the filter `all` is set.

        Args:
            filters: which ones. Default: all anonymous ones.
        """
        result: VolumePruneResponse = await self._call("VolumePrune", {"filters": filters})
        return result


class AsyncSwarm:
    """The swarm that the engine is a node of."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def inspect(self) -> SwarmInspectResponse:
        """Return the swarm. Only managers answer."""
        result: SwarmInspectResponse = await self._call("SwarmInspect", {})
        return result

    async def init(self, config: SwarmInitRequest) -> str:
        """Make a new swarm, with this engine as its first manager; the answer is the node's ID.

        Args:
            config: what it is to be.
        """
        result: str = await self._call("SwarmInit", {"config": config})
        return result

    async def join(self, config: SwarmJoinRequest) -> None:
        """Join a swarm, as a worker or as a manager.

        Args:
            config: which swarm, and how.
        """
        await self._call("SwarmJoin", {"config": config})

    async def leave(self, *, force: bool = False) -> None:
        """Leave the swarm.

        Args:
            force: also if the node is a manager, even the last one.
        """
        await self._call("SwarmLeave", {"force": force})

    async def update(
        self,
        spec: SwarmSpec,
        *,
        version: int,
        rotate_worker_token: bool = False,
        rotate_manager_token: bool = False,
        rotate_manager_unlock_key: bool = False,
    ) -> None:
        """Set up the swarm in another way, or make new tokens or a new key.

        Args:
            spec: how it is to be set up, as a whole.
            version: the `Version.Index` of the swarm that was read before.
            rotate_worker_token: make a new token for workers.
            rotate_manager_token: make a new token for managers.
            rotate_manager_unlock_key: make a new key that unlocks managers.
        """
        await self._call(
            "SwarmUpdate",
            {
                "spec": spec,
                "version": version,
                "rotate_worker_token": rotate_worker_token,
                "rotate_manager_token": rotate_manager_token,
                "rotate_manager_unlock_key": rotate_manager_unlock_key,
            },
        )

    async def unlock_key(self) -> UnlockKeyResponse:
        """Return the key that unlocks managers after a restart."""
        result: UnlockKeyResponse = await self._call("SwarmUnlockkey", {})
        return result

    async def unlock(self, config: SwarmUnlockRequest) -> None:
        """Unlock a manager that has restarted.

        Args:
            config: the key.
        """
        await self._call("SwarmUnlock", {"config": config})


class AsyncNodes:
    """The engines of a swarm."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def list(self, *, filters: Filters | None = None) -> builtins.list[Node]:
        """List the nodes of the swarm.

        Args:
            filters: which of them.
        """
        result: builtins.list[Node] = await self._call("NodeList", {"filters": filters})
        return result

    async def inspect(self, id: str) -> Node:
        """Return a node.

        Args:
            id: its ID, its host's name, or a unique prefix of its ID; `self` is the engine that is asked.
        """
        result: Node = await self._call("NodeInspect", {"id": id})
        return result

    async def delete(self, id: str, *, force: bool = False) -> None:
        """Forget a node.

        Args:
            id: its ID, its host's name, or a unique prefix of its ID.
            force: also if it is not down.
        """
        await self._call("NodeDelete", {"id": id, "force": force})

    async def update(self, id: str, spec: NodeSpec, *, version: int) -> None:
        """Change a node's labels, its role, or what it does.

        Args:
            id: its ID; from v1.25 on also its host's name or a unique prefix of its ID.
            spec: what it is to be, as a whole.
            version: the `Version.Index` of the node that was read before.
        """
        await self._call("NodeUpdate", {"id": id, "spec": spec, "version": version})


class AsyncServices:
    """Services: what a swarm keeps running."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def list(self, *, filters: Filters | None = None, status: bool = False) -> builtins.list[Service]:
        """List services.

        Args:
            filters: which of them.
            status: also count the tasks of each.
        """
        result: builtins.list[Service] = await self._call("ServiceList", {"filters": filters, "status": status})
        return result

    async def create(self, spec: ServiceSpec, *, registry_auth: AuthConfig | None = None) -> ServiceCreateResponse:
        """Make a service. The swarm makes its tasks and keeps them running.

        Args:
            spec: what it is to be.
            registry_auth: credentials with which the nodes pull its image.
        """
        result: ServiceCreateResponse = await self._call(
            "ServiceCreate", {"spec": spec, "registry_auth": registry_auth}
        )
        return result

    async def inspect(self, id: str, *, insert_defaults: bool = False) -> Service:
        """Return a service.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            insert_defaults: fill in the defaults of fields that are left out.
        """
        result: Service = await self._call("ServiceInspect", {"id": id, "insert_defaults": insert_defaults})
        return result

    async def delete(self, id: str) -> None:
        """Remove a service; its tasks end.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        await self._call("ServiceDelete", {"id": id})

    async def update(
        self,
        id: str,
        spec: ServiceSpec,
        *,
        version: int,
        registry_auth_from: str | None = None,
        rollback: str | None = None,
        registry_auth: AuthConfig | None = None,
    ) -> ServiceUpdateResponse:
        """Change a service; tasks are replaced where it matters.

        Args:
            id: its ID; from v1.25 on also its name or a unique prefix of its ID.
            spec: what it is to be, as a whole.
            version: the `Version.Index` of the service that was read before.
            registry_auth_from: whose credentials are kept, if no others are given; default: `spec`.
            rollback: `previous` undoes the last change.
            registry_auth: credentials with which the nodes pull its image.
        """
        result: ServiceUpdateResponse = await self._call(
            "ServiceUpdate",
            {
                "id": id,
                "spec": spec,
                "version": version,
                "registry_auth_from": registry_auth_from,
                "rollback": rollback,
                "registry_auth": registry_auth,
            },
        )
        return result

    async def logs(
        self,
        id: str,
        *,
        details: bool = False,
        follow: bool = False,
        stdout: bool = False,
        stderr: bool = False,
        since: str | None = None,
        timestamps: bool = False,
        tail: str | None = None,
    ) -> OutputStream:
        """Give what the containers of a service have written, on all nodes.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            details: the node, the service and the task before each line.
            follow: go on with what they write from now on.
            stdout: their standard output.
            stderr: their standard error.
            since: only from this time on, in Unix seconds with an optional fraction.
            timestamps: a time in RFC 3339 before each line.
            tail: only so many of the last lines of each, or `all`; default: all.
        """
        result: OutputStream = await self._call(
            "ServiceLogs",
            {
                "id": id,
                "details": details,
                "follow": follow,
                "stdout": stdout,
                "stderr": stderr,
                "since": since,
                "timestamps": timestamps,
                "tail": tail,
            },
        )
        return result


class AsyncTasks:
    """Tasks: the places that a service has on nodes, each with its container."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def list(self, *, filters: Filters | None = None) -> builtins.list[Task]:
        """List tasks, of all services, ended ones too.

        Args:
            filters: which of them.
        """
        result: builtins.list[Task] = await self._call("TaskList", {"filters": filters})
        return result

    async def inspect(self, id: str) -> Task:
        """Return a task.

        Args:
            id: its ID, or a unique prefix of it.
        """
        result: Task = await self._call("TaskInspect", {"id": id})
        return result

    async def logs(
        self,
        id: str,
        *,
        details: bool = False,
        follow: bool = False,
        stdout: bool = False,
        stderr: bool = False,
        since: str | None = None,
        timestamps: bool = False,
        tail: str | None = None,
    ) -> OutputStream:
        """Give what a task's container has written.

        Args:
            id: its ID, or a unique prefix of it.
            details: the node, the service and the task before each line.
            follow: go on until it ends.
            stdout: its standard output.
            stderr: its standard error.
            since: only from this time on, in Unix seconds with an optional fraction.
            timestamps: a time in RFC 3339 before each line.
            tail: only so many of the last lines, or `all`; default: all.
        """
        result: OutputStream = await self._call(
            "TaskLogs",
            {
                "id": id,
                "details": details,
                "follow": follow,
                "stdout": stdout,
                "stderr": stderr,
                "since": since,
                "timestamps": timestamps,
                "tail": tail,
            },
        )
        return result


class AsyncSecrets:
    """Secrets: small pieces of data that a swarm hands to tasks only."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def list(self, *, filters: Filters | None = None) -> builtins.list[Secret]:
        """List secrets.

        Args:
            filters: which of them.
        """
        result: builtins.list[Secret] = await self._call("SecretList", {"filters": filters})
        return result

    async def create(self, spec: SecretSpec) -> SecretCreateResponse:
        """Make a secret.

        Args:
            spec: what it is to be.
        """
        result: SecretCreateResponse = await self._call("SecretCreate", {"spec": spec})
        return result

    async def inspect(self, id: str) -> Secret:
        """Return a secret without its data.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        result: Secret = await self._call("SecretInspect", {"id": id})
        return result

    async def delete(self, id: str) -> None:
        """Remove a secret that no service uses.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        await self._call("SecretDelete", {"id": id})

    async def update(self, id: str, spec: SecretSpec, *, version: int) -> None:
        """Change the labels of a secret; nothing else of it can change.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            spec: what it is to be, as a whole; without its data.
            version: the `Version.Index` of the secret that was read before.
        """
        await self._call("SecretUpdate", {"id": id, "spec": spec, "version": version})


class AsyncConfigs:
    """Configs: files that a swarm gives to tasks."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def list(self, *, filters: Filters | None = None) -> builtins.list[Config]:
        """List configs.

        Args:
            filters: which of them.
        """
        result: builtins.list[Config] = await self._call("ConfigList", {"filters": filters})
        return result

    async def create(self, spec: ConfigSpec) -> ConfigCreateResponse:
        """Make a config.

        Args:
            spec: what it is to be.
        """
        result: ConfigCreateResponse = await self._call("ConfigCreate", {"spec": spec})
        return result

    async def inspect(self, id: str) -> Config:
        """Return a config with its content.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        result: Config = await self._call("ConfigInspect", {"id": id})
        return result

    async def delete(self, id: str) -> None:
        """Remove a config that no service uses.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        await self._call("ConfigDelete", {"id": id})

    async def update(self, id: str, spec: ConfigSpec, *, version: int) -> None:
        """Change the labels of a config; nothing else of it can change.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            spec: what it is to be, as a whole.
            version: the `Version.Index` of the config that was read before.
        """
        await self._call("ConfigUpdate", {"id": id, "spec": spec, "version": version})


class AsyncPlugins:
    """Plugins: programs that give the engine further drivers."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def list(self, *, filters: Filters | None = None) -> builtins.list[Plugin]:
        """List plugins.

        Args:
            filters: which of them.
        """
        result: builtins.list[Plugin] = await self._call("PluginList", {"filters": filters})
        return result

    async def privileges(self, *, remote: str, name: str | None = None) -> builtins.list[PluginPrivilege]:
        """Ask a registry what a plugin wants to do beyond the usual.

        Args:
            remote: the plugin's reference. Engines that serve v1.25 and v1.26 today read it there too.
            name: the same for engine 1.13.
        """
        result: builtins.list[PluginPrivilege] = await self._call(
            "GetPluginPrivileges", {"remote": remote, "name": name}
        )
        return result

    async def pull(
        self,
        privileges: builtins.list[PluginPrivilege] | None = None,
        *,
        remote: str = "",
        name: str | None = None,
        registry_auth: AuthConfig | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Install a plugin from a registry. It is not enabled yet.

        Args:
            privileges: what it may do beyond the usual; it must be all that it wants.
            remote: the plugin's reference. It must be given.
            name: the name that it gets here; default: its reference. Until v1.24 the reference itself.
            registry_auth: credentials for the registry.
        """
        result: AsyncIterator[ProgressMessage] = await self._call(
            "PluginPull", {"privileges": privileges, "remote": remote, "name": name, "registry_auth": registry_auth}
        )
        return result

    async def upgrade(
        self,
        name: str,
        privileges: builtins.list[PluginPrivilege] | None = None,
        *,
        remote: str,
        registry_auth: AuthConfig | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Replace a plugin by another version of it, with the settings that it has.

        Args:
            name: its name; without a tag, `latest`.
            privileges: what it may do beyond the usual; it must be all that it wants.
            remote: the reference of the other version.
            registry_auth: credentials for the registry.
        """
        result: AsyncIterator[ProgressMessage] = await self._call(
            "PluginUpgrade", {"name": name, "privileges": privileges, "remote": remote, "registry_auth": registry_auth}
        )
        return result

    async def create(self, archive: ByteStream, *, name: str) -> None:
        """Make a plugin from an archive with its `config.json` and its file system in `rootfs`.

        Args:
            archive: the tar archive.
            name: its name; without a tag, `latest`.
        """
        await self._call("PluginCreate", {"archive": archive, "name": name})

    async def inspect(self, name: str) -> Plugin:
        """Return a plugin.

        Args:
            name: its name, its ID, or a unique prefix of it; without a tag, `latest`.
        """
        result: Plugin = await self._call("PluginInspect", {"name": name})
        return result

    async def inspect_v1_24(self, name: str) -> Plugin:
        """Return a plugin, by the path of engine 1.12. Newer engines do not have this path in any version.

        Args:
            name: its name.
        """
        result: Plugin = await self._call("PluginInspectV124", {"name": name})
        return result

    async def delete(self, name: str, *, force: bool = False) -> None:
        """Remove a plugin.

        Args:
            name: its name, its ID, or a unique prefix of it; without a tag, `latest`.
            force: also if it is enabled.
        """
        await self._call("PluginDelete", {"name": name, "force": force})

    async def enable(self, name: str, *, timeout: int) -> None:
        """Start a plugin, so that its drivers can be used.

        Args:
            name: its name, its ID, or a unique prefix of it; without a tag, `latest`.
            timeout: seconds to wait for it to answer; 0 for as long as it takes. It must be given.
        """
        await self._call("PluginEnable", {"name": name, "timeout": timeout})

    async def disable(self, name: str, *, force: bool = False) -> None:
        """Stop a plugin.

        Args:
            name: its name, its ID, or a unique prefix of it; without a tag, `latest`.
            force: also if it is in use.
        """
        await self._call("PluginDisable", {"name": name, "force": force})

    async def set(self, name: str, settings: builtins.list[str]) -> None:
        """Set what a plugin runs with.

        Args:
            name: its name, its ID, or a unique prefix of it; without a tag, `latest`.
            settings: such as `DEBUG=1` for an environment variable, or `NAME.source=/PATH` for a mount.
        """
        await self._call("PluginSet", {"name": name, "settings": settings})

    async def push(self, name: str, *, registry_auth: AuthConfig | None = None) -> AsyncIterator[ProgressMessage]:
        """Put a plugin into a registry.

        Args:
            name: its name, which says which registry; without a tag, `latest`.
            registry_auth: credentials for the registry.
        """
        result: AsyncIterator[ProgressMessage] = await self._call(
            "PluginPush", {"name": name, "registry_auth": registry_auth}
        )
        return result


class AsyncDistribution:
    """What registries know of an image."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def inspect(self, name: str, *, registry_auth: AuthConfig | None = None) -> DistributionInspectResponse:
        """Ask a registry for the digest and the platforms of an image, without pulling it.

        Args:
            name: the reference; the tag is `latest` if there is none.
            registry_auth: credentials for the registry.
        """
        result: DistributionInspectResponse = await self._call(
            "DistributionInspect", {"name": name, "registry_auth": registry_auth}
        )
        return result


class AsyncSession:
    """A connection on which client and engine call each other."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def open(self, *, id: str = "") -> Duplex:
        """Begin a session: the client serves gRPC on the connection, and the engine calls it.

        The connection becomes one of HTTP/2, on which the engine is the client. BuildKit asks so for files and
        credentials; the classic builder asks nothing. The session lasts until the connection ends.

        Args:
            id: the ID of the session, which a build names; in no published document.
        """
        result: Duplex = await self._call("Session", {"id": id})
        return result

    async def grpc(self) -> Duplex:
        """Call BuildKit: the connection becomes one of HTTP/2, on which the engine serves gRPC.

        In no published document.
        """
        result: Duplex = await self._call("Grpc", {})
        return result


class AsyncResources(ABC):
    """All that an engine has, by calls of its operations."""

    def __init__(self) -> None:
        self.system = AsyncSystem(self.call)
        """The engine itself."""
        self.containers = AsyncContainers(self.call)
        """Containers."""
        self.exec = AsyncExec(self.call)
        """Further processes in running containers."""
        self.images = AsyncImages(self.call)
        """Images."""
        self.builder = AsyncBuilder(self.call)
        """Building images from a Dockerfile and its context, with the classic builder."""
        self.networks = AsyncNetworks(self.call)
        """Networks."""
        self.volumes = AsyncVolumes(self.call)
        """Volumes."""
        self.swarm = AsyncSwarm(self.call)
        """The swarm that the engine is a node of."""
        self.nodes = AsyncNodes(self.call)
        """The engines of a swarm."""
        self.services = AsyncServices(self.call)
        """Services."""
        self.tasks = AsyncTasks(self.call)
        """Tasks."""
        self.secrets = AsyncSecrets(self.call)
        """Secrets."""
        self.configs = AsyncConfigs(self.call)
        """Configs."""
        self.plugins = AsyncPlugins(self.call)
        """Plugins."""
        self.distribution = AsyncDistribution(self.call)
        """What registries know of an image."""
        self.session = AsyncSession(self.call)
        """A connection on which client and engine call each other."""

    @abstractmethod
    async def call(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        """Call an operation by its id."""
