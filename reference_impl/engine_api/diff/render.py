"""A diff of two versions as text, Markdown or JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import msgspec

from engine_api.api.versions import VERSIONS, Version
from engine_api.diff.differences import Diff, Entry, diff
from engine_api.versions.change import EVERY_OPERATION, Scope
from engine_api.wire.bindings import binding_of

__all__ = ["FORMATS", "as_json", "as_markdown", "as_text", "schema", "table"]

_SIGNS: Final = {"added": "+", "removed": "-", "changed": "~", "deprecated": "!"}
_RED: Final = "\x1b[31m"
_BOLD: Final = "\x1b[1m"
_DIM: Final = "\x1b[2m"
_PLAIN: Final = "\x1b[0m"


def as_text(found: Diff, *, width: int = 100, colour: bool = False) -> str:
    """For a terminal: the differences under each operation; `BREAKING` marks what breaks a client.

    Args:
        found: the diff.
        width: columns of a line.
        colour: whether to mark the parts with colours, too.
    """

    def paint(text: str, code: str) -> str:
        return f"{code}{text}{_PLAIN}" if colour else text

    lines = [paint(f"v{found.source} -> v{found.target}: {_summary(found)}", _BOLD)]
    for operation, entries in _by_operation(found):
        lines += ["", paint(_title(operation), _BOLD)]
        for entry in entries:
            mark = "BREAKING  " if entry.breaking else "compatible"
            head = f"  {_SIGNS[entry.what]} {paint(mark, _RED) if entry.breaking else mark} {_subject(entry)}"
            lines.append(f"{head} in v{entry.version}{_release(entry)}")
            for text, code in ((f"{entry.why[:1].upper()}{entry.why[1:]}.", ""), (entry.text, _DIM)):
                wrapped = textwrap.wrap(text, max(width - 6, 40), break_long_words=False, break_on_hyphens=False)
                lines += [f"      {paint(line, code) if code else line}" for line in wrapped]
    return "\n".join(lines) + "\n"


def as_markdown(found: Diff) -> str:
    """For a page: a section per operation."""
    lines = [f"# From v{found.source} to v{found.target}", "", f"{_summary(found).capitalize()}."]
    for operation, entries in _by_operation(found):
        lines += ["", f"## {_title(operation)}", ""]
        for entry in entries:
            mark = "**breaking**" if entry.breaking else "compatible"
            path = f" `{entry.path}`" if entry.path else ""
            text = f" {entry.text}" if entry.text else ""
            when = f"in v{entry.version}{_release(entry)}"
            lines.append(f"- {entry.kind}{path} {entry.what} {when}, {mark}: {entry.why}.{text}")
    return "\n".join(lines) + "\n"


def as_json(found: Diff) -> str:
    """For a program: `source`, `target` and the `entries`, as `schema` says."""
    return msgspec.json.format(msgspec.json.encode(found)).decode() + "\n"


FORMATS: Mapping[str, Callable[[Diff], str]] = {"text": as_text, "markdown": as_markdown, "json": as_json}
"""The renderers by the name of their format."""


def schema() -> dict[str, object]:
    """The JSON Schema of a diff as JSON."""
    from engine_api.versions.projection import field_docs

    _, components = msgspec.json.schema_components([Diff], ref_template="#/$defs/{name}")
    for kind in (Diff, Entry):
        own = components[kind.__name__]
        own["additionalProperties"] = False
        own["required"] = list(own["properties"])
        for name, text in field_docs(kind).items():
            own["properties"][name].pop("default", None)
            own["properties"][name]["description"] = " ".join(text.split())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **components.pop("Diff"),
        "$defs": components,
    }


def table(versions: Sequence[Version] = VERSIONS, *, markdown: bool = False) -> str:
    """How many differences of each version (a row) to each other (a column) break a client."""
    rows = [["", *map(str, versions)]]
    for source in versions:
        counts = [str(len(diff(source, target).breaking)) if source != target else "-" for target in versions]
        rows.append([str(source), *counts])
    width = max(len(cell) for row in rows for cell in row)
    if not markdown:
        return "".join(" ".join(cell.rjust(width) for cell in row) + "\n" for row in rows)
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) + "\n"


def _by_operation(found: Diff) -> Iterator[tuple[str, list[Entry]]]:
    order: dict[str, int] = {}
    for entry in found.entries:
        order.setdefault(entry.operation, len(order))
    entries = sorted(found.entries, key=lambda entry: order[entry.operation])
    for operation, group in groupby(entries, key=lambda entry: entry.operation):
        yield operation, list(group)


def _title(operation: str) -> str:
    if operation == EVERY_OPERATION:
        return "Every operation"
    binding = binding_of(operation)
    return f"{binding.verb} {binding.path} ({operation})"


def _subject(entry: Entry) -> str:
    return f"{entry.kind} {entry.path} {entry.what}".replace("  ", " ")


def _release(entry: Entry) -> str:
    return ", with the engine release" if entry.scope == Scope.RELEASE.value else ""


def _summary(found: Diff) -> str:
    if not found.entries:
        return "no differences"
    count = len(found.entries)
    return f"{count} difference{'s' if count > 1 else ''}, {len(found.breaking)} breaking"
