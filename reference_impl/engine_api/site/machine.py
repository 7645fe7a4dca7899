"""Files for programs: pages as Markdown, documents per version, examples as JSON, and lists of these."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from engine_api.api.versions import NEWEST, OLDEST, Version
from engine_api.formats.json import Json, JsonObject
from engine_api.openapi import document
from engine_api.site.documents import changes_document
from engine_api.site.documents import document as markdown
from engine_api.site.order import ordered, title_of
from engine_api.spec.exchange import Example, ExpectedResponse, Request, examples_of
from engine_api.spec.pages import changes_page, page

if TYPE_CHECKING:
    from engine_api.site.settings import Settings

__all__ = ["examples", "schema", "write", "write_lists", "write_pages"]


def schema(openapi: JsonObject, url: str) -> JsonObject:
    """Return the types of an OpenAPI document as a JSON Schema document."""
    definitions = json.loads(json.dumps(openapi["components"]["schemas"]).replace("#/components/schemas/", "#/$defs/"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": url,
        "title": f"Types of the Docker Engine API v{openapi['info']['version']}",
        "$defs": definitions,
    }


def examples(version: Version) -> JsonObject:
    """Return the examples of a version and of its changes, for test suites in other languages."""
    found = [_example(one, version) for name in ordered() for one in examples_of(page(name, version))]
    with suppress(FileNotFoundError):
        found += [_example(one, version) for one in examples_of(changes_page(version))]
    return {"version": str(version), "examples": found}


def _example(example: Example, version: Version) -> JsonObject:
    steps: list[JsonObject] = []
    for step in example.steps:
        if isinstance(step, Request):
            steps.append(
                {
                    "request": {
                        "method": step.method,
                        "path": step.path if step.raw else f"/v{example.version or version}{step.path}",
                        "headers": [list(header) for header in step.headers],
                        "body": step.body,
                        **({"begin": True} if step.begin else {}),
                    }
                }
            )
        elif isinstance(step, ExpectedResponse):
            steps.append(
                {
                    "answer": {
                        "status": step.status,
                        "reason": step.reason,
                        "headers": [list(header) for header in step.headers],
                        "body": step.body,
                        **({"end": True} if step.end else {}),
                    }
                }
            )
        else:
            moves = [
                {
                    "from": "client" if move.sends else "engine",
                    "stream": move.stream,
                    "text": move.text,
                    "end": move.end,
                }
                for move in step.moves
            ]
            steps.append({"stream": moves})
    return {
        "name": example.name,
        "title": example.title,
        "operation": example.operation,
        "version": str(example.version or version),
        "given": list(example.given),
        "steps": steps,
        "docker": [list(command) for command in example.console.commands] if example.console else [],
    }


def write(settings: Settings, folder: str) -> None:
    """Write the files of a version for programs."""
    version = settings.folders[folder]
    target = settings.target / folder
    target.mkdir(parents=True, exist_ok=True)
    write_pages(settings, folder, settings.names)
    (target / "changes.md").write_text(changes_document(version), "utf-8")
    openapi = document(version)
    _write_json(target / "openapi.json", openapi)
    _write_json(target / "schema.json", schema(openapi, f"{settings.url}{folder}/schema.json"))


def write_pages(settings: Settings, folder: str, names: Sequence[str]) -> None:
    """Write pages of a version as Markdown, and its examples."""
    version = settings.folders[folder]
    for name in names:
        (settings.target / folder / f"{name}.md").write_text(markdown(name, version), "utf-8")
    _write_json(settings.target / folder / "examples.json", examples(version))


def _write_json(path: Json, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def write_lists(settings: Settings) -> None:
    """Write `llms.txt` and `sitemap.xml`."""
    url = settings.url
    lines = [
        "# Docker Engine API",
        "",
        f"> The Docker Engine API, v{OLDEST} to v{NEWEST}, described by examples that are run against real engines",
        "> and a reference engine. Not affiliated with Docker.",
        "",
        "Each version has its own folder, such as v1.44/; latest/ is the newest. Every page is there as Markdown, too,",
        "under the same name.",
        "",
        "## Pages of the newest version",
        "",
        *(f"- [{title_of(name)}]({url}latest/{name}.md)" for name in settings.names),
        "",
        "## For programs",
        "",
        f"- [OpenAPI 3.1]({url}latest/openapi.json): every version has one, such as {url}v1.44/openapi.json",
        f"- [JSON Schema]({url}latest/schema.json): the types",
        f"- [Examples]({url}latest/examples.json): the examples, to be run by test suites in any language",
        f"- [Differences]({url}assets/site/changes.json): what any two versions differ in",
        f"- [Feed of changes]({url}changes.atom)",
        "",
        "## What versions changed",
        "",
        *(f"- [v{version}]({url}v{version}/changes.md)" for version in reversed(settings.versions)),
    ]
    (settings.target / "llms.txt").write_text("\n".join(lines) + "\n", "utf-8")
    pages = sorted(
        path.parent.relative_to(settings.target).as_posix()
        for path in settings.target.rglob("index.html")
        if ".frame" not in path.relative_to(settings.target).parts
    )
    _write_sitemap(settings.target / "sitemap.xml", url, pages)
    for folder in settings.folders:  # the theme looks for one beside a page's search index
        own = [page for page in pages if page.partition("/")[0] == folder]
        _write_sitemap(settings.target / folder / "sitemap.xml", url, own)


def _write_sitemap(path: Json, url: str, pages: list[str]) -> None:
    entries = "".join(f"<url><loc>{escape(url + ('' if page == '.' else page + '/'))}</loc></url>\n" for page in pages)
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{entries}</urlset>\n",
        "utf-8",
    )
