"""Everything of the API that some versions have and others lack, as one list.

Two versions differ in the items that one has and the other lacks. An item below another, such as a field of a field or
a parameter of an operation, differs only where both versions have what it is below. A turn, such as a change of
behaviour or a deprecation, is an item that every version has from then on. So a few comparisons give the differences
of any two versions, in either direction, here and in a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, NamedTuple, cast

from engine_api.api.filters import FilterKeys
from engine_api.api.operation import Parameter
from engine_api.api.struct import fields_of
from engine_api.api.versions import NEWEST, OLDEST, Span, Value, Version, deprecation_of, span_of
from engine_api.formats.annotation import Annotation
from engine_api.versions.change import EVERY_OPERATION, Change, Effect
from engine_api.versions.changes import changes
from engine_api.versions.fields import FieldPath, field_paths, values_of
from engine_api.versions.projection import field_docs
from engine_api.wire.bindings import BINDINGS, Binding, Place
from engine_api.wire.statuses import STATUSES

__all__ = ["Item", "Kind", "Verdict", "What", "items"]

Kind = Literal[
    "operation",
    "parameter",
    "header",
    "filter",
    "request field",
    "answer field",
    "status",
    "value",
    "default",
    "behaviour",
]
What = Literal["added", "removed", "changed", "deprecated"]


class Verdict(NamedTuple):
    """The effect of an item, or of its absence, on a client."""

    what: What
    breaking: bool
    why: str


@dataclass(frozen=True)
class Item:
    """Something that some versions have and others lack."""

    kind: Kind
    operation: str
    """The id of the operation, or `*`."""
    path: str
    """What it is: a field by its dotted path, `?name` for a parameter, `?name=value` for a value of one, a header's
    name, `=404` for a status; empty for an operation as a whole.
    """
    span: Span
    """The versions that have the item."""
    parent: int | None
    """The index of the parent item."""
    gained: Verdict | None
    """The effect on a client whose version lacks the item when the engine's has it; None: no difference."""
    lost: Verdict | None
    """The effect on a client whose version has the item when the engine's lacks it; None: no difference."""
    text: str = ""
    """A description of the item, or of what changed."""
    change: type[Change] | None = None
    """The change of behaviour, if the item is one."""


def _added(why: str, breaking: bool = False) -> Verdict:
    return Verdict("added", breaking, why)


def _removed(why: str, breaking: bool = True) -> Verdict:
    return Verdict("removed", breaking, why)


_OPTION: Final = (_added("without it, what was done is done"), _removed("it is ignored"))
_VERDICTS: Final[dict[str, tuple[Verdict, Verdict]]] = {
    "operation": (_added("nobody called it"), _removed("calls are refused")),
    "parameter": _OPTION,
    "header": _OPTION,
    "filter": (_added("nobody used it"), _removed("lists that are narrowed by it are refused, or not narrowed")),
    "request field": _OPTION,
    "answer field": (_added("readers ignore what they do not know"), _removed("readers find nothing")),
    "status": (
        _added("a failure that had another status, or did not happen"),
        _removed("a failure that has another status, or does not happen", breaking=False),
    ),
    "sent value": (_added("nobody sent it"), _removed("it is refused or ignored")),
    "answered value": (
        _added("readers may meet a value that they do not know"),
        _removed("whoever waits for it waits in vain"),
    ),
}
_REQUIRED: Final = _added("requests without it are refused", breaking=True)
_SEVERAL: Final = Verdict("changed", False, "it may be given several times; once is enough, as before")
_ONE: Final = Verdict("changed", True, "of several values one is read, or all are refused")
_DEPRECATED: Final = Verdict("deprecated", False, "it still does what it did, but a later version may lack it")


@cache
def items() -> tuple[Item, ...]:
    """Return the items: those of each operation, in the order of the pages; then changes of behaviour, oldest first.

    An item comes after its parent. What all versions have is omitted.
    """
    builder = _Builder()
    for binding in BINDINGS:
        builder.add_operation(binding)
    for change in reversed(changes(OLDEST)):
        builder.add_change(change)
    return tuple(builder.found)


