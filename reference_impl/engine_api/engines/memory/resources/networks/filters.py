"""Which networks a request for a list selects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from engine_api.api.errors import InternalError, InvalidParameter
from engine_api.engines.memory.model.networks import MemoryNetwork
from engine_api.engines.memory.resources.filters import labels_match

__all__ = ["FILTERS", "network_filter"]

FILTERS: Final = frozenset(("dangling", "driver", "id", "label", "name", "scope", "type"))


def network_filter(wanted: Mapping[str, list[str]]) -> Callable[[MemoryNetwork], bool]:
    """Return a function that returns whether the filters select a network.

    Args:
        wanted: the filters, each with its values.

    Raises:
        InvalidParameter: the value of `dangling` is invalid.
        InternalError: a value of `type` is invalid.
    """
    dangling = _flag(wanted.get("dangling", []))
    for kind in wanted.get("type", ()):
        if kind not in ("builtin", "custom"):
            raise InternalError(f"invalid filter: 'type'='{kind}'")

    def fits(network: MemoryNetwork) -> bool:
        kind = "builtin" if network.predefined else "custom"
        return (
            (dangling is None or dangling == (not network.members and not network.predefined))
            and ("driver" not in wanted or network.driver in wanted["driver"])
            and ("id" not in wanted or _matches(wanted["id"], network.id))
            and labels_match(wanted.get("label", ()), network.config.labels or {})
            and ("name" not in wanted or _matches(wanted["name"], network.name))
            and ("scope" not in wanted or network.scope in wanted["scope"])
            and ("type" not in wanted or kind in wanted["type"])
        )

    return fits


def _matches(patterns: list[str], text: str) -> bool:
    for pattern in patterns:
        try:
            if pattern == text or re.search(pattern, text):
                return True
        except re.error:
            continue
    return False


def _flag(values: list[str]) -> bool | None:
    if not values:
        return None
    if len(values) > 1:
        raise InvalidParameter('got more than one value for filter key "dangling"')
    if values[0] in ("1", "true"):
        return True
    if values[0] in ("0", "false"):
        return False
    raise InvalidParameter('invalid value for filter \'dangling\', must be "true" (or "1"), or "false" (or "0")')
