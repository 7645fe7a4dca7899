"""Composes a page as of a version: `spec/latest`, with the sections of the version's own, without what it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from engine_api.api.versions import VERSIONS, Span, Version
from engine_api.wire.bindings import BINDINGS

__all__ = ["Heading", "Line", "Page", "changes_page", "page", "page_names", "spec_root"]

_HEADING: Final = re.compile(r"(#{1,6}) +(.*?)(?: *\{([^{}]*)\})? *")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_GATE: Final = re.compile(r"<!-- *((?:(?:since|until)=[\d.]+ *)+)-->")
_END: Final = re.compile(r"<!-- *end *-->")
_ATTRIBUTE: Final = re.compile(r'#([\w.-]+)|([\w-]+)=(?:"([^"]*)"|(\S+))|([\w-]+)')


def spec_root() -> Path:
    """Return the folder of the pages: in the installed package, or in the repository during development."""
    installed = Path(__file__).parent / "markdown"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "spec"


class Line(NamedTuple):
    """A line of a page, with its file and line number."""

    text: str
    file: Path
    number: int


def attributes(text: str) -> dict[str, str]:
    """Parse attributes in braces, or after a fence's language: `#id`, `name=value`, `name="some words"`, `word`."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        if match[1]:
            found["id"] = match[1]
        elif match[2]:
            found[match[2]] = match[3] if match[3] is not None else match[4]
        else:
            found[match[5]] = ""
    return found


def span_of(found: dict[str, str]) -> Span:
    """Return the versions that the attributes `since` and `until` allow."""
    return Span.of(found.get("since"), found.get("until"))


@dataclass
class Heading:
    """A heading, and the lines up to the next heading."""

    level: int
    title: str
    attributes: dict[str, str]
    line: Line
    lines: list[Line] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The ID for links: from the braces, or derived from the title."""
        given = self.attributes.get("id")
        return given if given else re.sub(r"[^\w -]", "", self.title.lower()).strip().replace(" ", "-")

    def applies(self, version: Version) -> bool:
        """Return whether a version has this section."""
        if version not in span_of(self.attributes):
            return False
        operation = self.attributes.get("operation")
        return operation is None or version in _SPANS[operation]


_SPANS: Final = {binding.operation.id: binding.operation.span for binding in BINDINGS}


@dataclass(frozen=True, eq=False)
class Page:
    """A page as of a version."""

    name: str
    version: Version
    headings: tuple[Heading, ...]

    @property
    def title(self) -> str:
        """The title of the first heading."""
        return self.headings[0].title

    @property
    def text(self) -> str:
        """The page as Markdown, with the attributes of headings."""
        return "\n".join(line.text for line in self.lines()) + "\n"

    def lines(self) -> Iterator[Line]:
        """Yield the lines."""
        for heading in self.headings:
            yield heading.line
            yield from heading.lines


@cache
def _headings(path: Path) -> list[Heading]:
    """Return the headings of a file; lines before the first are discarded."""
    found: list[Heading] = []
    fence = ""
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = Line(text, path, number)
        opened = _FENCE.fullmatch(text)
        if opened and not fence:
            fence = opened[1]
        elif fence:
            if opened and opened[1].startswith(fence) and not opened[2].strip():
                fence = ""
        elif match := _HEADING.fullmatch(text):
            found.append(Heading(len(match[1]), match[2], attributes(match[3] or ""), line))
            continue
        if found:
            found[-1].lines.append(line)
    return found


def _section(headings: list[Heading], at: int) -> int:
    """Return the index after the section that begins at `at`."""
    end = at + 1
    while end < len(headings) and headings[end].level > headings[at].level:
        end += 1
    return end


@cache
def _overridden(root: Path, name: str) -> tuple[tuple[Version, list[Heading]], ...]:
    """Return the versions whose folders override sections of a page, with these sections, oldest first."""
    paths = {version: root / f"v{version}" / f"{name}.md" for version in VERSIONS}
    return tuple((version, _headings(path)) for version, path in paths.items() if path.is_file())


def _override(root: Path, name: str, id: str, version: Version) -> list[Heading] | None:
    """Return the section with an ID from the folder of the version or of the nearest later one; None if none has it."""
    for candidate, headings in _overridden(root, name):
        if candidate < version:
            continue
        for at, heading in enumerate(headings):
            if heading.attributes.get("id") == id:
                return headings[at : _section(headings, at)]
    return None


def _gated(lines: list[Line], version: Version) -> list[Line]:
    """Return the lines that a version has, by gates in comments and by fences with `since` or `until`."""
    found: list[Line] = []
    fence = ""
    hidden_fence = False
    gate: Span | None = None
    for line in lines:
        opened = _FENCE.fullmatch(line.text)
        if fence:
            closes = opened is not None and opened[1].startswith(fence) and not opened[2].strip()
            if not hidden_fence and (gate is None or version in gate):
                found.append(line)
            if closes:
                fence = ""
            continue
        if match := _GATE.fullmatch(line.text.strip()):
            gate = span_of(attributes(match[1]))
            continue
        if _END.fullmatch(line.text.strip()):
            gate = None
            continue
        if opened:
            fence = opened[1]
            hidden_fence = version not in span_of(attributes(opened[2]))
            if hidden_fence:
                continue
        if gate is None or version in gate:
            found.append(line)
    return found


@cache
def page(name: str, version: Version, root: Path | None = None) -> Page:
    """Return a page as of a version.

    Args:
        name: the page's file in `spec/latest`, without `.md`.
        version: the version.
        root: the folder of the pages. Default: the project's.

    Raises:
        FileNotFoundError: the page does not exist.
    """
    folder = root or spec_root()
    latest = _headings(folder / "latest" / f"{name}.md")
    headings: list[Heading] = []
    at = 0
    while at < len(latest):
        id = latest[at].attributes.get("id")
        override = _override(folder, name, id, version) if id else None
        if override is not None:
            headings += override
            at = _section(latest, at)
        else:
            headings.append(latest[at])
            at += 1
    return Page(name, version, tuple(_applying(headings, version)))


@cache
def changes_page(version: Version, root: Path | None = None) -> Page:
    """Return the page of a version's changes: `spec/v1.NN/changes.md`, unchanged.

    Raises:
        FileNotFoundError: the page does not exist.
    """
    path = (root or spec_root()) / f"v{version}" / "changes.md"
    return Page("changes", version, tuple(_headings(path)))


def page_names(root: Path | None = None) -> list[str]:
    """Return the names of the pages of `spec/latest`."""
    return sorted(path.stem for path in ((root or spec_root()) / "latest").glob("*.md"))


def _applying(headings: list[Heading], version: Version) -> Iterator[Heading]:
    """Yield the headings that the version has; the sections below an omitted heading are omitted, too."""
    hidden = 0
    for heading in headings:
        if hidden and heading.level > hidden:
            continue
        hidden = 0
        if not heading.applies(version):
            hidden = heading.level
            continue
        lines = _gated(heading.lines, version)
        yield Heading(heading.level, heading.title, heading.attributes, heading.line, lines)
