"""Composes the resources of the reference engine from its parts."""

from __future__ import annotations

from collections.abc import Mapping

from engine_api.engines.memory.resources import swarm
from engine_api.engines.memory.resources.builder.build import Workplace
from engine_api.engines.memory.resources.builder.service import MemoryBuilder
from engine_api.engines.memory.resources.containers.creation import Creation
from engine_api.engines.memory.resources.containers.service import MemoryContainers
from engine_api.engines.memory.resources.distribution import MemoryDistribution
from engine_api.engines.memory.resources.exec import MemoryExec
from engine_api.engines.memory.resources.images.naming import ImageNames
from engine_api.engines.memory.resources.images.service import MemoryImages
from engine_api.engines.memory.resources.networks.service import MemoryNetworks
from engine_api.engines.memory.resources.plugins import MemoryPlugins
from engine_api.engines.memory.resources.session import MemorySession
from engine_api.engines.memory.resources.system.service import MemorySystem
from engine_api.engines.memory.resources.system.usage import Stored
from engine_api.engines.memory.resources.volumes import MemoryVolumes
from engine_api.engines.memory.runtime.parts import Parts

__all__ = ["resources_of"]


def resources_of(parts: Parts) -> Mapping[str, object]:
    """Return an object for each resource, by the resource's name; each has the parts that it needs."""
    names = ImageNames(store=parts.images, events=parts.events, clock=parts.clock)
    containers = _containers(parts)
    images = MemoryImages(
        store=parts.images,
        names=names,
        registry=parts.registry,
        containers=parts.containers,
        lifecycle=parts.lifecycle,
        events=parts.container_events,
        clock=parts.clock,
    )
    return {
        "system": _system(parts, images, containers),
        "containers": containers,
        "exec": MemoryExec(
            containers=parts.containers, execs=parts.execs, identifiers=parts.identifiers, clock=parts.clock
        ),
        "images": images,
        "builder": _builder(parts, names, images, containers),
        "distribution": MemoryDistribution(parts.registry),
        "networks": MemoryNetworks(
            store=parts.networks,
            containers=parts.containers,
            endpoints=parts.endpoints,
            identifiers=parts.identifiers,
            clock=parts.clock,
            gateways=parts.release.shows_gateways,
        ),
        "volumes": MemoryVolumes(parts.local_volumes),
        "swarm": swarm.swarm,
        "nodes": swarm.nodes,
        "services": swarm.services,
        "tasks": swarm.tasks,
        "secrets": swarm.secrets,
        "configs": swarm.configs,
        "plugins": MemoryPlugins(),
        "session": MemorySession(),
    }


def _containers(parts: Parts) -> MemoryContainers:
    creation = Creation(
        containers=parts.containers,
        images=parts.images,
        endpoints=parts.endpoints,
        mounts=parts.mounts,
        host=parts.host,
        identifiers=parts.identifiers,
        clock=parts.clock,
        events=parts.container_events,
    )
    return MemoryContainers(
        containers=parts.containers,
        images=parts.images,
        creation=creation,
        lifecycle=parts.lifecycle,
        endpoints=parts.endpoints,
        events=parts.container_events,
        clock=parts.clock,
        pids=parts.pids,
    )


def _builder(parts: Parts, names: ImageNames, images: MemoryImages, containers: MemoryContainers) -> MemoryBuilder:
    workplace = Workplace(
        store=parts.images,
        names=names,
        images=images,
        containers=containers,
        container_store=parts.containers,
        identifiers=parts.identifiers,
        clock=parts.clock,
    )
    return MemoryBuilder(workplace)


def _system(parts: Parts, images: MemoryImages, containers: MemoryContainers) -> MemorySystem:
    return MemorySystem(
        engine_id=parts.engine_id,
        release=parts.release,
        host=parts.host,
        containers=parts.containers,
        images=parts.images,
        registry=parts.registry,
        stored=Stored(images=images, image_store=parts.images, containers=containers, volumes=parts.local_volumes),
        events=parts.events,
        clock=parts.clock,
    )
