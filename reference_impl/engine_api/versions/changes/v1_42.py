"""What v1.42 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.hostconfig import HostConfig
from engine_api.api.struct import UNSET
from engine_api.versions.change import Arguments, Change, Effect
from engine_api.wire.media import RAW


class TellMultiplexedStreams(Change):
    """Frames are announced as `application/vnd.docker.multiplexed-stream`, and only a terminal's bytes as
    `application/vnd.docker.raw-stream`; before, both were announced as the latter.
    """

    version = "1.42"
    operations = ("ContainerAttach", "ContainerLogs", "ExecStart")
    effect = Effect.BREAKING
    why = "a client that insists on the raw type refuses the answer"

    def lower_headers(self, headers: dict[str, str], arguments: Mapping[str, Any]) -> None:
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


class ChooseStreamsOfWebsockets(Change):
    """`stdin`, `stdout` and `stderr` choose the streams of a websocket; before, all three were attached."""

    version = "1.42"
    operations = ("ContainerAttachWebsocket",)
    effect = Effect.BREAKING
    why = "a client that names no stream gets none"

    def lift(self, arguments: Arguments) -> None:
        arguments |= {"stdin": True, "stdout": True, "stderr": True}


def _host_config(arguments: Mapping[str, Any]) -> HostConfig | None:
    config = arguments["config"]
    host = config.host_config if isinstance(config, ContainerCreateRequest) else None
    return host if isinstance(host, HostConfig) else None
