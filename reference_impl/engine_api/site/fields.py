"""Request and response of an operation as trees of fields, from the types, and as HTML that folds."""

from __future__ import annotations

import inspect
import types
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Union, get_args, get_origin

import msgspec

from engine_api.api.filters import FilterKeys
from engine_api.api.struct import UNSET, ApiStruct, fields_of
from engine_api.api.versions import NEWEST, OLDEST, Span, Value, Version, deprecation_of, span_of
from engine_api.formats.annotation import Annotation
from engine_api.site.markup import anchor, badge, escape, inline, wide_table
from engine_api.versions.fields import field_paths, values_of
from engine_api.versions.projection import field_docs
from engine_api.wire.bindings import Binding, Place, ResponseKind, plain_type
from engine_api.wire.statuses import STATUSES

__all__ = ["Node", "Parameter", "Status", "kind_of", "parameters", "statuses", "tables", "tree", "type_name"]

_PLAIN: Mapping[object, str] = {str: "text", int: "integer", float: "number", bool: "boolean"}
_SUCCESS: Final = {
    101: "the connection is taken over",
    200: "it was done",
    201: "it was created",
    204: "it was done; there is no body",
}


@dataclass(frozen=True)
class Node:
    """A field with its path."""

    name: str
    path: str
    type: str
    doc: str
    span: Span
    values: tuple[Value, ...]
    default: str
    nullable: bool
    deprecated: Version | None
    children: tuple[Node, ...]

    @property
    def count(self) -> int:
        """The number of fields: this one and all below it."""
        return 1 + sum(child.count for child in self.children)


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path, the query or the headers."""

    name: str
    place: str
    type: str
    doc: str
    span: Span
    values: tuple[Value, ...]
    default: str
    required: bool
    deprecated: Version | None


@dataclass(frozen=True)
class Status:
    """A status of an operation's response."""

    status: int
    when: str


