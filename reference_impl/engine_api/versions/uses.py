"""What a request uses of the API: names of operations, parameters, fields and headers, without values of users."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import msgspec

from engine_api.api.errors import InvalidParameter
from engine_api.api.filters import FilterKeys
from engine_api.versions.fields import values_of
from engine_api.wire.bindings import BINDINGS, Binding, Place
from engine_api.wire.bodies import shape
from engine_api.wire.paths import Router, split_version
from engine_api.wire.queries import parse_query

__all__ = ["Use", "match", "use_of"]


class Use(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a request uses: a line of a recording."""

    operation: str
    """The id of the operation."""
    version: str = ""
    """The version in the path; empty if the path has none."""
    status: int = 0
    """The status of the response; 0 if there is none."""
    uses: tuple[str, ...] = ()
    """Parameters, filter keys, headers and fields of the body, and their values where the API names them, as
    `Entry.path` writes them.
    """


_ROUTER = Router(BINDINGS)


def match(verb: str, path: str) -> tuple[Binding, str] | None:
    """Return the operation of a request, and the version in its path; None if no operation matches."""
    version, rest = split_version(path)
    found = _ROUTER.match(verb, rest)
    return None if found is None else (found.binding, version or "")


def use_of(binding: Binding, version: str, query: str, headers: Iterable[str], body: bytes, status: int) -> Use:
    """Return what a request uses.

    Args:
        binding: the operation's row.
        version: the version in the path, or empty.
        query: the query string.
        headers: the names of the headers.
        body: the JSON body; malformed JSON counts as no body.
        status: the status of the response, or 0.
    """
    names = {name.lower() for name in headers}
    try:
        asked = parse_query(query.encode())
    except InvalidParameter:
        asked = {}
    found: dict[str, None] = {}
    for argument in binding.arguments.values():
        annotation = argument.parameter.annotation
        if argument.place is Place.QUERY and argument.name in asked:
            path = f"?{argument.name}"
            keys = _filter_keys(annotation)
            if keys:
                known = [key for key in _keys(asked[argument.name]) if key in keys]
                found |= dict.fromkeys([f"{path}={key}" for key in known] or [path])
            else:
                found[_with_value(path, annotation, asked[argument.name][0])] = None
        elif argument.place is Place.HEADER and argument.name.lower() in names:
            found[argument.name] = None
        elif argument.place is Place.JSON and body:
            try:
                value = json.loads(body)
                found |= dict.fromkeys(_fields(value, argument.kind, argument.kind, ""))
            except (ValueError, RecursionError):
                continue
    return Use(operation=binding.operation.id, version=version, status=status, uses=tuple(found))


def _filter_keys(annotation: object) -> set[str]:
    marks = (mark for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, FilterKeys))
    return {key.value for mark in marks for key in mark.keys}


def _keys(values: list[str]) -> list[str]:
    try:
        filters = json.loads(values[0])
    except (ValueError, RecursionError):
        return []
    return list(filters) if isinstance(filters, dict) else []


def _with_value(path: str, annotation: object, value: object) -> str:
    known = {each.value for each in values_of(annotation)}
    return f"{path}={value}" if value in known else path


def _fields(value: object, kind: object, annotation: object, path: str) -> Iterator[str]:
    """Yield the paths of the fields that a JSON value sets, without parents of other fields."""
    if isinstance(value, dict) and value:
        keys, item = shape(kind)
        for key, inner in value.items():
            if keys is None:
                yield from _fields(inner, item, item, path + "{}")
            elif (known := keys.get(key) or keys.get(key.casefold())) is not None:
                name, own = known
                yield from _fields(inner, own, own, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value and not isinstance(value[0], str):
        for inner in value:
            yield from _fields(inner, shape(kind)[1], shape(kind)[1], path + "[]")
    elif path and value is not None:
        yield _with_value(path, annotation, value) if isinstance(value, str) else path
