"""The parts of an engine below its operations: what it keeps, and what runs."""

from __future__ import annotations

from collections.abc import Mapping

from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.events import EventBus
from engine_api.engines.memory.machine.host import EngineRelease
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


class Parts:
    """The parts of one engine, from its begin to its reset; at first it has only its own networks.

    Args:
        engine_id: the engine's ID.
        release: what the engine reports of its release.
        clock: the time.
        identifiers: IDs and generated names.
        pids: process IDs of the host.
        host: the host that containers see.
        registry: the registry that images are pulled from.
        programs: the programs of the userland by name.
        began: when the engine began, in nanoseconds since 1970.
        open_ports: whether published TCP ports are opened on 127.0.0.1 of the real host.
    """

    def __init__(
        self,
        *,
        engine_id: str,
        release: EngineRelease,
        clock: Clock,
        identifiers: Identifiers,
        pids: Pids,
        host: Host,
        registry: Registry,
        programs: Mapping[str, Program],
        began: int,
        open_ports: bool,
    ) -> None:
        self.engine_id = engine_id
        self.release = release
        self.clock = clock
        self.identifiers = identifiers
        self.pids = pids
        self.host = host
        self.registry = registry
        self.events = EventBus(clock)
        self.container_events = ContainerEvents(self.events)
        self.containers = ContainerStore()
        self.images = ImageStore()
        self.volumes = VolumeStore()
        self.networks = NetworkStore(engine_id)
        self.local_volumes = LocalVolumes(
            store=self.volumes, containers=self.containers, identifiers=identifiers, clock=clock, events=self.events
        )
        self.endpoints = Endpoints(
            networks=self.networks,
            containers=self.containers,
            identifiers=identifiers,
            events=self.events,
            host_name=host.name,
            created=began,
            open_ports=open_ports,
        )
        self.mounts = Mounts(volumes=self.local_volumes, containers=self.containers, images=self.images, host=host)
        self.execs = Execs(containers=self.containers, events=self.container_events, pids=pids)
        self.lifecycle = Lifecycle(
            containers=self.containers,
            clock=clock,
            events=self.container_events,
            pids=pids,
            endpoints=self.endpoints,
            mounts=self.mounts,
            execs=self.execs,
            health=HealthChecks(clock=clock, events=self.container_events, identifiers=identifiers),
            programs=programs,
        )
