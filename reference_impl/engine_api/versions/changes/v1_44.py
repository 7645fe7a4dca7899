"""What v1.44 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine_api.api.containers import ContainerCreateRequest, ContainerCreateResponse
from engine_api.api.datausage import DataUsage
from engine_api.api.errors import InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.api.images import ImageInspect, ImageSummary
from engine_api.api.struct import UNSET
from engine_api.versions.change import Arguments, Change, Effect, Scope


class DropVirtualSize(Change):
    """`VirtualSize` of images is gone; `Size` has the same value."""

    version = "1.44"
    operations = ("ImageList", "ImageInspect", "SystemDataUsage")
    effect = Effect.BREAKING
    why = "a client that reads it finds nothing"
    path = "VirtualSize"

    def lower(self, result: object, arguments: Mapping[str, object]) -> object:
        if isinstance(result, list):
            return [_with_virtual_size(image) for image in result]
        if isinstance(result, DataUsage) and isinstance(result.images, list):
            return msgspec.structs.replace(result, images=[_with_virtual_size(image) for image in result.images])
        return _with_virtual_size(result)


def _with_virtual_size(image: object) -> object:
    if isinstance(image, ImageInspect | ImageSummary):
        return msgspec.structs.replace(image, virtual_size=image.size)
    return image


class LeaveOutMissingCreationTimes(Change):
    """`Created` of an image that has no date is left out; before, it was `0001-01-01T00:00:00Z`."""

    version = "1.44"
    operations = ("ImageInspect",)
    effect = Effect.BREAKING
    why = "a client that needs a date finds none"
    path = "Created"

    def lower(self, result: ImageInspect, arguments: Mapping[str, object]) -> ImageInspect:
        if result.created is UNSET:
            return msgspec.structs.replace(result, created="0001-01-01T00:00:00Z")
        return result


class AcceptSeveralEndpoints(Change):
    """A container may be created with endpoints in several networks; before, more than one was refused."""

    version = "1.44"
    operations = ("ContainerCreate",)
    path = "NetworkingConfig.EndpointsConfig"
    why = "what was accepted still is"

    def refuse(self, arguments: Mapping[str, object]) -> None:
        config = arguments["config"]
        networking = config.networking_config if isinstance(config, ContainerCreateRequest) else None
        endpoints = networking.endpoints_config if networking else None
        if endpoints and len(endpoints) > 1:
            names = ", ".join(sorted(endpoints))
            raise InvalidParameter(f"Container cannot be created with multiple network endpoints: {names}")


class ForceReadOnlyBindsRecursively(Change):
    """`BindOptions.ReadOnlyForceRecursive` is known; before, it was refused."""

    version = "1.44"
    operations = ("ContainerCreate",)
    path = "HostConfig.Mounts[].BindOptions.ReadOnlyForceRecursive"
    why = "what was accepted still is"

    def refuse(self, arguments: Mapping[str, object]) -> None:
        config = arguments["config"]
        host = config.host_config if isinstance(config, ContainerCreateRequest) else None
        for mount in (host.mounts if isinstance(host, HostConfig) else None) or ():
            if mount.bind_options and mount.bind_options.read_only_force_recursive:
                raise InvalidParameter("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer")


class GiveEndpointsAMacAddress(Change):
    """`MacAddress` of an endpoint is honoured when a container is made; before, it was ignored, and only the one
    `MacAddress` of the container counted.
    """

    version = "1.44"
    operations = ("ContainerCreate",)
    path = "NetworkingConfig.EndpointsConfig{}.MacAddress"
    why = "a client that sets it wants it"

    def lift(self, arguments: Arguments) -> None:
        config = arguments["config"]
        networking = config.networking_config if isinstance(config, ContainerCreateRequest) else None
        for endpoint in ((networking.endpoints_config or {}) if networking else {}).values():
            if endpoint:
                endpoint.mac_address = UNSET


class WarnOfTheOneMacAddress(Change):
    """`MacAddress` of a container gets a warning, as each endpoint has one of its own."""

    version = "1.44"
    operations = ("ContainerCreate",)
    path = "Warnings"
    why = "one warning more"

    def lower(self, result: ContainerCreateResponse, arguments: Mapping[str, object]) -> ContainerCreateResponse:
        kept = [text for text in result.warnings or () if not text.startswith("The container-wide MacAddress")]
        return msgspec.structs.replace(result, warnings=kept)


class FilterImagesByTime(Change):
    """The filter `until` narrows the list of images to those that were made before a time."""

    version = "1.44"
    operations = ("ImageList",)
    scope = Scope.RELEASE
    why = "without it nothing changes"
    path = "?filters"


class RefuseBadAddressPlans(Change):
    """A network whose address plan makes no sense is answered with 400; before, with 500."""

    version = "1.44"
    operations = ("NetworkCreate",)
    scope = Scope.RELEASE
    why = "a client that looks for 500 meets another failure"
    why_back = "a client that looks for 400 meets another failure"
    path = "=400"


class JudgeEndpointsAsAWhole(Change):
    """The settings of an endpoint are judged when they are given, and all that is wrong is told at once, with 400."""

    version = "1.44"
    operations = (
        "ContainerCreate",
        "NetworkConnect",
    )
    scope = Scope.RELEASE
    why = "a failure comes earlier, with a status that says so"
    back = Effect.COMPATIBLE
    why_back = "failures come later"
    path = "=400"


class DeprecateShortIdsInAliases(Change):
    """`Aliases` has the container's short ID among them for the last time; `DNSNames` has all names."""

    version = "1.44"
    operations = ("ContainerInspect",)
    what = "deprecated"
    why = "the short ID is still there"
    path = "NetworkSettings.Networks{}.Aliases"
