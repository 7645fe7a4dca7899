"""Archives of images, read as engines and builders wrote them: a `manifest.json`, or an OCI layout alone."""

from __future__ import annotations

import json
import posixpath
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import IO, Final

import msgspec

from engine_api.api.descriptors import OCIDescriptor, OCIPlatform
from engine_api.api.errors import InternalError, InvalidParameter, NotFound
from engine_api.api.images import ImageConfig
from engine_api.api.struct import UNSET
from engine_api.engines.memory.machine.clock import nanoseconds
from engine_api.engines.memory.model.images import Attestation, Image, Step
from engine_api.engines.memory.model.layers import Layer, LayerWriter, chain_ids, differences
from engine_api.engines.memory.model.platforms import fits, platform_of, words
from engine_api.engines.memory.model.references import Reference, parse_reference
from engine_api.engines.memory.resources.images.layout import INDEX_TYPE, NAME, blob_path
from engine_api.engines.memory.userland.archives import ArchiveEnded, refusals
from engine_api.engines.memory.userland.filesystem import DEFAULT_LIMIT, FileSystem
from engine_api.engines.memory.userland.nodes import Directory
from engine_api.formats.json import Json, JsonObject

__all__ = ["Loaded", "load"]

_INDEX_TYPES: Final = (INDEX_TYPE, "application/vnd.docker.distribution.manifest.list.v2+json")
_ABOUT: Final = "vnd.docker.reference.digest"
_PREDICATE: Final = "in-toto.io/predicate-type"
_DOCUMENT_LIMIT: Final = 4 * 1024 * 1024
"""How long a document in an archive may be, in bytes; longer files are kept compressed."""
_MOST_FILES: Final = 10_000
_DEEPEST_INDEX: Final = 8
_PIECE: Final = 256 * 1024


@dataclass
class Loaded:
    """An image that was read, and the names that it had."""

    image: Image
    references: list[Reference] = field(default_factory=list)


def load(
    source: IO[bytes], wanted: Sequence[OCIPlatform], own: OCIPlatform, limit: int = DEFAULT_LIMIT
) -> list[Loaded]:
    """Read the images of an archive.

    Args:
        source: the archive.
        wanted: for which platforms; none for all of an archive that is no OCI layout, and for the engine's own of an
            OCI layout that has it.
        own: the engine's own platform.
        limit: bytes that the archive may have, and that the files of its layers may have.

    Raises:
        EngineError: it is too large or broken, or lacks what it names.
    """
    files = _read(source)
    reader = _Reader(files, wanted, own, limit)
    with refusals():
        return reader.images()


class _File:
    """A file of an archive: as it is while it is short, else compressed."""

    def __init__(self, member: IO[bytes]) -> None:
        self._writer = LayerWriter()
        start = b""
        self._short: bytearray | None = bytearray()
        while piece := member.read(_PIECE):
            start = start or piece[:8]
            self._writer.write(piece)
            if self._short is not None:
                self._short += piece
                if len(self._short) > _DOCUMENT_LIMIT:
                    self._short = None
        self.start = start
        self.packed = self._writer.finish(0)

    @property
    def digest(self) -> str:
        """The digest of its bytes."""
        return self.packed.diff_id

    def document(self) -> bytes:
        """All of it.

        Raises:
            InternalError: it is too long for that.
        """
        if self._short is None:
            raise InternalError("a document in the archive is longer than this engine reads")
        return bytes(self._short)

    def read(self) -> Iterator[bytes]:
        """All of it, piece by piece."""
        return self.packed.read()


def _read(source: IO[bytes]) -> dict[str, _File]:
    """The files of an archive by their names, links resolved."""
    files: dict[str, _File] = {}
    links: dict[str, str] = {}
    try:
        with refusals(), tarfile.open(fileobj=source, mode="r|") as archive:
            for count, member in enumerate(archive):
                if count >= _MOST_FILES:
                    raise InternalError("the archive has more files than this engine reads")
                name = _name(member.name)
                if member.isreg():
                    content = archive.extractfile(member)
                    assert content is not None
                    files[name] = _File(content)
                elif member.issym():
                    links[name] = _name(posixpath.join(posixpath.dirname(name), member.linkname))
                elif member.islnk():
                    links[name] = _name(member.linkname)
    except ArchiveEnded as error:
        if not files and "empty" not in str(error):
            raise InternalError("unexpected EOF") from None
    for name, target in links.items():
        if name not in files and target in files:
            files[name] = files[target]
    return files


def _name(text: str) -> str:
    return posixpath.normpath("/" + text).lstrip("/")


