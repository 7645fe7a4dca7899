"""A diff of two versions as text, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

import msgspec

from engine_api.versions.change import EVERY_OPERATION
from engine_api.versions.diff import Diff, Entry
from engine_api.wire.bindings import binding_of

__all__ = ["FORMATS", "as_json", "as_markdown", "as_text"]

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "deprecated": "!"}


def as_text(diff: Diff) -> str:
    """For a terminal: one line per difference under each operation; `BREAKING` marks what breaks a client."""
    lines = [f"v{diff.source} -> v{diff.target}: {_summary(diff)}"]
    for operation, entries in _by_operation(diff):
        lines += ["", _title(operation)]
        for entry in entries:
            mark = "BREAKING   " if entry.breaking else "compatible "
            lines.append(f"  {_SIGNS[entry.what]} {mark} {_subject(entry)} (v{entry.version}): {entry.why}")
            if entry.text:
                lines.append(f"      {entry.text}")
    return "\n".join(lines) + "\n"


def as_markdown(diff: Diff) -> str:
    """For a page: a section per operation."""
    lines = [f"# From v{diff.source} to v{diff.target}", "", f"{_summary(diff).capitalize()}."]
    for operation, entries in _by_operation(diff):
        lines += ["", f"## {_title(operation)}", ""]
        for entry in entries:
            mark = "**breaking**" if entry.breaking else "compatible"
            path = f" `{entry.path}`" if entry.path else ""
            text = f" {entry.text}" if entry.text else ""
            lines.append(f"- {entry.kind}{path} {entry.what} in v{entry.version}, {mark}: {entry.why}.{text}")
    return "\n".join(lines) + "\n"


def as_json(diff: Diff) -> str:
    """For a program: `source`, `target` and the `entries` with the attributes of `Entry`."""
    return msgspec.json.format(msgspec.json.encode(diff)).decode() + "\n"


FORMATS: Mapping[str, Callable[[Diff], str]] = {"text": as_text, "markdown": as_markdown, "json": as_json}
"""The renderers by the name of their format."""


def _by_operation(diff: Diff) -> Iterator[tuple[str, list[Entry]]]:
    order: dict[str, int] = {}
    for entry in diff.entries:
        order.setdefault(entry.operation, len(order))
    entries = sorted(diff.entries, key=lambda entry: order[entry.operation])
    for operation, group in groupby(entries, key=lambda entry: entry.operation):
        yield operation, list(group)


def _title(operation: str) -> str:
    if operation == EVERY_OPERATION:
        return "Every operation"
    binding = binding_of(operation)
    return f"{binding.verb} {binding.path} ({operation})"


def _subject(entry: Entry) -> str:
    return f"{entry.kind} {entry.path} {entry.what}".replace("  ", " ")


def _summary(diff: Diff) -> str:
    if not diff.entries:
        return "no differences"
    count = len(diff.entries)
    return f"{count} difference{'s' if count > 1 else ''}, {len(diff.breaking)} breaking"
