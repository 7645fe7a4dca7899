"""The order of the pages, and the page and heading of each operation."""

from __future__ import annotations

from functools import cache
from typing import Final

from engine_api.api.engine import RESOURCES
from engine_api.api.operation import Operation
from engine_api.api.versions import NEWEST, VERSIONS
from engine_api.spec.pages import page, page_names

__all__ = ["PROTOCOL", "newest_folder", "operation_pages", "ordered", "title_of"]

PROTOCOL: Final = ("versions", "errors", "queries", "filters", "streams", "upgrades")
"""The pages about what all operations share."""

_RESOURCES: Final = tuple(resource.name for resource in RESOURCES)


@cache
def ordered() -> tuple[str, ...]:
    """Return the pages in the order of the navigation: resources, the protocol, divergences."""
    names = page_names()
    known = ("index", *_RESOURCES, *PROTOCOL, "divergences")
    others = [name for name in names if name not in known]
    wanted = ("index", *_RESOURCES, *others, *PROTOCOL, "divergences")
    return tuple(name for name in wanted if name in names)


@cache
def title_of(name: str) -> str:
    """Return the title of a page in the navigation."""
    return "Overview" if name == "index" else page(name, NEWEST).title


@cache
def operation_pages() -> dict[str, tuple[str, str]]:
    """Return the page and the ID of the heading of each operation."""
    found: dict[str, tuple[str, str]] = {}
    for version in reversed(VERSIONS):
        for name in ordered():
            for heading in page(name, version).headings:
                operation = heading.attributes.get("operation")
                if operation is not None and heading.level == 2:
                    found.setdefault(operation, (name, heading.id))
    return found


def newest_folder(operation: Operation) -> str:
    """Return the folder of the newest version that has an operation."""
    until = operation.span.until
    return "latest" if until == NEWEST else f"v{until}"
