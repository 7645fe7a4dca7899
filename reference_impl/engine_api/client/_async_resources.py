"""The calls of a client, written by scripts/generate_clients.py from the Protocols of engine_api.api."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING

from engine_api.api.containers import (
    ContainerCreateRequest,
    ContainerCreateResponse,
    ContainerInspectResponse,
    ContainerSummary,
    ContainerWaitResponse,
)
from engine_api.api.exec import ExecConfig, ExecCreateResponse, ExecInspectResponse, ExecStartConfig
from engine_api.api.filters import Filters
from engine_api.api.images import AuthConfig, ImageDeleteResponseItem, ImageInspect, ImageSummary, ProgressMessage
from engine_api.api.networks import (
    NetworkConnectRequest,
    NetworkCreateRequest,
    NetworkCreateResponse,
    NetworkDisconnectRequest,
    NetworkInspect,
    NetworkPruneResponse,
    NetworkSummary,
)
from engine_api.api.streams import ByteStream, Duplex, OutputStream
from engine_api.api.system import PingResponse, SystemInfo, SystemVersion

if TYPE_CHECKING:
    from engine_api.client.aio import AsyncClient

__all__ = [
    "AsyncBuilder",
    "AsyncConfigs",
    "AsyncContainers",
    "AsyncDistribution",
    "AsyncExec",
    "AsyncImages",
    "AsyncNetworks",
    "AsyncNodes",
    "AsyncPlugins",
    "AsyncSecrets",
    "AsyncServices",
    "AsyncSession",
    "AsyncSwarm",
    "AsyncSystem",
    "AsyncTasks",
    "AsyncVolumes",
]


class AsyncSystem:
    """The engine itself."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def ping(self) -> PingResponse:
        """Ask whether the engine is there, and which version it speaks."""
        result: PingResponse = await self._client.call("SystemPing", {})
        return result

    async def ping_head(self) -> PingResponse:
        """Ask for the headers of a ping only."""
        result: PingResponse = await self._client.call("SystemPingHead", {})
        return result

    async def version(self) -> SystemVersion:
        """Tell the versions of the engine and of its parts."""
        result: SystemVersion = await self._client.call("SystemVersion", {})
        return result

    async def info(self) -> SystemInfo:
        """Describe the engine, its host and what it can do."""
        result: SystemInfo = await self._client.call("SystemInfo", {})
        return result


class AsyncContainers:
    """Containers."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

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
        result: builtins.list[ContainerSummary] = await self._client.call(
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
        result: ContainerCreateResponse = await self._client.call(
            "ContainerCreate", {"config": config, "name": name, "platform": platform}
        )
        return result

    async def inspect(self, id: str, *, size: bool = False) -> ContainerInspectResponse:
        """Tell all about a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            size: also compute the size of its file system.
        """
        result: ContainerInspectResponse = await self._client.call("ContainerInspect", {"id": id, "size": size})
        return result

    async def start(self, id: str, *, detach_keys: str | None = None) -> None:
        """Start a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            detach_keys: keys that detach a client attached to it.
        """
        await self._client.call("ContainerStart", {"id": id, "detach_keys": detach_keys})

    async def stop(self, id: str, *, signal: str | None = None, timeout: int | None = None) -> None:
        """Stop a container: send its stop signal, and kill it if it goes on.

        Args:
            id: its ID, a unique prefix of it, or its name.
            signal: what to send, as a name or number; default: the container's stop signal.
            timeout: seconds until it is killed; default: the container's stop timeout, or 10; -1 waits for ever.
        """
        await self._client.call("ContainerStop", {"id": id, "signal": signal, "timeout": timeout})

    async def kill(self, id: str, *, signal: str | None = None) -> None:
        """Send a signal to a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            signal: what to send, as a name or number; default: SIGKILL.
        """
        await self._client.call("ContainerKill", {"id": id, "signal": signal})

    async def wait(
        self, id: str, *, condition: str | None = None, accepted: Callable[[], object] | None = None
    ) -> ContainerWaitResponse:
        """Wait until a container ends, and tell its exit code.

        Args:
            id: its ID, a unique prefix of it, or its name.
            condition: what to wait for; default: `not-running`.
            accepted: called once, when the engine has begun to wait; what happens from then on is not missed.
        """
        result: ContainerWaitResponse = await self._client.call(
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
        result: Duplex = await self._client.call(
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
        result: OutputStream = await self._client.call(
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
        await self._client.call("ContainerResize", {"id": id, "height": height, "width": width})

    async def delete(self, id: str, *, volumes: bool = False, force: bool = False, link: bool = False) -> None:
        """Remove a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            volumes: also remove its anonymous volumes.
            force: kill it first if it runs.
            link: remove a link, whose name `id` is, and not a container.
        """
        await self._client.call("ContainerDelete", {"id": id, "volumes": volumes, "force": force, "link": link})


class AsyncExec:
    """Further processes in a running container."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def create(self, id: str, config: ExecConfig) -> ExecCreateResponse:
        """Prepare a process in a running container.

        Args:
            id: the container's ID, a unique prefix of it, or its name.
            config: what is to run.
        """
        result: ExecCreateResponse = await self._client.call("ContainerExec", {"id": id, "config": config})
        return result

    async def start(self, id: str, config: ExecStartConfig) -> Duplex:
        """Start a prepared process, and attach to it unless it is to be detached: then the stream is at its end.

        Args:
            id: the exec's ID.
            config: how.
        """
        result: Duplex = await self._client.call("ExecStart", {"id": id, "config": config})
        return result

    async def resize(self, id: str, *, height: int, width: int) -> None:
        """Set the size of an exec's terminal.

        Args:
            id: the exec's ID.
            height: rows.
            width: columns.
        """
        await self._client.call("ExecResize", {"id": id, "height": height, "width": width})

    async def inspect(self, id: str) -> ExecInspectResponse:
        """Tell all about an exec.

        Args:
            id: the exec's ID.
        """
        result: ExecInspectResponse = await self._client.call("ExecInspect", {"id": id})
        return result


