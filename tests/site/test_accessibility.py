"""axe finds nothing serious on each kind of page, light and dark."""

import pytest
from playwright.sync_api import Page

from tests.npm import installed

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
    "operations": "python-operations/",
    "command": "command-line/",
}


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, from the registry."""
    return (installed("axe-core", VERSION) / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


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
