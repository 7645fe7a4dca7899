"""The base of all types of the API."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["UNSET", "ApiStruct", "UnsetType"]


class ApiStruct(msgspec.Struct, kw_only=True, rename="pascal"):
    """A type of the API, with the wire names of its fields.

    A field that is `UNSET` is absent, `None` is null, and an empty value is empty: three different things in this API.
    """
