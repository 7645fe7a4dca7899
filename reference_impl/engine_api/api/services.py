"""Services: what a swarm keeps running."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Services"]


class Services(Protocol):
    """Services: what a swarm keeps running."""
