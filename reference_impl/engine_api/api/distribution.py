"""What registries know of an image."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Distribution"]


class Distribution(Protocol):
    """What registries know of an image."""
