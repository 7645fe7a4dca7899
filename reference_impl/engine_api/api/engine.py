"""An engine: everything that the API is about."""

from __future__ import annotations

from typing import Protocol

from engine_api.api.builder import Builder
from engine_api.api.configs import Configs
from engine_api.api.containers import Containers
from engine_api.api.distribution import Distribution
from engine_api.api.errors import NotImplementedByEngine
from engine_api.api.exec import Exec
from engine_api.api.images import Images
from engine_api.api.networks import Networks
from engine_api.api.nodes import Nodes
from engine_api.api.plugins import Plugins
from engine_api.api.secrets import Secrets
from engine_api.api.services import Services
from engine_api.api.session import Session
from engine_api.api.swarm import Swarm
from engine_api.api.system import System
from engine_api.api.tasks import Tasks
from engine_api.api.volumes import Volumes

__all__ = ["Engine"]


def lacking(resource: str) -> NotImplementedByEngine:
    """Return the error of an engine that does not have a resource."""
    return NotImplementedByEngine(f"this engine does not have {resource}")


class Engine(Protocol):
    """What answers the API: the reference engine, a client of another engine, or one of your own.

    A class that derives from it refuses the resources that it does not override, with `NotImplementedByEngine`.
    """

    @property
    def system(self) -> System:
        """The engine itself."""
        raise lacking("system")

    @property
    def containers(self) -> Containers:
        """Containers."""
        raise lacking("containers")

    @property
    def exec(self) -> Exec:
        """Further processes in running containers."""
        raise lacking("exec")

    @property
    def images(self) -> Images:
        """Images."""
        raise lacking("images")

    @property
    def builder(self) -> Builder:
        """Building images from a Dockerfile and its context, with the classic builder."""
        raise lacking("builder")

    @property
    def distribution(self) -> Distribution:
        """What registries know of an image."""
        raise lacking("distribution")

    @property
    def networks(self) -> Networks:
        """Networks."""
        raise lacking("networks")

    @property
    def volumes(self) -> Volumes:
        """Volumes."""
        raise lacking("volumes")

    @property
    def swarm(self) -> Swarm:
        """The swarm that the engine is a node of."""
        raise lacking("swarm")

    @property
    def nodes(self) -> Nodes:
        """The engines of a swarm."""
        raise lacking("nodes")

    @property
    def services(self) -> Services:
        """Services."""
        raise lacking("services")

    @property
    def tasks(self) -> Tasks:
        """Tasks."""
        raise lacking("tasks")

    @property
    def secrets(self) -> Secrets:
        """Secrets."""
        raise lacking("secrets")

    @property
    def configs(self) -> Configs:
        """Configs."""
        raise lacking("configs")

    @property
    def plugins(self) -> Plugins:
        """Plugins."""
        raise lacking("plugins")

    @property
    def session(self) -> Session:
        """A connection on which client and engine call each other."""
        raise lacking("session")
