"""Legacy links between containers of the default network: aliases, and environment variables."""

from __future__ import annotations

from collections.abc import Iterator

from engine_api.api.errors import InternalError, InvalidParameter, NotFound
from engine_api.api.hostconfig import HostConfig
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerStore

__all__ = ["Links"]


class Links:
    """The links between containers.

    Args:
        containers: the containers.
    """

    def __init__(self, containers: ContainerStore) -> None:
        self._containers = containers

    def settle(self, host: HostConfig, name: str) -> None:
        """Write the links of a new container of the default network in full: `/TARGET:/NAME/ALIAS`.

        Raises:
            InvalidParameter: there is no such container.
        """
        if not host.links:
            return
        if host.network_mode != "bridge":
            host.links = None
            return
        full: list[str] = []
        for link in host.links:
            target, _, alias = link.partition(":")
            try:
                other = self._containers.find(target)
            except NotFound as error:
                raise InvalidParameter(f"could not get container for {target}: {error.message}") from None
            full.append(f"/{other.name}:/{name}/{(alias or target).rpartition('/')[2]}")
        host.links = full

    def remove(self, text: str) -> Container | None:
        """Remove a link by its name, `NAME/ALIAS`; return the container that had it, or None."""
        for container in self._containers.linking():
            for link in container.host.links or ():
                if link.partition(":")[2] == f"/{text.lstrip('/')}":
                    container.host.links = [other for other in container.host.links or () if other != link] or None
                    return container
        return None

    def check(self, container: Container) -> None:
        """Refuse a container whose links lead to one that does not run.

        Raises:
            InternalError: one does.
        """
        for target, alias in self.of(container):
            if not target.state.running:
                raise InternalError(
                    f"Cannot link to a non running container: /{target.name} AS /{container.name}/{alias}"
                )

    def of(self, container: Container) -> Iterator[tuple[Container, str]]:
        """What a container of the default network is linked to, each with its alias."""
        if container.network_mode != "bridge":
            return
        for link in container.host.links or ():
            target, _, alias = link.partition(":")
            try:
                yield self._containers.find(target), alias.rpartition("/")[2]
            except NotFound:
                continue

    def names(self) -> dict[str, list[str]]:
        """The names that links give to containers, `/NAME/ALIAS`, by the containers' IDs."""
        found: dict[str, list[str]] = {}
        for other in self._containers.linking():
            if other.host.links:
                for target, alias in self.of(other):
                    found.setdefault(target.id, []).append(f"/{other.name}/{alias}")
        return found

    def variables(self, container: Container) -> list[str]:
        """The environment variables that links give a container."""
        found: list[str] = []
        for target, alias in self.of(container):
            prefix = alias.replace("-", "_").upper()
            found.append(f"{prefix}_NAME=/{container.name}/{alias}")
            bridge = target.endpoints.get("bridge")
            address = bridge.ip_address if bridge else ""
            for index, name in enumerate(sorted(target.config.exposed_ports or {})):
                number, _, protocol = name.partition("/")
                url = f"{protocol or 'tcp'}://{address}:{number}"
                one = f"{prefix}_PORT_{number}_{(protocol or 'tcp').upper()}"
                if index == 0:
                    found.append(f"{prefix}_PORT={url}")
                found += [
                    f"{one}={url}",
                    f"{one}_ADDR={address}",
                    f"{one}_PORT={number}",
                    f"{one}_PROTO={protocol or 'tcp'}",
                ]
            own = {entry.partition("=")[0] for entry in target.image.config.env or ()}
            found += [
                f"{prefix}_ENV_{entry}" for entry in target.config.env or () if entry.partition("=")[0] not in own
            ]
        return found
