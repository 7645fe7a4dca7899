"""Plugins: drivers and authorizers that run beside the engine."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Plugins"]


class Plugins(Protocol):
    """Plugins: drivers and authorizers that run beside the engine."""
