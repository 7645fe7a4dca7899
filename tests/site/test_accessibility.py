"""axe finds nothing serious on each kind of page, and in what opens there, light and dark."""

import pytest
from playwright.sync_api import Page, expect

from tests.npm import installed

VERSION = "4.14.1"
KINDS = {
    "front": "",
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
    "types": "python-types/",
    "command": "command-line/",
}
STATES = {
    "the version switch": ".switch summary",
    "a result": ".example .run",
    "fields": "details.fields > summary",
    "what engines did otherwise": "details.engines > summary",
}
"""What is there only after a click on the page of exec at v1.44."""


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, from the registry."""
    return (installed("axe-core", VERSION) / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def look(page: Page, axe: str, where: str, scheme: str) -> None:
    """Open a page, with axe in it."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(where)
    page.wait_for_load_state("networkidle")
    page.evaluate(axe)


def serious(page: Page) -> str:
    """What axe finds serious on a page."""
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return "\n".join(
        f"{one['id']}: {one['nodes'][0]['target']} ({len(one['nodes'])}): {one['nodes'][0]['failureSummary']}"
        for one in result["violations"]
        if one["impact"] in ("serious", "critical")
    )


@SCHEMES
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_serious(page: Page, axe: str, kind: str, scheme: str) -> None:
    look(page, axe, KINDS[kind], scheme)
    assert serious(page) == ""


@SCHEMES
@pytest.mark.parametrize("state", STATES)
def test_nothing_serious_in_what_opens(page: Page, axe: str, state: str, scheme: str) -> None:
    look(page, axe, "v1.44/exec/", scheme)
    page.locator(STATES[state]).first.click()
    if state == "a result":
        expect(page.locator(".try > .verdict")).to_contain_text("holds", timeout=90_000)
    assert serious(page) == ""


@SCHEMES
def test_nothing_serious_in_what_is_found(page: Page, axe: str, scheme: str) -> None:
    look(page, axe, "v1.44/exec/", scheme)
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").fill("prune")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    assert serious(page) == ""
