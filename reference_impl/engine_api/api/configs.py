"""Configs: files that a swarm hands to services."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Configs"]


class Configs(Protocol):
    """Configs: files that a swarm hands to services."""
