"""The operations on networks."""

from __future__ import annotations

import builtins
from typing import Final

from engine_api.api.errors import Forbidden, InvalidParameter, NotFound
from engine_api.api.filters import Filters
from engine_api.api.networks import (
    NetworkConnectRequest,
    NetworkCreateRequest,
    NetworkCreateResponse,
    NetworkDisconnectRequest,
    NetworkInspect,
    NetworkPruneResponse,
    Networks,
    NetworkSummary,
)
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.model.containers import ContainerStore
from engine_api.engines.memory.model.networks import AmbiguousNetwork, MemoryNetwork, NetworkStore
from engine_api.engines.memory.resources.filters import check_keys, labels_match, moment
from engine_api.engines.memory.resources.networks.creation import new_network
from engine_api.engines.memory.resources.networks.filters import FILTERS, network_filter
from engine_api.engines.memory.resources.networks.views import details, summary
from engine_api.engines.memory.resources.pruning import OneAtATime
from engine_api.engines.memory.runtime.endpoints import Endpoints

__all__ = ["MemoryNetworks"]

_PRUNE_FILTERS: Final = frozenset(("label", "label!", "until"))


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
        gateways: bool,
    ) -> None:
        self._store = store
        self._containers = containers
        self._endpoints = endpoints
        self._identifiers = identifiers
        self._clock = clock
        self._gateways = gateways
        self._pruning = OneAtATime()

    # Looking

    async def list(self, *, filters: Filters | None = None) -> builtins.list[NetworkSummary]:
        """Networks, the engine's own first."""
        wanted = check_keys(filters, FILTERS)
        fits = network_filter(wanted)
        return [summary(network, gateways=self._gateways) for network in self._store if fits(network)]

    async def inspect(self, id: str, *, verbose: bool = False, scope: str | None = None) -> NetworkInspect:
        """All about a network."""
        try:
            network = self._store.find(id, scope)
        except AmbiguousNetwork as error:
            raise InvalidParameter(f"{error.matches}: network {id} is ambiguous") from None
        return details(network, gateways=self._gateways)

    # Making and removing

    async def create(self, config: NetworkCreateRequest) -> NetworkCreateResponse:
        """Make a network."""
        network = new_network(config, store=self._store, identifiers=self._identifiers, clock=self._clock)
        self._store.add(network)
        self._endpoints.publish("create", network)
        return NetworkCreateResponse(id=network.id, warning="")

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
