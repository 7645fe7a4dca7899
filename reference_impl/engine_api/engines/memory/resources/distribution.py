"""Images in the simulated registry."""

from __future__ import annotations

from engine_api.api.descriptors import OCIDescriptor
from engine_api.api.distribution import Distribution, DistributionInspectResponse
from engine_api.api.errors import NotFound, Unauthorized
from engine_api.api.images import AuthConfig
from engine_api.engines.memory.model.images import MANIFEST_TYPE
from engine_api.engines.memory.model.platforms import platform_of
from engine_api.engines.memory.model.references import HUB, parse_reference
from engine_api.engines.memory.model.registry import ManifestUnknown, Registry, RepositoryUnknown

__all__ = ["MemoryDistribution"]


class MemoryDistribution(Distribution):
    """Asks the pretended registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def inspect(self, name: str, *, registry_auth: AuthConfig | None = None) -> DistributionInspectResponse:
        """The digest and the platforms of a reference."""
        reference = parse_reference(name).tagged()
        self._registry.check_access(registry_auth)
        try:
            image = self._registry.find(reference, "linux", "amd64")
        except RepositoryUnknown:
            if reference.host == HUB:
                raise Unauthorized(
                    "errors:\ndenied: requested access to the resource is denied\n"
                    "unauthorized: authentication required\n"
                ) from None
            raise NotFound("manifest unknown: manifest unknown") from None
        except ManifestUnknown:
            raise NotFound("manifest unknown: manifest unknown") from None
        digest = reference.digest or image.manifest_digest
        return DistributionInspectResponse(
            descriptor=OCIDescriptor(media_type=MANIFEST_TYPE, digest=digest, size=len(image.manifest)),
            platforms=[platform_of(image)],
        )
