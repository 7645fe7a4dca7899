"""The swarm that the engine is a node of."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Swarm"]


class Swarm(Protocol):
    """The swarm that the engine is a node of."""
