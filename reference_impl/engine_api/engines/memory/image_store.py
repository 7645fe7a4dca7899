"""The images that are there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from engine_api.api.errors import InvalidParameter, NotFound
from engine_api.api.images import ImageConfig
from engine_api.engines.memory.references import Reference, parse_reference
from engine_api.engines.memory.userland.filesystem import Directory, FileSystem

__all__ = ["Image", "ImageStore"]


@dataclass(eq=False)
class Image:
    """An image: a configuration and a tree."""

    config: ImageConfig
    root: Directory
    created: int
    comment: str = ""
    size: int = 0
    os: str = "linux"
    architecture: str = "amd64"
    references: list[Reference] = field(default_factory=list)
    digests: list[Reference] = field(default_factory=list)
    tagged_at: int | None = None
    id: str = ""
    layer: str = ""

    def __post_init__(self) -> None:
        filesystem = FileSystem(self.root)
        digest = hashlib.sha256()
        for path, node in filesystem.walk():
            digest.update(f"{path}\0{node.mode}\0{node.size}\0".encode())
            self.size += node.size
        self.layer = f"sha256:{digest.hexdigest()}"
        document = msgspec.json.encode([self.config, self.layer, self.created, self.comment])
        self.id = f"sha256:{hashlib.sha256(document).hexdigest()}"

    @property
    def short(self) -> str:
        """The first 12 digits of its ID."""
        return self.id[7:19]

    @property
    def manifest_digest(self) -> str:
        """The digest under which a registry would have it."""
        return f"sha256:{hashlib.sha256(self.id.encode()).hexdigest()}"


class ImageStore:
    """Finds images by reference and ID."""

    def __init__(self) -> None:
        self.images: dict[str, Image] = {}

    def add(self, image: Image, reference: Reference | None, now: int) -> Image:
        """Keep an image, under a name if one is given; that name leaves the image that had it."""
        image = self.images.setdefault(image.id, image)
        if reference is not None:
            for other in self.images.values():
                if reference in other.references:
                    other.references.remove(reference)
            image.references.append(reference)
            image.tagged_at = now
        return image

    def find(self, text: str) -> tuple[Image, Reference | None]:
        """The image that a reference, an ID or a prefix of one means; with the reference if it is one.

        Raises:
            NotFound: there is none.
            InvalidParameter: it is malformed.
        """
        bare = text.removeprefix("sha256:")
        if f"sha256:{bare}" in self.images:
            return self.images[f"sha256:{bare}"], None
        reference = None
        problem: InvalidParameter | None = None
        try:
            reference = parse_reference(text).tagged()
        except InvalidParameter as error:
            problem = error
        if reference is not None:
            found = self._by_reference(reference)
            if found is not None:
                return found, reference
        if bare and all(c in "0123456789abcdef" for c in bare):
            fitting = [image for key, image in self.images.items() if key[7:].startswith(bare)]
            if len(fitting) == 1:
                return fitting[0], None
        if problem is not None:
            raise problem
        shown = reference.familiar if reference is not None else text
        raise NotFound(f"No such image: {shown}")

    def _by_reference(self, reference: Reference) -> Image | None:
        for image in self.images.values():
            if reference.digest is not None:
                if any(d.digest == reference.digest and d.path == reference.path for d in image.digests):
                    return image
            elif reference in image.references:
                return image
        return None

    def newest_first(self) -> Iterable[Image]:
        """Every image."""
        return sorted(self.images.values(), key=lambda image: (image.created, image.id), reverse=True)

    def remove(self, image: Image) -> None:
        """Forget an image."""
        del self.images[image.id]
