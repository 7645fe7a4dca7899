"""JSON whose shape is not declared."""

from __future__ import annotations

from typing import Any, TypeAlias

__all__ = ["Json", "JsonObject"]

Json: TypeAlias = Any
"""A JSON value, or a value of YAML: null, a boolean, a number, a string, an array or an object of such values."""
JsonObject: TypeAlias = dict[str, Any]
"""A JSON object."""
