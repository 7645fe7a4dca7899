"""What differs between two versions, for a client that was written for the first and meets the second."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec

from engine_api.api.versions import VERSIONS, Version
from engine_api.diff.links import change_link, operation_link
from engine_api.formats.json import JsonObject
from engine_api.versions.change import EVERY_OPERATION, Scope
from engine_api.versions.items import Item, Kind, Verdict, What, items
from engine_api.wire.bindings import BINDINGS

__all__ = ["Diff", "Entry", "diff", "differences"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One difference."""

    kind: Kind
    what: What
    operation: str
    """The id of the operation; `*` for every one."""
    path: str
    """What it is about: a field by its dotted path, `?name` for a parameter, `?name=value` or `field=value` for a
    value, a header's name, `=404` for a status; empty for the operation as a whole.
    """
    version: str
    """The version that made the difference, when the versions are read upwards."""
    breaking: bool
    """Whether a client that was written for the first version, and relies on it, fails with the second."""
    why: str
    """Why it breaks a client, or why not."""
    text: str = ""
    """What it is, or what changed."""
    scope: str = Scope.VERSION.value
    """`API version`, or `engine release` if it came with an engine and shows in every version that this one serves."""
    page: str = ""
    """The page and heading on it, as below `spec/latest`; changes of a version are below its own folder."""


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """All differences between two versions."""

    source: str
    """The version that the client was written for."""
    target: str
    """The version that it meets."""
    entries: list[Entry]

    @property
    def breaking(self) -> list[Entry]:
        """Those that break a client."""
        return [entry for entry in self.entries if entry.breaking]


def diff(source: Version, target: Version) -> Diff:
    """The differences from `source` to `target`, in either direction: in the order of the pages, changes of behaviour
    last.

    Args:
        source: the version that a client was written for.
        target: the version that it meets.
    """
    return Diff(source=str(source), target=str(target), entries=list(_entries(source.minor, target.minor)))


def _entries(source: int, target: int) -> Iterator[Entry]:
    there: list[tuple[bool, bool]] = []
    for row in _rows():
        before, after = row.since <= source <= row.until, row.since <= target <= row.until
        there.append((before, after))
        if before == after or (row.parent is not None and there[row.parent] != (True, True)):
            continue
        entries = row.gained if after else row.lost
        if entries is not None:
            low, high = min(source, target), max(source, target)
            yield entries[0] if low < row.since <= high else entries[1]


class _Row:
    """An item with the entries that it may become, made once."""

    __slots__ = ("gained", "lost", "parent", "since", "until")

    def __init__(self, item: Item) -> None:
        self.since, self.until = item.span.since.minor, item.span.until.minor
        self.parent = item.parent
        self.gained = self._both(item, item.gained)
        self.lost = self._both(item, item.lost)

    def _both(self, item: Item, verdict: Verdict | None) -> tuple[Entry, Entry] | None:
        """The entry for a difference that the item's first version made, and for one that came after its last."""
        if verdict is None:
            return None
        return _entry(item, verdict, item.span.since.minor), _entry(item, verdict, item.span.until.minor + 1)


def _entry(item: Item, verdict: Verdict, minor: int) -> Entry:
    return Entry(
        kind=item.kind,
        what=verdict.what,
        operation=item.operation,
        path=item.path,
        version=f"1.{minor}",
        breaking=verdict.breaking,
        why=verdict.why,
        text=item.text,
        scope=(item.change.scope if item.change is not None else Scope.VERSION).value,
        page=_page(item),
    )


def _page(item: Item) -> str:
    return change_link(item.change) if item.change is not None else operation_link(item.operation)


@cache
def _rows() -> tuple[_Row, ...]:
    return tuple(_Row(item) for item in items())


def differences() -> JsonObject:
    """What any two versions differ in, for a program that computes it by itself, such as a page in a browser.

    `versions` are all, oldest first, and every `since` and `until` is a position in them, as `parent` is one in
    `items` or null. `operations` say of each id its verb, path, resource and page. An item differs between versions
    `a` and `b` if just one of them is within `since` and `until`, and both are within those of its parent: by what
    `gained` says if `b` has it, by `lost` if `a` has it, and not at all where that is null. `gained` and `lost` are
    positions in `verdicts`, which say what it is, whether it is breaking, and why. Of the version that made the
    difference: it is `since` if that is above the lower and not above the higher of `a` and `b`, else the one after
    `until`.
    """
    verdicts: dict[Verdict, int] = {}

    def position(verdict: Verdict | None) -> int | None:
        return None if verdict is None else verdicts.setdefault(verdict, len(verdicts))

    found = [
        {
            "kind": item.kind,
            "operation": item.operation,
            "path": item.path,
            "since": VERSIONS.index(item.span.since),
            "until": VERSIONS.index(item.span.until),
            "parent": item.parent,
            "gained": position(item.gained),
            "lost": position(item.lost),
            "text": item.text,
        }
        | ({"scope": item.change.scope.value, "page": change_link(item.change)} if item.change is not None else {})
        for item in items()
    ]
    return {
        "versions": [str(version) for version in VERSIONS],
        "operations": {
            binding.operation.id: {
                "verb": binding.verb,
                "path": binding.path,
                "resource": binding.resource,
                "page": operation_link(binding.operation.id),
            }
            for binding in BINDINGS
        }
        | {EVERY_OPERATION: {"verb": "", "path": "", "resource": "", "page": operation_link(EVERY_OPERATION)}},
        "verdicts": [verdict._asdict() for verdict in verdicts],
        "items": found,
    }
