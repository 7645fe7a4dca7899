"""Pages as Markdown for programs: complete, with tables, without elements of the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engine_api.api.versions import OLDEST, VERSIONS, Version
from engine_api.diff.differences import diff
from engine_api.diff.render import as_markdown
from engine_api.site.tables import table
from engine_api.spec.pages import Page, changes_page, page
from engine_api.wire.bindings import binding_of

__all__ = ["changes_document", "document"]

_PLACEHOLDER: Final = re.compile(r"<!-- table: (\w+) -->")


def document(name: str, version: Version) -> str:
    """Return a page of the specification as of a version."""
    return _tidy(_lines(page(name, version)))


def changes_document(version: Version) -> str:
    """Return the changes of a version: its page of changes, and the difference from the version before."""
    try:
        lines = list(_lines(changes_page(version)))
    except FileNotFoundError:
        lines = [f"# What v{version} changed"]
    if version > OLDEST:
        before = VERSIONS[VERSIONS.index(version) - 1]
        text = as_markdown(diff(before, version)).splitlines()[1:]
        lines += ["", f"## Difference from v{before}", *(re.sub("^## ", "### ", line) for line in text)]
    return _tidy(lines)


def _tidy(lines: Iterator[str] | list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _lines(source: Page) -> Iterator[str]:
    operation: str | None = None
    for heading in source.headings:
        operation = heading.attributes.get("operation", operation if heading.level > 2 else None)
        yield from ("", f"{'#' * heading.level} {heading.title}", "")
        if heading.level == 2 and operation is not None and source.name != "changes":
            binding = binding_of(operation)
            yield from (f"`{binding.verb} /v{source.version}{binding.path}` ({operation})", "")
        fence = ""
        for line in heading.lines:
            text = line.text
            match = _PLACEHOLDER.fullmatch(text.strip())
            opened = re.fullmatch(r"(`{3,})(\w*).*", text)
            if fence:
                fence = "" if text.rstrip() == fence else fence
                yield text
            elif opened:
                fence = opened[1]
                yield f"{opened[1]}{opened[2]}"
            elif match and operation is not None:
                yield from ("", *table(match[1], binding_of(operation), source.version), "")
            elif not match:
                yield text