class _Builder:
    """Collects the items in order."""

    def __init__(self) -> None:
        self.found: list[Item] = []
        self._operations: dict[str, int | None] = {EVERY_OPERATION: None}

    def _add(
        self,
        verdicts: str,
        operation: str,
        path: str,
        span: Span,
        parent: int | None,
        text: str,
        required: bool = False,
    ) -> int | None:
        """Add an item unless every version has it; return the index that is the parent of items below it."""
        if span == Span() or span.since > span.until:
            return parent
        if parent is not None and span == self.found[parent].span:
            return parent
        gained, lost = _VERDICTS[verdicts]
        kind = cast("Kind", "value" if verdicts.endswith(" value") else verdicts)
        self.found.append(
            Item(kind, operation, path, span, parent, _REQUIRED if required else gained, lost, " ".join(text.split()))
        )
        return len(self.found) - 1

    def _turn(self, kind: Kind, operation: str, path: str, since: Version, parent: int | None, text: str) -> None:
        span = Span(since, NEWEST if parent is None else self.found[parent].span.until)
        self.found.append(Item(kind, operation, path, span, parent, _DEPRECATED, None, " ".join(text.split())))

    def add_operation(self, binding: Binding) -> None:
        """Add an operation, its parameters, fields and statuses."""
        operation = binding.operation
        top = self._add("operation", operation.id, "", operation.span, None, operation.summary)
        self._operations[operation.id] = top
        if operation.deprecated is not None:
            self._turn("operation", operation.id, "", Version.parse(operation.deprecated), top, "")
        for argument in binding.arguments.values():
            parameter = argument.parameter
            if argument.place is Place.QUERY:
                self._add_parameter(binding, f"?{argument.name}", parameter, top)
            elif argument.place is Place.HEADER:
                span = _within(parameter.span, operation.span)
                self._add("header", operation.id, argument.name, span, top, parameter.doc, parameter.required)
            elif argument.place is Place.JSON:
                self._add_fields(binding, argument.kind, "request field", _within(parameter.span, operation.span), top)
        if binding.result is not None:
            self._add_fields(binding, binding.result, "answer field", operation.span, top)
        for kind, status in STATUSES.items():
            if kind in operation.errors:
                span = _within(operation.error_spans.get(kind, operation.span), operation.span)
                self._add("status", operation.id, f"={status}", span, top, operation.errors[kind])

    def _add_parameter(self, binding: Binding, path: str, parameter: Parameter, top: int | None) -> None:
        annotation, several = parameter.annotation, parameter.several_since
        id, outer = binding.operation.id, binding.operation.span
        span = _within(span_of(annotation), outer)
        own = self._add("parameter", id, path, span, top, parameter.doc, parameter.required)
        if several is not None:
            later = Span(several, span.until)
            self.found.append(Item("parameter", id, path, later, own, _SEVERAL, _ONE, " ".join(parameter.doc.split())))
        self._add_deprecation("parameter", id, path, annotation, own)
        self._add_values("sent value", id, path, values_of(annotation), span, own)
        for mark in getattr(annotation, "__metadata__", ()):
            if isinstance(mark, FilterKeys):
                self._add_values("filter", id, path, mark.keys, span, own)

    def _add_values(
        self, verdicts: str, operation: str, path: str, values: tuple[Value, ...], outer: Span, parent: int | None
    ) -> None:
        for value in values:
            own_path = f"{path}={value.value}"
            own = self._add(verdicts, operation, own_path, _within(value.span, outer), parent, value.doc)
            if value.deprecated is not None:
                kind: Kind = "filter" if verdicts == "filter" else "value"
                self._turn(kind, operation, own_path, Version.parse(value.deprecated), own, "")

    def _add_deprecation(
        self, kind: Kind, operation: str, path: str, annotation: Annotation, parent: int | None
    ) -> None:
        since = deprecation_of(annotation)
        if since is not None:
            self._turn(kind, operation, path, since, parent, "")

    def _add_fields(self, binding: Binding, kind: Annotation, name: Kind, outer: Span, top: int | None) -> None:
        id = binding.operation.id
        parents: dict[str, int | None] = {}
        for field in field_paths(kind):
            above = parents.get(field.above, top)
            span = _within(field.span, outer)
            own = self._add(
                name, id, field.path, span, above, _doc(field), name == "request field" and _required(field)
            )
            parents[field.path] = own
            self._add_deprecation(name, id, field.path, field.kind, own)
            verdicts = "sent value" if name == "request field" else "answered value"
            self._add_values(verdicts, id, field.path, field.values, span, own)

    def add_change(self, change: type[Change]) -> None:
        """Add a change of behaviour, once for each of its operations."""
        since = change.introduced()
        gained = Verdict(change.what, change.effect is Effect.BREAKING, change.why)
        undone: What = "removed" if change.what == "added" else "changed"
        lost = Verdict(undone, change.back is Effect.BREAKING, change.why_back)
        text = " ".join(change.text().split())
        for operation in change.operations:
            parent = self._operations[operation]
            span = Span(since, NEWEST if parent is None else self.found[parent].span.until)
            back = None if change.what == "deprecated" else lost
            for path in change.paths_of(operation):
                self.found.append(Item(change.kind, operation, path, span, parent, gained, back, text, change))


def _within(inner: Span, outer: Span) -> Span:
    return Span(max(inner.since, outer.since), min(inner.until, outer.until))


@cache
def _doc(field: FieldPath) -> str:
    return field_docs(field.owner).get(field.name, "")


def _required(field: FieldPath) -> bool:
    return any(own.required for own in fields_of(field.owner) if own.name == field.name)
