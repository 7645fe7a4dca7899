"""How much of the API's published history the differences of neighbouring versions tell.

python scripts/compare_history.py FOLDER [--ignore FILE] [--rows]

FOLDER has version-changes.tsv (what the history tells, a row per change) and schema-only-changes.tsv (what the schemas
of neighbours differ in besides). The table says, of each, how many rows `engine-api diff` between neighbours has an
entry for, and how many entries are in neither. `--rows` lists what is known in no version, and what is in neither. What
the history has wrong stands in the file, with the reason. The exit code is 1 if a row of the history is missing.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from itertools import pairwise
from pathlib import Path

from engine_api.api.versions import VERSIONS, Version
from engine_api.diff.differences import Entry, diff
from engine_api.versions.change import EVERY_OPERATION
from engine_api.versions.fields import field_paths
from engine_api.wire.bindings import BINDINGS, Place, binding_of
from engine_api.wire.statuses import STATUSES

Table = list[dict[str, str]]


@dataclass(frozen=True)
class Spot:
    """Where a row says that something changed."""

    version: Version
    operation: str
    path: str


@cache
def entries() -> dict[tuple[Version, str], list[Entry]]:
    """What each version differs in from the one before, by version and operation."""
    found: dict[tuple[Version, str], list[Entry]] = defaultdict(list)
    for lower, higher in pairwise(VERSIONS):
        for entry in diff(lower, higher).entries:
            found[higher, entry.operation].append(entry)
    return found


def _route(text: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", text)


_OPERATIONS = {
    _route(f"{binding.verb} {path}"): binding.operation.id
    for binding in BINDINGS
    for path in (binding.path, *binding.also)
}


def operation_of(route: str) -> str:
    """The id of the operation at a route; the route itself if there is none."""
    return EVERY_OPERATION if route == "ALL" else _OPERATIONS.get(_route(route), route)


def rows(folder: Path, name: str) -> Table:
    """The rows of a table."""
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def history_places(row: dict[str, str]) -> Iterator[Spot]:
    """Where a row of the history says that something changed: each of its paths in each of its operations."""
    for route in row["operations"].split("; "):
        for path in row["path"].split(","):
            yield Spot(Version.parse(row["version"]), operation_of(route), "" if path in ("-", "op") else path)


def schema_places(row: dict[str, str]) -> Iterator[Spot]:
    """Where a row of the differences of the schemas says that something changed."""
    name = row["item"].removeprefix("query ").removeprefix("header ")
    path = {"status": f"={name}", "parameter": f"?{name}", "operation": ""}.get(row["kind"], name)
    for where in row["where"].removesuffix(" ...").split("; "):
        route = re.sub(r" (request|\d{3})$", "", where.strip())
        yield Spot(Version.parse(row["version"]), operation_of(route), path)


def _parts(path: str) -> list[str]:
    return [part for part in re.split(r"[.\[\]{}=]+", path.lower()) if part]


def _meets(path: str, told: str) -> bool:
    """Whether an entry's path is that of a row, or a part of it, or what has it; rows may leave out what is above."""
    asked, found = _parts(path), _parts(told)
    if not asked or not found:
        return not asked
    if asked[-len(found) :] == found:
        return True
    for start in range(len(found)):
        shared = min(len(asked), len(found) - start)
        if found[start : start + shared] == asked[:shared]:
            return True
    return False


def telling(place: Spot) -> list[Entry]:
    """The entries that tell of a place."""
    own = [*entries()[place.version, place.operation], *entries()[place.version, EVERY_OPERATION]]
    whole = [entry for entry in own if entry.kind == "operation" and entry.what in ("added", "removed")]
    if whole:
        return whole
    if not place.path:
        return own
    return [entry for entry in own if entry.path and _meets(place.path, entry.path)]


Ignored = list[tuple[str, str, str]]
"""Version, operation and path of what the history has wrong; `*` stands for others."""


def read_ignored(path: Path | None) -> Ignored:
    """The lines of a file of what the history has wrong.

    Raises:
        ValueError: a line lacks its reason.
    """
    found: Ignored = []
    for line in path.read_text("utf-8").splitlines() if path is not None else ():
        if line.strip() and not line.startswith("#"):
            version, operation, place, reason = (part.strip() for part in line.split("|"))
            if not reason:
                raise ValueError(f"no reason: {line}")
            found.append((version, operation, place))
    return found


def _is_ignored(place: Spot, ignored: Ignored) -> bool:
    own = (str(place.version), place.operation, place.path)
    return any(all(map(fnmatchcase, own, patterns)) for patterns in ignored)


def missing(places: list[Spot]) -> list[Spot]:
    """Those of a row's places whose operation no entry tells of, or whose path."""
    told = [place for place in places if telling(place)]
    operations, paths = {place.operation for place in told}, {place.path for place in told}
    return [place for place in places if place.operation not in operations or place.path not in paths]


@cache
def known_paths(operation: str) -> frozenset[str]:
    """Every parameter, status and field that an operation has in some version."""
    binding = binding_of(operation)
    found = {f"={binding.status}", *(f"={STATUSES[kind]}" for kind in binding.operation.errors)}
    for argument in binding.arguments.values():
        if argument.place is Place.JSON:
            found |= {own.path for own in field_paths(argument.kind)}
        else:
            found.add(f"?{argument.name}")
    if binding.result is not None:
        found |= {own.path for own in field_paths(binding.result)}
    return frozenset(found)


def is_known(place: Spot) -> bool:
    """Whether it is told of in another version, or was there all along."""
    if place.operation not in _OPERATIONS.values():
        return False
    asked = _parts(place.path)
    return not asked or any(_parts(path)[-len(asked) :] == asked for path in known_paths(place.operation))


def _print_missing(uncovered: list[tuple[dict[str, str], list[Spot]]], *, listed: bool) -> None:
    """Print the rows that are not covered; those known from another version are only counted."""
    elsewhere = sum(all(map(is_known, gone)) for _, gone in uncovered)
    if elsewhere:
        print(f"  of those missing, {elsewhere} came in another version than the documents say, or were always there")
    for row, gone in uncovered if listed else ():
        if not all(map(is_known, gone)):
            where = "; ".join(f"{place.operation} {place.path}" for place in gone)
            print(f"  v{row['version']} {row.get('kind')} {row['change']} | {where}")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ignore", type=Path)
    parser.add_argument("--rows", action="store_true")
    options = parser.parse_args()
    folder, listed, ignored = options.folder, options.rows, read_ignored(options.ignore)
    seen: set[int] = set()
    lacking = 0
    for name, places_of in (("version-changes.tsv", history_places), ("schema-only-changes.tsv", schema_places)):
        table, uncovered, wrong = rows(folder, name), [], 0
        for row in table:
            every = list(places_of(row))
            places = [place for place in every if not _is_ignored(place, ignored)]
            wrong += not places
            seen |= {id(entry) for place in places for entry in telling(place)}
            if gone := missing(places):
                uncovered.append((row, gone))
        told = len(table) - len(uncovered) - wrong
        print(f"{name}: {told} of {len(table)} rows covered, {wrong} wrong, {len(uncovered)} missing")
        _print_missing(uncovered, listed=listed)
        if name == "version-changes.tsv":
            lacking = len(uncovered)
    all_entries = [entry for found in entries().values() for entry in found]
    own = [entry for entry in all_entries if id(entry) not in seen]
    print(f"entries between neighbours: {len(all_entries)}, {len(own)} of them in neither")
    if listed:
        for entry in own:
            print(f"  v{entry.version} {entry.operation} {entry.kind} {entry.path} {entry.what}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