class _Reader:
    """Makes images of an archive's files."""

    def __init__(self, files: Mapping[str, _File], wanted: Sequence[OCIPlatform], own: OCIPlatform, limit: int) -> None:
        self._files = files
        self._wanted = wanted
        self._own = own
        self._left = limit
        self._limit = limit
        self._layers: dict[str, tuple[str, int, bytes]] = {}
        self._trees: dict[str, tuple[Directory, Layer]] = {}

    def images(self) -> list[Loaded]:
        """The images."""
        if "manifest.json" in self._files:
            return self._by_manifest(self._json("manifest.json"))
        if "index.json" in self._files:
            return self._by_index(self._json("index.json"))
        raise InternalError("open repositories: no such file or directory")

    def _file(self, name: str) -> _File:
        found = self._files.get(_name(name))
        if found is None:
            raise InternalError(f"open {_name(name)}: no such file or directory")
        return found

    def _json(self, name: str) -> Json:
        try:
            return json.loads(self._file(name).document())
        except (ValueError, RecursionError):
            raise InternalError(f"{name}: invalid JSON") from None

    # manifest.json

    def _by_manifest(self, items: Json) -> list[Loaded]:
        found: list[Loaded] = []
        parents: JsonObject = {}
        for item in items if isinstance(items, list) else [None]:
            if not isinstance(item, dict) or not isinstance(item.get("Config"), str):
                raise InternalError("manifest.json: invalid manifest")
            names = item.get("Layers") or []
            tags = item.get("RepoTags") or []
            if not (_texts(names) and _texts(tags)):
                raise InternalError("manifest.json: invalid manifest")
            document = self._file(item["Config"]).document()
            image = self._image(document, [self._plain(self._file(name)) for name in names])
            if self._wanted and not any(fits(platform_of(image), one) for one in self._wanted):
                raise NotFound(
                    f"requested platform ({_words(self._wanted)}) does not match image platform "
                    f"({_words([platform_of(image)])})"
                )
            found.append(Loaded(image, [_tagged(tag) for tag in tags]))
            parents[image.id] = item.get("Parent")
        for one in found:
            if parents[one.image.id] in parents:
                one.image.parent = parents[one.image.id]
        return found

    # OCI layout

    def _by_index(self, index: Json) -> list[Loaded]:
        found: dict[str, Loaded] = {}
        for descriptor in _descriptors(index, "manifests"):
            annotations = descriptor.get("annotations") or {}
            if descriptor.get("mediaType") in _INDEX_TYPES:
                manifests = list(self._flatten(descriptor, 0))
            else:
                manifests = [descriptor]
            loaded = self._chosen(manifests)
            if loaded is None:
                if self._is_about(descriptor):
                    continue
                raise NotFound(f"no suitable image found for platform {_words(self._wanted or [self._own])}")
            known = found.setdefault(loaded.id, Loaded(loaded))
            name = annotations.get(NAME)
            if isinstance(name, str):
                known.references.append(_tagged(name))
        return list(found.values())

    def _flatten(self, descriptor: Mapping[str, Json], depth: int) -> Iterator[JsonObject]:
        if depth > _DEEPEST_INDEX:
            raise InternalError("index.json: indexes are nested too deeply")
        for inner in _descriptors(self._blob_json(descriptor), "manifests"):
            if inner.get("mediaType") in _INDEX_TYPES:
                yield from self._flatten(inner, depth + 1)
            else:
                yield inner

    def _is_about(self, descriptor: Mapping[str, Json]) -> bool:
        """Whether a manifest is about another one, such as an attestation."""
        return _ABOUT in (descriptor.get("annotations") or {})

    def _chosen(self, descriptors: Sequence[Mapping[str, Json]]) -> Image | None:
        """The image of the first wanted platform that there is, with what is attached to it."""
        images = [one for one in descriptors if not self._is_about(one)]
        candidates: list[tuple[OCIPlatform, Mapping[str, Json], JsonObject, bytes]] = []
        for one in images:
            manifest = self._blob_json(one)
            document = self._blob(manifest.get("config")).document()
            candidates.append((_platform_of_document(document), one, manifest, document))
        for wanted in self._wanted or [self._own, OCIPlatform()]:
            for platform, descriptor, manifest, document in candidates:
                if fits(platform, wanted):
                    blobs = [self._blob(layer) for layer in _descriptors(manifest, "layers")]
                    image = self._image(document, [self._plain(blob) for blob in blobs])
                    image.attestations = tuple(self._attestations(descriptors, descriptor))
                    return image
        return None

    def _attestations(
        self, descriptors: Sequence[Mapping[str, Json]], image: Mapping[str, Json]
    ) -> Iterator[Attestation]:
        for one in descriptors:
            if (one.get("annotations") or {}).get(_ABOUT) != image.get("digest"):
                continue
            for layer in _descriptors(self._blob_json(one), "layers"):
                kind = (layer.get("annotations") or {}).get(_PREDICATE)
                if not isinstance(kind, str):
                    continue
                try:
                    descriptor = msgspec.convert(layer, OCIDescriptor)
                    yield Attestation(descriptor, kind, self._blob(layer).document())
                except msgspec.ValidationError:
                    raise InternalError("index.json: invalid descriptor") from None

    def _blob(self, descriptor: Json) -> _File:
        digest = descriptor.get("digest") if isinstance(descriptor, dict) else None
        if not isinstance(digest, str) or not digest.startswith("sha256:"):
            raise InternalError("index.json: invalid descriptor")
        found = self._file(blob_path(digest))
        if found.digest != digest:
            raise InternalError(f"the archive's {blob_path(digest)} has the digest {found.digest}")
        return found

    def _blob_json(self, descriptor: Mapping[str, Json]) -> JsonObject:
        try:
            found = json.loads(self._blob(descriptor).document())
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise InternalError(f"{descriptor.get('digest')}: invalid JSON")
        return found

    # Images

    def _plain(self, file: _File) -> tuple[str, int, bytes]:
        """Digest, length and gzip of a layer's archive, which may come compressed."""
        known = self._layers.get(file.digest)
        if known is not None:
            return known
        if file.start.startswith(b"\x28\xb5\x2f\xfd"):
            raise InternalError("a layer is compressed with zstd, which this engine does not read")
        packed = file.packed
        if file.start.startswith(b"\x1f\x8b"):
            writer = LayerWriter()
            for piece in _unzipped(file.read()):
                writer.write(piece)
                if writer.length > self._limit:
                    raise InvalidParameter("the archive is larger than this engine takes")
            packed = writer.finish(0)
        found = (packed.diff_id, packed.length, packed.blob)
        self._layers[file.digest] = found
        return found

    def _image(self, document: bytes, layers: Sequence[tuple[str, int, bytes]]) -> Image:
        found = _parse(document)
        expected = found.rootfs.diff_ids
        if len(expected) != len(layers):
            raise InternalError(
                f"invalid manifest, layers length mismatch: expected {len(layers)}, got {len(expected)}"
            )
        for number, (diff_id, (got, _, _)) in enumerate(zip(expected, layers, strict=True)):
            if got != diff_id:
                raise InternalError(f'invalid diffID for layer {number}: expected "{diff_id}", got "{got}"')
        try:
            created = nanoseconds(found.created) if found.created else 0
        except ValueError:
            raise InternalError(f"invalid image configuration: no time: {found.created}") from None
        root = Directory()
        whole: list[Layer] = []
        for chain, (diff_id, length, blob) in zip(chain_ids(expected), layers, strict=True):
            if chain not in self._trees:
                self._trees[chain] = self._apply(root, Layer(diff_id, 0, length, blob))
            root, layer = self._trees[chain]
            whole.append(layer)
        return Image(
            found.config or ImageConfig(),
            root,
            created,
            found.comment or (found.history[-1].comment if found.history else ""),
            found.os or "linux",
            found.architecture or "amd64",
            found.variant,
            found.author,
            container=found.container,
            docker_version=found.docker_version,
            layers=tuple(whole),
            history=tuple(found.history),
            document=document,
        )

    def _apply(self, root: Directory, layer: Layer) -> tuple[Directory, Layer]:
        filesystem = FileSystem(root, limit=self._left)
        with suppress(ArchiveEnded), refusals():
            self._left -= layer.apply(filesystem, limit=self._left)
        changed = [difference.node for difference in differences(root, filesystem.root)]
        return filesystem.root, replace(layer, size=sum(node.size for node in changed if node is not None))


