"""A page's table of contents."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Entry"]


@dataclass(frozen=True)
class Entry:
    """A heading in the table of contents."""

    level: int
    id: str
    title: str
