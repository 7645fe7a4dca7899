"""Networks of the reference engine."""

from __future__ import annotations

import builtins
import ipaddress
import re
from typing import Final

import msgspec

from engine_api.api.errors import Conflict, EngineError, Forbidden, InternalError, InvalidParameter, NotFound
from engine_api.api.filters import Filters
from engine_api.api.json import JsonObject
from engine_api.api.networks import (
    IPAM,
    ConfigReference,
    IPAMConfig,
    IPAMStatus,
    NetworkConnectRequest,
    NetworkCreateRequest,
    NetworkCreateResponse,
    NetworkDisconnectRequest,
    NetworkInspect,
    NetworkPruneResponse,
    Networks,
    NetworkStatus,
    NetworkSummary,
    SubnetStatus,
)
from engine_api.engines.memory.machine.clock import Clock, rfc3339
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.model.addresses import AddressPool, check_ipam
from engine_api.engines.memory.model.containers import ContainerStore
from engine_api.engines.memory.model.networks import PREDEFINED, AmbiguousNetwork, MemoryNetwork, NetworkStore
from engine_api.engines.memory.resources.filters import check_keys, labels_match, moment
from engine_api.engines.memory.resources.pruning import OneAtATime
from engine_api.engines.memory.runtime.endpoints import Endpoints

__all__ = ["MemoryNetworks"]

_DRIVERS: Final = ("bridge", "host", "null", "macvlan", "ipvlan", "overlay")
_FILTERS: Final = frozenset(("dangling", "driver", "id", "label", "name", "scope", "type"))
_PRUNE_FILTERS: Final = frozenset(("label", "label!", "until"))
_NO_SWARM: Final = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm '
    "and try again."
)
_DEPENDS: Final = "are not supported if the network depends on a configuration network"
_BOOLEANS: Final = ("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False")
_FLAGS: Final = ("enable_icc", "enable_ip_masquerade", "inhibit_ipv4")
_PARENT: Final = re.compile(r"eth0(\.\d+)?")


