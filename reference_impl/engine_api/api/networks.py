"""Networks, and a container's place in them."""

from __future__ import annotations

import builtins
from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.errors import Conflict, Forbidden, InternalError, InvalidParameter, NotFound
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.hostconfig import PortBinding
from engine_api.api.operation import operation
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import Deprecated, OneOf, Since, Until, Value

__all__ = [
    "IPAM",
    "Address",
    "ConfigReference",
    "EndpointIPAMConfig",
    "EndpointResource",
    "EndpointSettings",
    "IPAMConfig",
    "IPAMStatus",
    "Network",
    "NetworkConnectRequest",
    "NetworkCreateRequest",
    "NetworkCreateResponse",
    "NetworkDisconnectRequest",
    "NetworkInspect",
    "NetworkPruneResponse",
    "NetworkSettings",
    "NetworkStatus",
    "NetworkSummary",
    "NetworkTaskInfo",
    "NetworkingConfig",
    "Networks",
    "PeerInfo",
    "ServiceInfo",
    "SubnetStatus",
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

    bridge: Annotated[str | UnsetType, Until("1.51"), Deprecated("1.51")] = UNSET
    """Empty; once the name of the bridge."""
    sandbox_id: str | UnsetType = field(default=UNSET, name="SandboxID")
    """The ID of its network namespace."""
    sandbox_key: str | UnsetType = UNSET
    """The path of its network namespace."""
    hairpin_mode: Annotated[bool | UnsetType, Until("1.51"), Deprecated("1.44")] = UNSET
    """Always false."""
    link_local_ipv6_address: Annotated[str | UnsetType, Until("1.51"), Deprecated("1.44")] = field(
        default=UNSET, name="LinkLocalIPv6Address"
    )
    """Always empty."""
    link_local_ipv6_prefix_len: Annotated[int | UnsetType, Until("1.51"), Deprecated("1.44")] = field(
        default=UNSET, name="LinkLocalIPv6PrefixLen"
    )
    """Always 0."""
    ports: dict[str, list[PortBinding] | None] | None | UnsetType = UNSET
    """Ports of the container with the ports of the host that lead there; null for one that is exposed only."""
    secondary_ip_addresses: Annotated[list[Address] | None | UnsetType, Until("1.51"), Deprecated("1.44")] = field(
        default=UNSET, name="SecondaryIPAddresses"
    )
    """Always null."""
    secondary_ipv6_addresses: Annotated[list[Address] | None | UnsetType, Until("1.51"), Deprecated("1.44")] = field(
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


class IPAMConfig(ApiStruct):
    """A pool of addresses."""

    subnet: str | UnsetType = UNSET
    """All its addresses, such as `172.20.0.0/16`."""
    ip_range: str | UnsetType = field(default=UNSET, name="IPRange")
    """The part of the subnet from which containers get theirs. Default: all of it."""
    gateway: str | UnsetType = UNSET
    """The address of the gateway. Default: the first of the range, or of the subnet."""
    auxiliary_addresses: dict[str, str] | None | UnsetType = UNSET
    """Addresses that containers do not get, each under a name of the caller's choice."""


class IPAM(ApiStruct):
    """How addresses are given out."""

    driver: str | UnsetType = UNSET
    """What gives them out. Default: `default`."""
    options: dict[str, str] | None | UnsetType = UNSET
    """Settings for that driver."""
    config: list[IPAMConfig] | None | UnsetType = UNSET
    """The pools. Default: one that is free."""


class ConfigReference(ApiStruct):
    """A network whose configuration is taken."""

    network: str | UnsetType = UNSET
    """Its name; empty for none."""


class PeerInfo(ApiStruct):
    """A node that has containers in an overlay network."""

    name: str | UnsetType = UNSET
    """Its name in the cluster of networks."""
    ip: str | UnsetType = field(default=UNSET, name="IP")
    """Its address."""


class EndpointResource(ApiStruct):
    """A container in a network."""

    name: str | UnsetType = UNSET
    """The container's name."""
    endpoint_id: str | UnsetType = field(default=UNSET, name="EndpointID")
    """The ID of its endpoint."""
    mac_address: str | UnsetType = UNSET
    """Its MAC address."""
    ipv4_address: str | UnsetType = field(default=UNSET, name="IPv4Address")
    """Its IPv4 address with the length of the prefix, such as `172.20.0.2/16`; empty for none."""
    ipv6_address: str | UnsetType = field(default=UNSET, name="IPv6Address")
    """Its IPv6 address with the length of the prefix; empty for none."""


class NetworkTaskInfo(ApiStruct):
    """A task of a service in a network."""

    name: str | UnsetType = UNSET
    """Its name."""
    endpoint_id: str | UnsetType = field(default=UNSET, name="EndpointID")
    """The ID of its endpoint."""
    endpoint_ip: str | UnsetType = field(default=UNSET, name="EndpointIP")
    """Its address."""
    info: dict[str, str] | None | UnsetType = UNSET
    """What the network's driver says of it, such as the address of its node."""


class ServiceInfo(ApiStruct):
    """A service in a network."""

    vip: str | UnsetType = field(default=UNSET, name="VIP")
    """The virtual address that leads to one of its tasks."""
    ports: list[str] | None | UnsetType = UNSET
    """Its published ports."""
    local_lb_index: int | UnsetType = field(default=UNSET, name="LocalLBIndex")
    """The number of its load balancer on this node."""
    tasks: list[NetworkTaskInfo] | None | UnsetType = UNSET
    """Its tasks."""


class SubnetStatus(ApiStruct):
    """How much of a subnet is given out."""

    ips_in_use: int | UnsetType = field(default=UNSET, name="IPsInUse")
    """Addresses in use, the gateway and reserved addresses included."""
    dynamic_ips_available: int | UnsetType = field(default=UNSET, name="DynamicIPsAvailable")
    """Addresses that a container which asks for none could still get."""


class IPAMStatus(ApiStruct):
    """How much of a network's addresses is given out."""

    subnets: dict[str, SubnetStatus] | None | UnsetType = UNSET
    """Each of its subnets."""


class NetworkStatus(ApiStruct):
    """How a network is."""

    ipam: IPAMStatus | UnsetType = field(default=UNSET, name="IPAM")
    """How much of its addresses is given out."""


class Network(ApiStruct):
    """A network."""

    name: str | UnsetType = UNSET
    """Its name."""
    id: str | UnsetType = UNSET
    """Its ID: 64 hexadecimal digits."""
    created: Annotated[str | UnsetType, Since("1.25")] = UNSET
    """When it was made, in RFC 3339."""
    scope: Annotated[
        str | UnsetType,
        OneOf(Value("local", "of this engine"), Value("swarm", "of all nodes of the swarm"), "global"),
    ] = UNSET
    """How far it reaches."""
    driver: str | UnsetType = UNSET
    """Its driver, such as `bridge`."""
    enable_ipv4: Annotated[bool | UnsetType, Since("1.47")] = field(default=UNSET, name="EnableIPv4")
    """Whether it has IPv4 addresses."""
    enable_ipv6: bool | UnsetType = field(default=UNSET, name="EnableIPv6")
    """Whether it has IPv6 addresses."""
    ipam: IPAM | UnsetType = field(default=UNSET, name="IPAM")
    """How its addresses are given out."""
    internal: bool | UnsetType = UNSET
    """Whether it leads nowhere else."""
    attachable: bool | UnsetType = UNSET
    """Whether containers that no service made may join a network of a swarm."""
    ingress: Annotated[bool | UnsetType, Since("1.29")] = UNSET
    """Whether it is the one by which a swarm's published ports are reached."""
    config_from: ConfigReference | UnsetType = UNSET
    """The network whose configuration it has."""
    config_only: bool | UnsetType = UNSET
    """Whether it is a configuration for other networks, which no container can join."""
    options: dict[str, str] | None | UnsetType = UNSET
    """Settings for its driver."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Labels."""
    peers: Annotated[list[PeerInfo] | UnsetType, Since("1.25")] = UNSET
    """Nodes that have containers in it; overlay networks only."""


class NetworkSummary(Network):
    """A network in a list."""

    containers: Annotated[dict[str, EndpointResource] | None | UnsetType, Until("1.51")] = UNSET
    """Until v1.27 the running containers in it, by their IDs; empty from then on."""


class NetworkInspect(Network):
    """All about a network."""

    containers: dict[str, EndpointResource] | None | UnsetType = UNSET
    """The running containers in it, by their IDs; null for a network of a swarm that none on this node is in."""
    services: Annotated[dict[str, ServiceInfo] | UnsetType, Since("1.28")] = UNSET
    """The services in it; only if asked for, and in networks of a swarm."""
    status: Annotated[NetworkStatus | UnsetType, Since("1.52")] = UNSET
    """How much of its addresses is given out."""


class NetworkCreateRequest(ApiStruct):
    """What a network is to be."""

    name: str | UnsetType = UNSET
    """Its name, which no other network may have."""
    check_duplicate: Annotated[bool | UnsetType, Until("1.45"), Deprecated("1.44")] = UNSET
    """Whether a name that is taken is an error. Engines from 25 on take it for true always."""
    driver: str | UnsetType = UNSET
    """Its driver. Default: `bridge`."""
    scope: Annotated[str | UnsetType, OneOf("local", "swarm", "global")] = UNSET
    """How far it reaches. Default: as its driver says."""
    internal: bool | UnsetType = UNSET
    """Whether it leads nowhere else. Default: false."""
    attachable: bool | UnsetType = UNSET
    """Whether containers that no service made may join a network of a swarm. Default: false."""
    ingress: Annotated[bool | UnsetType, Since("1.29")] = UNSET
    """Whether it is the one by which a swarm's published ports are reached. Default: false."""
    config_only: bool | UnsetType = UNSET
    """Whether it is a configuration for other networks, which no container can join. Default: false."""
    config_from: ConfigReference | None | UnsetType = UNSET
    """A network that is a configuration only, by name, whose configuration it gets."""
    ipam: IPAM | None | UnsetType = field(default=UNSET, name="IPAM")
    """How its addresses are given out. Default: from a pool that is free."""
    enable_ipv4: Annotated[bool | None | UnsetType, Since("1.48")] = field(default=UNSET, name="EnableIPv4")
    """Whether it has IPv4 addresses. Default: true."""
    enable_ipv6: bool | None | UnsetType = field(default=UNSET, name="EnableIPv6")
    """Whether it has IPv6 addresses. Default: false."""
    options: dict[str, str] | None | UnsetType = UNSET
    """Settings for its driver."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Labels."""


class NetworkCreateResponse(ApiStruct):
    """The new network."""

    id: str
    """Its ID: 64 hexadecimal digits."""
    warning: str
    """What the engine did otherwise than asked, for people to read; mostly empty."""


class NetworkConnectRequest(ApiStruct):
    """Which container is to join a network."""

    container: str | UnsetType = UNSET
    """The container, by ID, a unique prefix of it, or name."""
    endpoint_config: EndpointSettings | None | UnsetType = UNSET
    """Its place in the network."""


class NetworkDisconnectRequest(ApiStruct):
    """Which container is to leave a network."""

    container: str | UnsetType = UNSET
    """The container, by ID, a unique prefix of it, or name."""
    force: bool | UnsetType = UNSET
    """Also when there is no such container, to remove what it left behind. Default: false."""


class NetworkPruneResponse(ApiStruct):
    """What was removed."""

    networks_deleted: list[str] | None | UnsetType = UNSET
    """The names of the networks that were removed; null for none."""


class Networks(Protocol):
    """Networks: where containers find each other."""

    @operation(
        "NetworkList",
        changes=False,
        errors={InvalidParameter: "a filter is malformed or unknown", InternalError: "the engine failed"},
    )
    async def list(
        self,
        *,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("dangling", "`true`: no container that runs is in it; `false`: one is", since="1.40"),
                Value("driver", "has this driver, such as `bridge`"),
                Value("id", "this regular expression is found in its ID"),
                Value("label", "has this label: `KEY` or `KEY=VALUE`"),
                Value("name", "this regular expression is found in its name"),
                Value("scope", "reaches so far: `local`, `swarm` or `global`", since="1.29"),
                Value("type", "`builtin`: made by the engine itself; `custom`: by somebody else"),
            ),
        ] = None,
    ) -> builtins.list[NetworkSummary]:
        """List networks.

        Args:
            filters: which of them.
        """
        ...

    @operation(
        "NetworkInspect",
        changes=False,
        errors={
            InvalidParameter: "several have the name or the prefix, or a parameter is malformed",
            NotFound: "there is no such network",
            InternalError: "the engine failed",
        },
    )
    async def inspect(
        self,
        id: str,
        *,
        verbose: Annotated[bool, Since("1.28")] = False,
        scope: Annotated[str | None, Since("1.31"), OneOf("local", "swarm", "global")] = None,
    ) -> NetworkInspect:
        """Return a network.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            verbose: also its services and their tasks, in a swarm.
            scope: only a network that reaches so far.
        """
        ...

    @operation(
        "NetworkCreate",
        changes=True,
        errors={
            InvalidParameter: ("the configuration makes no sense", "1.25", None),
            Forbidden: "the name is one of the engine's own, a pool overlaps, or only a swarm has such networks",
            NotFound: "there is no such driver",
            Conflict: "the name is taken",
            InternalError: "the engine failed",
        },
    )
    async def create(self, config: NetworkCreateRequest) -> NetworkCreateResponse:
        """Create a network.

        Args:
            config: what it is to be.
        """
        ...

    @operation(
        "NetworkDelete",
        changes=True,
        errors={
            InvalidParameter: "several have the name or the prefix",
            Forbidden: "it is one of the engine's own, or a container that runs is in it",
            NotFound: "there is no such network",
            InternalError: "the engine failed",
        },
    )
    async def delete(self, id: str) -> None:
        """Remove a network.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        ...

    @operation(
        "NetworkConnect",
        changes=True,
        errors={
            InvalidParameter: ("the endpoint's configuration makes no sense", "1.44", None),
            Forbidden: "the container is in it already, or cannot join it",
            NotFound: "there is no such network or container",
            InternalError: "the engine failed",
        },
    )
    async def connect(self, id: str, config: NetworkConnectRequest) -> None:
        """Let a container join a network.

        Args:
            id: the network: its ID, its name, or a unique prefix of its ID.
            config: the container, and its place in the network.
        """
        ...

    @operation(
        "NetworkDisconnect",
        changes=True,
        errors={
            NotFound: "there is no such network or container",
            InternalError: "the engine failed",
        },
    )
    async def disconnect(self, id: str, config: NetworkDisconnectRequest) -> None:
        """Let a container leave a network.

        Args:
            id: the network: its ID, its name, or a unique prefix of its ID.
            config: the container.
        """
        ...

    @operation(
        "NetworkPrune",
        changes=True,
        since="1.25",
        errors={
            InvalidParameter: "a filter is malformed or unknown",
            Conflict: "another such removal is under way",
            InternalError: "the engine failed",
        },
    )
    async def prune(
        self,
        *,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("label", "has this label: `KEY` or `KEY=VALUE`", since="1.29"),
                Value("label!", "does not have this label: `KEY` or `KEY=VALUE`", since="1.29"),
                Value(
                    "until", "created before this time: RFC 3339, Unix seconds, or a duration before now such as `10m`"
                ),
            ),
        ] = None,
    ) -> NetworkPruneResponse:
        """Remove all networks that no container uses, but the engine's own.

        Args:
            filters: which of them.
        """
        ...
