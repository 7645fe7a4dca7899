"""The Run button: in the browser, on a server, and where there is neither."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.site.conftest import shown

KINDS = {
    "plain": ("v1.44/containers/", "containers#list-running"),
    "stream": ("latest/containers/", "containers#logs-both"),
    "attach": ("v1.24/containers/", "containers#attach-input"),
}
PATIENCE = 90_000
"""Milliseconds for Python to start in a browser on a busy machine."""


def run(page: Page, name: str) -> Locator:
    example = page.locator(f'.example[data-example="{name}"]')
    example.locator("> .run").click()
    panel = example.locator(".try")
    expect(panel.locator("> .verdict")).to_contain_text("holds", timeout=PATIENCE)
    return panel


def test_in_the_browser(page: Page, site: Path) -> None:
    """One after the other, so that the engine is started once, as for a reader."""
    if not json.loads((site / "assets/site/run.json").read_text())["browser"]:
        pytest.skip("Pyodide could not be fetched from the registry")
    page.goto("v1.24/containers/")
    panel = run(page, KINDS["plain"][1])
    output = panel.locator("> pre").first
    expect(output).to_contain_text("200 OK")
    expect(output).to_contain_text('"/web"')
    panel.locator("textarea").fill("GET /v1.24/containers/nothing/json")
    panel.get_by_role("button", name="Run again").click()
    expect(panel.locator("> .verdict")).to_contain_text("differs", timeout=PATIENCE)
    expect(panel).to_contain_text("status 200 is expected, not 404")
    expect(panel).to_contain_text("+404 Not Found")

    output = run(page, KINDS["stream"][1]).locator("> pre").first
    expect(output).to_contain_text("stdout: out")
    expect(output).to_contain_text("stderr: err")

    output = run(page, KINDS["attach"][1]).locator("> pre").first
    expect(output).to_contain_text("101 UPGRADED")
    expect(output).to_contain_text("< stdout:")
    expect(output).to_contain_text("> (end)")


_RUN_ALL = """async (folder) => {
    const { wheels } = await (await fetch("/assets/site/run.json")).json();
    const worker = new Worker("/assets/site/worker.mjs", { type: "module" });
    const places = await (await fetch(`/${folder}/sitemap.xml`)).text();
    const found = [];
    for (const [, place] of places.matchAll(/<loc>http:..localhost(.*?)<.loc>/g)) {
        const page = new DOMParser().parseFromString(await (await fetch(place)).text(), "text/html");
        const version = page.querySelector("meta[name=api-number]").content;
        for (const example of page.querySelectorAll(".example")) {
            const blocks = [...example.querySelectorAll(".ways")].map((ways) => ways.querySelector(".way-blocks code"));
            const job = { wheels, version, name: example.dataset.example, requests: blocks.map((b) => b.textContent) };
            worker.postMessage({ id: found.length, ...job });
            const last = await new Promise((resolve) => {
                let event;
                worker.onmessage = ({ data }) => (data.event ? (event = data.event) : resolve(data.error || event));
                worker.onerror = (error) => resolve(error.message);
            });
            found.push([job.name, JSON.stringify(last)]);
        }
    }
    worker.terminate();
    return found;
}"""


@pytest.mark.parametrize("folder", ["latest", "v1.24"])
def test_every_example_in_the_browser(page: Page, site: Path, folder: str) -> None:
    """With the requests that the page shows; one engine after the other in one worker, as for a reader."""
    if not json.loads((site / "assets/site/run.json").read_text())["browser"]:
        pytest.skip("Pyodide could not be fetched from the registry")
    page.goto("start/")
    found: list[tuple[str, str]] = page.evaluate(_RUN_ALL, folder)
    assert len(found) > 300
    assert [(name, last) for name, last in found if '"result":"holds"' not in last] == []


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[str]:
    """The site as `engine-api serve` shows it."""
    with shown(site, "--run") as address:
        yield address


@pytest.mark.parametrize("kind", KINDS)
def test_on_the_server(browser: Browser, server: str, kind: str) -> None:
    context = browser.new_context(base_url=server)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    where, name = KINDS[kind]
    page.goto(where)
    panel = run(page, name)
    expect(panel.locator("> pre").first).to_contain_text(
        {"plain": "200 OK", "stream": "stdout: out", "attach": "101"}[kind]
    )
    assert f"{server}run" in asked
    assert not any("pyodide" in url for url in asked)
    context.close()


def test_where_neither_is_the_answers_of_the_page_are_shown(browser: Browser, site: Path, tmp_path: Path) -> None:
    bare = tmp_path / "site"
    shutil.copytree(site, bare, ignore=shutil.ignore_patterns("engine", "v1.*", "openapi.json", "search"))
    (bare / "assets/site/run.json").write_text('{"server": false, "browser": false}')
    with shown(bare) as address:
        context = browser.new_context(base_url=address)
        page = context.new_page()
        page.goto("latest/containers/")
        for name, words in (("list-running", '"Names": ["/web"]'), ("logs-both", "stderr: err")):
            example = page.locator(f'.example[data-example="containers#{name}"]')
            example.locator("> .run").click()
            expect(example.locator(".try > .verdict")).to_contain_text("as they stand on the page")
            expect(example.locator(".try > pre").first).to_contain_text(words)
        context.close()


def test_a_stream_comes_as_it_comes(server: str) -> None:
    """The events of a run come before it has ended."""
    job = {"name": "containers#logs-both", "version": "1.44"}
    with httpx.stream("POST", f"{server}run", json=job) as answer:
        events = [json.loads(line) for line in answer.iter_lines()]
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [event["event"] for event in events][-2:] == ["verdict", "result"]


@pytest.mark.parametrize(
    ("job", "status"),
    [
        ({"name": "containers#no-such", "version": "1.44"}, 400),
        ({"name": "containers#list-running", "version": "9.99"}, 400),
        ({"name": "containers#list-running", "version": "1.44", "requests": "all"}, 400),
        (["list"], 400),
        ({}, 400),
    ],
)
def test_what_is_no_job_is_refused(server: str, job: object, status: int) -> None:
    assert httpx.post(f"{server}run", json=job).status_code == status


def test_other_sites_cannot_run_anything(server: str) -> None:
    """A form of another site can send text/plain without asking; anything else the browser asks for first."""
    job = json.dumps({"name": "containers#list-running", "version": "1.44"})
    plain = {"Content-Type": "text/plain"}
    assert httpx.post(f"{server}run", content=job, headers=plain).status_code == 415
    foreign = {"Content-Type": "application/json", "Origin": "https://elsewhere.example"}
    assert httpx.post(f"{server}run", content=job, headers=foreign).status_code == 403
    assert (
        httpx.post(f"{server}run", content=b"x" * 300_000, headers={"Content-Type": "application/json"}).status_code
        == 413
    )
