"""What v1.42 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.hostconfig import HostConfig
from engine_api.api.struct import UNSET
from engine_api.versions.change import Arguments, Change, Effect, Scope
from engine_api.wire.media import RAW


class TellMultiplexedStreams(Change):
    """Frames are announced as `application/vnd.docker.multiplexed-stream`, and only a terminal's bytes as
    `application/vnd.docker.raw-stream`; before, both were announced as the latter.
    """

    version = "1.42"
    operations = ("ContainerAttach", "ContainerLogs", "ExecStart", "ServiceLogs", "TaskLogs")
    effect = Effect.BREAKING
    why = "a client that insists on the raw type refuses the answer"

    def lower_headers(self, headers: dict[str, str], arguments: Mapping[str, object]) -> None:
        headers["Content-Type"] = RAW


class HonourConsoleSize(Change):
    """`HostConfig.ConsoleSize` sets the size of the terminal on Linux too; before, only on Windows."""

    version = "1.42"
    operations = ("ContainerCreate",)
    path = "HostConfig.ConsoleSize"
    why = "without it nothing changes"

    def lift(self, arguments: Arguments) -> None:
        host = _host_config(arguments)
        if host is not None:
            host.console_size = UNSET


class RefuseOptionsOfAnotherMountType(Change):
    """`VolumeOptions` or `TmpfsOptions` on a mount of another type are refused; before, they were ignored."""

    version = "1.42"
    operations = ("ContainerCreate",)
    effect = Effect.BREAKING
    why = "a request that was accepted gets 400"
    path = "HostConfig.Mounts[]"

    def lift(self, arguments: Arguments) -> None:
        host = _host_config(arguments)
        if host is None or not isinstance(host.mounts, list):
            return
        for mount in host.mounts:
            if mount.type != "volume":
                mount.volume_options = UNSET
            if mount.type != "tmpfs":
                mount.tmpfs_options = UNSET


class PruneAnonymousVolumesOnly(Change):
    """Only volumes that were made without a name are pruned, unless the filter `all` is true; before, it always was."""

    version = "1.42"
    operations = ("VolumePrune",)
    effect = Effect.BREAKING
    why = "volumes with names stay, which a client relied on to go"
    path = "?filters"

    def lift(self, arguments: Arguments) -> None:
        filters = dict(arguments.get("filters") or {})
        filters["all"] = ["true", *(value for value in filters.get("all", ()) if value != "true")]
        arguments["filters"] = filters


class ChooseStreamsOfWebsockets(Change):
    """`stdin`, `stdout` and `stderr` choose the streams of a websocket; before, all three were attached."""

    version = "1.42"
    operations = ("ContainerAttachWebsocket",)
    effect = Effect.BREAKING
    why = "a client that names no stream gets none"

    def lift(self, arguments: Arguments) -> None:
        arguments |= {"stdin": True, "stdout": True, "stderr": True}


def _host_config(arguments: Mapping[str, object]) -> HostConfig | None:
    config = arguments["config"]
    host = config.host_config if isinstance(config, ContainerCreateRequest) else None
    return host if isinstance(host, HostConfig) else None


class ShareComputationsOfUsage(Change):
    """Requests for the data usage at the same time share one computation; before, all but the first were refused."""

    version = "1.42"
    operations = ("SystemDataUsage",)
    scope = Scope.RELEASE
    why = "what was answered still is"


class ImportForAPlatform(Change):
    """`platform` is read for imports as well as for pulls."""

    version = "1.42"
    operations = ("ImageCreate",)
    scope = Scope.RELEASE
    why = "without it nothing changes"
    path = "?platform"


class RefuseUnknownConditions(Change):
    """A condition that there is not is answered with 400, in v1.30 and later of such an engine; before, it was taken
    for the default.
    """

    version = "1.42"
    operations = ("ContainerWait",)
    scope = Scope.RELEASE
    effect = Effect.BREAKING
    why = "a client with a typing error is refused"
    back = Effect.COMPATIBLE
    why_back = "such a condition is taken for the default"
    path = "=400"


class LeaveOutUnsetKernelMemory(Change):
    """`HostConfig.KernelMemory` and `HostConfig.KernelMemoryTCP` are left out unless they are set; before, they were
    0.
    """

    version = "1.42"
    operations = ("ContainerInspect",)
    scope = Scope.RELEASE
    effect = Effect.BREAKING
    why = "a client that takes the keys as given fails"
    back = Effect.COMPATIBLE
    why_back = "0 stands for what is not set"
    path = "HostConfig.KernelMemoryTCP"


class LeaveOutUnsupportedKernelMemory(Change):
    """`KernelMemory` and `KernelMemoryTCP` of info are left out unless the kernel knows these limits; before, they
    were false.
    """

    version = "1.42"
    operations = ("SystemInfo",)
    effect = Effect.BREAKING
    why = "a client that takes the keys as given fails"
    back = Effect.COMPATIBLE
    why_back = "false stands for what is not known"
    path = "KernelMemoryTCP"


class TellTheBuilder(Change):
    """The header `Builder-Version` of a ping is always there: `2` where BuildKit is the default, `1` on Windows."""

    version = "1.42"
    operations = (
        "SystemPing",
        "SystemPingHead",
    )
    kind = "header"
    what = "added"
    scope = Scope.RELEASE
    why = "one header more"
    path = "Builder-Version"


class TellThePartInASwarm(Change):
    """The header `Swarm` of a ping tells the node's part in a swarm: `inactive`, `pending`, `error`, `locked`,
    `active/worker` or `active/manager`.
    """

    version = "1.42"
    operations = (
        "SystemPing",
        "SystemPingHead",
    )
    kind = "header"
    what = "added"
    scope = Scope.RELEASE
    why = "one header more"
    path = "Swarm"


class NameDevicesOnWindows(Change):
    """`PathOnHost` of a device may be `IDTYPE://ID` on Windows."""

    version = "1.42"
    operations = ("ContainerCreate",)
    scope = Scope.RELEASE
    why = "what was accepted still is"
    path = "HostConfig.Devices[].PathOnHost"


class ShareSizesOnDemand(Change):
    """`SharedSize` of an image in the list is how much it shares with others if `shared-size` asks for it; else, and
    before, it is -1.
    """

    version = "1.42"
    operations = ("ImageList",)
    why = "without the parameter it is what it was"
    path = "[].SharedSize"
