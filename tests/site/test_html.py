"""The pages are valid HTML, and so are their styles: the checker of validator.nu finds nothing."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.npm import installed

VERSION = "26.9.27"
FOLDERS = ("latest", "v1.24", "v1.44")
"""Of the versions' folders, those that are looked at; with `ENGINE_API_TEST_HTML=all` each is, which takes minutes."""


@pytest.fixture(scope="session")
def checker() -> list[str]:
    """The command of the checker, from the registry."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("there is no Java on this machine")
    package = installed("vnu-jar", VERSION) / "node_modules" / "vnu-jar"
    return [java, "-jar", str(package / "build" / "dist" / "vnu.jar"), "--stdout", "--format", "json"]


def test_every_kind_of_page_and_style_is_valid(site: Path, checker: list[str]) -> None:
    everything = os.environ.get("ENGINE_API_TEST_HTML") == "all"
    folders = [
        path
        for path in site.iterdir()
        if path.is_dir()
        and not path.name.startswith(".")  # frames to be filled
        and (everything or path.name in FOLDERS or not path.name.startswith(("v1.", "latest")))
    ]
    files = [*site.glob("*.html"), *(found for folder in folders for found in folder.rglob("*.html"))]
    files += (site / "assets" / "site").glob("*.css")
    assert len(files) > 80
    done = subprocess.run([*checker, "--also-check-css", *map(str, files)], capture_output=True, text=True, timeout=900)
    messages = json.loads(done.stdout)["messages"]
    assert not messages, "\n".join(
        f"{one.get('url', '').rpartition('/site/')[2]}:{one.get('lastLine')}: {one['message']}" for one in messages[:20]
    )