class AsyncImages:
    """Images."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

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
        result: builtins.list[ImageSummary] = await self._client.call(
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
        """Tell all about an image.

        Args:
            name: a reference to it, its ID, or a unique prefix of it.
            manifests: also its manifests, for each platform.
            platform: which platform of it, as JSON of an OCI platform; not together with `manifests`.
        """
        result: ImageInspect = await self._client.call(
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
        result: AsyncIterator[ProgressMessage] = await self._client.call(
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
        result: builtins.list[ImageDeleteResponseItem] = await self._client.call(
            "ImageDelete", {"name": name, "force": force, "noprune": noprune, "platforms": platforms}
        )
        return result


class AsyncBuilder:
    """Building images from a Dockerfile and its context, with the classic builder."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class AsyncDistribution:
    """What registries know of an image."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class AsyncNetworks:
    """Networks: where containers find each other."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def list(self, *, filters: Filters | None = None) -> builtins.list[NetworkSummary]:
        """List networks.

        Args:
            filters: which of them.
        """
        result: builtins.list[NetworkSummary] = await self._client.call("NetworkList", {"filters": filters})
        return result

    async def inspect(self, id: str, *, verbose: bool = False, scope: str | None = None) -> NetworkInspect:
        """Tell all about a network.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            verbose: also its services and their tasks, in a swarm.
            scope: only a network that reaches so far.
        """
        result: NetworkInspect = await self._client.call(
            "NetworkInspect", {"id": id, "verbose": verbose, "scope": scope}
        )
        return result

    async def create(self, config: NetworkCreateRequest) -> NetworkCreateResponse:
        """Create a network.

        Args:
            config: what it is to be.
        """
        result: NetworkCreateResponse = await self._client.call("NetworkCreate", {"config": config})
        return result

    async def delete(self, id: str) -> None:
        """Remove a network.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        await self._client.call("NetworkDelete", {"id": id})

    async def connect(self, id: str, config: NetworkConnectRequest) -> None:
        """Let a container join a network.

        Args:
            id: the network: its ID, its name, or a unique prefix of its ID.
            config: the container, and its place in the network.
        """
        await self._client.call("NetworkConnect", {"id": id, "config": config})

    async def disconnect(self, id: str, config: NetworkDisconnectRequest) -> None:
        """Let a container leave a network.

        Args:
            id: the network: its ID, its name, or a unique prefix of its ID.
            config: the container.
        """
        await self._client.call("NetworkDisconnect", {"id": id, "config": config})

    async def prune(self, *, filters: Filters | None = None) -> NetworkPruneResponse:
        """Remove all networks that no container uses, but the engine's own.

        Args:
            filters: which of them.
        """
        result: NetworkPruneResponse = await self._client.call("NetworkPrune", {"filters": filters})
        return result


class AsyncVolumes:
    """Volumes: storage that outlives containers."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class AsyncSwarm:
    """The swarm that the engine is a node of."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class AsyncNodes:
    """The engines of a swarm."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class AsyncServices:
    """Services: what a swarm keeps running."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class AsyncTasks:
    """Tasks: a service's containers, as the swarm places them on nodes."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class AsyncSecrets:
    """Secrets: what services read and nobody else sees."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class AsyncConfigs:
    """Configs: files that a swarm hands to services."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class AsyncPlugins:
    """Plugins: drivers and authorizers that run beside the engine."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class AsyncSession:
    """A connection on which client and engine call each other."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
