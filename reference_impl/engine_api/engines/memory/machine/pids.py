"""Process IDs of the pretended machine."""

from __future__ import annotations

from typing import Final

__all__ = ["Pids"]

_FIRST: Final = 1000


class Pids:
    """Allocates process IDs, each once."""

    def __init__(self) -> None:
        self._last = _FIRST

    def allocate(self, count: int = 1) -> int:
        """Return a process ID that was not in use, and skip those before it.

        Args:
            count: how many IDs to advance; 2 leaves one for a supervising process.
        """
        self._last += count
        return self._last
