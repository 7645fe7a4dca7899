"""Configs: files that a swarm gives to tasks."""

from __future__ import annotations

import builtins
from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.errors import Conflict, InternalError, InvalidParameter, NotFound, Unavailable
from engine_api.api.filters import Filters
from engine_api.api.operation import operation
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.swarm import NAMED_OBJECT_FILTERS, Driver, SwarmObject
from engine_api.api.versions import Since

__all__ = ["Config", "ConfigCreateResponse", "ConfigSpec", "Configs"]


class ConfigSpec(ApiStruct):
    """What a config is."""

    name: str | UnsetType = UNSET
    """Its name."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Its labels."""
    data: str | None | UnsetType = UNSET
    """The content of the file, as base64, 1000 KiB at most. It must be given for a new one."""
    templating: Annotated[Driver | None | UnsetType, Since("1.37")] = UNSET
    """What fills in the content for each task, such as `golang`. Default: nothing does."""


class Config(SwarmObject):
    """A config."""

    spec: ConfigSpec | UnsetType = UNSET
    """What it is."""


class ConfigCreateResponse(ApiStruct):
    """A new config."""

    id: str = field(name="ID")
    """Its ID."""


class Configs(Protocol):
    """Configs: files that a swarm gives to tasks."""

    @operation(
        "ConfigList",
        changes=False,
        since="1.30",
        errors={InternalError: "the engine failed", Unavailable: "the node is no manager of a swarm"},
    )
    async def list(
        self,
        *,
        filters: Annotated[Filters | None, NAMED_OBJECT_FILTERS] = None,
    ) -> builtins.list[Config]:
        """List configs.

        Args:
            filters: which of them.
        """
        ...

    @operation(
        "ConfigCreate",
        changes=True,
        since="1.30",
        errors={
            InvalidParameter: "the name or the data is missing or malformed",
            Conflict: "the name is taken",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def create(self, spec: ConfigSpec) -> ConfigCreateResponse:
        """Make a config.

        Args:
            spec: what it is to be.
        """
        ...

    @operation(
        "ConfigInspect",
        changes=False,
        since="1.30",
        errors={
            NotFound: "there is no such config",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def inspect(self, id: str) -> Config:
        """Return a config with its content.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        ...

    @operation(
        "ConfigDelete",
        changes=True,
        since="1.30",
        errors={
            InvalidParameter: "a service uses it",
            NotFound: "there is no such config",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def delete(self, id: str) -> None:
        """Remove a config that no service uses.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        ...

    @operation(
        "ConfigUpdate",
        changes=True,
        since="1.30",
        errors={
            InvalidParameter: "the version is missing, or more than the labels would change",
            NotFound: "there is no such config",
            InternalError: "the config has changed since that version, or the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def update(self, id: str, spec: ConfigSpec, *, version: int) -> None:
        """Change the labels of a config; nothing else of it can change.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            spec: what it is to be, as a whole.
            version: the `Version.Index` of the config that was read before.
        """
        ...