class MemoryNetworks(Networks):
    """Networks in memory."""

    def __init__(
        self,
        *,
        store: NetworkStore,
        containers: ContainerStore,
        endpoints: Endpoints,
        identifiers: Identifiers,
        clock: Clock,
    ) -> None:
        self._store = store
        self._containers = containers
        self._endpoints = endpoints
        self._identifiers = identifiers
        self._clock = clock
        self._pruning = OneAtATime()

    # Looking

    async def list(self, *, filters: Filters | None = None) -> builtins.list[NetworkSummary]:
        """Networks, the engine's own first."""
        wanted = check_keys(filters, _FILTERS)
        dangling = _flag(wanted.get("dangling", []))
        for kind in wanted.get("type", ()):
            if kind not in ("builtin", "custom"):
                raise InternalError(f"invalid filter: 'type'='{kind}'")

        def fits(network: MemoryNetwork) -> bool:
            kind = "builtin" if network.predefined else "custom"
            return (
                (dangling is None or dangling == (not network.members and not network.predefined))
                and ("driver" not in wanted or network.driver in wanted["driver"])
                and ("id" not in wanted or _found(wanted["id"], network.id))
                and labels_match(wanted.get("label", ()), network.config.labels or {})
                and ("name" not in wanted or _found(wanted["name"], network.name))
                and ("scope" not in wanted or network.scope in wanted["scope"])
                and ("type" not in wanted or kind in wanted["type"])
            )

        return [
            NetworkSummary(**self._described(network), containers=network.resources())
            for network in self._store
            if fits(network)
        ]

    async def inspect(self, id: str, *, verbose: bool = False, scope: str | None = None) -> NetworkInspect:
        """All about a network."""
        try:
            network = self._store.find(id, scope)
        except AmbiguousNetwork as error:
            raise InvalidParameter(f"{error.matches}: network {id} is ambiguous") from None
        subnets = {
            str(pool.subnet): SubnetStatus(ips_in_use=pool.in_use, dynamic_ips_available=pool.available)
            for pool in network.pools
        }
        status = NetworkStatus(ipam=IPAMStatus(subnets=subnets))
        return NetworkInspect(**self._described(network), containers=network.resources(), status=status)

    def _described(self, network: MemoryNetwork) -> JsonObject:
        config = network.config
        return {
            "name": network.name,
            "id": network.id,
            "created": rfc3339(network.created),
            "scope": network.scope,
            "driver": network.driver,
            "enable_ipv4": config.enable_ipv4 is not False,
            "enable_ipv6": config.enable_ipv6 is True,
            "ipam": network.ipam,
            "internal": network.internal,
            "attachable": config.attachable is True,
            "ingress": config.ingress is True,
            "config_from": ConfigReference(network=(config.config_from.network or "") if config.config_from else ""),
            "config_only": network.config_only,
            "options": config.options or {},
            "labels": config.labels or {},
        }

    # Making and removing

    async def create(self, config: NetworkCreateRequest) -> NetworkCreateResponse:
        """Make a network."""
        name, driver = config.name or "", config.driver or "bridge"
        self._check_creation(name, driver, config)
        if config.config_only is True:
            _check_config_only(config)
            driver = "null"
        elif config.config_from:
            config = self._with_config_of(config)
        if driver not in _DRIVERS:
            raise NotFound(f'plugin "{driver}" not found')
        if not config.config_only and driver in ("host", "null"):
            raise Forbidden(f'only one instance of "{driver}" network is allowed')
        _check_options(driver, config.options or {})
        pools = [] if config.config_only else self._pools(driver, config)
        network = MemoryNetwork(self._identifiers.identifier(), name, driver, self._clock.time_ns(), config, pools)
        self._store.add(network)
        self._endpoints.publish("create", network)
        return NetworkCreateResponse(id=network.id, warning="")

    def _check_creation(self, name: str, driver: str, config: NetworkCreateRequest) -> None:
        """Refuse names in use or reserved, and what only a swarm has."""
        if name in PREDEFINED or name == "default":
            raise Forbidden(f"operation is not permitted on predefined {name} network ")
        if driver == "overlay":
            raise Forbidden(_NO_SWARM)
        check_ipam(config.ipam or IPAM())
        if not name.strip():
            raise InvalidParameter("invalid name: name is empty")
        if any(network.name == name for network in self._store):
            raise Conflict(f"network with name {name} already exists")
        if config.ingress is True:
            raise Forbidden("Ingress network can only be global scope network")
        if config.scope == "swarm":
            raise Forbidden("cannot create a swarm scoped network when swarm is not active")

    def _with_config_of(self, config: NetworkCreateRequest) -> NetworkCreateRequest:
        """What a network is to be, with the configuration that it refers to."""
        assert config.config_from
        name = config.config_from.network or ""
        source = next((one for one in self._store if one.name == name and one.config_only), None)
        if source is None:
            raise NotFound(f'configuration network "{name}" does not exist')
        if config.options:
            raise Forbidden(f"network driver options {_DEPENDS}")
        if config.labels or config.enable_ipv6 is True or (config.ipam and config.ipam.config):
            raise Forbidden(f"user specified configurations {_DEPENDS}")
        own = source.config
        return msgspec.structs.replace(
            config, options=own.options, labels=own.labels, ipam=own.ipam, enable_ipv6=own.enable_ipv6
        )

    def _pools(self, driver: str, config: NetworkCreateRequest) -> builtins.list[AddressPool]:
        ipam = config.ipam or IPAM()
        with_ipv4, with_ipv6 = config.enable_ipv4 is not False, config.enable_ipv6 is True
        if not with_ipv4 and not with_ipv6:
            raise InvalidParameter("IPv4 or IPv6 must be enabled")
        if ipam.driver not in (None, msgspec.UNSET, "", "default"):
            if ipam.driver == "null":
                raise InvalidParameter("ipv4 pool is empty")
            raise NotFound(f'plugin "{ipam.driver}" not found')
        space = self._store.space
        pools: builtins.list[AddressPool] = []
        try:
            for asked in ipam.config or ():
                pools.append(space.add(_pool(asked)))
                pools[-1].reserve(asked.gateway or "", asked.auxiliary_addresses or {})
            for version, wanted in ((4, with_ipv4), (6, with_ipv6)):
                if wanted and not any(pool.version == version for pool in pools):
                    pools.append(space.choose(version, config.scope or "local"))
                    pools[-1].reserve("", {})
            if driver == "bridge" and sum(pool.version == 4 for pool in pools) > 1:
                raise Forbidden("bridge driver doesn't support multiple subnets")
        except EngineError:
            space.remove(pools)
            raise
        return pools

    async def delete(self, id: str) -> None:
        """Remove a network."""
        network = self._store.find(id)
        if network.predefined:
            raise Forbidden(f"{network.name} is a pre-defined network and cannot be removed")
        if network.config_only and self._uses(network):
            raise Forbidden(f'error while removing network: configuration network "{network.name}" is in use')
        if network.members:
            ends = ", ".join(
                f'name:"{one.name}" id:"{str(one.endpoints[network.name].endpoint_id)[:12]}"'
                for one in network.members.values()
            )
            raise Forbidden(f"error while removing network: network {network.name} has active endpoints ({ends})")
        self._store.remove(network)
        self._endpoints.publish("destroy", network)

    def _uses(self, network: MemoryNetwork) -> bool:
        sources = [one.config.config_from for one in self._store]
        return any(source.network == network.name for source in sources if source)

    async def prune(self, *, filters: Filters | None = None) -> NetworkPruneResponse:
        """Remove unused networks."""
        wanted = check_keys(filters, _PRUNE_FILTERS)
        untils = wanted.get("until", [])
        if len(untils) > 1:
            raise InvalidParameter("more than one until filter specified")
        now = self._clock.time_ns()
        before = moment(untils[0], now) if untils else now + 1
        async with self._pruning():
            return self._prune(wanted, before)

    def _prune(self, wanted: dict[str, builtins.list[str]], before: int) -> NetworkPruneResponse:
        removed: builtins.list[str] = []
        for network in self._store:
            labels = network.config.labels or {}
            unwanted = any(labels_match([text], labels) for text in wanted.get("label!", ()))
            if network.predefined or network.members or network.config_only or network.created >= before or unwanted:
                continue
            if labels_match(wanted.get("label", ()), labels):
                self._store.remove(network)
                self._endpoints.publish("destroy", network)
                removed.append(network.name)
        self._endpoints.publish_prune()
        return NetworkPruneResponse(networks_deleted=removed or None)

    # Containers

    async def connect(self, id: str, config: NetworkConnectRequest) -> None:
        """Let a container join a network."""
        container = self._containers.find(config.container or "")
        self._endpoints.connect(container, id, config.endpoint_config or None)

    async def disconnect(self, id: str, config: NetworkDisconnectRequest) -> None:
        """Let a container leave a network."""
        force = config.force is True
        try:
            container = self._containers.find(config.container or "")
        except NotFound:
            if force:
                self._store.find(id)
                raise NotFound(f"endpoint {config.container} not found") from None
            raise
        self._endpoints.disconnect(container, id, force)


