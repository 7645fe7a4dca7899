"""The site of three versions, served, and a browser."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

VERSIONS = ("1.24", "1.44", "1.55")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site; warnings of MkDocs would have failed its build."""
    target = tmp_path_factory.mktemp("site") / "site"
    options = [option for version in VERSIONS for option in ("--api-version", version)]
    built = subprocess.run(
        [sys.executable, "-m", "engine_api.site", "build", str(target), *options], capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    return target


@contextmanager
def shown(folder: Path) -> Iterator[str]:
    """The folder, served; gives the address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "engine_api.site", "show", str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("the site is at http://127.0.0.1:"), line
    try:
        yield line.split()[-1]
    finally:
        process.terminate()
        assert process.wait(20) == 0
        process.stdout.close()


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is."""
    with shown(site) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The chromium of this machine."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        found.close()
