"""What an engine must offer for its state to be kept and revived."""

from __future__ import annotations

from typing import Protocol

from engine_api.api.engine import Engine
from engine_api.engines.memory.resources.images.prepared import PreparedImages
from engine_api.engines.memory.runtime.parts import Parts

__all__ = ["KeptEngine"]


class KeptEngine(Engine, Protocol):
    """An engine whose parts can be read, and that can begin anew with parts that are filled."""

    @property
    def parts(self) -> Parts:
        """Its parts, which are other ones after each `begin`."""
        ...

    @property
    def prepared(self) -> PreparedImages:
        """The images that it has from the start."""
        ...

    def begin(self, identifier: str = "", starts: int = 0) -> None:
        """Begin with new parts.

        Args:
            identifier: the engine's ID. Default: a new one.
            starts: how often it began before under this ID.
        """
        ...

    async def end(self, *, gently: bool = False) -> None:
        """End every process.

        Args:
            gently: whether containers are stopped before they are killed.
        """
        ...
