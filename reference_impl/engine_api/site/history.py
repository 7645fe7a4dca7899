"""The changes of each version as entries, for the history of an operation and for the changelog."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from engine_api.api.versions import VERSIONS, Version
from engine_api.diff.differences import Entry, diff
from engine_api.site.markup import badge, escape, prose
from engine_api.versions.change import EVERY_OPERATION

__all__ = ["anchor_of", "describe", "entries_of", "history", "name_of"]


@cache
def entries_of(version: Version) -> tuple[Entry, ...]:
    """Return the changes of a version; empty for the oldest."""
    at = VERSIONS.index(version)
    return tuple(diff(VERSIONS[at - 1], version).entries) if at else ()


@cache
def _by_operation() -> dict[str, list[tuple[Version, list[Entry]]]]:
    found: dict[str, list[tuple[Version, list[Entry]]]] = defaultdict(list)
    for version in VERSIONS:
        own: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries_of(version):
            own[entry.operation].append(entry)
        for operation, entries in own.items():
            found[operation].append((version, entries))
    return found


def name_of(operation: str) -> str:
    """Return the name of an operation in lists of differences."""
    return "every operation" if operation == EVERY_OPERATION else operation


def anchor_of(operation: str) -> str:
    """Return the ID of an operation among the differences of a version."""
    return "difference." + ("all" if operation == EVERY_OPERATION else operation)


def describe(entry: Entry) -> str:
    """Return an entry as HTML."""
    subject = f"{entry.kind} <code>{escape(entry.path)}</code>" if entry.path else entry.kind
    text = f"{subject} {entry.what}"
    if entry.kind == "behaviour" or "/changes.md" in entry.page:
        text = prose(entry.text).removeprefix("<p>").removesuffix("</p>")
    mark = badge("breaking", "breaking") + f" {escape(entry.why)}" if entry.breaking else ""
    return f"{text}{' ' + mark if mark else ''}"


@cache
def history(operation: str, version: Version) -> str:
    """Return the changes of an operation up to a version as HTML that folds, newest first, with links."""
    found = [one for one in _by_operation().get(operation, ()) if one[0] <= version]
    if not found:
        return ""
    rows = ""
    count = 0
    for when, entries in reversed(found):
        count += len(entries)
        items = "".join(f"<li>{describe(entry)}</li>" for entry in entries)
        rows += f'<li><a href="../../v{when}/changes/#{anchor_of(operation)}">v{when}</a><ul>{items}</ul></li>'
    words = f"{count} change{'s' if count != 1 else ''} up to here"
    summary = f'<summary>What changed here <span class="count">{words}</span></summary>'
    return f'<details class="history">{summary}<ul>{rows}</ul></details>\n'
