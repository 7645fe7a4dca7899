"""Pulling images from registries, and importing file systems as images."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from engine_api.api.errors import (
    Forbidden,
    InternalError,
    Unauthorized,
)
from engine_api.api.images import (
    AuthConfig,
    ImageConfig,
    ProgressMessage,
)
from engine_api.api.streams import ByteStream
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.references import HUB, Reference, parse_reference
from engine_api.engines.memory.model.registry import Registry
from engine_api.engines.memory.resources.images.instructions import apply_instructions
from engine_api.engines.memory.resources.images.naming import ImageNames
from engine_api.engines.memory.resources.images.transfers import download
from engine_api.engines.memory.userland.archives import unpack
from engine_api.engines.memory.userland.filesystem import FileSystem

__all__ = ["Pulls"]


class Pulls:
    """Pulls and imports images into a store."""

    def __init__(self, *, store: ImageStore, names: ImageNames, registry: Registry, clock: Clock) -> None:
        self._store = store
        self._names = names
        self._registry = registry
        self._clock = clock

    def pull(
        self, from_image: str, tag: str | None, os: str, architecture: str, auth: AuthConfig | None
    ) -> AsyncIterator[ProgressMessage]:
        """Pull an image, or all of a repository if neither the name nor `tag` has a tag.

        Raises:
            InvalidParameter: the reference is malformed.
            NotFound: the registry has no such image.
            InternalError: the registry refuses the credentials.
        """
        references = self._wanted(from_image, tag)
        try:
            self._registry.check_access(auth)
        except Unauthorized as error:
            raise InternalError(f'Head "{_url(references[0])}": {error.message}') from None
        found = [self._registry.find(one, os, architecture) for one in references]
        return self._messages(list(zip(references, found, strict=True)), all=len(references) > 1)

    def _wanted(self, from_image: str, tag: str | None) -> list[Reference]:
        """The references to pull: without a tag, all that the registry knows of the name."""
        joined = from_image
        if tag:
            joined += f"@{tag}" if ":" in tag else f":{tag}"
        reference = parse_reference(joined)
        if reference.familiar_name == "scratch":
            raise Forbidden("'scratch' is a reserved name")
        if reference.tag or reference.digest:
            return [reference]
        return [reference.tagged(tag) for tag in self._registry.tags(reference)] or [reference.tagged()]

    async def _messages(self, found: list[tuple[Reference, Image]], *, all: bool) -> AsyncIterator[ProgressMessage]:
        fresh = False
        for reference, image in found:
            yield ProgressMessage(status=f"Pulling from {reference.path}", id=reference.tag or reference.digest or "")
            known = self._store.get(image.id)
            if known is None:
                async for step in download(image, self._store.chain_ids(), self._clock):
                    yield step
                known = self._store.add(image.nameless())
                fresh = True
            if not reference.digest and reference not in known.references:
                self._store.tag(known, reference, self._clock.time_ns())
                fresh = True
            digest = Reference(reference.host, reference.path, None, reference.digest or image.manifest_digest)
            self._store.add_digest(known, digest)
            self._names.publish(known, "pull", reference.familiar_name, id=reference.familiar)
            yield ProgressMessage(status=f"Digest: {digest.digest}")
        verb = "Downloaded newer image for" if fresh else "Image is up to date for"
        name = found[0][0].familiar_name if all else found[0][0].familiar
        yield ProgressMessage(status=f"Status: {verb} {name}")

    async def import_files(
        self,
        source: str,
        reference: Reference | None,
        message: str | None,
        os_name: str,
        architecture: str,
        changes: Sequence[str],
        body: ByteStream | None,
    ) -> AsyncIterator[ProgressMessage]:
        """Import a file system as an image; return messages of progress.

        Raises:
            InvalidParameter: an instruction of `changes` is invalid, or the archive is.
            InternalError: the source is not the request body.
        """
        config = apply_instructions(ImageConfig(), changes)
        if source != "-":
            raise InternalError(
                f'Get "{source or "http:"}": this engine imports what is sent to it only; it opens no connections'
            )
        filesystem = FileSystem()
        if body is not None:
            await unpack(body, filesystem)
        now = self._clock.time_ns()
        comment = message or "Imported from -"
        image = self._store.add(Image(config, filesystem.root, now, comment, os_name, architecture))
        if reference is not None:
            self._names.name(image, reference)
        self._names.publish(image, "import", image.id)

        async def messages() -> AsyncIterator[ProgressMessage]:
            yield ProgressMessage(status=image.id)

        return messages()


def _url(reference: Reference) -> str:
    """Where a registry has the manifest of a reference."""
    host = "registry-1.docker.io" if reference.host == HUB else reference.host
    return f"https://{host}/v2/{reference.path}/manifests/{reference.tag or reference.digest}"
