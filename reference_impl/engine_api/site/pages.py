"""The content and the links of each page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

from engine_api.api.releases import RELEASES, Release
from engine_api.api.versions import NEWEST, OLDEST, VERSIONS, Version, speaking
from engine_api.site import changelog, compatibility
from engine_api.site.frame import Frame, Item, Place
from engine_api.site.history import anchor_of, describe, entries_of
from engine_api.site.markup import badge, breakable, escape, inline, plain, wide_table
from engine_api.site.markup import heading as heading_of
from engine_api.site.order import PROTOCOL, operation_pages, ordered, title_of
from engine_api.site.sections import Rendered, render
from engine_api.site.toc import Entry
from engine_api.spec.pages import Heading, changes_page, page
from engine_api.versions.change import EVERY_OPERATION
from engine_api.wire.bindings import binding_of

if TYPE_CHECKING:
    from engine_api.site.settings import Settings

__all__ = ["Document", "has", "specification", "write_changes", "write_root"]

Document: TypeAlias = dict[str, str | float]
"""A search document: location, title and text of a section."""

_WEIGHTS: Final = {"operation": 3.0, "divergences": 0.001}
"""Weights of search documents: operations above average, divergences below."""


@cache
def _headings(name: str, version: Version) -> dict[str, Heading]:
    return {heading.id: heading for heading in page(name, version).headings}


@cache
def _all_headings(name: str) -> dict[str, tuple[Heading, tuple[Version, ...]]]:
    """Return every heading of a page in any version, with the versions that have it."""
    found: dict[str, tuple[Heading, list[Version]]] = {}
    for version in reversed(VERSIONS):
        for id, heading in _headings(name, version).items():
            found.setdefault(id, (heading, []))[1].append(version)
    return {id: (heading, tuple(versions)) for id, (heading, versions) in found.items()}


@cache
def has(name: str, version: Version) -> bool:
    """Return whether a page has content in a version: an operation if the page has any, or a section."""
    if name == "changes":
        return True
    everything = _all_headings(name)
    operations = [
        id for id, (heading, _) in everything.items() if heading.level == 2 and "operation" in heading.attributes
    ]
    own = _headings(name, version)
    return any(id in own for id in operations) if operations else bool(own)


def _range(versions: tuple[Version, ...]) -> str:
    since, until = min(versions), max(versions)
    if since > OLDEST and until < NEWEST:
        return f"from v{since} to v{until}" if since != until else f"in v{since} only"
    return f"from v{since} on" if since > OLDEST else f"up to v{until}"


def _lacking(name: str, version: Version, here: str) -> tuple[str, list[Entry]]:
    """Return what a page has in other versions only, with links to the nearest version that has it."""
    own = _headings(name, version)
    items: list[str] = []
    for id, (heading, versions) in _all_headings(name).items():
        if id in own or heading.level < 2:
            continue
        nearest = min(versions, key=lambda other: abs(other.minor - version.minor))
        link = f'<a href="{here}v{nearest}/{"" if name == "index" else name + "/"}#{escape(id)}">v{nearest}</a>'
        title = escape(heading.title.replace("`", ""))
        items.append(
            f'<li id="{escape(id)}" class="lacking level-{heading.level}">{title}: {_range(versions)}; see {link}</li>'
        )
    if not items:
        return "", []
    count = f'<span class="count">{len(items)} section{"s" if len(items) != 1 else ""}</span>'
    words = f"Not in v{version}"
    return (
        f'<h2 id="not-in-this-version">{words}</h2>'
        f'<details class="not-here"><summary>What other versions have here {count}'
        f"</summary><ul>{''.join(items)}</ul></details>",
        [Entry(2, "not-in-this-version", words)],
    )


@cache
def _switch(versions: tuple[Version, ...], folder: str, name: str, up: str) -> str:
    """Return the version switch: links to the same page in every version."""
    path = "" if name == "index" else f"{name}/"
    items: list[str] = []
    if NEWEST in versions:
        items.append(_choice("latest", "latest", path, up, folder, "without a version in the path"))
    for version in reversed(versions):
        engines = [release.name for release in RELEASES if release.maximum == str(version)]
        note = ", ".join(engines)
        if not has(name, version):
            note += ("; " if note else "") + "lacks this page"
        items.append(_choice(f"v{version}", f"v{version}", path, up, folder, note))
    return (
        f'<details class="switch"><summary aria-label="API version: {folder}">{folder}</summary>'
        f'<ul aria-label="Versions">{"".join(items)}</ul></details>'
    )


def _choice(folder: str, title: str, path: str, up: str, current: str, note: str) -> str:
    here = ' aria-current="true"' if folder == current else ""
    small = f" <small>{escape(note)}</small>" if note else ""
    return f'<li><a href="{up}{folder}/{path}"{here}>{title}{small}</a></li>'


def _items(version: Version, name: str, to: str, root: str) -> list[Item]:
    """Return the navigation of a version.

    Args:
        version: the version.
        name: the current page.
        to: relative path of the version's folder.
        root: relative path of the site's root.
    """

    def item(one: str) -> Item:
        path = "" if one == "index" else f"{one}/"
        return Item("Overview" if one == "index" else title_of(one), f"{to}{path}" or "./", one == name)

    names = [one for one in ordered() if has(one, version) or one == name]
    protocol = [one for one in names if one in (*PROTOCOL, "divergences")]
    return [
        *(item(one) for one in names if one == "index"),
        Item(f"What v{version} changed", f"{to}changes/", name == "changes"),
        Item("Resources"),
        *(item(one) for one in names if one not in ("index", *protocol)),
        Item("How it works"),
        *(item(one) for one in protocol),
        Item("Elsewhere"),
        Item("Guides", root),
        Item("Versions", f"{root}versions/"),
        Item("Compare two versions", f"{root}compare/"),
        Item("Compatibility", f"{root}compatibility/"),
    ]


def _banner(version: Version, path: str, up: str) -> str:
    if version == NEWEST:
        return ""
    engines = [
        release.name.removeprefix("Docker ") for release in speaking(version) if release.name.startswith("Docker")
    ]
    first, last = re.split(r",| to ", engines[0])[0], re.split(r", | to ", engines[-1])[-1]
    spoken = f"Docker {first} to {last} speak it" if first != last else f"Docker {first} speaks it"
    return (
        f"<strong>v{version}</strong> is not the newest version; {spoken}. "
        f'<a href="{up}latest/{path}">This page in v{NEWEST}</a>'
    )


def _release(one: Release) -> str:
    cells = (f"v{one.minimum}", f"v{one.maximum}", one.date or "unknown")
    return f'<tr><th scope="row">{escape(one.name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


_RELEASE_COLUMNS: Final = ("Release", "Oldest version", "Newest version", "Out since")


def _spoken(version: Version) -> str:
    rows = [_release(one) for one in reversed(speaking(version))]
    return heading_of(2, "engines", f"Engines that speak v{version}") + wide_table(_RELEASE_COLUMNS, rows)


def _operations(version: Version) -> str:
    """Return every operation of a version by page, with links."""
    rows: list[str] = []
    for name in ordered():
        for heading in page(name, version).headings:
            if heading.level != 2 or "operation" not in heading.attributes:
                continue
            binding = binding_of(heading.attributes["operation"])
            since = binding.operation.span.since
            note = badge(f"from v{since}", "since") if since > OLDEST else ""
            path = breakable(binding.path)
            rows.append(
                f'<tr><td><span class="verb verb-{binding.verb.lower()}">{binding.verb}</span> <code>{path}</code></td>'
                f'<th scope="row"><a href="{name}/#{escape(heading.id)}">{inline(heading.title)}</a>{note}</th></tr>'
            )
    return heading_of(2, "operations", "Operations") + wide_table(("Request", "What it does"), rows, "operations")


def specification(
    settings: Settings, folder: str, version: Version, name: str, frame: Frame
) -> tuple[str, list[Document]]:
    """Return a page of the specification as HTML, and its search documents.

    Args:
        settings: the settings of the build.
        folder: the folder of the version, or `latest`.
        version: the version.
        name: the page's file in `spec/latest`, without `.md`.
        frame: the frame for the page's depth.
    """
    source = page(name, version)
    up = "../" if name == "index" else "../../"
    path = "" if name == "index" else f"{name}/"
    if has(name, version):
        rendered = render(source, latest=folder == "latest")
        lacking, more = _lacking(name, version, up)
        tail = _operations(version) + _spoken(version) if name == "index" else ""
        if tail:
            more = [Entry(2, "operations", "Operations"), Entry(2, "engines", f"Engines that speak v{version}"), *more]
        first, rest = rendered.html.split("</h1>", 1)
        content = f"{first}</h1>{_tools(folder, name)}{rest}{tail}{lacking}"
        entries = [*rendered.entries, *more]
        found = _docs(rendered, path)
    else:
        lacking, _ = _lacking(name, version, up)
        title = escape(title_of(name))
        versions = tuple(other for other in VERSIONS if has(name, other))
        nearest = min(versions, key=lambda other: abs(other.minor - version.minor))
        content = (
            f"<h1>{title}: not in v{version}</h1><p>The API has these operations {_range(versions)}. "
            "The nearest version with them is "
            f'<a href="{up}v{nearest}/{path}">v{nearest}</a>.</p>{lacking}'
        )
        entries, found = [], []
    shown = "latest" if folder == "latest" else f"v{version}"
    to = "" if name == "index" else "../"
    place = Place(
        title=f"{source.title if name != 'index' else 'Overview'} - Docker Engine API {shown}",
        name=f"{title_of(name)} {shown}",
        description=f"{title_of(name)} in the Docker Engine API {shown}, with examples that were run.",
        items=_items(version, name, to, up),
        entries=entries,
        switch=_switch(settings.versions, folder, name, up),
        banner=_banner(version, path, up),
        head=f'<link rel="alternate" type="text/markdown" href="{to}{name}.md">'
        f'<meta name="api-version" content="{folder}"><meta name="api-number" content="{version}">',
        base="." if name == "index" else "..",
        tab="API",
    )
    return frame.fill(place, content), found


def _tools(folder: str, name: str) -> str:
    to = "" if name == "index" else "../"
    return (
        f'<p class="page-tools"><a href="{to}{name}.md">Markdown</a> <a href="{to}openapi.json">OpenAPI</a> '
        f'<a href="{to}schema.json">JSON Schema</a> <a href="{to}examples.json">Examples</a></p>'
    )


def _docs(rendered: Rendered, path: str) -> list[Document]:
    return [
        {
            "location": f"{path}#{one.id}" if one.id else path,
            "title": plain(escape(one.title)).replace("`", ""),
            "text": escape(one.text),
            "boost": _WEIGHTS.get("operation" if one.operation else path.rstrip("/"), 1.0),
        }
        for one in rendered.found
    ]


# What the versions changed


def _changes(version: Version) -> Rendered:
    try:
        rendered = render(changes_page(version))
    except FileNotFoundError:
        rendered = Rendered(f"What v{version} changed", f"<h1>What v{version} changed</h1>")
    made, entries = [rendered.html], [*rendered.entries]
    if version > OLDEST:
        before = VERSIONS[VERSIONS.index(version) - 1]
        title = f"All differences from v{before}"
        made.append(
            f'<h2 id="difference">{title}<a class="headerlink" href="#difference" title="Permanent link">¶</a></h2>'
        )
        made.append(
            f'<p><a href="../../compare/#from={before}&amp;to={version}">'
            f"Compare v{version} with any other version</a></p>"
        )
        made += _difference(version)
        entries.append(Entry(2, "difference", title))
    return Rendered(rendered.title, "".join(made), entries, rendered.found)


def _difference(version: Version) -> Iterator[str]:
    by_operation: dict[str, list[str]] = {}
    for entry in entries_of(version):
        by_operation.setdefault(entry.operation, []).append(f"<li>{describe(entry)}</li>")
    if not by_operation:
        yield "<p>None.</p>"
    for operation, items in by_operation.items():
        if operation == EVERY_OPERATION:
            yield f'<h3 id="{anchor_of(operation)}">Every operation</h3><ul>{"".join(items)}</ul>'
            continue
        binding = binding_of(operation)
        where = operation_pages().get(operation)
        verb = (
            f'<span class="verb verb-{binding.verb.lower()}">{binding.verb}</span> <code>{escape(binding.path)}</code>'
        )
        span = binding.operation.span
        stands = version if version in span else span.until
        link = f' <a href="../../v{stands}/{where[0]}/#{where[1]}">{operation}</a>' if where else f" {operation}"
        yield f'<h3 id="{anchor_of(operation)}">{verb}{link}</h3><ul>{"".join(items)}</ul>'


def write_changes(settings: Settings) -> dict[str, list[Document]]:
    """Write the page of changes of each version, and return the search documents."""
    frame = Frame.read(settings.target / "frame" / "page" / "index.html")
    found: dict[str, list[Document]] = {}
    for folder, version in settings.folders.items():
        rendered = _changes(version)
        place = Place(
            title=f"{rendered.title} - Docker Engine API",
            name=rendered.title,
            description=f"What v{version} of the Docker Engine API changed, with examples before and after.",
            items=_items(version, "changes", "../", "../../"),
            entries=rendered.entries,
            switch=_switch(settings.versions, folder, "changes", "../../"),
            banner=_banner(version, "changes/", "../../"),
            head='<link rel="alternate" type="application/atom+xml" href="../../changes.atom">'
            '<link rel="alternate" type="text/markdown" href="../changes.md">'
            f'<meta name="api-number" content="{version}">',
            tab="API",
        )
        path = settings.target / folder / "changes" / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            frame.fill(place, rendered.html.replace("</h1>", f"</h1>{_tools(folder, 'changes')}", 1)), "utf-8"
        )
        found[folder] = _docs(rendered, "changes/")
    changelog.write(settings)
    return found


# Pages of the whole


_ROOT_ITEMS: Final = (
    ("Versions", "versions"),
    ("Compare two versions", "compare"),
    ("Compatibility", "compatibility"),
)


def write_root(settings: Settings) -> None:
    """Write the pages that belong to no version: versions and engines, comparison, compatibility."""
    frame = Frame.read(settings.target / "frame" / "index.html")
    contents = {
        "versions": ("Versions", versions_page(settings)),
        "compare": ("Compare two versions", changelog.compare_page(settings.versions)),
        "compatibility": ("Compatibility", compatibility.table_page()),
    }
    for name, (title, (content, entries)) in contents.items():
        items = [Item(own, f"../{path}/", path == name) for own, path in _ROOT_ITEMS]
        place = Place(
            title=f"{title} - Docker Engine API",
            name=title,
            description=f"{title} of the Docker Engine API",
            items=[*items, Item("Elsewhere"), Item("The API", "../latest/"), Item("Guides", "../")],
            entries=entries,
            head='<link rel="alternate" type="application/atom+xml" href="../changes.atom">',
            tab="Compatibility" if name == "compatibility" else "Versions",
        )
        path = settings.target / name / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(frame.fill(place, content), "utf-8")


def versions_page(settings: Settings) -> tuple[str, list[Entry]]:
    """Return the page of versions: each version with its engines, and each engine with its versions."""
    rows: list[str] = []
    for version in reversed(settings.versions):
        brought = ", ".join(one.name for one in RELEASES if one.maximum == str(version))
        entries = entries_of(version)
        breaking = sum(entry.breaking for entry in entries)
        own = f"../v{version}"
        note = badge(f"{breaking} breaking", "breaking") if breaking else ""
        rows.append(
            f'<tr><th scope="row"><a href="{own}/">v{version}</a></th><td>{escape(brought)}</td>'
            f'<td>{len(speaking(version))}</td><td><a href="{own}/changes/">{len(entries)} differences</a>{note}</td>'
            f'<td><a href="{own}/openapi.json">OpenAPI</a></td></tr>'
        )
    columns = ("Version", "Came with", "Releases that speak it", "Changed", "Document")
    content = (
        "<h1>Versions</h1>"
        "<p>Which version an engine speaks it says itself: <code>GET /version</code> answers <code>ApiVersion</code>, "
        "the newest, and <code>MinAPIVersion</code>, the oldest. A path without a version means the newest. "
        '<a href="../changes.atom">Feed of changes</a></p>'
        + heading_of(2, "versions", "Versions")
        + wide_table(columns, rows)
        + heading_of(2, "engines", "Engines")
        + "<p>The oldest version is the one that an engine serves as it is installed; some can be set to serve older "
        "ones.</p>" + wide_table(_RELEASE_COLUMNS, [_release(one) for one in reversed(RELEASES)])
    )
    return content, [Entry(2, "versions", "Versions"), Entry(2, "engines", "Engines")]
