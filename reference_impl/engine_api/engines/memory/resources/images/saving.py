"""Archives of images, written as engines save them: an OCI layout with the `manifest.json` of older engines."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from engine_api.api.json import Json, JsonObject
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.references import Reference
from engine_api.engines.memory.resources.images.layout import INDEX_TYPE, NAME, blob_path

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
    index: list[JsonObject] = []
    manifests: list[JsonObject] = []
    repositories: dict[str, dict[str, str]] = {}
    for saved in everything:
        image = saved.image
        for layer in image.layers:
            if layer.diff_id not in done:
                done.add(layer.diff_id)
                yield from _file(blob_path(layer.diff_id), layer.length, layer.read(), image.created)
        if image.id not in done:
            done.add(image.id)
            yield from _file(blob_path(image.id), len(image.document), [image.document], image.created)
        layers: list[JsonObject] = [
            {"mediaType": _LAYER_TYPE, "digest": one.diff_id, "size": one.length} for one in image.layers
        ]
        manifest = _manifest(image, layers)
        digest = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
        if digest not in done:
            done.add(digest)
            yield from _file(blob_path(digest), len(manifest), [manifest])
        descriptor = {"mediaType": _MANIFEST_TYPE, "digest": digest, "size": len(manifest)}
        for reference in saved.references:
            tag = reference.tag or ""
            name = f"{reference.host}/{reference.path}:{tag}"
            index.append({**descriptor, "annotations": {NAME: name, _TAG: tag}})
            if image.layers:
                last = image.layers[-1].diff_id.removeprefix("sha256:")
                repositories.setdefault(reference.familiar_name, {})[tag] = last
        if not saved.references:
            index.append(descriptor)
        item: JsonObject = {
            "Config": blob_path(image.id),
            "RepoTags": [reference.familiar for reference in saved.references] or None,
            "Layers": [blob_path(layer["digest"]) for layer in layers],
        }
        if any(image.parent == other.image.id for other in everything):
            item["Parent"] = image.parent
        manifests.append({**item, "LayerSources": {layer["digest"]: layer for layer in layers}})
    yield from _document("index.json", {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": index})
    if manifests:
        yield from _document("manifest.json", manifests)
    yield from _document("oci-layout", {"imageLayoutVersion": "1.0.0"})
    if repositories:
        yield from _document("repositories", repositories)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def _manifest(image: Image, layers: Sequence[Mapping[str, Json]]) -> bytes:
    return msgspec.json.encode(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST_TYPE,
            "config": {"mediaType": _CONFIG_TYPE, "digest": image.id, "size": len(image.document)},
            "layers": layers,
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
