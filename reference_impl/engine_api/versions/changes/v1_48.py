"""What v1.48 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.versions.change import EVERY_OPERATION, Change, Effect, Scope


class MountImages(Change):
    """The mount type `image` is known; before, it was refused."""

    version = "1.48"
    operations = ("ContainerCreate",)
    path = "HostConfig.Mounts[].Type"
    why = "what was accepted still is"

    def refuse(self, arguments: Mapping[str, object]) -> None:
        config = arguments["config"]
        host = config.host_config if isinstance(config, ContainerCreateRequest) else None
        for mount in (host.mounts if isinstance(host, HostConfig) else None) or ():
            if mount.type == "image":
                raise InvalidParameter('Mount type "Image" needs API v1.48 or newer')


class WarnOfTwoVolumeDrivers(Change):
    """A container with `VolumeDriver` and with mounts of type `volume` gets a warning: the former does not apply to
    the latter.
    """

    version = "1.48"
    operations = ("ContainerCreate",)
    why = "one warning more"
    back = Effect.COMPATIBLE
    why_back = "one warning less"
    path = "Warnings"


class RefuseSysctlsOfInterfaces(Change):
    """Kernel parameters of `eth0` among the container's `Sysctls` are refused; they belong to the endpoint."""

    version = "1.48"
    operations = ("ContainerCreate",)
    effect = Effect.BREAKING
    why = "a request that was accepted gets 400"
    back = Effect.COMPATIBLE
    why_back = "they are moved to the endpoint"
    path = "HostConfig.Sysctls"


class TellWhetherNetworksHaveIPv4(Change):
    """`EnableIPv4` of a network tells whether it has IPv4 addresses, which a network can now do without; in all
    versions of such an engine.
    """

    version = "1.48"
    operations = ("NetworkInspect", "NetworkList")
    scope = Scope.RELEASE
    why = "networks have IPv4 addresses unless somebody said otherwise"
    paths = (("NetworkInspect", "EnableIPv4"), ("NetworkList", "[].EnableIPv4"))


class ReachDebuggingByVersion(Change):
    """What an engine in debug mode tells of itself below `/debug` is there with a version in front, too."""

    version = "1.48"
    operations = (EVERY_OPERATION,)
    why = "paths without a version still lead there"
