"""Which events a request for events is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from engine_api.api.errors import InvalidParameter
from engine_api.api.events import EventMessage
from engine_api.api.filters import Filters
from engine_api.engines.memory.model.references import parse_reference
from engine_api.engines.memory.resources.filters import labels_match

__all__ = ["check_times", "event_filter"]

_ACTORS: Final = (
    "config",
    "container",
    "daemon",
    "network",
    "node",
    "plugin",
    "secret",
    "service",
    "volume",
)
"""Kinds of things that have a filter of their own, by ID or name."""


def _time(name: str, text: str | None) -> int | None:
    """Nanoseconds since 1970 for Unix seconds with an optional fraction; None for no time.

    Raises:
        InvalidParameter: it is no such time.
    """
    if not text:
        return None
    seconds, dot, fraction = text.partition(".")
    for part in (seconds, fraction) if dot else (seconds,):
        digits = part[1:] if part[:1] in ("+", "-") else part
        if not (digits.isascii() and digits.isdecimal()):
            reason = f'invalid timestamp "{text}": invalid seconds "{part}": invalid syntax'
            raise InvalidParameter(f"invalid value for '{name}': {reason}")
    return int(seconds) * 1_000_000_000 + int((fraction + "0" * 9)[:9])


def check_times(since: str | None, until: str | None) -> tuple[int | None, int | None]:
    """Both times.

    Raises:
        InvalidParameter: one is no time, or they are in the wrong order.
    """
    first, last = _time("since", since), _time("until", until)
    if first is not None and last is not None and first > last:
        raise InvalidParameter(f"`since` time ({since}) cannot be after `until` time ({until})")
    return first, last


def event_filter(filters: Filters | None) -> Callable[[EventMessage], bool]:
    """Return a function that says whether the filters select an event; unknown filters are ignored."""
    wanted = {key: tuple(values) for key, values in (filters or {}).items() if values}

    def fits(event: EventMessage) -> bool:
        return all(_fits(key, values, event) for key, values in wanted.items())

    return fits


def _fits(key: str, values: Sequence[str], event: EventMessage) -> bool:
    actor = event.actor
    attributes = (actor.attributes or {}) if actor else {}
    identifier = (actor.id or "") if actor else ""
    if key == "event":
        action = event.action or ""
        # Of `exec_create: sh` and its like, the part before the colon is enough.
        return any(action == value or action.startswith(f"{value}:") for value in values)
    if key == "type":
        return event.type in values
    if key == "scope":
        return event.scope in values
    if key == "label":
        return labels_match(values, attributes)
    if key == "image":
        return _image_fits(values, event.type, identifier, attributes)
    if key in _ACTORS:
        names = (identifier, attributes.get("name", ""))
        return event.type == key and any(name.startswith(value) for name in names for value in values if name)
    return True


def _image_fits(values: Sequence[str], kind: object, identifier: str, attributes: Mapping[str, str]) -> bool:
    names = [attributes.get("image", ""), attributes.get("name", "") if kind == "image" else ""]
    if kind == "image":
        names.append(identifier)
    known = {name for name in names if name}
    return any(value in known or value in {_without_tag(name) for name in known} for value in values)


def _without_tag(name: str) -> str:
    try:
        return parse_reference(name).familiar_name
    except InvalidParameter:
        return name
