"""Creates networks: the checks of a request, and the subnets."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

import msgspec

from engine_api.api.errors import Conflict, EngineError, Forbidden, InternalError, InvalidParameter, NotFound
from engine_api.api.networks import IPAM, IPAMConfig, NetworkCreateRequest
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.model.addresses import AddressPool, AddressSpace, check_ipam
from engine_api.engines.memory.model.networks import PREDEFINED, MemoryNetwork, NetworkStore
from engine_api.engines.memory.resources.swarm import NO_MANAGER

__all__ = ["new_network"]

_DRIVERS: Final = ("bridge", "host", "null", "macvlan", "ipvlan", "overlay")
_DEPENDS: Final = "are not supported if the network depends on a configuration network"
_BOOLEANS: Final = ("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False")
_FLAGS: Final = ("enable_icc", "enable_ip_masquerade", "inhibit_ipv4")
_PARENT: Final = re.compile(r"eth0(\.\d+)?")


def new_network(
    config: NetworkCreateRequest, *, store: NetworkStore, identifiers: Identifiers, clock: Clock
) -> MemoryNetwork:
    """Return a network that a request describes, with its subnets reserved; it is not in the store yet.

    Args:
        config: the request body.
        store: the networks that exist, and their address space.
        identifiers: where the ID comes from.
        clock: the time.

    Raises:
        Conflict: another network has the name.
        Forbidden: a predefined network, one of a swarm, or a combination of options that is not allowed.
        InvalidParameter: a name, address or option is invalid.
        NotFound: a driver or the configuration network does not exist.
    """
    name, driver = config.name or "", config.driver or "bridge"
    _check_allowed(name, driver, config, store)
    if config.config_only is True:
        _check_config_only(config)
        driver = "null"
    elif config.config_from:
        config = _with_config_of(config, store)
    if driver not in _DRIVERS:
        raise NotFound(f'plugin "{driver}" not found')
    if not config.config_only and driver in ("host", "null"):
        raise Forbidden(f'only one instance of "{driver}" network is allowed')
    _check_options(driver, config.options or {})
    pools = [] if config.config_only else _pools(driver, config, store.space)
    return MemoryNetwork(identifiers.identifier(), name, driver, clock.time_ns(), config, pools)


def _check_allowed(name: str, driver: str, config: NetworkCreateRequest, store: NetworkStore) -> None:
    """Refuse names in use or reserved, and what only a swarm has."""
    if name in PREDEFINED or name == "default":
        raise Forbidden(f"operation is not permitted on predefined {name} network ")
    if driver == "overlay":
        raise Forbidden(NO_MANAGER)
    check_ipam(config.ipam or IPAM())
    if not name.strip():
        raise InvalidParameter("invalid name: name is empty")
    if store.named(name) is not None:
        raise Conflict(f"network with name {name} already exists")
    if config.ingress is True:
        raise Forbidden("Ingress network can only be global scope network")
    if config.scope == "swarm":
        raise Forbidden("cannot create a swarm scoped network when swarm is not active")


def _with_config_of(config: NetworkCreateRequest, store: NetworkStore) -> NetworkCreateRequest:
    """Return a request with the options, labels and addresses of the configuration network that it names."""
    assert config.config_from
    name = config.config_from.network or ""
    source = store.named(name)
    if source is None or not source.config_only:
        raise NotFound(f'configuration network "{name}" does not exist')
    if config.options:
        raise Forbidden(f"network driver options {_DEPENDS}")
    if config.labels or config.enable_ipv6 is True or (config.ipam and config.ipam.config):
        raise Forbidden(f"user specified configurations {_DEPENDS}")
    own = source.config
    return msgspec.structs.replace(
        config, options=own.options, labels=own.labels, ipam=own.ipam, enable_ipv6=own.enable_ipv6
    )


def _pools(driver: str, config: NetworkCreateRequest, space: AddressSpace) -> list[AddressPool]:
    """Reserve the subnets of a network, with the gateways; none stays reserved if one cannot be."""
    ipam = config.ipam or IPAM()
    with_ipv4, with_ipv6 = config.enable_ipv4 is not False, config.enable_ipv6 is True
    if not with_ipv4 and not with_ipv6:
        raise InvalidParameter("IPv4 or IPv6 must be enabled")
    if ipam.driver not in (None, msgspec.UNSET, "", "default"):
        if ipam.driver == "null":
            raise InvalidParameter("ipv4 pool is empty")
        raise NotFound(f'plugin "{ipam.driver}" not found')
    pools: list[AddressPool] = []
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
