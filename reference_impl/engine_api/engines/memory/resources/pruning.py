"""Prunes, of which an engine does one of a kind at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from engine_api.api.errors import Conflict

__all__ = ["OneAtATime"]


class OneAtATime:
    """Lets one prune in, and refuses others until it has ended."""

    def __init__(self) -> None:
        self._busy = False

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        """Around a prune.

        Raises:
            Conflict: there is one under way.
        """
        if self._busy:
            raise Conflict("a prune operation is already running")
        self._busy = True
        try:
            # The work itself takes no time here; those who ask at the same moment must meet all the same.
            await asyncio.sleep(0)
            yield
        finally:
            self._busy = False
