"""An engine: everything that the API is about."""

from __future__ import annotations

from typing import Protocol

from engine_api.api.builder import Builder
from engine_api.api.configs import Configs
from engine_api.api.containers import Containers
from engine_api.api.distribution import Distribution
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


class Engine(Protocol):
    """What answers the API: the reference engine, a client of another engine, or one of your own."""

    @property
    def system(self) -> System:
        """The engine itself."""
        ...

    @property
    def containers(self) -> Containers:
        """Containers."""
        ...

    @property
    def exec(self) -> Exec:
        """Further processes in running containers."""
        ...

    @property
    def images(self) -> Images:
        """Images."""
        ...

    @property
    def builder(self) -> Builder:
        """Building images from a Dockerfile and its context, with the classic builder."""
        ...

    @property
    def distribution(self) -> Distribution:
        """What registries know of an image."""
        ...

    @property
    def networks(self) -> Networks:
        """Networks."""
        ...

    @property
    def volumes(self) -> Volumes:
        """Volumes."""
        ...

    @property
    def swarm(self) -> Swarm:
        """The swarm that the engine is a node of."""
        ...

    @property
    def nodes(self) -> Nodes:
        """The engines of a swarm."""
        ...

    @property
    def services(self) -> Services:
        """Services."""
        ...

    @property
    def tasks(self) -> Tasks:
        """Tasks."""
        ...

    @property
    def secrets(self) -> Secrets:
        """Secrets."""
        ...

    @property
    def configs(self) -> Configs:
        """Configs."""
        ...

    @property
    def plugins(self) -> Plugins:
        """Plugins."""
        ...

    @property
    def session(self) -> Session:
        """A connection on which client and engine call each other."""
        ...
