"""The pages and headings of operations and changes."""

from __future__ import annotations

from functools import cache

from engine_api.api.versions import NEWEST, Version
from engine_api.spec.pages import changes_page, page, page_names
from engine_api.versions.change import EVERY_OPERATION, Change
from engine_api.wire.bindings import binding_of

__all__ = ["change_link", "operation_link"]


@cache
def _operation_links() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in page_names():
        for heading in page(name, NEWEST).headings:
            operation = heading.attributes.get("operation")
            if operation is not None:
                found.setdefault(operation, f"{name}.md#{heading.id}")
    return found


def operation_link(operation_id: str) -> str:
    """Return the page and heading of an operation, such as `containers.md#list`.

    The page of the resource if the operation has no heading; empty without a page.
    """
    if operation_id == EVERY_OPERATION:
        return "versions.md"
    resource = binding_of(operation_id).resource
    return _operation_links().get(operation_id) or (f"{resource}.md" if resource in page_names() else "")


@cache
def _change_links(version: Version) -> dict[str, str]:
    try:
        headings = changes_page(version).headings
    except FileNotFoundError:
        return {}
    return {
        name: f"v{version}/changes.md#{heading.id}"
        for heading in headings
        for name in heading.attributes.get("change", "").split(",")
    }


def change_link(change: type[Change]) -> str:
    """Return the page and heading that show a change, such as `v1.44/changes.md#change-virtual-size`.

    The heading has the change in its attribute `change`; the page alone if no heading has.
    """
    version = change.introduced()
    return _change_links(version).get(change.__name__) or f"v{version}/changes.md"
