"""What v1.40 changed in behaviour."""

from __future__ import annotations

from engine_api.api.containers import ContainerCreateRequest, ContainerUpdateRequest
from engine_api.api.hostconfig import HostConfig
from engine_api.api.struct import UNSET
from engine_api.versions.change import Arguments, Change, Effect, Scope


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


class ForbidKeepingPings(Change):
    """`Cache-Control` and `Pragma` of a ping forbid to keep the answer."""

    version = "1.40"
    operations = ("SystemPing",)
    kind = "header"
    what = "added"
    scope = Scope.RELEASE
    why = "two headers more"
    path = "Cache-Control"


class RenameFluentdAsync(Change):
    """The option `fluentd-async` of the log driver takes the place of `fluentd-async-connect`, which is taken as
    well.
    """

    version = "1.40"
    operations = ("ContainerCreate",)
    scope = Scope.RELEASE
    why = "the old name is still taken"
    path = "HostConfig.LogConfig.Config"


class ConfirmFluentdRequests(Change):
    """The option `fluentd-request-ack` makes the log driver wait for the confirmation of what it sent."""

    version = "1.40"
    operations = ("ContainerCreate",)
    scope = Scope.RELEASE
    why = "without it nothing changes"
    path = "HostConfig.LogConfig.Config"


class TellOfRootless(Change):
    """`SecurityOptions` has `name=rootless` if the engine runs without root rights."""

    version = "1.40"
    operations = ("SystemInfo",)
    scope = Scope.RELEASE
    why = "one entry more"
    path = "SecurityOptions"


class TellOfNoCgroups(Change):
    """`CgroupDriver` is `none` if the engine runs without root rights and cannot limit anything."""

    version = "1.40"
    operations = ("SystemInfo",)
    scope = Scope.RELEASE
    why = "clients meet a value that they do not know"
    path = "CgroupDriver"
