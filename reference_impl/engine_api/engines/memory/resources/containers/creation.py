"""Creating containers from requests."""

from __future__ import annotations

import re
from typing import Final

from engine_api.api.containers import ContainerConfig, ContainerCreateRequest
from engine_api.api.errors import Conflict, InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.api.networks import EndpointSettings
from engine_api.api.struct import UNSET
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.model.configurations import argv_of, container_config
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerEvents, ContainerStore
from engine_api.engines.memory.model.host import Host
from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.logs import Log
from engine_api.engines.memory.model.platforms import check_made_for
from engine_api.engines.memory.resources.containers.validation import default_host_config, validate
from engine_api.engines.memory.runtime.endpoints import Endpoints
from engine_api.engines.memory.runtime.mount_options import check_mounts
from engine_api.engines.memory.runtime.mounts import Mounts
from engine_api.engines.memory.userland.filesystem import FileSystem

__all__ = ["NAME", "Creation", "name_in_use"]

NAME: Final = re.compile(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]+")
"""Names of containers, with or without a slash in front."""
_ATTEMPTS: Final = 6
"""How many generated names are tried before the short ID is the name."""


def name_in_use(container: Container) -> str:
    """Return the message of a conflict with the name of a container."""
    return (
        f'Conflict. The container name "/{container.name}" is already in use by container "{container.id}". '
        "You have to remove (or rename) that container to be able to reuse that name."
    )


class Creation:
    """Creates containers.

    Args:
        containers: where they are added.
        images: the images that they are created from.
        endpoints: connects them to networks.
        mounts: makes their mounts.
        host: the host that they see.
        identifiers: their IDs and generated names.
        clock: the time of creation, and of changes of their files.
        events: where it is published.
    """

    def __init__(
        self,
        *,
        containers: ContainerStore,
        images: ImageStore,
        endpoints: Endpoints,
        mounts: Mounts,
        host: Host,
        identifiers: Identifiers,
        clock: Clock,
        events: ContainerEvents,
    ) -> None:
        self._containers = containers
        self._images = images
        self._endpoints = endpoints
        self._mounts = mounts
        self._host = host
        self._identifiers = identifiers
        self._clock = clock
        self._events = events

    def create(
        self, config: ContainerCreateRequest | None, *, name: str | None, platform: str | None
    ) -> tuple[Container, list[str]]:
        """Create a container; return it with warnings.

        Args:
            config: the request body.
            name: its name. Default: a generated one.
            platform: the platform that its image must be made for. Default: any.

        Raises:
            InvalidParameter: the request is invalid.
            NotFound: its image does not exist.
            Conflict: the name is in use.
        """
        if config is None:
            raise InvalidParameter("config cannot be empty in order to create a container")
        if name and not NAME.fullmatch(name):
            raise InvalidParameter(f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
        host = default_host_config(config.host_config if isinstance(config.host_config, HostConfig) else HostConfig())
        self._endpoints.settle_mode(host)
        warnings = validate(config, host)
        check_mounts(host, self._host.files)
        image = self._image(config, platform)
        merged = container_config(config, image.config)
        argv = [part for part in argv_of(merged.entrypoint) if part] + argv_of(merged.cmd)
        if not argv:
            raise InvalidParameter("no command specified")
        taken = self._containers.named((name or "").removeprefix("/"))
        if taken is not None:
            raise Conflict(name_in_use(taken))
        identifier = self._identifiers.identifier()
        chosen = (name or self._free_name(identifier)).removeprefix("/")
        endpoints = self._settle_endpoints(config, host, chosen)
        merged.hostname = merged.hostname or self._hostname(host, identifier)
        macs = {network: str(one.mac_address) for network, one in endpoints.items() if one.mac_address}
        merged.mac_address = macs.get(str(host.network_mode), UNSET)
        self._containers.created += 1
        fs = self._file_system(image)
        base = fs.root
        fs.now = self._seconds
        container = Container(
            id=identifier,
            name=chosen,
            config=merged,
            host=host,
            image=image,
            image_name=config.image if isinstance(config.image, str) else "",
            fs=fs,
            base=base,
            argv=argv,
            created=self._clock.time_ns(),
            order=self._containers.created,
            log=Log(self._clock),
            endpoints=endpoints,
            mac_addresses=macs,
            mounts=self._mounts.create(host=host, config=merged, image=image, fs=fs),
        )
        self._finish(container)
        return container, warnings

    def _image(self, config: ContainerCreateRequest, platform: str | None) -> Image:
        name = config.image if isinstance(config.image, str) else ""
        image, _ = self._images.find(name)
        if platform:
            check_made_for(image, name, platform)
        return image

    def _settle_endpoints(self, config: ContainerConfig, host: HostConfig, name: str) -> dict[str, EndpointSettings]:
        networking = config.networking_config if isinstance(config, ContainerCreateRequest) else None
        asked = (networking.endpoints_config or {}) if networking else {}
        self._endpoints.links.settle(host, name)
        endpoints = self._endpoints.endpoints(str(host.network_mode), dict(asked))
        return {} if config.network_disabled is True else endpoints

    def _finish(self, container: Container) -> None:
        """Set the times of what is mounted, write the files of the engine, and add the container."""
        for mount in container.mounts:
            mount.filesystem.now = self._seconds
            if not mount.filesystem.root.mtime:
                mount.filesystem.own("/").mtime = self._seconds()
        self._endpoints.files.write(container)
        container.fs.readonly = container.host.readonly_rootfs is True
        self._containers.add(container)
        self._events.publish(container, "create")

    def _seconds(self) -> float:
        """Return the time in seconds since 1970."""
        return self._clock.time_ns() / 1e9

    def _hostname(self, host: HostConfig, identifier: str) -> str:
        mode = str(host.network_mode)
        if mode == "host":
            return self._host.name
        other = self._containers.get(mode.removeprefix("container:"))
        return str(other.config.hostname) if other else identifier[:12]

    def _free_name(self, identifier: str) -> str:
        for attempt in range(_ATTEMPTS):
            name = self._identifiers.name(attempt)
            if self._containers.named(name) is None:
                return name
        return identifier[:12]

    def _file_system(self, image: Image) -> FileSystem:
        """Return the image's tree, with the directory of the files that engines write over it."""
        tree = FileSystem(image.root)
        tree.mkdir("/etc", parents=True)
        return tree.fork()
