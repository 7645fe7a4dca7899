"""Secrets: small pieces of data that a swarm hands to tasks only."""

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

__all__ = ["Secret", "SecretCreateResponse", "SecretSpec", "Secrets"]


class SecretSpec(ApiStruct):
    """What a secret is."""

    name: str | UnsetType = UNSET
    """Its name."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Its labels."""
    data: str | None | UnsetType = UNSET
    """What is kept, as base64, 500 KiB at most; never sent by an engine. Without a driver it must be given."""
    driver: Annotated[Driver | None | UnsetType, Since("1.31")] = UNSET
    """The store outside the swarm that keeps it. Default: the swarm itself."""
    templating: Annotated[Driver | None | UnsetType, Since("1.37")] = UNSET
    """What fills in the data for each task, such as `golang`. Default: nothing does."""


class Secret(SwarmObject):
    """A secret, without its data."""

    spec: SecretSpec | UnsetType = UNSET
    """What it is."""


class SecretCreateResponse(ApiStruct):
    """A new secret."""

    id: str = field(name="ID")
    """Its ID."""


class Secrets(Protocol):
    """Secrets: small pieces of data that a swarm hands to tasks only."""

    @operation(
        "SecretList",
        changes=False,
        since="1.25",
        errors={InternalError: "the engine failed", Unavailable: "the node is no manager of a swarm"},
    )
    async def list(
        self,
        *,
        filters: Annotated[Filters | None, NAMED_OBJECT_FILTERS] = None,
    ) -> builtins.list[Secret]:
        """List secrets.

        Args:
            filters: which of them.
        """
        ...

    @operation(
        "SecretCreate",
        changes=True,
        since="1.25",
        errors={
            InvalidParameter: "the name or the data is missing or malformed",
            Conflict: "the name is taken",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def create(self, spec: SecretSpec) -> SecretCreateResponse:
        """Make a secret.

        Args:
            spec: what it is to be.
        """
        ...

    @operation(
        "SecretInspect",
        changes=False,
        since="1.25",
        errors={
            NotFound: "there is no such secret",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def inspect(self, id: str) -> Secret:
        """Return a secret without its data.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        ...

    @operation(
        "SecretDelete",
        changes=True,
        since="1.25",
        errors={
            InvalidParameter: "a service uses it",
            NotFound: "there is no such secret",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def delete(self, id: str) -> None:
        """Remove a secret that no service uses.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        ...

    @operation(
        "SecretUpdate",
        changes=True,
        since="1.25",
        errors={
            InvalidParameter: "the version is missing, or more than the labels would change",
            NotFound: "there is no such secret",
            InternalError: "the secret has changed since that version, or the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def update(self, id: str, spec: SecretSpec, *, version: int) -> None:
        """Change the labels of a secret; nothing else of it can change.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            spec: what it is to be, as a whole; without its data.
            version: the `Version.Index` of the secret that was read before.
        """
        ...
