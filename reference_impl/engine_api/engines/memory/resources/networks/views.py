"""Networks as responses show them."""

from __future__ import annotations

from msgspec.structs import asdict

from engine_api.api.networks import (
    ConfigReference,
    IPAMStatus,
    NetworkInspect,
    NetworkStatus,
    NetworkSummary,
    SubnetStatus,
)
from engine_api.engines.memory.machine.clock import rfc3339
from engine_api.engines.memory.model.networks import MemoryNetwork

__all__ = ["details", "summary"]


def summary(network: MemoryNetwork, *, gateways: bool) -> NetworkSummary:
    """Return a network as lists show it; `gateways` as for `MemoryNetwork.ipam`."""
    config = network.config
    return NetworkSummary(
        name=network.name,
        id=network.id,
        created=rfc3339(network.created),
        scope=network.scope,
        driver=network.driver,
        enable_ipv4=config.enable_ipv4 is not False,
        enable_ipv6=config.enable_ipv6 is True,
        ipam=network.ipam(gateways=gateways),
        internal=network.internal,
        attachable=config.attachable is True,
        ingress=config.ingress is True,
        config_from=ConfigReference(network=(config.config_from.network or "") if config.config_from else ""),
        config_only=network.config_only,
        options=config.options or {},
        labels=config.labels or {},
        containers=network.resources(),
    )


def details(network: MemoryNetwork, *, gateways: bool) -> NetworkInspect:
    """Return a network with the use of its addresses; `gateways` as for `MemoryNetwork.ipam`."""
    subnets = {
        str(pool.subnet): SubnetStatus(ips_in_use=pool.in_use, dynamic_ips_available=pool.available)
        for pool in network.pools
    }
    status = NetworkStatus(ipam=IPAMStatus(subnets=subnets))
    return NetworkInspect(**asdict(summary(network, gateways=gateways)), status=status)
