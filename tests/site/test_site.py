"""What a reader does with the site in a browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from engine_api.api.versions import NEWEST, Version
from engine_api.diff.differences import diff


def test_the_version_switch_keeps_page_and_heading(page: Page) -> None:
    page.goto("latest/containers/#wait")
    page.locator(".switch summary").click()
    page.locator(".switch a", has_text="v1.44").click()
    page.wait_for_url("**/v1.44/containers/#wait")
    expect(page.locator(".switch summary")).to_have_text("v1.44")
    expect(page.locator("h2#wait")).to_be_in_viewport()
    page.locator(".md-banner a").click()
    page.wait_for_url("**/latest/containers/")


def test_the_switch_keeps_the_heading_that_is_being_read(page: Page) -> None:
    page.goto("v1.44/containers/")
    page.locator("h2#logs").evaluate("heading => heading.scrollIntoView()")
    page.locator(".switch summary").click()
    page.locator(".switch a", has_text="v1.30").click()
    page.wait_for_url("**/v1.30/containers/#logs")


def test_a_version_that_lacks_a_heading_says_so(page: Page) -> None:
    page.goto("v1.24/system/#ping-head")
    expect(page.locator("#lacking-notice")).to_contain_text("v1.24 has no")
    expect(page.locator("#lacking-notice")).to_contain_text("from v1.40 on")
    expect(page.locator("#lacking-notice")).to_be_in_viewport()
    page.locator("#lacking-notice a").click()
    page.wait_for_url("**/v1.40/system/#ping-head")


def test_the_switch_tells_which_engines_brought_a_version(page: Page) -> None:
    page.goto("v1.44/containers/")
    page.locator(".switch summary").click()
    expect(page.locator(".switch a", has_text="v1.41")).to_contain_text("Docker 20.10")


def test_without_scripts_versions_tabs_and_fields_work(browser: Browser, address: str) -> None:
    made = browser.new_context(java_script_enabled=False, viewport={"width": 1400, "height": 900}, base_url=address)
    plain = made.new_page()
    plain.goto("latest/containers/")
    plain.locator(".switch summary").click()
    plain.locator(".switch a", has_text="v1.24").click()
    expect(plain.locator(".switch summary")).to_have_text("v1.24")
    label = plain.locator(".way-labels label", has_text="curl").first
    label.click()
    expect(plain.locator(".way-blocks pre:visible").first).to_contain_text("curl --unix-socket")
    fold = plain.locator("details.fields").first
    fold.locator("summary").first.click()
    expect(fold.locator("li").first).to_be_visible()
    made.close()


def chosen(page: Page) -> set[str]:
    found = page.locator(".ways").evaluate_all("sets => sets.map(s => s.querySelector('input:checked').value)")
    return set(found)


def test_a_tab_stays_chosen_over_pages_and_versions(page: Page) -> None:
    page.goto("latest/containers/")
    assert chosen(page) == {"HTTP"}
    page.locator(".way-labels label", has_text="curl").nth(3).click()
    assert chosen(page) == {"curl"}
    for other in ("latest/images/", "v1.44/containers/"):
        page.goto(other)
        assert chosen(page) == {"curl"}
    expect(page.locator(".way-blocks pre:visible").first).to_contain_text("http://localhost/v1.44/containers/json")


def test_a_tab_can_be_chosen_by_keys(page: Page) -> None:
    page.goto("latest/exec/")
    page.locator(".ways > input").first.focus()
    page.keyboard.press("ArrowRight")
    assert chosen(page) == {"curl"}


def test_the_keyboard_reaches_content_switch_and_run(page: Page) -> None:
    page.goto("v1.44/exec/")
    page.keyboard.press("Tab")
    expect(page.locator(".md-skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    summary = page.locator(".switch summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".switch a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(page.locator(".switch a").first).to_be_hidden()
    for selector in (".fields > summary", ".example > .run", ".copy"):
        page.locator(selector).first.focus()
        expect(page.locator(selector).first).to_be_focused()


def test_on_paper_are_the_requests_and_nothing_to_click(page: Page) -> None:
    page.goto("v1.44/exec/")
    page.locator(".way-labels label", has_text="curl").first.click()
    page.emulate_media(media="print")
    expect(page.locator(".way-blocks > div:visible").first).to_contain_text("POST /v1.44/containers/")
    for selector in (".way-labels", ".run", ".copy", ".switch", ".md-sidebar", ".md-header"):
        expect(page.locator(selector).first).to_be_hidden()
    code = page.locator(".answer code").first
    assert code.evaluate("code => code.scrollWidth <= code.clientWidth")


def search(page: Page, words: str) -> list[str]:
    page.locator("input.md-search__input").fill(words)
    expect(page.locator(".md-search-result__meta")).to_contain_text(re.compile("match|No"))
    page.wait_for_timeout(300)
    links: list[str] = page.locator("a.md-search-result__link").evaluate_all("all => all.map(a => a.href)")
    return links


def test_search_finds_in_its_own_version(page: Page) -> None:
    page.goto("v1.44/images/")
    links = search(page, "StartInterval")
    assert links
    assert all("/v1.44/" in link for link in links)


def test_search_in_an_old_version_finds_nothing_of_a_newer(page: Page) -> None:
    page.goto("v1.24/images/")
    assert search(page, "StartInterval") == []


def test_search_finds_parts_of_paths_and_operations_first(page: Page) -> None:
    page.goto("v1.44/images/")
    places = [link.partition("/v1.44/")[2].partition("?")[0] for link in search(page, "prune")]
    pages = list(dict.fromkeys(places))
    assert pages[0] == "builder/"  # an operation has the word in its title
    assert {"images/", "containers/", "networks/", "volumes/"} < set(pages[: pages.index("divergences/")]), pages
    expect(page.locator(".md-search-result__list")).not_to_contain_text("¶")
    assert "#logs" in search(page, "containers/{id}/logs")[1]


def test_fields_fold_and_deep_links_open_them(page: Page) -> None:
    page.goto("v1.44/containers/")
    field = page.locator('[id="create.body.HostConfig.Mounts.BindOptions.Propagation"]')
    expect(field).to_be_hidden()
    page.goto("v1.44/containers/#create.body.HostConfig.Mounts.BindOptions.Propagation")
    expect(field).to_be_visible()
    expect(field).to_be_in_viewport()
    expect(field).to_contain_text("rprivate")


def test_a_link_to_a_field_of_a_newer_version_leads_to_what_it_is_below(page: Page) -> None:
    page.goto("v1.24/containers/#create.body.HostConfig.Mounts.BindOptions.Propagation")
    expect(page.locator("#lacking-notice")).to_contain_text("v1.24 has no")
    expect(page.locator('[id="create.body.HostConfig"]')).to_be_visible()


@pytest.mark.parametrize(
    ("source", "target"), [("1.41", "1.51"), ("1.51", "1.41"), ("1.24", str(NEWEST)), ("1.44", "1.44")]
)
def test_the_free_difference_is_that_of_the_command(page: Page, source: str, target: str) -> None:
    page.goto(f"compare/#from={source}&to={target}")
    expected = diff(Version.parse(source), Version.parse(target))
    expect(page.locator("#compare-sum")).to_contain_text(
        f"{len(expected.entries)} differences, {len(expected.breaking)} breaking"
    )
    assert page.locator("#compare-result li").count() == len(expected.entries)
    shown = page.locator("#compare-result li:has(> .badge.breaking)").count()
    assert shown == len(expected.breaking)


def test_the_free_difference_keeps_its_choice_in_the_address(page: Page) -> None:
    page.goto("compare/")
    page.locator("select[name=from]").select_option("1.41")
    page.locator("select[name=resource]").select_option("containers")
    page.locator("input[name=breaking]").check()
    expect(page.locator("#compare-sum")).to_contain_text("From v1.41")
    words = page.locator("#compare-sum").inner_text()
    page.goto("about:blank")
    page.go_back()
    expect(page.locator("#compare-sum")).to_have_text(words)
    assert "from=1.41" in page.url
    assert "breaking=1" in page.url
    for link in page.locator("#compare-result h3 a").all():
        assert "/containers/#" in (link.get_attribute("href") or "")


def test_copy_takes_what_is_shown(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("latest/containers/")
    block = page.locator(".way-blocks > div:visible").first
    block.locator(".copy").click()
    expect(block.locator(".copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("GET /containers/json")


def test_copy_of_a_terminal_takes_what_was_typed(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("latest/containers/")
    page.locator(".way-labels label", has_text="docker").first.click()
    block = page.locator(".way-blocks > div:visible", has_text="$ docker").first
    shown = block.locator("code").inner_text()
    assert any(not line.startswith("$ ") for line in shown.splitlines())
    block.locator(".copy").click()
    expect(block.locator(".copy")).to_have_text("Copied")
    typed = [line.removeprefix("$ ") for line in shown.splitlines() if line.startswith("$ ")]
    assert page.evaluate("navigator.clipboard.readText()").splitlines() == typed


@pytest.mark.parametrize("width", [1400, 390], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "where",
    [
        *("", "streams/", "latest/", "latest/containers/", "v1.24/exec/", "v1.44/changes/"),
        *("versions/", "compare/", "compatibility/", "python/", "python-operations/", "python-types/", "command-line/"),
    ],
)
def test_pages_fit(page: Page, where: str, scheme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(where)
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1")).to_be_visible()
    expected = "slate" if scheme == "dark" else "default"
    assert page.evaluate("document.body.getAttribute('data-md-color-scheme')") == expected
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_old_pages_show_what_was_there_then(page: Page) -> None:
    """`since` and `before` of the list ended with v1.24; wait has had a condition since v1.30."""
    page.goto("v1.24/containers/")
    rows = page.locator("table.parameters").first.locator("tbody th code")
    assert rows.all_inner_texts() == ["all", "limit", "size", "filters", "since", "before"]
    page.goto("latest/containers/")
    assert rows.all_inner_texts() == ["all", "limit", "size", "filters"]
