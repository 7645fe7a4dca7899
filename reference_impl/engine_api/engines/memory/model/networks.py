"""Networks, and the containers in them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from engine_api.api.errors import Forbidden, InternalError, InvalidParameter, NotFound
from engine_api.api.networks import (
    IPAM,
    EndpointIPAMConfig,
    EndpointResource,
    EndpointSettings,
    IPAMConfig,
    NetworkCreateRequest,
)
from engine_api.engines.memory.model.addresses import AddressPool, AddressSpace, IPNetwork
from engine_api.engines.memory.model.container import Container

__all__ = ["PREDEFINED", "AmbiguousNetwork", "MemoryNetwork", "NetworkStore", "blank_endpoint", "dns_names"]

PREDEFINED: Final = ("bridge", "host", "none")
"""The engine's own networks."""


@dataclass(eq=False)
class MemoryNetwork:
    """A network."""

    id: str
    name: str
    driver: str
    created: int
    config: NetworkCreateRequest
    """What it was asked to be."""
    pools: list[AddressPool] = field(default_factory=list)
    members: dict[str, Container] = field(default_factory=dict)
    """The running containers in it, by their IDs."""

    @property
    def scope(self) -> str:
        """How far it reaches."""
        return self.config.scope or "local"

    @property
    def internal(self) -> bool:
        """Whether it leads nowhere else."""
        return self.config.internal is True

    @property
    def config_only(self) -> bool:
        """Whether it is a configuration for others."""
        return self.config.config_only is True

    @property
    def predefined(self) -> bool:
        """Whether it is one of the engine's own."""
        return self.name in PREDEFINED

    def ipam(self, *, gateways: bool) -> IPAM:
        """Return how its addresses are given out: what was asked for, and what the engine chose.

        Args:
            gateways: whether a subnet that was asked for is shown with the gateway that the engine chose.
        """
        asked = self.config.ipam or IPAM()
        own = list(asked.config or ())
        found = [one for one in own if ":" not in str(one.subnet)] + [one for one in own if ":" in str(one.subnet)]
        if gateways:
            chosen = {pool.subnet: pool.gateway for pool in self.pools if pool.gateway}
            found = [_with_gateway(one, chosen) for one in found]
        found += [
            IPAMConfig(subnet=str(pool.subnet), gateway=pool.gateway) for pool in self.pools if not pool.configured
        ]
        return IPAM(driver=asked.driver or "default", options=asked.options or None, config=found or None)

    def attach(self, container: Container, endpoint: EndpointSettings, identifier: str, mac: str) -> None:
        """Let a container in, and give its endpoint addresses.

        Args:
            container: the container.
            endpoint: its place, with what it asks for; it is filled.
            identifier: the endpoint's ID.
            mac: its MAC address.

        Raises:
            Forbidden: the address that it asks for is taken, or the network is a configuration for others.
            InternalError: there is no address left.
        """
        if self.config_only:
            raise Forbidden("cannot create endpoint on configuration-only network")
        asked = endpoint.ipam_config or EndpointIPAMConfig()
        self.members[container.id] = container
        if self.pools:
            self._address(container, endpoint, asked)
            endpoint.mac_address = mac
        endpoint.network_id, endpoint.endpoint_id = self.id, identifier

    def _address(self, container: Container, endpoint: EndpointSettings, asked: EndpointIPAMConfig) -> None:
        try:
            ipv4 = self._take(4, asked.ipv4_address or "")
            if ipv4 is not None:
                endpoint.ip_address, endpoint.ip_prefix_len = ipv4[1], ipv4[0].subnet.prefixlen
                endpoint.gateway = "" if self.internal else ipv4[0].gateway
            ipv6 = self._take(6, asked.ipv6_address or "")
            if ipv6 is not None:
                endpoint.global_ipv6_address, endpoint.global_ipv6_prefix_len = ipv6[1], ipv6[0].subnet.prefixlen
                endpoint.ipv6_gateway = "" if self.internal else ipv6[0].gateway
        except (Forbidden, InternalError):
            self.detach(container, endpoint)
            raise

    def _take(self, version: int, asked: str) -> tuple[AddressPool, str] | None:
        own = [pool for pool in self.pools if pool.version == version]
        if not own or (version == 6 and self.config.enable_ipv6 is not True):
            return None
        for pool in own:
            if not asked or pool.holds(asked):
                address = pool.take(asked)
                if address is not None:
                    return pool, address
        raise InternalError(
            f"no available IPv{version} addresses on this network's address pools: {self.name} ({self.id})"
        )

    def detach(self, container: Container, endpoint: EndpointSettings) -> None:
        """A container leaves; its addresses are free again."""
        self.members.pop(container.id, None)
        for address in (endpoint.ip_address, endpoint.global_ipv6_address):
            for pool in self.pools:
                if address and pool.holds(address):
                    pool.give_back(address)
        clear(endpoint)

    def resources(self) -> dict[str, EndpointResource]:
        """The running containers in it."""
        found: dict[str, EndpointResource] = {}
        for identifier, container in self.members.items():
            own = container.endpoints[self.name]
            found[identifier] = EndpointResource(
                name=container.name,
                endpoint_id=own.endpoint_id,
                mac_address=own.mac_address,
                ipv4_address=f"{own.ip_address}/{own.ip_prefix_len}" if own.ip_address else "",
                ipv6_address=(
                    f"{own.global_ipv6_address}/{own.global_ipv6_prefix_len}" if own.global_ipv6_address else ""
                ),
            )
        return found


