"""The built site as files: links, what programs read, and that pages say what the documents say."""

import gzip
import html
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest

from engine_api.api.versions import NEWEST, VERSIONS, Version
from engine_api.openapi import document
from engine_api.site.order import operation_pages, ordered
from engine_api.wire.bindings import BINDINGS

_LINK = re.compile(r'<(?!link rel="preconnect)[a-z]+ [^>]*?\b(?:href|src)="([^"]*)"')
_ID = re.compile(r'<[a-z0-9]+ (?:[^>]*? )?id="([^"]*)"')


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, str]:
    """Every HTML page by its path."""
    return {
        path.relative_to(site).as_posix(): path.read_text("utf-8")
        for path in site.rglob("*.html")
        if path.name != "404.html" and ".frame" not in path.parts
    }


def test_every_link_leads_somewhere(site: Path, pages: dict[str, str]) -> None:
    assert len(pages) > 33 * len(ordered())
    ids = {name: {html.unescape(one) for one in _ID.findall(text)} for name, text in pages.items()}
    there = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert not any("frame/" in name and not name.startswith(".frame/") for name in there)

    @cache
    def broken(folder: str, link: str) -> bool:
        parts = urlsplit(urljoin(f"http://site/{folder}/", html.unescape(link)))
        if parts.netloc != "site" or parts.scheme not in ("http", ""):
            return parts.netloc != "localhost" and not link.startswith(("https://", "mailto:", "data:"))
        path = unquote(parts.path).lstrip("/")
        if not path or path.endswith("/"):
            path += "index.html"
        fragment = unquote(parts.fragment)
        if path not in there:
            return True
        return bool(fragment) and path in ids and not path.startswith("compare/") and fragment not in ids[path]

    wrong: list[tuple[str, str]] = []
    for name, text in pages.items():
        folder = name.rpartition("/")[0]
        for link in set(_LINK.findall(text)):
            if link.startswith("#"):
                fragment = unquote(html.unescape(link[1:]))
                if fragment and fragment not in ids[name]:
                    wrong.append((name, link))
            elif broken(folder, link):
                wrong.append((name, link))
    assert not wrong, wrong[:20]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_pages_say_what_the_document_of_the_version_says(pages: dict[str, str], version: Version) -> None:
    """Operations, parameters, statuses and fields of pages are those of `engine-api openapi`: none more, none less."""
    openapi = document(version)
    schemas = openapi["components"]["schemas"]
    operations = {
        (verb.upper(), path): operation for path, verbs in openapi["paths"].items() for verb, operation in verbs.items()
    }
    seen = set()
    for name in ordered():
        text = pages[f"v{version}/{'' if name == 'index' else name + '/'}index.html"]
        for section in re.split(r'(?=<h2 id=")', text)[1:]:
            head = re.search(r'<span class="verb [^"]*">(\w+)</span> <code>/v[\d.]+([^<]*)</code>', section)
            if head is None or 'class="operation"' not in section:
                continue
            operation = operations[head[1], html.unescape(head[2])]
            seen.add((head[1], html.unescape(head[2])))
            id = re.match(r'<h2 id="([^"]*)"', section)[1]  # type: ignore[index]
            ids = set(_ID.findall(section))
            statuses = {one.rpartition(".")[2] for one in ids if one.startswith(f"{id}.status.")}
            assert statuses == set(operation["responses"]), head[0]
            known = {_plain(one["name"]) for one in operation.get("parameters", ())}
            shown = {one.removeprefix(f"{id}.parameter.") for one in ids if one.startswith(f"{id}.parameter.")}
            assert shown == known, head[0]
            for part, schema in (("body", _body(operation)), ("answer", _answer(operation))):
                there = {
                    one.removeprefix(f"{id}.{part}.")
                    for one in map(html.unescape, ids)
                    if one.startswith(f"{id}.{part}.")
                }
                assert there == set(_fields(schema, schemas)), head[0]
    assert seen == set(operations)


def _plain(name: str) -> str:
    return re.sub(r"[^\w.?=-]", "", name)


