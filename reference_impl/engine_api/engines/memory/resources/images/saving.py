"""Archives of images, written as engines save them: an OCI layout with the `manifest.json` of older engines."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.references import Reference
from engine_api.engines.memory.resources.images.layout import INDEX_TYPE, NAME, blob_path
from engine_api.formats.json import Json, JsonObject

__all__ = ["Saved", "save"]

_MANIFEST_TYPE: Final = "application/vnd.oci.image.manifest.v1+json"
_CONFIG_TYPE: Final = "application/vnd.oci.image.config.v1+json"
_LAYER_TYPE: Final = "application/vnd.oci.image.layer.v1.tar"
_TAG: Final = "org.opencontainers.image.ref.name"


@dataclass(frozen=True)
class Saved:
    """An image to be saved, and the names that it is saved under."""

    image: Image
    references: Sequence[Reference] = ()


def save(images: Iterable[Saved]) -> Iterator[bytes]:
    """An archive of images, piece by piece; what several of them have is in it once.

    Args:
        images: the images.
    """
    everything = list(images)
    yield from _directory("blobs")
    yield from _directory("blobs/sha256")
    done: set[str] = set()
    for saved in everything:
        for digest, entry in _blobs(saved.image):
            if digest not in done:
                done.add(digest)
                yield from entry
    index = [descriptor for saved in everything for descriptor in _descriptors(saved)]
    yield from _document("index.json", {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": index})
    parents = {saved.image.id for saved in everything}
    if everything:
        yield from _document("manifest.json", [_item(saved, parents) for saved in everything])
    yield from _document("oci-layout", {"imageLayoutVersion": "1.0.0"})
    repositories = _repositories(everything)
    if repositories:
        yield from _document("repositories", repositories)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def _blobs(image: Image) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the digest and the entry of an image's layers, configuration and manifest."""
    for layer in image.layers:
        yield layer.diff_id, _file(blob_path(layer.diff_id), layer.length, layer.read(), image.created)
    yield image.id, _file(blob_path(image.id), len(image.document), [image.document], image.created)
    manifest = _manifest(image)
    digest = _digest(manifest)
    yield digest, _file(blob_path(digest), len(manifest), [manifest])


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _descriptors(saved: Saved) -> Iterator[JsonObject]:
    """Yield the entries of an image in the index: one for each name, or one without a name."""
    manifest = _manifest(saved.image)
    descriptor: JsonObject = {
        "mediaType": _MANIFEST_TYPE,
        "digest": _digest(manifest),
        "size": len(manifest),
    }
    for reference in saved.references:
        tag = reference.tag or ""
        name = f"{reference.host}/{reference.path}:{tag}"
        yield {**descriptor, "annotations": {NAME: name, _TAG: tag}}
    if not saved.references:
        yield descriptor


def _item(saved: Saved, parents: Container[str | None]) -> JsonObject:
    """Return the entry of an image in `manifest.json`."""
    image = saved.image
    layers = _layers(image)
    item: JsonObject = {
        "Config": blob_path(image.id),
        "RepoTags": [reference.familiar for reference in saved.references] or None,
        "Layers": [blob_path(layer.diff_id) for layer in image.layers],
    }
    if image.parent in parents:
        item["Parent"] = image.parent
    return {**item, "LayerSources": {layer["digest"]: layer for layer in layers}}


def _repositories(images: Iterable[Saved]) -> dict[str, dict[str, str]]:
    """Return the last layer of each tag of each repository."""
    found: dict[str, dict[str, str]] = {}
    for saved in images:
        if saved.image.layers:
            last = saved.image.layers[-1].diff_id.removeprefix("sha256:")
            for reference in saved.references:
                found.setdefault(reference.familiar_name, {})[reference.tag or ""] = last
    return found


def _layers(image: Image) -> list[JsonObject]:
    return [{"mediaType": _LAYER_TYPE, "digest": layer.diff_id, "size": layer.length} for layer in image.layers]


def _manifest(image: Image) -> bytes:
    return msgspec.json.encode(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST_TYPE,
            "config": {"mediaType": _CONFIG_TYPE, "digest": image.id, "size": len(image.document)},
            "layers": _layers(image),
        }
    )


def _directory(name: str) -> Iterator[bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    yield info.tobuf(tarfile.USTAR_FORMAT)


def _document(name: str, value: Json) -> Iterator[bytes]:
    data = msgspec.json.encode(value)
    return _file(name, len(data), [data])


def _file(name: str, size: int, pieces: Iterable[bytes], modified: int = 0) -> Iterator[bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.mtime = size, modified // 1_000_000_000
    yield info.tobuf(tarfile.USTAR_FORMAT)
    yield from pieces
    if rest := size % tarfile.BLOCKSIZE:
        yield b"\0" * (tarfile.BLOCKSIZE - rest)
