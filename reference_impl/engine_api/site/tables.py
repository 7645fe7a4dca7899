"""Tables of parameters, fields and statuses, from the bindings and the types."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin

from engine_api.api.filters import FilterKeys
from engine_api.api.struct import ApiStruct
from engine_api.api.versions import NEWEST, OLDEST, Span, Version
from engine_api.versions.fields import field_paths, values_of
from engine_api.versions.projection import field_docs
from engine_api.wire.bindings import Answer, Binding, Place, plain_type
from engine_api.wire.statuses import STATUSES

__all__ = ["table"]


def table(kind: str, binding: Binding, version: Version) -> list[str]:
    """The lines of a table.

    Args:
        kind: `parameters`, `body`, `answer` or `statuses`.
        binding: the operation's row.
        version: the version of the page.
    """
    match kind:
        case "parameters":
            return list(_parameters(binding, version))
        case "body":
            body = binding.json_argument
            return _fields(body.kind, version, "Fields of the body") if body is not None else []
        case "answer":
            return _fields(binding.result, version, "Fields of the answer") if binding.result is not None else []
        case _:
            return list(_statuses(binding, version))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _badge(span: Span) -> str:
    parts = []
    if span.since > OLDEST:
        parts.append(f"from v{span.since}")
    if span.until is not None and span.until < NEWEST:
        parts.append(f"up to v{span.until}")
    return f" *({', '.join(parts)})*" if parts else ""


def _parameters(binding: Binding, version: Version) -> Iterator[str]:
    rows = []
    for argument in binding.arguments.values():
        parameter = argument.parameter
        if version not in parameter.span or argument.place not in (Place.PATH, Place.QUERY, Place.HEADER):
            continue
        doc = _cell(parameter.doc)
        values = [f"`{v.value}`" + (f" {v.doc}" if v.doc else "") for v in values_of(parameter.annotation)]
        for mark in getattr(parameter.annotation, "__metadata__", ()):
            if isinstance(mark, FilterKeys):
                values = [f"`{k.value}`" + (f" {k.doc}" if k.doc else "") for k in mark.keys if version in k.span]
        if values:
            doc += f" {'; '.join(map(_cell, values))}"
        kind = argument.query.name if argument.query is not None else "text"
        name = parameter.name if argument.place is Place.PATH else argument.name
        rows.append(f"| `{name}` | {argument.place.value} | {kind} | {doc}{_badge(parameter.span)} |")
    if rows:
        yield from ("| Parameter | In | Type | Meaning |", "|---|---|---|---|", *rows)


def _name_of(kind: Any) -> str:
    kind = plain_type(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        names = [_name_of(part) for part in arguments if part is not type(None) and part.__name__ != "UnsetType"]
        return " or ".join(dict.fromkeys(names))
    if origin is list:
        return f"array of {_name_of(arguments[0])}"
    if origin is dict:
        return f"map of {_name_of(arguments[1])}"
    if isinstance(kind, type) and issubclass(kind, ApiStruct):
        return "object"
    return {str: "text", int: "integer", float: "number", bool: "boolean"}.get(kind, "any")


def _fields(kind: Any, version: Version, title: str) -> list[str]:
    rows = []
    for found in field_paths(kind):
        if version not in found.span:
            continue
        doc = _cell(field_docs(found.owner).get(found.name, ""))
        values = [f"`{v.value or 'empty'}`" + (f" {v.doc}" if v.doc else "") for v in found.values if version in v.span]
        if values:
            doc += f" {'; '.join(map(_cell, values))}"
        rows.append(f"    | `{found.path}` | {_name_of(found.kind)} | {doc}{_badge(found.span)} |")
    if not rows:
        return []
    return [f'??? note "{title} ({len(rows)})"', "", "    | Field | Type | Meaning |", "    |---|---|---|", *rows]


def _statuses(binding: Binding, version: Version) -> Iterator[str]:
    yield from ("| Status | When |", "|---|---|")
    if binding.answer is Answer.DUPLEX:
        yield "| 101 | the connection is taken over |"
        if binding.upgrade == "tcp":
            yield "| 200 | the same, for a client that did not ask to upgrade |"
    elif binding.answer is Answer.WEBSOCKET:
        yield "| 101 | the connection is a websocket from here on |"
    else:
        yield f"| {binding.status} | it was done |"
    operation = binding.operation
    for status, when in sorted(
        (STATUSES[kind], when)
        for kind, when in operation.errors.items()
        if kind not in operation.error_spans or version in operation.error_spans[kind]
    ):
        yield f"| {status} | {_cell(when)} |"