def _fields(schema: Any, schemas: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of all fields of a schema; a type within itself is not repeated."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in above:
            yield from _fields(schemas[name], schemas, (*above, name))
        return
    for part in (part for key in ("anyOf", "allOf", "oneOf") for part in schema.get(key, ())):
        yield from _fields(part, schemas, above)
    for key in ("items", "additionalProperties"):
        yield from _fields(schema.get(key), schemas, above)
    for name, own in schema.get("properties", {}).items():
        yield _plain(name)
        for below in _fields(own, schemas, above):
            yield f"{_plain(name)}.{below}"


def _body(operation: dict[str, object]) -> object:
    return _schema(operation.get("requestBody"))


def _schema(holder: object) -> object:
    if isinstance(holder, dict):
        for content in holder.get("content", {}).values():
            return content.get("schema")
    return None


def _answer(operation: dict[str, object]) -> object:
    responses = operation["responses"]
    assert isinstance(responses, dict)
    return next((_schema(one) for status, one in responses.items() if status.startswith("2") and _schema(one)), None)


def test_the_overview_lists_every_operation(pages: dict[str, str]) -> None:
    for version in VERSIONS:
        section = pages[f"v{version}/index.html"].partition('<h2 id="operations">')[2].partition("<h2 ")[0]
        rows = re.findall(r'<span class="verb [^"]*">(\w+)</span> <code>(/[^<]*(?:<wbr>[^<]*)*)</code>', section)
        paths = document(version)["paths"]
        assert {(verb, html.unescape(path).replace("<wbr>", "")) for verb, path in rows} == {
            (verb.upper(), path) for path, verbs in paths.items() for verb in verbs
        }


def test_the_newest_version_tells_how_engines_did_in_their_newest(pages: dict[str, str]) -> None:
    section = pages["latest/containers/index.html"].partition('<h3 id="create-named">')[2].partition("<h3 ")[0]
    found = re.findall(
        r'<span class="engine (\w+)" title="[^"]*">. ([\w .]+?)(?: <small>in v([\d.]+)</small>)?<', section
    )
    assert ("holds", "Docker 28.5", "1.51") in found
    assert ("holds", "Docker 20.10", "1.41") in found
    # Lists say which image they were made with only from v1.51 on; the example is another one before.
    older = pages["v1.44/containers/index.html"].partition('<h3 id="create-named">')[2].partition("<h3 ")[0]
    assert re.search(r">. Docker 28\.5</span>", older)


def test_examples_of_changes_have_the_badges_of_the_version_that_they_show(pages: dict[str, str]) -> None:
    text = pages["v1.44/changes/index.html"]
    before = text.partition('<h3 id="virtual-size-before">')[2].partition("<h3 ")[0]
    assert "Docker 28.5: holds in v1.43" in before


def test_methods_lead_to_their_operations_and_types(pages: dict[str, str]) -> None:
    methods, types = pages["python-operations/index.html"], pages["python-types/index.html"]
    for binding in BINDINGS:
        id = f"{binding.method.__module__}.{binding.method.__qualname__}"
        section = methods.partition(f'<h3 id="{id}"')[2].partition("<h3 ")[0]
        assert f'#{operation_pages()[binding.operation.id][1]}">{binding.operation.id}</a>' in section, id
    assert '<a href="../python-types/#ContainerInspectResponse">' in methods
    row = types.partition('<h3 id="ContainerCreateRequest">')[2].partition("<h3 ")[0]
    assert "<code>open_stdin</code>" in row
    assert '<a href="#HostConfig">HostConfig</a>' in row


def test_the_largest_page_is_small_and_shows_without_scripts(site: Path, pages: dict[str, str]) -> None:
    name = max((one for one in pages if one.startswith("latest/")), key=lambda one: len(pages[one]))
    text = pages[name]
    total = len(gzip.compress(text.encode(), 6))
    for link in set(re.findall(r'<link rel="stylesheet" href="([^"]*)"|<script [^>]*?src="([^"]*)"', text)):
        path = (site / name).parent / next(one for one in link if one)
        total += len(gzip.compress(path.read_bytes(), 6))
    assert total < 300_000, name
    head = text.partition("</head>")[0]
    assert not re.findall(r"<script [^>]*src=(?![^>]*\b(?:defer|async|module))", head)


def test_what_programs_read_is_there(site: Path) -> None:
    for folder, version in {"latest": NEWEST, **{f"v{version}": version for version in VERSIONS}}.items():
        assert json.loads((site / folder / "openapi.json").read_text("utf-8")) == document(version)
        schema = json.loads((site / folder / "schema.json").read_text("utf-8"))
        names = set(schema["$defs"])
        references = set(re.findall(r'"\$ref": "#/\$defs/([^"]*)"', json.dumps(schema)))
        assert references <= names
        examples = json.loads((site / folder / "examples.json").read_text("utf-8"))["examples"]
        assert len(examples) > 50
        assert len({one["name"] for one in examples}) == len(examples)
        assert (site / folder / "containers.md").read_text("utf-8").startswith("# Containers\n")
    lines = (site / "llms.txt").read_text("utf-8")
    for link in re.findall(r"\]\(http://localhost/([^)]*)\)", lines):
        assert (site / link).exists(), link
    for found in ET.parse(site / "sitemap.xml").iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc"):
        assert found.text is not None
        assert (site / found.text.removeprefix("http://localhost/") / "index.html").is_file()


def test_the_feed_has_each_version(site: Path) -> None:
    space = "{http://www.w3.org/2005/Atom}"
    root = ET.parse(site / "changes.atom").getroot()
    assert [entry.findtext(f"{space}title") for entry in root.iter(f"{space}entry")] == [
        f"v{version}" for version in reversed(VERSIONS)
    ]
    for entry in root.iter(f"{space}entry"):
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT00:00:00Z", entry.findtext(f"{space}updated") or "")


def test_nothing_is_asked_from_another_host(pages: dict[str, str], site: Path) -> None:
    for name, text in pages.items():
        for link in re.findall(r'<(?:script|img|iframe)\b[^>]*\bsrc="(https?:[^"]*)"', text):
            pytest.fail(f"{name}: {link}")
        for link in re.findall(r'<link rel="(?:stylesheet|preconnect|icon)" [^>]*href="(https?:[^"]*)"', text):
            pytest.fail(f"{name}: {link}")
    for path in (site / "assets" / "site").glob("*.css"):
        assert "url(http" not in path.read_text("utf-8")


def test_examples_of_changes_are_asked_in_the_version_that_they_show(pages: dict[str, str]) -> None:
    text = pages["v1.44/changes/index.html"]
    before = text.split('<h3 id="virtual-size-before">')[1].split("<h3 ")[0]
    after = text.split('<h3 id="virtual-size-after">')[1].split("<h3 ")[0]
    assert "/v1.43/images/busybox/json" in before
    assert "/v1.44/" not in before
    assert "/v1.44/images/busybox/json" in after
