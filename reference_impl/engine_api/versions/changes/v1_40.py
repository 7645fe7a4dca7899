"""What v1.40 changed in behaviour."""

from __future__ import annotations

from engine_api.api.containers import ContainerCreateRequest, ContainerUpdateRequest
from engine_api.api.hostconfig import HostConfig
from engine_api.api.struct import UNSET
from engine_api.versions.change import Arguments, Change, Effect


class KeepIpcPrivate(Change):
    """A container has an IPC namespace of its own that others cannot join (`private`) unless `IpcMode` says
    otherwise; before, others could (`shareable`).
    """

    version = "1.40"
    operations = ("ContainerCreate",)
    kind = "default"
    effect = Effect.BREAKING
    why = "a container that joins the IPC namespace of another needs the other to be made with `shareable`"
    path = "HostConfig.IpcMode"

    def lift(self, arguments: Arguments) -> None:
        config = arguments["config"]
        if isinstance(config, ContainerCreateRequest):
            host = config.host_config if isinstance(config.host_config, HostConfig) else HostConfig()
            if not host.ipc_mode:
                host.ipc_mode = "shareable"
            config.host_config = host


class UpdatePidsLimit(Change):
    """`PidsLimit` can be changed: 0 and -1 lift the limit, null keeps it. Before, it was ignored in an update."""

    version = "1.40"
    operations = ("ContainerUpdate",)
    path = "PidsLimit"
    why = "a client that sets it wants it changed"

    def lift(self, arguments: Arguments) -> None:
        update = arguments["update"]
        if isinstance(update, ContainerUpdateRequest):
            update.pids_limit = UNSET
