"""The engines of a swarm."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Nodes"]


class Nodes(Protocol):
    """The engines of a swarm."""
