"""Type annotations as values: what fields, parameters and results are declared to be."""

from __future__ import annotations

from typing import TypeAlias

__all__ = ["Annotation"]

Annotation: TypeAlias = object
"""A type annotation with its marks. Python has no common type for classes, unions, literals and `Annotated`."""
