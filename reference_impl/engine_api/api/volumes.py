"""Volumes: storage that outlives containers."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Volumes"]


class Volumes(Protocol):
    """Volumes: storage that outlives containers."""
