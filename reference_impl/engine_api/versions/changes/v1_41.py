"""What v1.41 changed in behaviour."""

from __future__ import annotations

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.hostconfig import HostConfig
from engine_api.versions.change import Arguments, Change, Effect, Scope


class ChooseCgroupNamespace(Change):
    """`HostConfig.CgroupnsMode` chooses between a cgroup namespace of the container's own and the host's; before,
    it was always the host's.
    """

    version = "1.41"
    operations = ("ContainerCreate",)
    effect = Effect.COMPATIBLE
    why = "on hosts with cgroups of version 1 the default stays the host's"
    path = "HostConfig.CgroupnsMode"

    def lift(self, arguments: Arguments) -> None:
        config = arguments["config"]
        if isinstance(config, ContainerCreateRequest):
            host = config.host_config if isinstance(config.host_config, HostConfig) else HostConfig()
            host.cgroupns_mode = "host"
            config.host_config = host


class DropTheSingularFilter(Change):
    """The query `filter` of the image list is no longer read; `filters` with the key `reference` does the same."""

    version = "1.41"
    operations = ("ImageList",)
    effect = Effect.BREAKING
    why = "a client that narrows the list by `filter` gets all of it"
    path = "?filter"

    def lift(self, arguments: Arguments) -> None:
        pattern = arguments.pop("filter", None)
        if pattern:
            filters = dict(arguments.get("filters") or {})
            filters["reference"] = [*filters.get("reference", ()), pattern]
            arguments["filters"] = filters


class TellOfPrunes(Change):
    """An event `prune` tells of each pruning of containers, images, volumes, networks and the build cache, and how
    many bytes it won.
    """

    version = "1.41"
    operations = ("SystemEvents",)
    scope = Scope.RELEASE
    why = "one event more"
    path = "Action"


class BindNonRecursivelyInServices(Change):
    """`BindOptions.NonRecursive` is honoured in the mounts of services, too: what is mounted below is left out."""

    version = "1.41"
    operations = ("ServiceCreate", "ServiceUpdate")
    why = "without it nothing changes"
    path = "TaskTemplate.ContainerSpec.Mounts[].BindOptions.NonRecursive"
