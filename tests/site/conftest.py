"""The site of all versions, built once for all tests, served, and a browser."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

expect.set_options(timeout=15_000)  # a busy machine is slow


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the built site; it is strict, so that a warning would have failed it.

    `ENGINE_API_TEST_SITE` names one that is there already, for who works on one test.
    """
    if "ENGINE_API_TEST_SITE" in os.environ:
        return Path(os.environ["ENGINE_API_TEST_SITE"])
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    target = shared / "site"
    with (shared / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / "llms.txt").exists():
            built = subprocess.run(
                [sys.executable, "-m", "engine_api.site", "build", str(target)], capture_output=True, text=True
            )
            assert built.returncode == 0, built.stderr
            assert "WARNING" not in built.stderr
    return target


@contextmanager
def shown(folder: Path, *options: str) -> Iterator[str]:
    """The folder, served; gives the address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "engine_api.site", "show", str(folder), *options], stdout=subprocess.PIPE, text=True
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


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser without a past. A request to another host, or one that fails, fails the test."""
    made = browser.new_context(viewport={"width": 1400, "height": 900}, base_url=address)
    made.set_default_timeout(15_000)
    wrong: list[str] = []
    made.on(
        "request", lambda one: wrong.append(f"asked elsewhere: {one.url}") if not one.url.startswith(address) else None
    )
    made.on(
        "requestfailed", lambda one: wrong.append(f"failed: {one.url}") if one.failure != "net::ERR_ABORTED" else None
    )
    made.on("response", lambda one: wrong.append(f"{one.status}: {one.url}") if one.status >= 400 else None)
    made.on("weberror", lambda one: wrong.append(str(one.error)))
    yield made
    made.close()
    assert not wrong


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page."""
    return context.new_page()