def type_name(kind: Annotation) -> str:
    """Return the name of a type for readers."""
    kind = plain_type(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        names = [type_name(part) for part in arguments if part is not type(None) and part is not msgspec.UnsetType]
        return " or ".join(dict.fromkeys(names))
    if origin is list or (origin is not None and getattr(origin, "__name__", "") == "Sequence"):
        return f"array of {type_name(arguments[0])}"
    if origin is dict:
        return f"map of {type_name(arguments[1])}"
    if isinstance(kind, type) and issubclass(kind, ApiStruct):
        return "object"
    return _PLAIN.get(kind, "any")


def _nullable(kind: Annotation) -> bool:
    if hasattr(kind, "__metadata__"):
        return _nullable(get_args(kind)[0])
    return get_origin(kind) in (Union, types.UnionType) and type(None) in get_args(kind)


def _structs(kind: Annotation) -> Iterator[type[ApiStruct]]:
    kind = plain_type(kind)
    if isinstance(kind, type):
        if issubclass(kind, ApiStruct):
            yield kind
        return
    for part in get_args(kind):
        yield from _structs(part)


def _shape(kind: Annotation) -> str:
    """Return the suffix of a field's name in paths: `[]` for an array, `{}` for a map."""
    kind = plain_type(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is list or (origin is not None and getattr(origin, "__name__", "") == "Sequence"):
        return "[]" + _shape(arguments[0])
    if origin is dict:
        return "{}" + _shape(arguments[1])
    return ""


def tree(kind: Annotation, version: Version) -> tuple[Node, ...]:
    """Return the fields of a type as of a version; recursion is not repeated."""
    return tuple(_nodes(kind, version, "", Span(), ()))


def _nodes(kind: Annotation, version: Version, prefix: str, span: Span, above: tuple[type, ...]) -> Iterator[Node]:
    seen: set[str] = set()
    for struct in _structs(kind):
        if struct in above:
            continue
        docs = field_docs(struct)
        for field in fields_of(struct):
            own = span_of(field.type)
            if version not in own or field.encode_name in seen:
                continue
            seen.add(field.encode_name)
            narrowed = Span(max(span.since, own.since), min(span.until, own.until))
            path = f"{prefix}.{field.encode_name}" if prefix else field.encode_name
            default = field.default
            yield Node(
                field.encode_name,
                path,
                type_name(field.type),
                docs.get(field.name, ""),
                own,
                tuple(value for value in values_of(field.type) if version in value.span),
                "" if default in (msgspec.NODEFAULT, UNSET, None, "") else _json(default),
                _nullable(field.type),
                _deprecated(field.type, version),
                tuple(_nodes(field.type, version, path + _shape(field.type), narrowed, (*above, struct))),
            )


def _deprecated(annotation: Annotation, version: Version) -> Version | None:
    """Return the version that deprecated a field or parameter; None if it is not deprecated in `version`."""
    since = deprecation_of(annotation)
    return since if since is not None and since <= version else None


def _json(value: Annotation) -> str:
    return msgspec.json.encode(value).decode()


def parameters(binding: Binding, version: Version) -> list[Parameter]:
    """Return the parameters of an operation as of a version."""
    found: list[Parameter] = []
    for argument in binding.arguments.values():
        parameter = argument.parameter
        if version not in parameter.span or argument.place not in (Place.PATH, Place.QUERY, Place.HEADER):
            continue
        values = [value for value in values_of(parameter.annotation) if version in value.span]
        for mark in getattr(parameter.annotation, "__metadata__", ()):
            if isinstance(mark, FilterKeys):
                values = [key for key in mark.keys if version in key.span]
        default = parameter.default
        unsaid = default is inspect.Parameter.empty or default is None or default is UNSET or default in ("", ())
        found.append(
            Parameter(
                parameter.name if argument.place is Place.PATH else argument.name,
                argument.place.value,
                argument.query.name if argument.query is not None else "text",
                parameter.doc,
                parameter.span,
                tuple(values),
                "" if unsaid else _json(default),
                parameter.required,
                _deprecated(parameter.annotation, version),
            )
        )
    return found


def statuses(binding: Binding, version: Version) -> list[Status]:
    """Return the statuses of an operation as of a version, in order."""
    if binding.response is ResponseKind.DUPLEX:
        found = [Status(101, _SUCCESS[101])]
        if binding.upgrade == "tcp":
            found.append(Status(200, "the same, for a client that did not ask to upgrade"))
    elif binding.response is ResponseKind.WEBSOCKET:
        found = [Status(101, "the connection is a websocket from here on")]
    else:
        found = [Status(binding.status, _SUCCESS.get(binding.status, _SUCCESS[200]))]
    operation = binding.operation
    for kind, when in operation.errors.items():
        if kind not in operation.error_spans or version in operation.error_spans[kind]:
            found.append(Status(STATUSES[kind], when))
    merged: dict[int, str] = {}
    for status in sorted(found, key=lambda status: status.status):
        known = merged.get(status.status)
        merged[status.status] = f"{known}; {status.when}" if known else status.when
    return [Status(status, when) for status, when in merged.items()]


# As HTML


def _spans(span: Span, deprecated: Version | None = None) -> str:
    made = badge(f"deprecated since v{deprecated}", "deprecated") if deprecated else ""
    if span.since > OLDEST:
        made += badge(f"from v{span.since}", "since")
    if span.until < NEWEST:
        made += badge(f"up to v{span.until}", "until")
    return made


def _values(values: tuple[Value, ...]) -> str:
    if not values:
        return ""
    items = "".join(
        f"<li><code>{escape(value.value) or '(empty)'}</code>{_spans(value.span)}"
        f"{' ' + inline(value.doc) if value.doc else ''}</li>"
        for value in values
    )
    return f'<ul class="values">{items}</ul>'


def _node(node: Node, section: str, part: str) -> str:
    id = anchor(section, part, node.path)
    kind = node.type + (" or null" if node.nullable else "")
    default = f' <span class="default">default <code>{escape(node.default)}</code></span>' if node.default else ""
    inner = ""
    if node.children:
        count = sum(child.count for child in node.children)
        items = "".join(_node(child, section, part) for child in node.children)
        inner = f"<details><summary>{_count(count)} in {escape(node.name)}</summary><ul>{items}</ul></details>"
    return (
        f'<li id="{escape(id)}"><a href="#{escape(id)}"><code>{escape(node.name)}</code></a> '
        f'<span class="type">{kind}</span>{_spans(node.span, node.deprecated)}{default}'
        f"<div>{inline(node.doc)}{_values(node.values)}</div>{inner}</li>"
    )


def _count(count: int) -> str:
    return f"{count} field{'s' if count != 1 else ''}"


def _tree(nodes: tuple[Node, ...], section: str, part: str, title: str) -> str:
    if not nodes:
        return ""
    count = _count(sum(node.count for node in nodes))
    items = "".join(_node(node, section, part) for node in nodes)
    summary = f'<summary>{title} <span class="count">{count}</span></summary>'
    return f'<details class="fields">{summary}<ul>{items}</ul></details>'


def _parameters(found: list[Parameter], section: str) -> str:
    if not found:
        return ""
    rows: list[str] = []
    for one in found:
        id = escape(anchor(section, "parameter", one.name))
        name = f'<a href="#{id}"><code>{escape(one.name)}</code></a>'
        default = f'<br><span class="default">default <code>{escape(one.default)}</code></span>' if one.default else ""
        needed = badge("required", "required") if one.required else ""
        rows.append(
            f'<tr id="{id}"><th scope="row">{name}{_spans(one.span, one.deprecated)}{needed}</th>'
            f"<td>{escape(one.place)}</td><td>{escape(one.type)}{default}</td><td>{inline(one.doc)}{_values(one.values)}</td></tr>"
        )
    return wide_table(("Parameter", "In", "Type", "Meaning"), rows, "parameters")


def _statuses(found: list[Status], section: str) -> str:
    rows = []
    for one in found:
        id = escape(anchor(section, "status", str(one.status)))
        rows.append(
            f'<tr id="{id}"><th scope="row"><a class="status status-{one.status // 100}" href="#{id}">{one.status}</a>'
            f"</th><td>{inline(one.when)}</td></tr>"
        )
    return wide_table(("Status", "When"), rows, "statuses")


@cache
def _breaks(operation: str, kind: Annotation) -> tuple[Version, ...]:
    """Return the versions that change the fields of a type."""
    found: set[Version] = set()
    for field in field_paths(kind):
        since = deprecation_of(field.kind)
        if since is not None:
            found.add(since)
        spans = [field.span, span_of(field.kind), *(value.span for value in field.values)]
        for span in spans:
            found.add(span.since)
            if span.until < NEWEST:
                found.add(Version(span.until.major, span.until.minor + 1))
    return tuple(sorted(found))


def kind_of(part: str, binding: Binding, version: Version) -> Annotation:
    """Return the type of an operation's `body` or `answer` (response); None if the version has none."""
    if part == "answer":
        return binding.result
    body = binding.json_argument
    return body.kind if body is not None and version in body.parameter.span else None


_TREES: dict[tuple[str, str, str, int], str] = {}


def tables(kind: str, binding: Binding, version: Version, section: str) -> str:
    """Return a table of an operation as HTML.

    Args:
        kind: `parameters`, `body`, `answer` or `statuses`.
        binding: the operation's row.
        version: the version of the page.
        section: the ID of the operation's heading.
    """
    if kind == "parameters":
        return _parameters(parameters(binding, version), section)
    if kind == "statuses":
        return _statuses(statuses(binding, version), section)
    of = kind_of(kind, binding, version)
    if of is None:
        return ""
    id = binding.operation.id
    key = (id, section, kind, bisect_right(_breaks(id, of), version))
    if key not in _TREES:
        _TREES[key] = _tree(tree(of, version), section, kind, "Body" if kind == "body" else "ResponseKind")
    return _TREES[key]
