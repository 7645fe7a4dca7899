"""A page of the specification as the Markdown that MkDocs reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engine_api.api.versions import NEWEST, OLDEST, VERSIONS, Version
from engine_api.examples.compose import Heading, Line, Page, attributes, changes_page, page, page_names
from engine_api.examples.exchange import Answer, Fence, Request, fences, http_step
from engine_api.site.tables import table
from engine_api.site.tabs import curl, http, python
from engine_api.versions.diff import diff
from engine_api.versions.render import as_markdown
from engine_api.wire.bindings import binding_of

__all__ = ["pages"]

_PLACEHOLDER: Final = re.compile(r"<!-- table: (\w+) -->")
_ORDER: Final = ("index", "system", "containers", "exec", "images")


def pages(version: Version) -> dict[str, str]:
    """Every page of a version: its file name and its text, in the order of the navigation."""
    names = page_names()
    ordered = [*_ORDER, *(name for name in names if name not in (*_ORDER, "divergences")), "divergences"]
    found = {f"{name}.md": "\n".join(_page(page(name, version))) + "\n" for name in ordered if name in names}
    found["changes.md"] = _changes(version)
    return found


def _changes(version: Version) -> str:
    """What the version changed: in words where there are any, and as the difference from the one before."""
    lines: list[str] = []
    try:
        lines = list(_page(changes_page(version)))
    except FileNotFoundError:
        lines = [f"# What v{version} changed"]
    if version > OLDEST:
        before = VERSIONS[VERSIONS.index(version) - 1]
        text = as_markdown(diff(before, version)).splitlines()[1:]
        lines += ["", f"## Difference from v{before} {{#difference}}", *(re.sub("^## ", "### ", line) for line in text)]
    return "\n".join(lines) + "\n"


def _page(source: Page) -> Iterator[str]:
    operation: str | None = None
    for heading in source.headings:
        operation = heading.attributes.get("operation", operation if heading.level > 2 else None)
        yield f"{'#' * heading.level} {heading.title} {{#{heading.id}}}"
        if heading.level == 2 and operation is not None and source.name != "changes":
            binding = binding_of(operation)
            yield from ("", f"`{binding.verb} /v{source.version}{binding.path}`", "")
        yield from _lines(heading, operation, source.version)


def _lines(heading: Heading, operation: str | None, version: Version) -> Iterator[str]:
    """The lines below a heading: placeholders as tables, requests as tabs."""
    commands = [fence for fence in fences(heading.lines) if fence.info == "console"]
    mark = ""
    block: list[str] = []
    info = ""
    for line in heading.lines:
        text = line.text
        if mark:
            if text.rstrip() == mark:
                yield from _fence(info, block, version, commands[0].lines if commands else None)
                if info.startswith("http") and commands and block and not block[0][:3].isdigit():
                    commands = []
                mark = ""
            else:
                block.append(text)
            continue
        opened = re.fullmatch(r"(`{3,})(.*)", text)
        if opened:
            mark, info, block = opened[1], opened[2].strip(), []
            continue
        match = _PLACEHOLDER.fullmatch(text.strip())
        if match and operation is not None:
            yield from table(match[1], binding_of(operation), version)
        elif not match:
            yield text


def _fence(info: str, block: list[str], version: Version, commands: list[str] | None) -> Iterator[str]:
    kind = info.partition(" ")[0]
    if kind == "console":
        return
    if kind != "http":
        yield from (f"```{'text' if kind == 'stream' else kind}", *block, "```")
        return
    at = Line("", Path(), 0)
    parsed = http_step(Fence(info, at, block), attributes(info.partition(" ")[2]))
    if isinstance(parsed, Answer):
        yield from ("```http", f"HTTP/1.1 {block[0]}", *block[1:], "```")
        return
    assert isinstance(parsed, Request)
    ways = [("HTTP", "http", http(parsed, version)), ("curl", "bash", curl(parsed, version))]
    call = python(parsed, version)
    if call is not None:
        ways.append(("Python", "python", call))
    if commands is not None:
        ways.append(("docker", "console", commands))
    for title, language, lines in ways:
        yield from (f'=== "{title}"', "", f"    ```{language}", *(f"    {line}" for line in lines), "    ```", "")


def newest_note(version: Version) -> str:
    """What a page of an older version says above its text; nothing on the newest."""
    return "" if version == NEWEST else f"You read v{version}. The newest version is v{NEWEST}."
