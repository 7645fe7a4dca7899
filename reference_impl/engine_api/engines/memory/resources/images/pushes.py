"""Pushing images to registries."""

from __future__ import annotations

from collections.abc import AsyncIterator

from engine_api.api.errors import (
    Unauthorized,
)
from engine_api.api.images import (
    AuthConfig,
    ProgressDetail,
    ProgressMessage,
)
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.model.images import ImageStore
from engine_api.engines.memory.model.references import Reference
from engine_api.engines.memory.model.registry import Registry
from engine_api.engines.memory.resources.images.naming import ImageNames, failure
from engine_api.engines.memory.resources.images.transfers import upload

__all__ = ["Pushes"]


class Pushes:
    """Pushes images of a store."""

    def __init__(self, *, store: ImageStore, names: ImageNames, registry: Registry, clock: Clock) -> None:
        self._store = store
        self._names = names
        self._registry = registry
        self._clock = clock

    async def push(self, reference: Reference, auth: AuthConfig | None) -> AsyncIterator[ProgressMessage]:
        """Push the images of a repository, or the one of a tag; return messages of progress."""
        yield ProgressMessage(status=f"The push refers to repository [{reference.host}/{reference.path}]")
        named = self._store.in_repository(reference)
        if not named:
            name = reference.familiar_name
            yield failure(f"An image does not exist locally with the tag: {name}")
            return
        if reference.tag:
            named = [(image, known) for image, known in named if known.tag == reference.tag]
            if not named:
                yield failure(f"tag does not exist: {reference.familiar}")
                return
        for image, known in sorted(named, key=lambda pair: pair[1].tag or ""):
            nothing = ProgressDetail()
            for layer in reversed(image.layers):
                yield ProgressMessage(status="Preparing", progress_detail=nothing, id=layer.diff_id[7:19])
            try:
                self._registry.check_access(auth)
            except Unauthorized as error:
                yield failure(error.message)
                return
            if not self._registry.may_push(known):
                yield failure("denied: requested access to the resource is denied")
                return
            async for step in upload(known, image, self._registry, self._clock):
                yield step
            self._registry.push(known, image)
            digest = Reference(known.host, known.path, None, image.manifest_digest)
            self._store.add_digest(image, digest)
            self._names.publish(image, "push", known.familiar_name, id=known.familiar)
            size = len(image.manifest)
            yield ProgressMessage(status=f"{known.tag}: digest: {image.manifest_digest} size: {size}")
            result: dict[str, object] = {"Tag": known.tag, "Digest": image.manifest_digest, "Size": size}
            yield ProgressMessage(progress_detail=nothing, aux=result)
