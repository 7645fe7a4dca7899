"""The fields of a type as dotted paths, each with the versions that have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import get_args, get_origin

from engine_api.api.struct import ApiStruct, fields_of
from engine_api.api.versions import NEWEST, OLDEST, OneOf, Span, Value, Version, span_of
from engine_api.wire.bindings import plain_type

__all__ = ["FieldPath", "field_paths", "values_of"]


@dataclass(frozen=True)
class FieldPath:
    """A field with its path: `HostConfig.Mounts[].Type` is the `Type` of each of the `Mounts` of a `HostConfig`."""

    path: str
    span: Span
    owner: type[ApiStruct]
    """The type that has the field."""
    name: str
    """The name in Python."""
    kind: object
    """The type, with its marks."""
    above: str = ""
    """The path of the parent field; empty for none."""

    @property
    def values(self) -> tuple[Value, ...]:
        """The allowed values; empty if any value is allowed."""
        return values_of(self.kind)


def values_of(annotation: object) -> tuple[Value, ...]:
    """Return the values in the marks of a type."""
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, OneOf):
            return mark.values
    for part in get_args(annotation):
        found = values_of(part) if not isinstance(part, str | int | OneOf) else ()
        if found:
            return found
    return ()


@cache
def field_paths(kind: object) -> tuple[FieldPath, ...]:
    """Return every field below a type in any version, parents before children; recursion is not repeated."""
    return tuple(_walk(kind, "", Span(), (), ""))


def _walk(kind: object, prefix: str, span: Span, owners: tuple[type, ...], above: str) -> Iterator[FieldPath]:
    kind = plain_type(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is list or (origin is not None and getattr(origin, "__name__", "") == "Sequence"):
        yield from _walk(arguments[0], prefix + "[]", span, owners, above)
    elif origin is dict:
        yield from _walk(arguments[1], prefix + "{}", span, owners, above)
    elif arguments and origin is not None and not isinstance(kind, type):
        for part in arguments:
            if part is not type(None):
                yield from _walk(part, prefix, span, owners, above)
    elif isinstance(kind, type) and issubclass(kind, ApiStruct) and kind not in owners:
        for field in fields_of(kind):
            own = _narrow(span, span_of(field.type))
            path = f"{prefix}.{field.encode_name}" if prefix else field.encode_name
            yield FieldPath(path, own, kind, field.name, field.type, above)
            yield from _walk(field.type, path, own, (*owners, kind), path)


def _narrow(outer: Span, inner: Span) -> Span:
    since: Version = max(outer.since, inner.since, OLDEST)
    until: Version = min(outer.until, inner.until, NEWEST)
    return Span(since, until)
