"""Building images from a Dockerfile and its context, with the classic builder."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Builder"]


class Builder(Protocol):
    """Building images from a Dockerfile and its context, with the classic builder."""