def _with_gateway(config: IPAMConfig, chosen: Mapping[IPNetwork, str]) -> IPAMConfig:
    gateway = chosen.get(ipaddress.ip_network(config.subnet, strict=False)) if config.subnet else None
    return msgspec.structs.replace(config, gateway=gateway) if gateway and not config.gateway else config


def blank_endpoint(asked: EndpointSettings | None = None) -> EndpointSettings:
    """An endpoint without addresses, with what was asked for."""
    asked = asked or EndpointSettings()
    return EndpointSettings(
        ipam_config=asked.ipam_config or None,
        links=asked.links or None,
        aliases=asked.aliases or None,
        mac_address=asked.mac_address or "",
        driver_opts=asked.driver_opts or None,
        gw_priority=asked.gw_priority or 0,
        network_id="",
        endpoint_id="",
        gateway="",
        ip_address="",
        ip_prefix_len=0,
        ipv6_gateway="",
        global_ipv6_address="",
        global_ipv6_prefix_len=0,
        dns_names=None,
    )


def clear(endpoint: EndpointSettings) -> None:
    """Take the addresses from an endpoint."""
    endpoint.endpoint_id = endpoint.mac_address = endpoint.gateway = endpoint.ip_address = ""
    endpoint.ipv6_gateway = endpoint.global_ipv6_address = ""
    endpoint.ip_prefix_len = endpoint.global_ipv6_prefix_len = 0


def dns_names(container: Container, endpoint: EndpointSettings) -> list[str]:
    """The names by which others in a network find a container: its own, its aliases, its short ID, its host name."""
    hostname = container.config.hostname if isinstance(container.config.hostname, str) else ""
    names = [container.name, *(endpoint.aliases or ()), container.id[:12], hostname]
    return [name for name in dict.fromkeys(names) if name]


class AmbiguousNetwork(InvalidParameter):
    """A text means several networks."""

    def __init__(self, text: str, matches: str) -> None:
        super().__init__(f"network {text} is ambiguous ({matches})")
        self.matches = matches
        """How many, and by what."""


class NetworkStore:
    """The networks of an engine, and the address space that their pools are taken from.

    Args:
        engine_id: the engine's ID, from which generated IPv6 subnets follow.
    """

    def __init__(self, engine_id: str) -> None:
        self._engine_id = engine_id
        self.space = AddressSpace(engine_id)
        self._by_id: dict[str, MemoryNetwork] = {}
        self._by_name: dict[str, MemoryNetwork] = {}

    def __iter__(self) -> Iterator[MemoryNetwork]:
        return iter(tuple(self._by_id.values()))

    def get(self, identifier: str) -> MemoryNetwork | None:
        """Return the network of a full ID, or None."""
        return self._by_id.get(identifier)

    def named(self, name: str) -> MemoryNetwork | None:
        """Return the network of a name, or None."""
        return self._by_name.get(name)

    def add(self, network: MemoryNetwork) -> None:
        """Add a network."""
        self._by_id[network.id] = network
        self._by_name[network.name] = network

    def replace(self, networks: Iterable[MemoryNetwork]) -> None:
        """Replace all networks by others."""
        self.space = AddressSpace(self._engine_id)
        self._by_id.clear()
        self._by_name.clear()
        for network in networks:
            self.add(network)
            for pool in network.pools:
                self.space.add(pool)

    def remove(self, network: MemoryNetwork) -> None:
        """Remove a network that no running container is in."""
        self.space.remove(network.pools)
        self._by_id.pop(network.id, None)
        self._by_name.pop(network.name, None)

    def find(self, text: str, scope: str | None = None) -> MemoryNetwork:
        """The network of an ID, a name, or a unique prefix of an ID.

        Raises:
            NotFound: there is none.
            AmbiguousNetwork: several fit.
        """
        known = [network for network in self._by_id.values() if not scope or network.scope == scope]
        for how, fitting in (
            ("ID", [network for network in known if network.id == text]),
            ("name", [network for network in known if network.name == text]),
            ("ID prefix", [network for network in known if network.id.startswith(text)]),
        ):
            if len(fitting) == 1:
                return fitting[0]
            if fitting:
                raise AmbiguousNetwork(text, f"{len(fitting)} matches found based on {how}")
        raise NotFound(f"network {text} not found")

    def lookup(self, text: str) -> MemoryNetwork | None:
        """Return the network of a text as `find` does; None if no network or several match."""
        try:
            return self.find(text)
        except (NotFound, InvalidParameter):
            return None
