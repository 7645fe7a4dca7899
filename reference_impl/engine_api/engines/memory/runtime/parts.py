"""The parts of an engine below its operations: what it keeps, and what runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.events import EventBus
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.machine.pids import Pids
from engine_api.engines.memory.model.containers import ContainerEvents, ContainerStore
from engine_api.engines.memory.model.host import Host
from engine_api.engines.memory.model.images import ImageStore
from engine_api.engines.memory.model.networks import NetworkStore
from engine_api.engines.memory.model.registry import Registry
from engine_api.engines.memory.model.volumes import VolumeStore
from engine_api.engines.memory.runtime.endpoints import Endpoints
from engine_api.engines.memory.runtime.execs import Execs
from engine_api.engines.memory.runtime.health import HealthChecks
from engine_api.engines.memory.runtime.lifecycle import Lifecycle
from engine_api.engines.memory.runtime.mounts import Mounts
from engine_api.engines.memory.runtime.volumes import LocalVolumes
from engine_api.engines.memory.userland.process import Program

__all__ = ["Parts"]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of one engine, from its begin to its reset."""

    engine_id: str
    clock: Clock
    identifiers: Identifiers
    pids: Pids
    events: EventBus
    host: Host
    containers: ContainerStore
    images: ImageStore
    networks: NetworkStore
    volumes: VolumeStore
    registry: Registry
    container_events: ContainerEvents
    local_volumes: LocalVolumes
    endpoints: Endpoints
    mounts: Mounts
    execs: Execs
    lifecycle: Lifecycle

    @classmethod
    def build(
        cls,
        *,
        engine_id: str,
        clock: Clock,
        identifiers: Identifiers,
        pids: Pids,
        host: Host,
        registry: Registry,
        programs: Mapping[str, Program],
        began: int,
        open_ports: bool,
    ) -> Self:
        """Build the parts of an engine that has nothing yet but its own networks.

        Args:
            engine_id: the engine's ID.
            clock: the time.
            identifiers: IDs and generated names.
            pids: process IDs of the host.
            host: the host that containers see.
            registry: the registry that images are pulled from.
            programs: the programs of the userland by name.
            began: when the engine began, in nanoseconds since 1970.
            open_ports: whether published TCP ports are opened on 127.0.0.1 of the real host.
        """
        events = EventBus(clock)
        containers, images, volumes = ContainerStore(), ImageStore(), VolumeStore()
        networks = NetworkStore(engine_id)
        container_events = ContainerEvents(events)
        local_volumes = LocalVolumes(
            store=volumes, containers=containers, identifiers=identifiers, clock=clock, events=events
        )
        endpoints = Endpoints(
            networks=networks,
            containers=containers,
            identifiers=identifiers,
            events=events,
            host_name=host.name,
            created=began,
            open_ports=open_ports,
        )
        mounts = Mounts(volumes=local_volumes, containers=containers, images=images, host=host)
        execs = Execs(containers=containers, events=container_events, pids=pids)
        lifecycle = Lifecycle(
            containers=containers,
            clock=clock,
            events=container_events,
            pids=pids,
            endpoints=endpoints,
            mounts=mounts,
            execs=execs,
            health=HealthChecks(clock=clock, events=container_events, identifiers=identifiers),
            programs=programs,
        )
        return cls(
            engine_id=engine_id,
            clock=clock,
            identifiers=identifiers,
            pids=pids,
            events=events,
            host=host,
            containers=containers,
            images=images,
            networks=networks,
            volumes=volumes,
            registry=registry,
            container_events=container_events,
            local_volumes=local_volumes,
            endpoints=endpoints,
            mounts=mounts,
            execs=execs,
            lifecycle=lifecycle,
        )
