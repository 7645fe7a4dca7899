"""axe finds nothing serious on each kind of page, light and dark."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

VERSION = "4.14.1"
KINDS = {
    "guide": "streams/",
    "overview": "v1.44/",
    "resource": "latest/exec/",
    "protocol": "v1.24/upgrades/",
    "changes": "v1.44/changes/",
    "versions": "versions/",
    "comparison": "compare/#from=1.43&to=1.44",
    "compatibility": "compatibility/",
    "python": "python/",
    "command": "command-line/",
}


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core, from the registry."""
    if shutil.which("npm") is None:
        pytest.skip("npm, which fetches axe-core, is not here")
    folder = tmp_path_factory.mktemp("axe")
    command = ["npm", "pack", f"axe-core@{VERSION}", "--pack-destination", str(folder), "--silent"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("axe-core cannot be fetched")
    with tarfile.open(Path(folder) / f"axe-core-{VERSION}.tgz") as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_serious(page: Page, axe: str, kind: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(KINDS[kind])
    page.wait_for_load_state("networkidle")
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        f"{one['id']}: {one['nodes'][0]['target']} ({len(one['nodes'])}): {one['nodes'][0]['failureSummary']}"
        for one in result["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious, "\n".join(serious)
