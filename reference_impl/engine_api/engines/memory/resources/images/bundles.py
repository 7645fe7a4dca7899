"""Archives of several images: saved from a store, loaded into it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from functools import partial

from engine_api.api.descriptors import OCIPlatform
from engine_api.api.errors import (
    EngineError,
    InternalError,
    InvalidParameter,
    NotFound,
)
from engine_api.api.images import (
    ProgressMessage,
)
from engine_api.api.streams import ByteStream
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.platforms import fits, platform_of, words
from engine_api.engines.memory.model.references import Reference, parse_reference
from engine_api.engines.memory.resources.images.loading import load
from engine_api.engines.memory.resources.images.naming import ImageNames, failure
from engine_api.engines.memory.resources.images.saving import Saved, save
from engine_api.engines.memory.resources.images.transfers import unpacking
from engine_api.engines.memory.userland.archives import read_archive

__all__ = ["Bundles"]


class Bundles:
    """Saves and loads images of a store."""

    def __init__(self, *, store: ImageStore, names: ImageNames, clock: Clock) -> None:
        self._store = store
        self._names = names
        self._clock = clock

    def save(self, names: Sequence[str], platforms: Sequence[OCIPlatform]) -> ByteStream:
        """Return an archive of images.

        Args:
            names: their names or IDs; a name without a tag is all of its repository.
            platforms: the platforms that each image must be made for. Default: any.

        Raises:
            NotFound: an image does not exist.
            InternalError: an image is not made for one of the platforms.
        """
        chosen: dict[Image, dict[Reference, None]] = {}
        for name in names:
            image, references = self._to_save(name)
            for wanted in platforms:
                if not fits(platform_of(image), wanted):
                    raise InternalError(f"no suitable export target found for platform {words(wanted)}")
            chosen.setdefault(image, {})
            for known, reference in references:
                chosen.setdefault(known, {})[reference] = None
        saved = [
            Saved(image, sorted(references, key=lambda reference: reference.familiar))
            for image, references in chosen.items()
        ]

        for one in saved:
            self._names.publish(one.image, "save", one.image.id)

        async def pieces() -> AsyncIterator[bytes]:
            for piece in save(saved):
                yield piece
                await asyncio.sleep(0)

        return pieces()

    def _to_save(self, name: str) -> tuple[Image, list[tuple[Image, Reference]]]:
        """An image by its name, and the names that it is saved under: without a tag, all of the repository."""
        try:
            reference = parse_reference(name)
        except InvalidParameter:
            if name.removeprefix("sha256:") == name and not re.fullmatch("[0-9a-f]+", name):
                raise
            return self._store.find(name)[0], []
        if not reference.tag and not reference.digest:
            named = self._store.in_repository(reference)
            if named:
                return named[0][0], named
        elif not name.startswith("sha256:"):
            found = self._store.named(reference)
            if found is None:
                raise NotFound("reference does not exist")
            return found, [] if reference.digest else [(found, reference)]
        try:
            return self._store.find(name)[0], []
        except NotFound:
            raise NotFound(f"No such image: {name}") from None

    async def load(
        self, archive: ByteStream, quiet: bool, platforms: list[OCIPlatform]
    ) -> AsyncIterator[ProgressMessage]:
        """Load the images of an archive; return messages of progress."""
        own = OCIPlatform(os="linux", architecture="amd64")
        try:
            loaded = await read_archive(archive, partial(load, wanted=platforms, own=own))
        except EngineError as error:
            yield failure(error.message)
            return
        nameless = ""
        for one in loaded:
            if not quiet:
                async for step in unpacking(one.image, self._store.chain_ids()):
                    yield step
            image = self._store.add(one.image)
            if not image.parent and one.image.parent:
                self._store.set_parent(image, one.image.parent)
            for reference in one.references:
                holder = self._store.named(reference)
                if holder is not None and holder is not image:
                    text = f"The image {reference.familiar} already exists, renaming the old one with ID {holder.id}"
                    yield ProgressMessage(stream=f"{text} to empty string\n")
                if holder is not image:
                    self._store.tag(image, reference, self._clock.time_ns())
                yield ProgressMessage(stream=f"Loaded image: {reference.familiar}\n")
            self._names.publish(image, "load", image.id)
            nameless += f"Loaded image ID: {image.id}\n"
        if not any(one.references for one in loaded) and nameless:
            yield ProgressMessage(stream=nameless)
