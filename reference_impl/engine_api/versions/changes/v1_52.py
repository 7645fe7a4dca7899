"""What v1.52 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Final, TypeVar

import msgspec

from engine_api.api.containers import (
    ContainerConfig,
    ContainerCreateRequest,
    ContainerCreateResponse,
    ContainerInspectResponse,
)
from engine_api.api.errors import InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.api.images import ImageConfig, ImageInspect
from engine_api.api.networks import EndpointSettings, NetworkingConfig
from engine_api.api.struct import UNSET
from engine_api.formats.mac_address import is_mac_address
from engine_api.versions.change import Arguments, Change, Effect

_LISTS: Final = ("cmd", "entrypoint", "env", "labels", "on_build", "volumes")
_TEXTS: Final = ("user", "working_dir")

S = TypeVar("S", ImageConfig, ImageInspect, ContainerConfig)


def _filled(value: S, names: tuple[str, ...], empty: object) -> S:
    """The struct with `empty` in those of the fields that are absent."""
    return msgspec.structs.replace(value, **{name: empty for name in names if getattr(value, name) is UNSET})


class LeaveOutWhatAnImageDoesNotSet(Change):
    """In an image's `Config`, `Cmd`, `Entrypoint`, `Env`, `Labels`, `OnBuild`, `User`, `Volumes` and `WorkingDir`
    are left out unless they are set; before, they were null or empty.
    """

    version = "1.52"
    operations = ("ImageInspect",)
    effect = Effect.BREAKING
    why = "a client that takes these keys as given fails on the first image without them"
    path = "Config"

    def lower(self, result: ImageInspect, arguments: Arguments) -> ImageInspect:
        if not isinstance(result.config, ImageConfig):
            return result
        return msgspec.structs.replace(result, config=_filled(_filled(result.config, _LISTS, None), _TEXTS, ""))


class LeaveOutEmptyTextsOfImages(Change):
    """`Parent`, `Comment`, `DockerVersion` and `Author` of an image are left out when they are empty; before, they
    were empty texts.
    """

    version = "1.52"
    operations = ("ImageInspect",)
    effect = Effect.BREAKING
    why = "a client that takes these keys as given fails"
    paths = (
        ("ImageInspect", "Parent"),
        ("ImageInspect", "Comment"),
        ("ImageInspect", "DockerVersion"),
        ("ImageInspect", "Author"),
    )

    def lower(self, result: ImageInspect, arguments: Arguments) -> ImageInspect:
        filled: ImageInspect = _filled(result, ("parent", "comment", "docker_version", "author"), "")
        return filled


class LeaveOutOnBuildOfContainers(Change):
    """`Config.OnBuild` of a container is left out when it is empty; before, it was null."""

    version = "1.52"
    operations = ("ContainerInspect",)
    effect = Effect.BREAKING
    why = "a client that takes the key as given fails"
    path = "Config.OnBuild"

    def lower(self, result: ContainerInspectResponse, arguments: Arguments) -> ContainerInspectResponse:
        if not isinstance(result.config, ContainerConfig):
            return result
        return msgspec.structs.replace(result, config=_filled(result.config, ("on_build",), None))


class WarnOfEmptyPortBindings(Change):
    """A port with an empty list in `HostConfig.PortBindings` gets a warning at creation; it is still forwarded from a
    free port of the host, which a later version will stop doing.
    """

    version = "1.52"
    operations = ("ContainerCreate",)
    why = "one warning more"
    path = "Warnings"

    def lower(self, result: ContainerCreateResponse, arguments: Arguments) -> ContainerCreateResponse:
        kept = [text for text in result.warnings or () if not text.startswith("HostConfig.PortBindings ")]
        return msgspec.structs.replace(result, warnings=kept)


class AcceptSeveralPlatforms(Change):
    """Images are saved and loaded for several platforms at once when `platform` is repeated; from v1.48 on, more than
    one was refused.
    """

    version = "1.52"
    operations = ("ImageGet", "ImageGetAll", "ImageLoad")
    path = "?platform"
    why = "what was accepted still is"

    def refuse(self, arguments: Mapping[str, object]) -> None:
        platforms = arguments.get("platform", ())
        if isinstance(platforms, Sized) and len(platforms) > 1:
            raise InvalidParameter(
                "multiple platform parameters are not supported in this API version; use API version 1.52 or later"
            )


class IgnoreTheOneMacAddress(Change):
    """`MacAddress` of a container is ignored; before, it was the address in the network of its mode."""

    version = "1.52"
    operations = ("ContainerCreate",)
    effect = Effect.BREAKING
    why = "a client that sets it gets another address; set it in `NetworkingConfig.EndpointsConfig{}`"
    path = "MacAddress"

    def lift(self, arguments: Arguments) -> None:
        config = arguments["config"]
        if not isinstance(config, ContainerCreateRequest) or not config.mac_address:
            return
        host = config.host_config if isinstance(config.host_config, HostConfig) else HostConfig()
        mode = host.network_mode or "bridge"
        if mode == "host" or mode.startswith("container:"):
            raise InvalidParameter("conflicting options: mac-address and the network mode")
        if not is_mac_address(config.mac_address):
            config.mac_address = UNSET
            return
        networking = config.networking_config or NetworkingConfig()
        endpoints = dict(networking.endpoints_config or {})
        name = "bridge" if mode == "default" else mode
        endpoint = endpoints.get(name) or EndpointSettings()
        if endpoint.mac_address and endpoint.mac_address != config.mac_address:
            raise InvalidParameter(
                "the container-wide MAC address must match the endpoint-specific MAC address for the main network, "
                "or be left empty"
            )
        endpoints[name] = msgspec.structs.replace(endpoint, mac_address=config.mac_address)
        config.networking_config = msgspec.structs.replace(networking, endpoints_config=endpoints)

    def lower(self, result: ContainerCreateResponse, arguments: Arguments) -> ContainerCreateResponse:
        config = arguments["config"]
        if not isinstance(config, ContainerCreateRequest) or not config.mac_address:
            return result
        warning = (
            "The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead."
        )
        return msgspec.structs.replace(result, warnings=[*(result.warnings or ()), warning])


class DeprecateEmptyPortBindings(Change):
    """An empty list for a port in `HostConfig.PortBindings` still means one binding to a free port; a later version
    will take it as it stands.
    """

    version = "1.52"
    operations = (
        "ContainerCreate",
        "ContainerStart",
    )
    what = "deprecated"
    why = "it still does what it did"
    path = "HostConfig.PortBindings"


class ChooseTheFormOfEvents(Change):
    """`Accept` chooses the form of the events: `application/x-ndjson`, or `application/json-seq`; `application/json`
    stays the default.
    """

    version = "1.52"
    operations = ("SystemEvents",)
    kind = "header"
    what = "added"
    why = "without it nothing changes"
    path = "Accept"