class _RootFS(msgspec.Struct):
    diff_ids: list[str] = []


class _Document(msgspec.Struct):
    """What is read of an image's configuration."""

    config: ImageConfig | None = None
    rootfs: _RootFS = msgspec.field(default_factory=_RootFS)
    history: list[Step] = []
    created: str | None = None
    architecture: str = ""
    variant: str = ""
    os: str = ""
    author: str = ""
    comment: str = ""
    container: str = ""
    docker_version: str = ""


def _parse(document: bytes) -> _Document:
    try:
        return msgspec.json.decode(document, type=_Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InternalError(f"invalid image configuration: {error}") from None


def _unzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    unzip = zlib.decompressobj(wbits=31)
    for piece in pieces:
        while piece:
            if unzip.eof:
                unzip = zlib.decompressobj(wbits=31)
            yield unzip.decompress(piece, _PIECE)
            piece = unzip.unconsumed_tail or (unzip.unused_data if unzip.eof else b"")


def _texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _descriptors(document: Json, key: str) -> list[JsonObject]:
    found = document.get(key) if isinstance(document, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InternalError("index.json: invalid descriptor")
    for one in found:
        if not isinstance(one.get("annotations") or {}, dict):
            raise InternalError("index.json: invalid descriptor")
    return found


def _tagged(text: str) -> Reference:
    try:
        reference = parse_reference(text)
    except InvalidParameter as error:
        raise InternalError(error.message) from None
    if not reference.tag:
        raise InternalError(f'invalid tag "{text}"')
    return reference


def _platform_of_document(document: bytes) -> OCIPlatform:
    found = _parse(document)
    return OCIPlatform(
        os=found.os or "linux", architecture=found.architecture or "amd64", variant=found.variant or UNSET
    )


def _words(platforms: Iterable[OCIPlatform]) -> str:
    return ", ".join(map(words, platforms))
