"""Secrets: what services read and nobody else sees."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Secrets"]


class Secrets(Protocol):
    """Secrets: what services read and nobody else sees."""
