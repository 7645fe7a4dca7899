"""`make serve`: what changes is made again."""

import json
import shutil
from pathlib import Path

import pytest

from engine_api.site.build import update
from engine_api.site.settings import Settings
from engine_api.spec import pages


def test_one_page_is_made_again_in_every_version(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns("engine"))
    spec = tmp_path / "spec"
    shutil.copytree(pages.spec_root(), spec)
    page = spec / "latest" / "streams.md"
    page.write_text(page.read_text("utf-8").replace("\n\n", "\n\nA sentence that is new, on zebras.\n\n", 1), "utf-8")
    monkeypatch.setattr("engine_api.spec.pages.spec_root", lambda: spec)
    pages.page.cache_clear()
    try:
        update(Settings(copy), ["streams"])
    finally:
        pages.page.cache_clear()
    for folder in ("latest", "v1.24", "v1.44"):
        assert "on zebras" in (copy / folder / "streams" / "index.html").read_text("utf-8")
        assert "on zebras" in (copy / folder / "streams.md").read_text("utf-8")
        docs = json.loads((copy / folder / "search" / "search_index.json").read_text("utf-8"))["docs"]
        assert [one["location"] for one in docs if "on zebras" in one["text"]] == ["streams/"]
        before = json.loads((site / folder / "search" / "search_index.json").read_text("utf-8"))["docs"]
        assert {one["location"] for one in docs} == {one["location"] for one in before}