def _found(patterns: builtins.list[str], text: str) -> bool:
    for pattern in patterns:
        try:
            if pattern == text or re.search(pattern, text):
                return True
        except re.error:
            continue
    return False


def _flag(values: builtins.list[str]) -> bool | None:
    if not values:
        return None
    if len(values) > 1:
        raise InvalidParameter('got more than one value for filter key "dangling"')
    if values[0] in ("1", "true"):
        return True
    if values[0] in ("0", "false"):
        return False
    raise InvalidParameter('invalid value for filter \'dangling\', must be "true" (or "1"), or "false" (or "0")')


def _pool(asked: IPAMConfig) -> AddressPool:
    subnet = ipaddress.ip_network(str(asked.subnet))
    return AddressPool(subnet, ipaddress.ip_network(asked.ip_range) if asked.ip_range else None)


def _check_config_only(config: NetworkCreateRequest) -> None:
    if config.config_from and config.config_from.network:
        raise Forbidden("a configuration network cannot depend on another configuration network")
    if config.internal is True or config.attachable is True or config.ingress is True or config.scope:
        raise Forbidden(
            "configuration network can only contain network specific fields. Network operator fields like "
            "[ ingress | internal | attachable | scope ] are not supported."
        )


def _check_options(driver: str, options: dict[str, str]) -> None:
    for name, value in options.items():
        failed = f"failed to parse {name} value: {value}"
        if name == "com.docker.network.driver.mtu" and not re.fullmatch(r"[-+]?\d+", value):
            raise InvalidParameter(f'{failed} (strconv.Atoi: parsing "{value}": invalid syntax)')
        if name.removeprefix("com.docker.network.bridge.") in _FLAGS and value not in _BOOLEANS:
            raise InvalidParameter(f'{failed} (strconv.ParseBool: parsing "{value}": invalid syntax)')
    parent = options.get("parent", "")
    if driver in ("macvlan", "ipvlan") and parent and not _PARENT.fullmatch(parent):
        raise InternalError(f"invalid subinterface vlan name {parent}, example formatting is eth0.10")
