"""Tasks: a service's containers, as the swarm places them on nodes."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Tasks"]


class Tasks(Protocol):
    """Tasks: a service's containers, as the swarm places them on nodes."""
