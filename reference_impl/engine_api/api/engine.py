"""An engine: everything that the API is about."""

from __future__ import annotations

from typing import Protocol

from engine_api.api.containers import Containers
from engine_api.api.exec import Exec
from engine_api.api.images import Images
from engine_api.api.system import System

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
