"""Networks, and a container's place in them."""

from __future__ import annotations

from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.hostconfig import PortBinding
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import Since, Until

__all__ = [
    "Address",
    "EndpointIPAMConfig",
    "EndpointSettings",
    "NetworkSettings",
    "NetworkingConfig",
    "Networks",
]


class EndpointIPAMConfig(ApiStruct):
    """Addresses that an endpoint asks for."""

    ipv4_address: str | UnsetType = field(default=UNSET, name="IPv4Address")
    """The IPv4 address."""
    ipv6_address: str | UnsetType = field(default=UNSET, name="IPv6Address")
    """The IPv6 address."""
    link_local_ips: list[str] | UnsetType = field(default=UNSET, name="LinkLocalIPs")
    """Link-local addresses."""


class EndpointSettings(ApiStruct):
    """A container's place in a network."""

    ipam_config: EndpointIPAMConfig | None | UnsetType = field(default=UNSET, name="IPAMConfig")
    """Addresses that were asked for; null for any."""
    links: list[str] | None | UnsetType = UNSET
    """Containers that it knows by another name: `NAME:ALIAS`."""
    mac_address: str | UnsetType = UNSET
    """The MAC address, such as `02:42:ac:11:00:02`."""
    aliases: list[str] | None | UnsetType = UNSET
    """Further names by which others in the network find it."""
    driver_opts: dict[str, str] | None | UnsetType = UNSET
    """Settings for the network's driver."""
    gw_priority: Annotated[int | UnsetType, Since("1.48")] = UNSET
    """The endpoint with the highest number gives the default gateway. Default: 0."""
    network_id: str | UnsetType = field(default=UNSET, name="NetworkID")
    """The network's ID."""
    endpoint_id: str | UnsetType = field(default=UNSET, name="EndpointID")
    """The endpoint's ID; empty while the container does not run."""
    gateway: str | UnsetType = UNSET
    """The IPv4 gateway."""
    ip_address: str | UnsetType = field(default=UNSET, name="IPAddress")
    """The IPv4 address; empty while the container does not run."""
    ip_prefix_len: int | UnsetType = field(default=UNSET, name="IPPrefixLen")
    """How many bits of the IPv4 address name the network."""
    ipv6_gateway: str | UnsetType = field(default=UNSET, name="IPv6Gateway")
    """The IPv6 gateway."""
    global_ipv6_address: str | UnsetType = field(default=UNSET, name="GlobalIPv6Address")
    """The IPv6 address."""
    global_ipv6_prefix_len: int | UnsetType = field(default=UNSET, name="GlobalIPv6PrefixLen")
    """How many bits of the IPv6 address name the network."""
    dns_names: Annotated[list[str] | None | UnsetType, Since("1.44")] = field(default=UNSET, name="DNSNames")
    """All names by which others in the network find it."""


class Address(ApiStruct):
    """A further address of a container."""

    addr: str | UnsetType = UNSET
    """The address."""
    prefix_len: int | UnsetType = UNSET
    """How many of its bits name the network."""


class NetworkSettings(ApiStruct):
    """A container's networks and ports."""

    bridge: Annotated[str | UnsetType, Until("1.51")] = UNSET
    """Empty; once the name of the bridge."""
    sandbox_id: str | UnsetType = field(default=UNSET, name="SandboxID")
    """The ID of its network namespace."""
    sandbox_key: str | UnsetType = UNSET
    """The path of its network namespace."""
    hairpin_mode: Annotated[bool | UnsetType, Until("1.51")] = UNSET
    """Always false."""
    link_local_ipv6_address: Annotated[str | UnsetType, Until("1.51")] = field(
        default=UNSET, name="LinkLocalIPv6Address"
    )
    """Always empty."""
    link_local_ipv6_prefix_len: Annotated[int | UnsetType, Until("1.51")] = field(
        default=UNSET, name="LinkLocalIPv6PrefixLen"
    )
    """Always 0."""
    ports: dict[str, list[PortBinding] | None] | None | UnsetType = UNSET
    """Ports of the container with the ports of the host that lead there; null for one that is exposed only."""
    secondary_ip_addresses: Annotated[list[Address] | None | UnsetType, Until("1.51")] = field(
        default=UNSET, name="SecondaryIPAddresses"
    )
    """Always null."""
    secondary_ipv6_addresses: Annotated[list[Address] | None | UnsetType, Until("1.51")] = field(
        default=UNSET, name="SecondaryIPv6Addresses"
    )
    """Always null."""
    endpoint_id: Annotated[str | UnsetType, Until("1.51")] = field(default=UNSET, name="EndpointID")
    """The endpoint in the default bridge; see `Networks`."""
    gateway: Annotated[str | UnsetType, Until("1.51")] = UNSET
    """The IPv4 gateway in the default bridge; see `Networks`."""
    global_ipv6_address: Annotated[str | UnsetType, Until("1.51")] = field(default=UNSET, name="GlobalIPv6Address")
    """The IPv6 address in the default bridge; see `Networks`."""
    global_ipv6_prefix_len: Annotated[int | UnsetType, Until("1.51")] = field(default=UNSET, name="GlobalIPv6PrefixLen")
    """The length of its prefix; see `Networks`."""
    ip_address: Annotated[str | UnsetType, Until("1.51")] = field(default=UNSET, name="IPAddress")
    """The IPv4 address in the default bridge; see `Networks`."""
    ip_prefix_len: Annotated[int | UnsetType, Until("1.51")] = field(default=UNSET, name="IPPrefixLen")
    """The length of its prefix; see `Networks`."""
    ipv6_gateway: Annotated[str | UnsetType, Until("1.51")] = field(default=UNSET, name="IPv6Gateway")
    """The IPv6 gateway in the default bridge; see `Networks`."""
    mac_address: Annotated[str | UnsetType, Until("1.51")] = UNSET
    """The MAC address in the default bridge; see `Networks`."""
    networks: dict[str, EndpointSettings] | None | UnsetType = UNSET
    """Its place in each network, by the network's name."""


class NetworkingConfig(ApiStruct):
    """The networks that a new container joins."""

    endpoints_config: dict[str, EndpointSettings | None] | None | UnsetType = UNSET
    """Its place in each network, by the network's name or ID. Until v1.43 one at most."""


class Networks(Protocol):
    """Networks: where containers find each other."""
