"""The classic builder: Dockerfiles, their contexts, and the images that they make."""

from engine_api.engines.memory.builder.builder import MemoryBuilder

__all__ = ["MemoryBuilder"]
