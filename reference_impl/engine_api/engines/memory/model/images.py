"""The images that are there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import InitVar, dataclass, field, replace
from functools import cached_property
from typing import Final

import msgspec

from engine_api.api.containers import ContainerConfig
from engine_api.api.descriptors import OCIDescriptor
from engine_api.api.errors import InvalidParameter, NotFound
from engine_api.api.images import ImageConfig
from engine_api.engines.memory.machine.clock import rfc3339
from engine_api.engines.memory.model.layers import Layer, chain_ids, layer_of
from engine_api.engines.memory.model.references import Reference, parse_reference
from engine_api.engines.memory.userland.nodes import Directory

__all__ = ["LAYER_TYPE", "MANIFEST_TYPE", "Attestation", "Image", "ImageStore", "Step"]

MANIFEST_TYPE: Final = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG_TYPE: Final = "application/vnd.docker.container.image.v1+json"
LAYER_TYPE: Final = "application/vnd.docker.image.rootfs.diff.tar.gzip"


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """A step in which an image was made."""

    created: str = ""
    """When, in RFC 3339."""
    created_by: str = ""
    """The command."""
    author: str = ""
    comment: str = ""
    empty_layer: bool = False
    """Whether it changed no files, so that there is no layer of it."""


@dataclass(frozen=True)
class Attestation:
    """A statement that came with an image."""

    descriptor: OCIDescriptor
    predicate_type: str
    statement: bytes
    """The JSON document."""


@dataclass(eq=False)
class Image:
    """An image: a configuration, and a tree with the layers that make it.

    Its layers and steps are those of its base, and one more for what its tree has otherwise; where it has no base, one
    layer has all of the tree. An image that comes with its document, layers and history keeps them as they are.
    """

    config: ImageConfig
    root: Directory
    created: int
    """Nanoseconds since 1970."""
    comment: str = ""
    os: str = "linux"
    architecture: str = "amd64"
    variant: str = ""
    author: str = ""
    created_by: str = ""
    """The command of its last step."""
    base: InitVar[Image | None] = None
    parent: str = ""
    """The ID of the image that it was made on, by a build or from a container; empty if it came from elsewhere."""
    container: str = ""
    """The container that it was made from."""
    container_config: ContainerConfig | None = None
    docker_version: str = ""
    layers: tuple[Layer, ...] = ()
    history: tuple[Step, ...] = ()
    document: bytes = b""
    """Its configuration as a JSON document, of which its ID is the digest."""
    attestations: tuple[Attestation, ...] = ()
    references: list[Reference] = field(default_factory=list)
    digests: list[Reference] = field(default_factory=list)
    tagged_at: int | None = None
    id: str = ""

    def __post_init__(self, base: Image | None) -> None:
        if not self.document:
            if not self.layers:
                layer = layer_of(base.root if base is not None else None, self.root)
                self.layers = (*(base.layers if base is not None else ()), *((layer,) if layer is not None else ()))
                step = Step(rfc3339(self.created), self.created_by, self.author, self.comment, layer is None)
                self.history = (*(base.history if base is not None else ()), step)
            self.document = self._document()
        self.id = f"sha256:{hashlib.sha256(self.document).hexdigest()}"

    def _document(self) -> bytes:
        found: dict[str, object] = {
            "architecture": self.architecture,
            "variant": self.variant,
            "author": self.author,
            "config": self.config,
            "container": self.container,
            "container_config": self.container_config,
            "created": rfc3339(self.created),
            "docker_version": self.docker_version,
            "history": self.history,
            "os": self.os,
            "rootfs": {"type": "layers", "diff_ids": self.diff_ids},
        }
        return msgspec.json.encode({key: value for key, value in found.items() if value not in ("", None)})

    @property
    def diff_ids(self) -> Sequence[str]:
        """The digests of its layers, lowest first."""
        return [layer.diff_id for layer in self.layers]

    @property
    def chain_ids(self) -> Sequence[str]:
        """The identifiers of its layers, each on top of those below it."""
        return chain_ids(self.diff_ids)

    @property
    def size(self) -> int:
        """Bytes of the files of all its layers."""
        return sum(layer.size for layer in self.layers)

    @property
    def names(self) -> Sequence[Reference]:
        """Its references and digests in the order of engines: by how they are written."""
        return sorted((*self.references, *self.digests), key=lambda reference: reference.familiar)

    @property
    def short(self) -> str:
        """The first 12 digits of its ID."""
        return self.id[7:19]

    @cached_property
    def manifest(self) -> bytes:
        """The document under which a registry has it."""
        config = {"mediaType": _CONFIG_TYPE, "size": len(self.document), "digest": self.id}
        layers = [{"mediaType": LAYER_TYPE, "size": len(one.blob), "digest": one.digest} for one in self.layers]
        found = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config, "layers": layers}
        return msgspec.json.encode(found)

    @cached_property
    def manifest_digest(self) -> str:
        """The digest of that document."""
        return f"sha256:{hashlib.sha256(self.manifest).hexdigest()}"

    def nameless(self) -> Image:
        """The same image without what this engine notes on it: names, and what it was made on."""
        return replace(self, base=None, references=[], digests=[], tagged_at=None, parent="")


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
            found = self.named(reference)
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

    def get(self, text: str) -> Image | None:
        """The image that a text means, if there is one."""
        try:
            return self.find(text)[0]
        except (NotFound, InvalidParameter):
            return None

    def named(self, reference: Reference) -> Image | None:
        """The image of a reference in full, if there is one."""
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

    def chain_ids(self) -> set[str]:
        """Those of all layers that are there."""
        return {chain for image in self.images.values() for chain in image.chain_ids}

    def children(self, image: Image) -> list[Image]:
        """The images that were made on this one."""
        return [other for other in self.images.values() if other.parent == image.id]

    def remove(self, image: Image) -> None:
        """Forget an image."""
        del self.images[image.id]
