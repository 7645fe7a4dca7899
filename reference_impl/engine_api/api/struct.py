"""The base of all types of the API."""

from __future__ import annotations

from functools import cache

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["UNSET", "ApiStruct", "UnsetType", "fields_of"]


class ApiStruct(msgspec.Struct, kw_only=True, rename="pascal"):
    """A type of the API, with the wire names of its fields.

    A field that is `UNSET` is absent, `None` is null, and an empty value is empty: three different things in this API.
    """


@cache
def fields_of(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """The fields of a type, found out once: their types are written as text, which takes long to read."""
    return msgspec.structs.fields(kind)
