"""The state of the reference engine outside of it: what is kept, how it is written, and how an engine gets it back."""

from engine_api.engines.memory.state.directory import StateError, StateStore
from engine_api.engines.memory.state.durable import Durable
from engine_api.engines.memory.state.snapshot import Snapshot

__all__ = ["Durable", "Snapshot", "StateError", "StateStore"]
