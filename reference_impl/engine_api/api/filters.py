"""Filters: what narrows a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from engine_api.api.versions import Value

__all__ = ["FilterKeys", "Filters"]

Filters: TypeAlias = Mapping[str, Sequence[str]]
"""Keys with their values. Values of `label` must all hold; of any other key, one must."""


class FilterKeys:
    """Marks a filters parameter with the keys that the operation knows."""

    __slots__ = ("keys",)

    def __init__(self, *keys: Value) -> None:
        self.keys = keys
