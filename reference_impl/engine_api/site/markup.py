"""Pieces of HTML: escaped text, highlighted code, links, and prose from Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

import markdown

__all__ = [
    "HERE",
    "PREFIX",
    "anchor",
    "badge",
    "breakable",
    "code_block",
    "colour",
    "escape",
    "heading",
    "inline",
    "link_to",
    "plain",
    "prose",
    "wide_table",
]

HERE: Final = "\ue000"
"""Placeholder for the version of the page, so that content of several versions is rendered once."""
PREFIX: Final = "\ue001"
"""Placeholder for the prefix of paths: `/v1.44`, or empty for the newest version."""

_MARKDOWN: Final = markdown.Markdown(extensions=["tables", "attr_list", "sane_lists"], output_format="html")
_PAGE: Final = re.compile(r'(href=")(?:(?:\.\./)?(v[\d.]+|latest)/)?([\w-]+)\.md(#[^"]*)?(?=")')
_TOKEN: Final = re.compile(
    r'(?P<key>"(?:[^"\\\n]|\\.)*")(?=\s*:)'
    r'|(?P<text>"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')'
    r"|(?P<name>\{:?[a-z][\w-]*\})"
    r"|(?P<word>\b(?:true|false|null|True|False|None|await|const|import|from|async|with|for|in|as|absent)\b)"
    r"|(?P<number>(?<![\w./-])-?\d+(?:\.\d+)?\b(?![./:\w]))"
)
_CLASSES: Final = {"key": "nt", "text": "s2", "name": "cap", "word": "kc", "number": "mi"}
_START: Final = re.compile(r"(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) (\S+)(.*)")
_STATUS: Final = re.compile(r"(HTTP/1\.1 )?(\d{3})( .*)?")


def escape(text: str) -> str:
    """Return text with HTML escapes."""
    return html.escape(text, quote=True)


def plain(markup: str) -> str:
    """Return HTML as text, for the search."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", markup))).strip()


def anchor(*parts: str) -> str:
    """Return an ID from parts, such as `create.body.HostConfig.Mounts.Type`."""
    return ".".join(re.sub(r"[^\w.?=-]", "", part) for part in parts)


def link_to(name: str, version: str = "") -> str:
    """Return the relative address of a page of the specification from another page of a version."""
    base = f"../../{version}/" if version else "../"
    return base if name == "index" else f"{base}{name}/"


@cache
def prose(text: str, top: bool = False) -> str:
    """Return Markdown as HTML; links to files of pages become links to the pages.

    Args:
        text: the Markdown.
        top: whether the text is on the overview, which is one level above the pages.
    """
    made = _MARKDOWN.reset().convert(text)

    def turn(match: re.Match[str]) -> str:
        target = link_to(match[3], match[2] or "")
        return match[1] + (target.removeprefix("../") or "./" if top else target) + (match[4] or "")

    return _PAGE.sub(turn, made)


def badge(text: str, kind: str = "") -> str:
    """Return a badge."""
    return f'<span class="badge{" " + kind if kind else ""}">{escape(text)}</span>'


def breakable(path: str) -> str:
    """Return a path as HTML that can break at slashes other than the first."""
    return path[:1] + escape(path[1:]).replace("/", "/<wbr>")


def _mark(line: str) -> str:
    found: list[str] = []
    at = 0
    for match in _TOKEN.finditer(line):
        found.append(html.escape(line[at : match.start()], quote=False))
        found.append(f'<span class="{_CLASSES[match.lastgroup or ""]}">{html.escape(match[0], quote=False)}</span>')
        at = match.end()
    return "".join(found) + html.escape(line[at:], quote=False)


@cache
def colour(text: str, language: str) -> str:
    """Return code as HTML with a class for each kind of token."""
    lines = text.split("\n")
    if language == "http":
        first, head = lines[0], True
        if match := _START.fullmatch(first):
            made = [f'<span class="k">{match[1]}</span> <span class="nn">{html.escape(match[2], quote=False)}</span>']
        elif match := _STATUS.fullmatch(first):
            made = [f'<span class="k">{match[2]}</span>{html.escape(match[3] or "", quote=False)}']
        else:
            made = [_mark(first)]
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if head and colon and line.strip():
                made.append(f'<span class="na">{html.escape(name)}</span>:{html.escape(value, quote=False)}')
            else:
                head = False
                made.append(_mark(line))
        return "\n".join(made)
    if language == "text":
        return html.escape(text, quote=False)
    if language == "console":
        return "\n".join(
            f'<span class="gp">$</span> {_mark(line[2:])}' if line.startswith("$ ") else html.escape(line, quote=False)
            for line in lines
        )
    return "\n".join(_mark(line) for line in lines)


def code_block(text: str, language: str) -> str:
    """Return a block of code as HTML."""
    return f'<pre class="code" tabindex="0"><code>{colour(text, language)}</code></pre>'


def inline(text: str) -> str:
    """Return a line of Markdown as HTML, without a paragraph."""
    return prose(" ".join(text.split())).removeprefix("<p>").removesuffix("</p>")


def heading(level: int, id: str, title: str) -> str:
    """Return a heading with a link to itself; the title is HTML."""
    link = f'<a class="headerlink" href="#{escape(id)}" title="Permanent link">¶</a>'
    return f'<h{level} id="{escape(id)}">{title}{link}</h{level}>\n'


def wide_table(columns: Sequence[str], rows: Iterable[str], kind: str = "") -> str:
    """Return a table that scrolls horizontally; rows are HTML."""
    head = "".join(f"<th>{column}</th>" for column in columns)
    name = f' class="{kind or "plain"}"'  # without a class, the theme puts a frame of its own around it
    return (
        f'<div class="wide" tabindex="0"><table{name}><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
