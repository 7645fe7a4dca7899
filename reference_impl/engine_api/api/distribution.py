"""What registries know of an image."""

from __future__ import annotations

import builtins
from typing import Protocol

from engine_api.api.descriptors import OCIDescriptor, OCIPlatform
from engine_api.api.errors import InternalError, InvalidParameter, NotFound, Unauthorized
from engine_api.api.images import AuthConfig
from engine_api.api.operation import operation
from engine_api.api.struct import ApiStruct

__all__ = ["Distribution", "DistributionInspectResponse"]


class DistributionInspectResponse(ApiStruct):
    """What a registry says of a reference."""

    descriptor: OCIDescriptor
    """What the reference stands for: an image, or a list of images for several platforms."""
    platforms: builtins.list[OCIPlatform]
    """What it was made for."""


class Distribution(Protocol):
    """What registries know of an image."""

    @operation(
        "DistributionInspect",
        changes=False,
        since="1.30",
        errors={
            InvalidParameter: "the reference is malformed",
            Unauthorized: "the registry wants other credentials, or does not show whether it has such an image",
            NotFound: "the registry has no such image",
            InternalError: "the engine failed, or the registry",
        },
    )
    async def inspect(self, name: str, *, registry_auth: AuthConfig | None = None) -> DistributionInspectResponse:
        """Ask a registry for the digest and the platforms of an image, without pulling it.

        Args:
            name: the reference; the tag is `latest` if there is none.
            registry_auth: credentials for the registry.
        """
        ...
