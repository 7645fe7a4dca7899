"""A page of the specification as of a version, as HTML: sections, table of contents, and search documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from engine_api.api.versions import NEWEST, OLDEST, Version
from engine_api.site.compatibility import badges
from engine_api.site.fields import tables
from engine_api.site.history import history
from engine_api.site.markup import HERE, PREFIX, anchor, badge, code_block, escape, inline, plain, prose
from engine_api.site.markup import heading as heading_of
from engine_api.site.tabs import asynchronous, curl, http, javascript, python
from engine_api.site.toc import Entry
from engine_api.spec.exchange import ExpectedResponse, Fence, Request, fences, http_step
from engine_api.spec.pages import Heading, Line, Page, attributes
from engine_api.wire.bindings import Binding, binding_of

__all__ = ["Found", "Rendered", "render"]

_NOWHERE: Final = Path()
_UNSEARCHED: Final = re.compile(
    r'<pre.*?</pre>|<div class="ways.*?<!--ways-->|<details class="history.*?</details>|<h\d.*?</h\d>|<thead.*?</thead>'
    r'|<(p|details) class="engines".*?</\1>|<span class="(?:badge|count).*?</span>|<summary.*?</summary>',
    re.DOTALL,
)
"""Parts that the search does not show: code, titles and notes."""
_PLACEHOLDER: Final = re.compile(r"<!-- table: (\w+) -->")


@dataclass(frozen=True)
class Found:
    """The search document of a section."""

    id: str
    title: str
    text: str
    operation: bool = False
    """Whether the section describes an operation, which ranks higher."""


@dataclass
class Rendered:
    """A page as HTML."""

    title: str
    html: str
    entries: list[Entry] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)


_SECTIONS: dict[object, tuple[str, str]] = {}


def render(page: Page, *, latest: bool = False) -> Rendered:
    """Return a page as HTML.

    Args:
        page: the page as of a version.
        latest: whether the page is in `latest`, where paths of requests have no version.
    """
    made: list[str] = []
    entries: list[Entry] = []
    found: list[Found] = []
    operation: str | None = None
    name = page.name if page.name != "changes" else f"v{page.version}/changes"
    spoken = ""
    for heading in page.headings:
        # An example of a change is asked in the version that it shows.
        spoken = heading.attributes.get("version", spoken if heading.level > 2 else "")
        number = spoken or str(page.version)
        prefix = "" if latest and not spoken else f"/v{number}"
        operation = heading.attributes.get("operation", operation if heading.level > 2 else None)
        marks = badges(f"{name}#{heading.id}", Version.parse(number)) if heading.level > 1 else ""
        past = ""
        if heading.level == 2 and operation is not None and page.name != "changes":
            past = history(operation, page.version)
        key = (
            page.name,
            heading.id,
            heading.level,
            heading.title,
            tuple(line.text for line in heading.lines),
            operation and _reading(operation, page.version),
            marks,
            past,
        )
        if key not in _SECTIONS:
            text = "".join(_section(heading, operation, page, marks, past))
            _SECTIONS[key] = (
                text,
                plain(_UNSEARCHED.sub(" ", text)),
            )
        text, words = _SECTIONS[key]
        made.append(text.replace(PREFIX, prefix).replace(HERE, number))
        if heading.level > 1:
            entries.append(Entry(heading.level, heading.id, heading.title))
        found.append(
            Found(
                heading.id if heading.level > 1 else "",
                heading.title,
                words.replace(PREFIX, prefix).replace(HERE, number),
                heading.level == 2 and "operation" in heading.attributes,
            )
        )
    return Rendered(page.title, "".join(made), entries, found)


@cache
def _reading(operation: str, version: Version) -> tuple[str, ...]:
    """Return the tables of an operation; equal sections have equal tables."""
    binding = binding_of(operation)
    return tuple(tables(kind, binding, version, "") for kind in ("parameters", "body", "answer", "statuses"))


def _section(heading: Heading, operation: str | None, page: Page, marks: str, past: str) -> Iterator[str]:
    level, id, title = heading.level, escape(heading.id), inline(heading.title)
    yield heading_of(level, heading.id, title) if level > 1 else f'<h1 id="{id}">{title}</h1>\n'
    binding = binding_of(operation) if operation is not None else None
    if level == 2 and binding is not None and page.name != "changes":
        yield _operation(binding, page)
    yield marks
    runnable = (
        any(fence.info.split(" ")[0] == "http" for fence in fences(heading.lines))
        and "example" not in heading.attributes
    )
    if runnable:
        name = page.name if page.name != "changes" else f"v{page.version}/changes"
        yield f'<div class="example" data-example="{escape(name)}#{id}">'
    yield from _lines(heading, binding, page)
    if runnable:
        yield "</div>"
    yield past


def _operation(binding: Binding, page: Page) -> str:
    operation = binding.operation
    notes = ""
    if operation.span.since > OLDEST:
        notes += badge(f"from v{operation.span.since}", "since")
    if operation.span.until < NEWEST:
        notes += badge(f"up to v{operation.span.until}", "until")
    if operation.deprecated and page.version >= Version.parse(operation.deprecated):
        notes += badge(f"deprecated since v{operation.deprecated}", "deprecated")
    verb = binding.verb.lower()
    return (
        f'<p class="operation"><span class="verb verb-{verb}">{binding.verb}</span> '
        f"<code>{PREFIX}{escape(binding.path)}</code> {notes}"
        f'<a class="name" id="{operation.id}" href="#{operation.id}">{operation.id}</a></p>\n'
    )


def _lines(heading: Heading, binding: Binding | None, page: Page) -> Iterator[str]:
    """Yield the lines below a heading: prose, placeholders as tables, requests as tabs."""
    commands = next((fence.lines for fence in fences(heading.lines) if fence.info == "console"), None)
    words: list[str] = []
    block: list[str] = []
    mark = info = ""
    number = 0
    top = page.name == "index"
    for line in [*heading.lines, Line("", heading.line.file, 0)]:
        text = line.text
        if mark:
            if text.rstrip() == mark:
                mark = ""
                number += 1
                request = info.startswith("http") and bool(block) and not block[0][:3].isdigit()
                yield _fence(info, block, commands if request else None, f"{heading.id}-{number}")
                if request:
                    commands = None
            else:
                block.append(text)
            continue
        opened = re.fullmatch(r"(`{3,})(.*)", text)
        placeholder = _PLACEHOLDER.fullmatch(text.strip())
        if opened or placeholder or line.number == 0:
            if "".join(words).strip():
                yield _words("\n".join(words), top)
            words = []
        else:
            words.append(text)
        if opened:
            mark, info, block = opened[1], opened[2].strip(), []
        elif placeholder and binding is not None:
            yield tables(placeholder[1], binding, page.version, heading.id)


def _words(text: str, top: bool) -> str:
    made = prose(text, top)
    return made.replace("<blockquote>\n<p>Given", '<blockquote class="given">\n<p>Given')


def _fence(info: str, block: list[str], commands: list[str] | None, id: str) -> str:
    kind = info.partition(" ")[0]
    if kind == "console":
        return ""
    if kind == "stream":
        return _response(block, "text")
    if kind != "http":
        return code_block("\n".join(block), kind)
    parsed = http_step(Fence(info, Line("", _NOWHERE, 0), block), attributes(info.partition(" ")[2]))
    if isinstance(parsed, ExpectedResponse):
        return _response(block, "http")
    assert isinstance(parsed, Request)
    ways = [("HTTP", "http", http(parsed, PREFIX, HERE)), ("curl", "bash", curl(parsed, PREFIX, HERE))]
    call = python(parsed)
    if call is not None:
        ways += [("Python", "python", call), ("async", "python", asynchronous(call))]
    if commands is not None:
        ways.append(("docker", "console", commands))
    script = javascript(parsed)
    if script is not None:
        ways.append(("JavaScript", "javascript", script))
    return _tabs(ways, anchor("way", id))


def _response(block: list[str], language: str) -> str:
    return f'<div class="answer">{code_block(chr(10).join(block), language)}</div>'


def _tabs(ways: list[tuple[str, str, list[str]]], id: str) -> str:
    inputs, labels, blocks = "", "", ""
    for index, (title, language, lines) in enumerate(ways):
        key = f"{id}-{index}"
        checked = " checked" if index == 0 else ""
        inputs += f'<input type="radio" name="{id}" id="{key}" value="{title}"{checked}>'
        labels += f'<label for="{key}">{title}</label>'
        blocks += f"<div>{code_block(chr(10).join(lines), language)}</div>"
    inner = f'{inputs}<div class="way-labels">{labels}</div><div class="way-blocks">{blocks}</div>'
    return f'<div class="ways">{inner}</div><!--ways-->'
