"""A page as of a version: gates, overrides, and line numbers that stay true."""

from pathlib import Path

import pytest

from engine_api.api.versions import NEWEST, Version
from engine_api.spec.pages import attributes, changes_page, page, page_names

NEW = NEWEST
LATEST = """lost

# Things {#things}

Words.

## Old {#old until=1.29}

Old words.

### Below the old {#below}

More.

## One {#one}

Newest words.

<!-- since=1.44 -->
Since 1.44.
<!-- end -->

<!-- until=1.43 -->
Until 1.43.
<!-- end -->

```http since=1.50
GET /since
```

~~~text
# no heading within a fence
<!-- since=1.99 -->
~~~

## Two {#two operation=SystemPingHead}

A ping.
"""
V130 = """# Overrides

## One {#one}

Words of v1.30 and before.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder, name, text in (
        ("latest", "things", LATEST),
        ("v1.30", "things", V130),
        ("v1.26", "things", "## Two {#two}\n\nNever shown: no such operation then.\n"),
        ("v1.30", "changes", "# Changes in v1.30 {#changes}\n\nNone.\n"),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.md").write_text(text, "utf-8")
    return tmp_path


def _ids(version: Version, root: Path) -> list[str]:
    return [heading.id for heading in page("things", version, root).headings]


def test_what_a_version_lacks_is_not_there(root: Path) -> None:
    assert _ids(NEW, root) == ["things", "one", "two"]
    assert _ids(Version(1, 40), root) == ["things", "one", "two"]
    assert _ids(Version(1, 39), root) == ["things", "one"], "the operation came with v1.40"
    assert _ids(Version(1, 29), root) == ["things", "old", "below", "one"]


def test_gates_open_and_close(root: Path) -> None:
    newest, older = page("things", NEW, root).text, page("things", Version(1, 43), root).text
    assert "Since 1.44." in newest
    assert "Until 1.43." not in newest
    assert "GET /since" in newest
    assert "Since 1.44." not in older
    assert "Until 1.43." in older
    assert "GET /since" not in older
    assert "# no heading within a fence\n<!-- since=1.99 -->" in older


def test_the_nearest_override_at_or_above_wins(root: Path) -> None:
    assert "Newest words." in page("things", Version(1, 31), root).text
    for minor in (30, 29, 24):
        text = page("things", Version(1, minor), root).text
        assert "Words of v1.30 and before." in text
        assert "Newest words." not in text


def test_lines_know_where_they_are_written(root: Path) -> None:
    for line in page("things", Version(1, 30), root).lines():
        assert line.file.read_text("utf-8").splitlines()[line.number - 1] == line.text


def test_titles_names_and_changes(root: Path) -> None:
    assert page("things", NEW, root).title == "Things"
    assert page_names(root) == ["things"]
    assert changes_page(Version(1, 30), root).title == "Changes in v1.30"
    with pytest.raises(FileNotFoundError):
        changes_page(Version(1, 31), root)
    with pytest.raises(FileNotFoundError):
        page("others", NEW, root)


def test_attributes() -> None:
    assert attributes('#an-id since=1.30 words="more than one" flag') == {
        "id": "an-id",
        "since": "1.30",
        "words": "more than one",
        "flag": "",
    }
