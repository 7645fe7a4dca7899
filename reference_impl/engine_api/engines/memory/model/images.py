"""Images, and the images of an engine, found by name, ID, repository, parent and layer."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
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
    """Images, with an index for each question that is asked of all of them.

    The names and the parent of an image in the store change by methods of the store only, which keep the indexes.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, Image] = {}
        self._by_reference: defaultdict[Reference, dict[str, Image]] = defaultdict(dict)
        self._by_digest: defaultdict[tuple[str, str | None], dict[str, Image]] = defaultdict(dict)
        self._by_parent: defaultdict[str, dict[str, Image]] = defaultdict(dict)
        self._layer_uses: Counter[str] = Counter()
        """In how many images the layer of a chain ID is."""

    def __iter__(self) -> Iterator[Image]:
        return iter(tuple(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, identifier: str) -> Image | None:
        """Return the image of a full ID, or None."""
        return self._by_id.get(identifier)

    def find(self, text: str) -> tuple[Image, Reference | None]:
        """Return the image of a reference, an ID or a unique prefix of an ID; and the reference, if the text is one.

        Raises:
            NotFound: no image matches.
            InvalidParameter: the text is malformed.
        """
        bare = text.removeprefix("sha256:")
        if f"sha256:{bare}" in self._by_id:
            return self._by_id[f"sha256:{bare}"], None
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
            fitting = [image for key, image in self._by_id.items() if key[7:].startswith(bare)]
            if len(fitting) == 1:
                return fitting[0], None
        if problem is not None:
            raise problem
        shown = reference.familiar if reference is not None else text
        raise NotFound(f"No such image: {shown}")

    def lookup(self, text: str) -> Image | None:
        """Return the image of a text as `find` does; None if no image matches, or the text is malformed."""
        try:
            return self.find(text)[0]
        except (NotFound, InvalidParameter):
            return None

    def named(self, reference: Reference) -> Image | None:
        """Return the image of a reference with its tag or digest, or None."""
        if reference.digest is not None:
            found = self._by_digest.get((reference.path, reference.digest), {})
        else:
            found = self._by_reference.get(reference, {})
        return next(iter(found.values()), None)

    def in_repository(self, repository: Reference) -> list[tuple[Image, Reference]]:
        """Return the images that have a tag in the repository of a reference, each with that tag's reference."""
        place = (repository.host, repository.path)
        return [(image, known) for image in self for known in image.references if (known.host, known.path) == place]

    def newest_first(self) -> Iterable[Image]:
        """Return all images by the time of their creation."""
        return sorted(self._by_id.values(), key=lambda image: (image.created, image.id), reverse=True)

    def children(self, parent: Image | None) -> list[Image]:
        """Return the images whose parent is an image; without one, those that have no parent."""
        return list(self._by_parent.get(parent.id if parent is not None else "", {}).values())

    def chain_ids(self) -> set[str]:
        """Return the chain IDs of all layers."""
        return set(self._layer_uses)

    def layer_sizes(self) -> dict[str, int]:
        """Return the bytes of each layer by its chain ID."""
        return {
            chain: layer.size
            for image in self._by_id.values()
            for chain, layer in zip(image.chain_ids, image.layers, strict=True)
        }

    def shared_size(self, image: Image) -> int:
        """Return the bytes of the layers of an image that are also in other images."""
        layers = zip(image.layers, image.chain_ids, strict=True)
        return sum(layer.size for layer, chain in layers if self._layer_uses[chain] > 1)

    def add(self, image: Image) -> Image:
        """Add an image; return the one that the store has of its ID, which may have been there before."""
        known = self._by_id.get(image.id)
        if known is not None:
            return known
        self._by_id[image.id] = image
        for index in self._indexes(image, image.names):
            index[image.id] = image
        self._by_parent[image.parent][image.id] = image
        self._layer_uses.update(image.chain_ids)
        return image

    def remove(self, image: Image) -> None:
        """Remove an image."""
        del self._by_id[image.id]
        for index in self._indexes(image, image.names):
            index.pop(image.id, None)
        self._by_parent[image.parent].pop(image.id, None)
        for chain in image.chain_ids:
            self._layer_uses[chain] -= 1
            if not self._layer_uses[chain]:
                del self._layer_uses[chain]

    def replace(self, images: Iterable[Image]) -> None:
        """Replace all images by others; of several with one ID the first is kept."""
        self._by_id.clear()
        self._by_reference.clear()
        self._by_digest.clear()
        self._by_parent.clear()
        self._layer_uses.clear()
        for image in images:
            self.add(image)

    def tag(self, image: Image, reference: Reference, now: int) -> None:
        """Give an image a reference, which other images lose.

        Args:
            image: an image of the store.
            reference: a reference with a tag.
            now: the time, in nanoseconds since 1970.
        """
        holders = self._by_reference[reference]
        for other in holders.values():
            other.references.remove(reference)
        holders.clear()
        holders[image.id] = image
        image.references.append(reference)
        image.tagged_at = now

    def add_digest(self, image: Image, digest: Reference) -> None:
        """Give an image of the store a reference with a digest; no effect if the image has that reference."""
        if digest not in image.digests:
            image.digests.append(digest)
            self._by_digest[digest.path, digest.digest][image.id] = image

    def untag(self, image: Image, names: Collection[Reference]) -> list[Reference]:
        """Take references and digests from an image of the store; return those that the image had."""
        gone = [known for known in (*image.references, *image.digests) if known in names]
        for index in self._indexes(image, gone):
            index.pop(image.id, None)
        image.references = [known for known in image.references if known not in names]
        image.digests = [known for known in image.digests if known not in names]
        for known in image.digests:
            self._by_digest[known.path, known.digest][image.id] = image
        return gone

    def set_parent(self, image: Image, parent: str) -> None:
        """Set the ID of the image that an image of the store was made on."""
        self._by_parent[image.parent].pop(image.id, None)
        image.parent = parent
        self._by_parent[parent][image.id] = image

    def _indexes(self, image: Image, names: Iterable[Reference]) -> Iterator[dict[str, Image]]:
        """Yield the entries of the indexes that an image is in by its names."""
        for known in names:
            if known in image.digests:
                yield self._by_digest[known.path, known.digest]
            else:
                yield self._by_reference[known]
