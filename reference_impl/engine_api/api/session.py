"""A connection on which client and engine call each other."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Session"]


class Session(Protocol):
    """A connection on which client and engine call each other."""
