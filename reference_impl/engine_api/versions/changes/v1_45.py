"""What v1.45 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine_api.api.containers import ContainerConfig, ContainerCreateRequest, ContainerInspectResponse
from engine_api.api.errors import InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.api.networks import NetworkSettings
from engine_api.versions.change import Change, Effect, Scope


class MountPartsOfVolumes(Change):
    """`VolumeOptions.Subpath` is known; before, it was refused."""

    version = "1.45"
    operations = ("ContainerCreate",)
    path = "HostConfig.Mounts[].VolumeOptions.Subpath"
    why = "what was accepted still is"

    def refuse(self, arguments: Mapping[str, object]) -> None:
        config = arguments["config"]
        host = config.host_config if isinstance(config, ContainerCreateRequest) else None
        for mount in (host.mounts if isinstance(host, HostConfig) else None) or ():
            if mount.volume_options and mount.volume_options.subpath:
                raise InvalidParameter("VolumeOptions.Subpath needs API v1.45 or newer")


class KeepAliasesAsAsked(Change):
    """`Aliases` of an endpoint are those that were asked for; before, the container's short ID and its host name were
    among them in networks that a user made. `DNSNames` has all names.
    """

    version = "1.45"
    operations = ("ContainerInspect",)
    effect = Effect.BREAKING
    why = "a client that looks for the short ID there finds it in `DNSNames` only"
    path = "NetworkSettings.Networks{}.Aliases"

    def lower(self, result: ContainerInspectResponse, arguments: Mapping[str, object]) -> ContainerInspectResponse:
        settings = result.network_settings
        if not isinstance(settings, NetworkSettings) or not settings.networks:
            return result
        hostname = result.config.hostname if isinstance(result.config, ContainerConfig) else ""
        networks = dict(settings.networks)
        for name, endpoint in networks.items():
            if name not in ("bridge", "host", "none"):
                names = [*(endpoint.aliases or ()), result.id[:12], hostname]
                aliases = [text for text in dict.fromkeys(names) if isinstance(text, str) and text]
                networks[name] = msgspec.structs.replace(endpoint, aliases=aliases)
        changed = msgspec.structs.replace(settings, networks=networks)
        return msgspec.structs.replace(result, network_settings=changed)


class FindNoAutomatedImages(Change):
    """`is_automated` of what a search finds is always false, and the filter `is-automated=true` finds nothing."""

    version = "1.45"
    operations = ("ImageSearch",)
    scope = Scope.RELEASE
    effect = Effect.BREAKING
    why = "a client that looks for automated builds finds none"
    back = Effect.COMPATIBLE
    why_back = "engines that serve the newer version answer so in the older one, too"
    path = "[].is_automated"
