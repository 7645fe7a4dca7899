"""Engines around another engine: every call passes through one function."""

from engine_api.engines.wrapping.engine import Call, WrappingEngine
from engine_api.engines.wrapping.streams import WrappedDuplex, WrappedOutput, watched

__all__ = ["Call", "WrappedDuplex", "WrappedOutput", "WrappingEngine", "watched"]
