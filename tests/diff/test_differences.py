"""Differences of versions."""

from collections.abc import Iterator
from itertools import pairwise, permutations
from typing import Any

import pytest

from engine_api.api.versions import NEWEST, OLDEST, VERSIONS, Version
from engine_api.diff.differences import Diff, Entry, diff, differences
from engine_api.spec.pages import changes_page, page
from engine_api.versions.changes import changes_of
from engine_api.wire.bindings import BINDINGS

PAIRS = list(permutations(VERSIONS, 2))


def entry(found: Diff, operation: str, path: str) -> Entry:
    (one,) = (each for each in found.entries if each.operation == operation and each.path == path)
    return one


def test_a_version_does_not_differ_from_itself() -> None:
    assert diff(Version(1, 44), Version(1, 44)).entries == []


def test_a_field_that_came_and_one_that_went() -> None:
    found = diff(Version(1, 43), Version(1, 44))
    came = entry(found, "SystemInfo", "CDISpecDirs")
    assert (came.kind, came.what, came.breaking, came.version) == ("answer field", "added", False, "1.44")
    went = entry(found, "ContainerInspect", "HostConfig.Mounts[].BindOptions.ReadOnlyNonRecursive")
    assert went.what == "added"


def test_downwards_what_was_added_is_removed() -> None:
    found = entry(diff(Version(1, 44), Version(1, 43)), "SystemInfo", "CDISpecDirs")
    assert (found.what, found.breaking, found.version) == ("removed", True, "1.44")


def test_an_operation_that_is_new_is_one_entry() -> None:
    found = [each for each in diff(OLDEST, NEWEST).entries if each.operation == "SystemPingHead"]
    assert [(each.kind, each.what) for each in found] == [("operation", "added")]


def test_below_what_differs_nothing_is_told() -> None:
    paths = {each.path for each in diff(Version(1, 47), Version(1, 48)).entries if each.operation == "ImageInspect"}
    assert "Manifests" in paths
    assert not any(path.startswith("Manifests[]") for path in paths)


def test_behaviours_are_told_oldest_first() -> None:
    found = [each.version for each in diff(OLDEST, NEWEST).entries if each.kind == "behaviour"]
    assert found == sorted(found, key=Version.parse)
    assert len(found) > 10


@pytest.mark.parametrize(("lower", "higher"), list(pairwise(VERSIONS)), ids=str)
def test_of_neighbours_the_higher_made_each_difference(lower: Version, higher: Version) -> None:
    both = diff(lower, higher).entries + diff(higher, lower).entries
    assert {each.version for each in both} <= {str(higher)}


def test_both_directions_tell_of_the_same() -> None:
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    for lower, higher in pairwise(VERSIONS):
        up = {
            (each.kind, opposite[each.what], each.operation, each.path)
            for each in diff(lower, higher).entries
            if each.what != "deprecated"
        }
        down = {(each.kind, each.what, each.operation, each.path) for each in diff(higher, lower).entries}
        assert {each for each in up if each[0] != "behaviour"} == {each for each in down if each[0] != "behaviour"}


def computed(data: dict[str, Any], source: int, target: int) -> Iterator[tuple[str, ...]]:
    """What a page in a browser computes from the data, as `differences` says."""

    def there(item: dict[str, Any], version: int) -> bool:
        return bool(item["since"] <= version <= item["until"])

    for item in data["items"]:
        if there(item, source) == there(item, target):
            continue
        above = item["parent"]
        if above is not None and not all(there(data["items"][above], version) for version in (source, target)):
            continue
        verdict = item["gained"] if there(item, target) else item["lost"]
        if verdict is None:
            continue
        turn = item["since"] if min(source, target) < item["since"] <= max(source, target) else item["until"] + 1
        told = data["verdicts"][verdict]
        yield item["kind"], told["what"], item["operation"], item["path"], data["versions"][turn], told["why"]


def test_the_data_gives_the_same_for_all_pairs() -> None:
    data = differences()
    assert set(data["operations"]) == {binding.operation.id for binding in BINDINGS} | {"*"}
    for source, target in PAIRS:
        ours = [
            (each.kind, each.what, each.operation, each.path, each.version, each.why)
            for each in diff(source, target).entries
        ]
        assert list(computed(data, VERSIONS.index(source), VERSIONS.index(target))) == ours


def test_every_link_leads_to_a_heading() -> None:
    links = {each.page for source, target in PAIRS for each in diff(source, target).entries}
    for link in filter(None, links):
        file, _, anchor = link.partition("#")
        folder, _, name = file.removesuffix(".md").rpartition("/")
        found = changes_page(Version.parse(folder)) if folder else page(name, NEWEST)
        assert not anchor or anchor in {heading.id for heading in found.headings}, link


def test_what_a_page_says_it_is_about_there_is() -> None:
    for version in VERSIONS:
        try:
            headings = changes_page(version).headings
        except FileNotFoundError:
            continue
        named = {name for heading in headings for name in heading.attributes.get("change", "").split(",") if name}
        assert named <= {change.__name__ for change in changes_of(version)}


def test_a_change_leads_to_the_heading_that_shows_it() -> None:
    (found,) = (each for each in diff(Version(1, 43), Version(1, 44)).entries if each.path == "Created")
    assert found.page == "v1.44/changes.md#change-image-date"
