"""What the official history tells of each version is told on its page of changes."""

import csv
import os
from pathlib import Path

import pytest

from engine_api.api.versions import OLDEST, VERSIONS, Version
from engine_api.spec.pages import changes_page

TOLD = Path(__file__).parent.parent / "data" / "told-changes.tsv"
"""For each row of the history: version, first operation, first field or parameter, and the entry that tells it."""


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("version", [version for version in VERSIONS if version > OLDEST], ids=str)
def test_each_entry_that_tells_it_stands_on_the_page(version: Version) -> None:
    headings = {heading.attributes["id"] for heading in changes_page(version).headings if heading.level == 2}
    told = {row[3] for row in read(TOLD) if row[0] == str(version)}
    assert told <= headings
    assert headings


def test_each_row_is_told() -> None:
    folder = os.environ.get("ENGINE_API_MOBY")
    if not folder:
        pytest.skip("ENGINE_API_MOBY does not name the folder with the official history as a table")
    rows = read(Path(folder) / "version-changes.tsv")[1:]
    wanted = [(version, operations.split("; ")[0], path.split(",")[0]) for version, _, operations, path, *_ in rows]
    assert sorted(wanted) == sorted((row[0], row[1], row[2]) for row in read(TOLD))
