"""Tables of parameters, fields and statuses as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from engine_api.api.versions import NEWEST, OLDEST, Span, Value, Version
from engine_api.site.fields import Node, kind_of, parameters, statuses, tree
from engine_api.wire.bindings import Binding

__all__ = ["table"]


def table(kind: str, binding: Binding, version: Version) -> list[str]:
    """Return the lines of a table.

    Args:
        kind: `parameters`, `body`, `answer` or `statuses`.
        binding: the operation's row.
        version: the version of the page.
    """
    if kind == "parameters":
        rows = [
            f"| `{one.name}` | {one.place} | {one.type} | {_meaning(one.doc, one.values, one.span)} |"
            for one in parameters(binding, version)
        ]
        return ["| Parameter | In | Type | Meaning |", "|---|---|---|---|", *rows] if rows else []
    if kind == "statuses":
        rows = [f"| {one.status} | {_cell(one.when)} |" for one in statuses(binding, version)]
        return ["| Status | When |", "|---|---|", *rows]
    of = kind_of(kind, binding, version)
    return list(_fields(kind, of, version)) if of is not None else []


def _fields(kind: str, of: object, version: Version) -> tuple[str, ...]:
    rows = [row for node in tree(of, version) for row in _rows(node)]
    title = f"Fields of the {kind}"
    return (f"{title}:", "", "| Field | Type | Meaning |", "|---|---|---|", *rows) if rows else ()


def _rows(node: Node) -> Iterator[str]:
    kind = node.type + (" or null" if node.nullable else "")
    yield f"| `{node.path}` | {kind} | {_meaning(node.doc, node.values, node.span)} |"
    for child in node.children:
        yield from _rows(child)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _meaning(doc: str, values: tuple[Value, ...], span: Span) -> str:
    parts = [doc, "; ".join(f"`{value.value or 'empty'}`" + (f" {value.doc}" if value.doc else "") for value in values)]
    notes = []
    if span.since > OLDEST:
        notes.append(f"from v{span.since}")
    if span.until < NEWEST:
        notes.append(f"up to v{span.until}")
    if notes:
        parts.append(f"*({', '.join(notes)})*")
    return _cell(" ".join(part for part in parts if part))
