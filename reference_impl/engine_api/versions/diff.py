"""What differs between two versions, for a client that was written for the first and meets the second."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, Literal

import msgspec

from engine_api.api.versions import Span, Version
from engine_api.versions.change import Change, Effect
from engine_api.versions.changes import changes
from engine_api.versions.fields import field_paths, values_of
from engine_api.wire.bindings import BINDINGS, Binding, Place
from engine_api.wire.statuses import STATUSES

__all__ = ["Diff", "Entry", "diff"]

Kind = Literal["operation", "parameter", "header", "request field", "answer field", "status", "value", "behaviour"]
What = Literal["added", "removed", "changed", "deprecated"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One difference."""

    kind: Kind
    what: What
    operation: str
    """The id of the operation."""
    path: str
    """What it is about: a field by its dotted path, `?name` for a parameter, `=404` for a status; empty for all."""
    version: str
    """The version that made the difference."""
    breaking: bool
    why: str
    """Why it breaks a client, or why not."""
    text: str = ""
    """What changed, for a behaviour."""
    page: str = ""
    """The page and heading that tell more."""


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """All differences between two versions."""

    source: str
    target: str
    entries: list[Entry]

    @property
    def breaking(self) -> list[Entry]:
        """Those that break a client."""
        return [entry for entry in self.entries if entry.breaking]


_WHY: dict[tuple[str, str], tuple[bool, str]] = {
    ("operation", "added"): (False, "nobody called it"),
    ("operation", "removed"): (True, "calls are refused"),
    ("parameter", "added"): (False, "without it the operation does what it did"),
    ("parameter", "removed"): (True, "it is ignored"),
    ("header", "added"): (False, "without it the operation does what it did"),
    ("header", "removed"): (True, "it is ignored"),
    ("request field", "added"): (False, "without it the operation does what it did"),
    ("request field", "removed"): (True, "it is ignored"),
    ("answer field", "added"): (False, "readers ignore fields that they do not know"),
    ("answer field", "removed"): (True, "readers find nothing"),
    ("status", "added"): (False, "a refusal that was answered with another status, or could not happen"),
    ("status", "removed"): (False, "a refusal that no longer happens, or has another status"),
    ("value", "added"): (False, "readers meet a value that they do not know only where it is used"),
    ("value", "removed"): (True, "it is refused, or no longer sent"),
}


def diff(source: Version, target: Version) -> Diff:
    """The differences from `source` to `target`, in either direction.

    Args:
        source: the version that a client was written for.
        target: the version that it meets.
    """
    entries = [entry for binding in BINDINGS for entry in _operation(binding, source, target)]
    entries += _behaviours(source, target)
    return Diff(source=str(source), target=str(target), entries=entries)


def _operation(binding: Binding, source: Version, target: Version) -> Iterator[Entry]:
    operation = binding.operation
    if not (yield from _existence(binding, operation.span, "operation", "", source, target)):
        return
    for argument in binding.arguments.values():
        span = argument.parameter.span
        if argument.place is Place.QUERY:
            yield from _member(
                binding, span, "parameter", f"?{argument.name}", argument.parameter.annotation, source, target
            )
        elif argument.place is Place.HEADER:
            yield from _existence(binding, span, "header", argument.name, source, target)
        elif argument.place is Place.JSON:
            yield from _fields(binding, argument.kind, "request field", source, target)
    if binding.result is not None:
        yield from _fields(binding, binding.result, "answer field", source, target)
    for kind, status in STATUSES.items():
        if kind in operation.errors:
            span = operation.error_spans.get(kind, operation.span)
            yield from _existence(binding, span, "status", f"={status}", source, target)
    if operation.deprecated is not None:
        since = Version.parse(operation.deprecated)
        if source < since <= target:
            yield _entry(binding, "operation", "deprecated", "", since, False, "it still does what it did")


def _fields(binding: Binding, kind: Any, name: Kind, source: Version, target: Version) -> Iterator[Entry]:
    gone: list[str] = []
    for field in field_paths(kind):
        if any(
            field.path.startswith(path) and field.path[len(path)] in ".[{"
            for path in gone
            if len(field.path) > len(path)
        ):
            continue
        differs = (source in field.span) != (target in field.span)
        if differs:
            gone.append(field.path)
        yield from _member(binding, field.span, name, field.path, field.kind, source, target)


def _member(
    binding: Binding, span: Span, kind: Kind, path: str, annotation: Any, source: Version, target: Version
) -> Iterator[Entry]:
    if not (yield from _existence(binding, span, kind, path, source, target)):
        return
    for value in values_of(annotation):
        yield from _existence(binding, value.span, "value", f"{path} {value.value}", source, target)


def _existence(
    binding: Binding, span: Span, kind: Kind, path: str, source: Version, target: Version
) -> Generator[Entry, None, bool]:
    """Tells of a difference; gives whether both versions have it."""
    before, after = source in span, target in span
    if before != after:
        what: What = "added" if after else "removed"
        breaking, why = _WHY[kind, what]
        yield _entry(binding, kind, what, path, _turn(span, source, target), breaking, why)
    return before and after


def _turn(span: Span, source: Version, target: Version) -> Version:
    """The version that made the difference, when read upwards."""
    low, high = min(source, target), max(source, target)
    if low < span.since <= high:
        return span.since
    return Version(span.until.major, span.until.minor + 1)


def _entry(binding: Binding, kind: Kind, what: What, path: str, version: Version, breaking: bool, why: str) -> Entry:
    return Entry(
        kind=kind,
        what=what,
        operation=binding.operation.id,
        path=path,
        version=str(version),
        breaking=breaking,
        why=why,
        page=f"{binding.resource}.md#{page_anchor(binding.operation.id)}",
    )


def page_anchor(operation_id: str) -> str:
    """The anchor of an operation's section: `ContainerCreate` stands at `container-create`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in operation_id).lstrip("-")


def _behaviours(source: Version, target: Version) -> Iterator[Entry]:
    upwards = source < target
    found = changes(min(source, target), max(source, target))
    for change in reversed(found) if upwards else found:
        for operation in change.operations:
            yield _behaviour(change, operation, upwards)


def _behaviour(change: type[Change], operation: str, upwards: bool) -> Entry:
    if upwards:
        breaking, why = change.effect is Effect.BREAKING, change.why
    else:
        breaking, why = True, f"what came with v{change.version} is undone"
    return Entry(
        kind="behaviour",
        what="changed",
        operation=operation,
        path=change.path,
        version=change.version,
        breaking=breaking,
        why=why,
        text=" ".join(change.text().split()),
        page=f"v{change.version}/changes.md",
    )
