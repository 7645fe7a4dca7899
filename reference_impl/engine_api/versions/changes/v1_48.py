"""What v1.48 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.versions.change import Change


class MountImages(Change):
    """The mount type `image` is known; before, it was refused."""

    version = "1.48"
    operations = ("ContainerCreate",)
    path = "HostConfig.Mounts[].Type"
    why = "what was accepted still is"

    def refuse(self, arguments: Mapping[str, Any]) -> None:
        config = arguments["config"]
        host = config.host_config if isinstance(config, ContainerCreateRequest) else None
        for mount in (host.mounts if isinstance(host, HostConfig) else None) or ():
            if mount.type == "image":
                raise InvalidParameter('Mount type "Image" needs API v1.48 or newer')
