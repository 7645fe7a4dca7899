"""The built site: its links, and what a reader does with it in a browser."""

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.conftest import VERSIONS

FOLDERS = ("v1.24", "v1.44", "latest")


class Links(HTMLParser):
    """Links and identifiers of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id" and value:
                assert value not in self.ids or value.startswith("__"), f"the identifier {value} is there twice"
                self.ids.add(value)


def test_every_link_leads_somewhere(site: Path) -> None:
    parsed = {
        path.relative_to(site).as_posix(): Links(path.read_text("utf-8"))
        for path in site.rglob("*.html")
        if path.name != "404.html"
    }
    assert len(parsed) > 40
    broken = []
    for name, page in parsed.items():
        for link in page.links:
            where, fragment = urldefrag(urljoin(f"http://site/{name}", link))
            parts = urlsplit(where)
            if parts.netloc != "site":
                continue
            path = unquote(parts.path).lstrip("/")
            if not path or path.endswith("/"):
                path += "index.html"
            if not (site / path).exists() or (fragment and path in parsed and fragment not in parsed[path].ids):
                broken.append((name, link))
    assert not broken


def test_the_versions_are_listed(site: Path) -> None:
    listed = json.loads((site / "versions.json").read_text())
    assert [entry["title"] for entry in listed] == [f"v{version}" for version in reversed(VERSIONS)]
    assert [entry["version"] for entry in listed] == ["latest", "v1.44", "v1.24"]


@pytest.fixture
def page(browser: Browser, address: str) -> Page:
    """A page of a browser, on the container page of the newest version."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, base_url=address)
    made = context.new_page()
    made.set_default_timeout(10_000)
    made.goto("latest/api/containers/")
    return made


def test_the_version_switch_keeps_the_page(page: Page) -> None:
    page.locator(".md-version__current").hover(force=True)
    page.locator(".md-version__link", has_text="v1.24").click()
    page.wait_for_url("**/v1.24/api/containers/")
    expect(page.locator(".md-version__current")).to_have_text("v1.24")
    expect(page.locator("h1")).to_contain_text("Containers")
    page.locator(".md-banner a").click()
    page.wait_for_url("**/latest/api/containers/")


def test_a_tab_stays_chosen_on_other_pages_and_versions(page: Page) -> None:
    def chosen() -> list[str]:
        found: list[str] = page.locator(".tabbed-set").evaluate_all(
            "sets => sets.map(s => s.querySelector(`label[for=${s.querySelector('input:checked').id}]`).innerText)"
        )
        return found

    assert set(chosen()) == {"HTTP"}
    page.locator(".tabbed-labels label", has_text="curl").first.click()
    page.wait_for_timeout(300)
    assert set(chosen()) == {"curl"}
    page.goto("latest/api/images/")
    page.wait_for_timeout(300)
    assert set(chosen()) == {"curl"}
    page.goto("v1.44/api/containers/")
    page.wait_for_timeout(300)
    assert set(chosen()) == {"curl"}
    assert page.locator(".tabbed-block pre:visible").first.inner_text().startswith("curl ")


def test_search_finds_an_operation(page: Page) -> None:
    page.locator("input.md-search__input").fill("exec instance")
    result = page.locator("a.md-search-result__link[href*='/latest/api/exec/']").first
    result.click()
    page.wait_for_url("**/latest/api/exec/**", wait_until="commit")
    expect(page.locator("h1")).to_contain_text("Exec")


@pytest.mark.parametrize("width", [1400, 390], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_container_page_fits(browser: Browser, address: str, folder: str, scheme: str, width: int) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        base_url=address,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    failures: list[str] = []
    page.on("requestfailed", lambda request: failures.append(request.url))
    page.on("response", lambda response: failures.append(response.url) if response.status >= 400 else None)
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(f"{folder}/api/containers/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.body.getAttribute('data-md-color-scheme')") == (
        "slate" if scheme == "dark" else "default"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    version = "1.55" if folder == "latest" else folder[1:]
    expect(page.locator("code", has_text=f"GET /v{version}/containers/json").first).to_be_visible()
    assert page.locator("table").count() > 20
    assert not failures
    context.close()


def test_old_pages_show_what_was_there_then(page: Page) -> None:
    """`since` and `before` of the list ended with v1.24; wait has had a condition since v1.30."""
    page.goto("v1.24/api/containers/")
    rows = page.locator("table").first.locator("tbody tr td:first-child")
    assert rows.all_inner_texts() == ["all", "limit", "size", "filters", "since", "before"]
    page.goto("latest/api/containers/")
    assert rows.all_inner_texts() == ["all", "limit", "size", "filters"]
