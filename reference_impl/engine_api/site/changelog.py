"""The changelog: a page that compares any two versions in the browser, its data, and a feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from engine_api.api.releases import RELEASES
from engine_api.api.versions import VERSIONS, Version
from engine_api.diff.differences import differences
from engine_api.site.history import describe, entries_of, name_of
from engine_api.site.markup import heading, plain
from engine_api.site.toc import Entry
from engine_api.wire.bindings import BINDINGS

if TYPE_CHECKING:
    from engine_api.site.settings import Settings

__all__ = ["compare_page", "feed", "write"]

_PUBLISHED: Final = "2026-08-23"
"""Date of the published documents, for a version whose engine has no recorded date."""


def _date(version: Version) -> str:
    found = next((one.date for one in RELEASES if one.maximum == str(version) and one.date), "")
    return f"{found}-01" if found else _PUBLISHED


def feed(url: str) -> str:
    """Return an Atom feed of the versions, newest first.

    Args:
        url: address of the site, with a slash at the end.
    """
    space = "http://www.w3.org/2005/Atom"
    ET.register_namespace("", space)
    root = ET.Element(f"{{{space}}}feed")

    def add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
        made = ET.SubElement(parent, f"{{{space}}}{tag}", attributes)
        made.text = text or None
        return made

    add(root, "title", "Docker Engine API: what the versions changed")
    add(root, "id", f"{url}changes.atom")
    add(root, "link", href=f"{url}changes.atom", rel="self")
    add(root, "link", href=f"{url}versions/")
    add(root, "updated", f"{max(map(_date, VERSIONS))}T00:00:00Z")
    add(add(root, "author"), "name", "docker-engine-api")
    for version in reversed(VERSIONS):
        entry = add(root, "entry")
        add(entry, "title", f"v{version}")
        add(entry, "id", f"{url}v{version}/changes/")
        add(entry, "link", href=f"{url}v{version}/changes/")
        add(entry, "updated", f"{_date(version)}T00:00:00Z")
        found = entries_of(version)
        breaking = sum(one.breaking for one in found)
        add(entry, "summary", f"{len(found)} differences from the version before, {breaking} of them breaking")
        if found:
            items = "".join(f"<li>{name_of(one.operation)}: {describe(one)}</li>" for one in found)
            add(entry, "content", f"<ul>{items}</ul>", type="html")
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def write(settings: Settings) -> None:
    """Write the data of the comparison, and the feed."""
    text = json.dumps(differences(), separators=(",", ":"), ensure_ascii=False)
    path = settings.target / "assets" / "site" / "changes.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    (settings.target / "changes.atom").write_text(feed(settings.url), "utf-8")


def compare_page(versions: tuple[Version, ...]) -> tuple[str, list[Entry]]:
    """Return the page that compares two versions in the browser, and its headings."""

    def options(chosen: Version) -> Iterator[str]:
        for version in reversed(versions):
            selected = " selected" if version == chosen else ""
            yield f'<option value="{version}"{selected}>v{version}</option>'

    first, last = versions[max(0, len(versions) - 2)], versions[-1]
    resources = "".join(
        f'<option value="{name}">{plain(name)}</option>'
        for name in dict.fromkeys(binding.resource for binding in BINDINGS)
    )
    pages = "".join(f'<li><a href="../v{version}/changes/">v{version}</a></li>' for version in reversed(versions))
    return (
        "<h1>Compare two versions</h1>"
        "<p>What meets a client that was written for one version and talks to another.</p>"
        '<form id="compare" class="controls" hidden>'
        f'<label>From <select name="from">{"".join(options(first))}</select></label>'
        f'<label>to <select name="to">{"".join(options(last))}</select></label>'
        '<label>Resource <select name="resource"><option value="">all</option>' + resources + "</select></label>"
        '<label>Operation or field <input name="text" type="search" autocomplete="off"></label>'
        '<label><input name="breaking" type="checkbox"> breaking only</label>'
        '<button type="button" name="turn">Turn round</button></form>'
        '<p id="compare-sum" role="status"></p><div id="compare-result"></div>'
        "<noscript><p>To choose here, a browser must run scripts. Without, the command tells the same:</p>"
        '<pre class="code"><code>$ engine-api diff 1.41 1.51</code></pre></noscript>'
        + heading(2, "each", "Version by version")
        + f'<ul class="columns">{pages}</ul>',
        [Entry(2, "each", "Version by version")],
    )
