"""Events: what happens in an engine."""

from __future__ import annotations

from typing import Annotated

from msgspec import field

from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import OneOf, Since, Until, Value

__all__ = ["EventActor", "EventMessage"]


class EventActor(ApiStruct):
    """The thing that an event is about."""

    id: str | UnsetType = field(default=UNSET, name="ID")
    """Its ID; the reference of a pulled image, the name of a volume; empty for prunes."""
    attributes: dict[str, str] | UnsetType = UNSET
    """What else is known: a name, labels, and what belongs to the action, such as `exitCode`."""


class EventMessage(ApiStruct):
    """Something that happened."""

    status: Annotated[str | UnsetType, Until("1.51")] = field(default=UNSET, name="status")
    """The same as `Action`; of containers and images only."""
    legacy_id: Annotated[str | UnsetType, Until("1.51")] = field(default=UNSET, name="id")
    """The same as `Actor.ID`; of containers and images only."""
    legacy_from: Annotated[str | UnsetType, Until("1.51")] = field(default=UNSET, name="from")
    """The image of the container."""
    type: Annotated[
        str | UnsetType,
        OneOf(
            "builder",
            Value("config", since="1.30"),
            "container",
            "daemon",
            "image",
            "network",
            Value("node", since="1.30"),
            "plugin",
            Value("secret", since="1.30"),
            Value("service", since="1.30"),
            "volume",
        ),
    ] = UNSET
    """What kind of thing it is about."""
    action: str | UnsetType = UNSET
    """What happened, such as `create`; for execs and health checks with more after a colon."""
    actor: EventActor | UnsetType = UNSET
    """The thing that it is about."""
    scope: Annotated[str | UnsetType, OneOf("local", "swarm"), Since("1.30")] = field(default=UNSET, name="scope")
    """Whether it happened on this engine (`local`) or in the swarm (`swarm`)."""
    time: int | UnsetType = field(default=UNSET, name="time")
    """When, in seconds since 1970."""
    time_nano: int | UnsetType = field(default=UNSET, name="timeNano")
    """When, in nanoseconds since 1970."""
