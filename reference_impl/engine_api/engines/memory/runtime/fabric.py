"""The ways from one container to another: by address, and by name."""

from __future__ import annotations

import errno
import ipaddress
import os
from typing import NoReturn

from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.networks import MemoryNetwork, NetworkStore
from engine_api.engines.memory.runtime.ports import HostPorts
from engine_api.engines.memory.userland.sockets import Listener, Namespace

__all__ = ["EngineFabric"]


def _unreachable(number: int) -> NoReturn:
    raise OSError(number, os.strerror(number))


class _Host(Namespace):
    """The host's own view of the network, with the ports that lead to containers."""

    def __init__(self, fabric: EngineFabric, ports: HostPorts) -> None:
        super().__init__(fabric)
        self._ports = ports

    def reach(self, address: str, port: int) -> Listener:
        """Return who listens at one of its addresses, or at the container that a port leads to."""
        try:
            return super().reach(address, port)
        except OSError:
            published = self._ports.leading(address, port)
            inside = published.container.network.namespace if published is not None else None
            if published is None or inside is None:
                raise
            return inside.reach(next(iter(inside.addresses), "127.0.0.1"), published.private_port)


class EngineFabric:
    """The fabric of the network namespaces of containers.

    Args:
        networks: the networks.
        ports: the ports of the host that lead to containers.
    """

    def __init__(self, *, networks: NetworkStore, ports: HostPorts) -> None:
        self._store = networks
        self._owners: dict[Namespace, Container] = {}
        self.host = _Host(self, ports)

    def joined(self, container: Container) -> None:
        """A container is about to run in a namespace of its own."""
        namespace = container.network.namespace
        if namespace is not None and namespace is not self.host:
            self._owners[namespace] = container

    def left(self, container: Container) -> None:
        """A container has ended."""
        namespace = container.network.namespace
        if namespace is not None and self._owners.get(namespace) is container:
            del self._owners[namespace]

    def _owner(self, namespace: Namespace) -> Container | None:
        owner = self._owners.get(namespace)
        return owner if owner is not None and owner.endpoints else None

    def _networks(self, source: Namespace) -> list[MemoryNetwork]:
        """The networks that a namespace is in; the host is in all."""
        if source is self.host:
            return list(self._store)
        owner = self._owner(source)
        if owner is None:
            return []
        return [network for network in self._store if owner.id in network.members]

    def route(self, source: Namespace, address: str, port: int) -> tuple[Namespace, str, int]:
        """Where a connection to an address ends.

        Raises:
            OSError: it leads nowhere: nothing is beyond the engine's networks.
        """
        address = str(ipaddress.ip_address(address))
        for network in self._networks(source):
            for container in network.members.values():
                own = container.endpoints[network.name]
                if address in (own.ip_address, own.global_ipv6_address) and container.network.namespace is not None:
                    return container.network.namespace, address, port
            if not network.internal and any(pool.gateway == address for pool in network.pools):
                return self.host, address, port
        leads = source is self.host or any(interface.default for interface in source.interfaces)
        near = bool(source.source_for(address))
        _unreachable(errno.EHOSTUNREACH if leads or near else errno.ENETUNREACH)

    def look_up(self, source: Namespace, name: str) -> list[str]:
        """The addresses that the name server of a namespace's own networks knows for a name."""
        owner = self._owner(source)
        if owner is None:
            return []
        found: list[str] = []
        for network in self._networks(source):
            if network.predefined:
                continue
            wanted = {name, name.removesuffix(f".{network.name}")}
            for link in owner.endpoints[network.name].links or ():
                target, _, alias = link.partition(":")
                if (alias or target).lower() in wanted:
                    wanted.add(target.lower())
            for container in network.members.values():
                own = container.endpoints[network.name]
                if wanted.intersection(known.lower() for known in own.dns_names or ()):
                    found += [str(one) for one in (own.ip_address, own.global_ipv6_address) if one]
        return found

    def name_of(self, source: Namespace, address: str) -> str:
        """The name of the container that has an address in one of the namespace's own networks."""
        for network in self._networks(source):
            for container in network.members.values():
                own = container.endpoints[network.name]
                if not network.predefined and address in (own.ip_address, own.global_ipv6_address):
                    return f"{container.name}.{network.name}"
        return ""
