"""An engine, and the list of its resources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol, get_type_hints

from engine_api.api.builder import Builder
from engine_api.api.configs import Configs
from engine_api.api.containers import Containers
from engine_api.api.distribution import Distribution
from engine_api.api.exec import Exec
from engine_api.api.images import Images
from engine_api.api.implementation import refusing
from engine_api.api.networks import Networks
from engine_api.api.nodes import Nodes
from engine_api.api.operation import Operation, operations_of
from engine_api.api.plugins import Plugins
from engine_api.api.secrets import Secrets
from engine_api.api.services import Services
from engine_api.api.session import Session
from engine_api.api.swarm import Swarm
from engine_api.api.system import System
from engine_api.api.tasks import Tasks
from engine_api.api.volumes import Volumes

__all__ = ["RESOURCES", "Engine", "Resource"]


class Engine(Protocol):
    """What answers the API: the reference engine, a client of another engine, or one of your own.

    An engine need not derive from this class. One that does refuses, with 501, the operations of each resource that it
    does not define.
    """

    @property
    def system(self) -> System:
        """The engine itself."""
        return refusing(System)

    @property
    def containers(self) -> Containers:
        """Containers."""
        return refusing(Containers)

    @property
    def exec(self) -> Exec:
        """Further processes in running containers."""
        return refusing(Exec)

    @property
    def images(self) -> Images:
        """Images."""
        return refusing(Images)

    @property
    def builder(self) -> Builder:
        """Building images from a Dockerfile and its context, with the classic builder."""
        return refusing(Builder)

    @property
    def networks(self) -> Networks:
        """Networks."""
        return refusing(Networks)

    @property
    def volumes(self) -> Volumes:
        """Volumes."""
        return refusing(Volumes)

    @property
    def swarm(self) -> Swarm:
        """The swarm that the engine is a node of."""
        return refusing(Swarm)

    @property
    def nodes(self) -> Nodes:
        """The engines of a swarm."""
        return refusing(Nodes)

    @property
    def services(self) -> Services:
        """Services."""
        return refusing(Services)

    @property
    def tasks(self) -> Tasks:
        """Tasks."""
        return refusing(Tasks)

    @property
    def secrets(self) -> Secrets:
        """Secrets."""
        return refusing(Secrets)

    @property
    def configs(self) -> Configs:
        """Configs."""
        return refusing(Configs)

    @property
    def plugins(self) -> Plugins:
        """Plugins."""
        return refusing(Plugins)

    @property
    def distribution(self) -> Distribution:
        """What registries know of an image."""
        return refusing(Distribution)

    @property
    def session(self) -> Session:
        """A connection on which client and engine call each other."""
        return refusing(Session)


@dataclass(frozen=True)
class Resource:
    """A group of operations: an attribute of an engine."""

    name: str
    """The attribute of an `Engine` that has it, such as `containers`."""
    protocol: type[object] = field(compare=False)
    """The Protocol that declares its operations."""
    description: str = field(compare=False)
    operations: tuple[Operation, ...] = field(compare=False)
    """In the order of the Protocol."""


def _resource(name: str, found: property) -> Resource:
    protocol = get_type_hints(found.fget)["return"]
    return Resource(name, protocol, found.__doc__ or "", operations_of(protocol))


RESOURCES: Final = tuple(_resource(name, found) for name, found in vars(Engine).items() if isinstance(found, property))
"""Every resource of an engine, in the order of the navigation; from this list follows whatever has them all."""
