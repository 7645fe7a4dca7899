"""A state of an engine, to go back to."""

from __future__ import annotations

from engine_api.engines.memory.state.capture import Saver
from engine_api.engines.memory.state.kept import KeptEngine
from engine_api.engines.memory.state.revive import Revival
from engine_api.engines.memory.state.store import MemoryStore

__all__ = ["Snapshot"]


class Snapshot:
    """What an engine was at a moment: its images, containers, networks and volumes with all files, and its registry.

    It stays as it is whatever becomes of the engine, and can be gone back to more than once. Processes are no part of
    it: what ran then is started anew, with the files that it had, and paused if it was.

    Args:
        engine: the engine.
    """

    def __init__(self, engine: KeptEngine) -> None:
        self._store = MemoryStore()
        Saver(engine, self._store).save()

    async def restore(self, engine: KeptEngine) -> None:
        """Let an engine that runs nothing be what this one was."""
        await Revival(engine, self._store).revive(lambda record: record.ran, as_it_was=True)
