"""Layers: what each step of an image changed, as archives, and what differs between two trees."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Final, Literal, NamedTuple, TypeAlias, cast

from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.nodes import DEVICES, Device, Directory, File, Node, Symlink
from engine_api.engines.memory.userland.tar import apply_tar

__all__ = ["Difference", "Layer", "LayerWriter", "chain_ids", "differences", "layer_of"]

_PIECE: Final = 256 * 1024
_WHITEOUT: Final = ".wh."


Kind: TypeAlias = Literal["changed", "added", "deleted"]


class Difference(NamedTuple):
    """A path at which two trees differ."""

    kind: Kind
    path: str
    """Absolute."""
    node: Node | None
    """What is there in the newer tree; None for what was deleted."""


def differences(old: Directory | None, new: Directory) -> Iterator[Difference]:
    """What differs in a tree from an older one, by path; a directory before what is in it.

    What both trees share is not looked at, so that a copy on which little was written is compared at once. A directory
    counts as changed when something in it differs.

    Args:
        old: the older tree; None for an empty one.
        new: the newer tree.
    """
    return _differences(old if old is not None else Directory(), new, "")


def _differences(old: Directory, new: Directory, above: str) -> Iterator[Difference]:
    for name in sorted({*old.entries, *new.entries}):
        path = f"{above}/{name}"
        before, after = old.entries.get(name), new.entries.get(name)
        if before is after:
            continue
        if after is None:
            yield Difference("deleted", path, None)
        elif before is None:
            yield from _with_content("added", path, after)
        elif isinstance(before, Directory) and isinstance(after, Directory):
            inner = _differences(before, after, path)
            first = next(inner, None)
            if first is not None or not _alike(before, after):
                yield Difference("changed", path, after)
            if first is not None:
                yield first
                yield from inner
        elif not _alike(before, after):
            yield from _with_content("changed", path, after)


def _with_content(kind: Kind, path: str, node: Node) -> Iterator[Difference]:
    """Yield a difference, and if it is a directory, everything below it as added."""
    yield Difference(kind, path, node)
    if isinstance(node, Directory):
        yield from _differences(Directory(), node, path)


def _alike(before: Node, after: Node) -> bool:
    if type(before) is not type(after):
        return False
    if (before.mode, before.uid, before.gid, before.mtime) != (after.mode, after.uid, after.gid, after.mtime):
        return False
    if isinstance(before, File) and isinstance(after, File):
        return before.data == after.data
    if isinstance(before, Symlink) and isinstance(after, Symlink):
        return before.target == after.target
    return True


@dataclass(frozen=True, eq=False)
class Layer:
    """What a step changed: an archive, kept compressed."""

    diff_id: str
    """The digest of the archive."""
    size: int
    """Bytes of the files and links in it."""
    length: int
    """Bytes of the archive."""
    blob: bytes
    """The archive, compressed with gzip, as registries have it."""

    @cached_property
    def digest(self) -> str:
        """The digest of the compressed archive."""
        return f"sha256:{hashlib.sha256(self.blob).hexdigest()}"

    def read(self) -> Iterator[bytes]:
        """The archive, piece by piece."""
        unzip = zlib.decompressobj(wbits=31)
        data = self.blob
        while data:
            piece = unzip.decompress(data, _PIECE)
            if piece:
                yield piece
            data = unzip.unconsumed_tail
        if rest := unzip.flush():
            yield rest

    def apply(self, filesystem: FileSystem, *, limit: int) -> int:
        """Unpack it over what is there; gives the bytes of its files.

        Raises:
            OSError: its files have more bytes than `limit`.
            tarfile.TarError: it is malformed.
        """
        with (
            gzip.GzipFile(fileobj=io.BytesIO(self.blob)) as plain,
            tarfile.open(fileobj=cast(IO[bytes], plain), mode="r|") as archive,
        ):
            return apply_tar(filesystem, archive, limit=limit)


class LayerWriter:
    """Takes an archive piece by piece, and gives it as a layer."""

    def __init__(self) -> None:
        self._blob = io.BytesIO()
        self._zip = gzip.GzipFile(fileobj=self._blob, mode="wb", compresslevel=1, mtime=0)
        self._digest = hashlib.sha256()
        self.length = 0

    def write(self, data: bytes) -> int:
        """More of the archive."""
        self._digest.update(data)
        self._zip.write(data)
        self.length += len(data)
        return len(data)

    def finish(self, size: int) -> Layer:
        """The layer; `size` is how many bytes its files and links have."""
        self._zip.close()
        return Layer(f"sha256:{self._digest.hexdigest()}", size, self.length, self._blob.getvalue())


def layer_of(old: Directory | None, new: Directory) -> Layer | None:
    """The layer that makes the newer tree of the older one; None if they do not differ.

    Args:
        old: the older tree; None for an empty one.
        new: the newer tree.
    """
    writer = LayerWriter()
    size = 0
    written = False
    with tarfile.open(fileobj=cast(IO[bytes], writer), mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for difference in differences(old, new):
            node = difference.node
            data = bytes(node.data) if isinstance(node, File) else b""
            info = _header(difference)
            if info is not None:
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
                size += node.size if node is not None else 0
                written = True
    return writer.finish(size) if written else None


def _header(difference: Difference) -> tarfile.TarInfo | None:
    """The archive's entry of a difference; None for a device that stands for nothing."""
    info = tarfile.TarInfo(difference.path.lstrip("/"))
    node = difference.node
    if node is None:
        above, _, name = info.name.rpartition("/")
        info.name = f"{above}/{_WHITEOUT}{name}" if above else f"{_WHITEOUT}{name}"
        info.mode = 0o600
        return info
    info.mode, info.uid, info.gid, info.mtime = node.mode, node.uid, node.gid, int(node.mtime)
    if isinstance(node, Directory):
        info.type = tarfile.DIRTYPE
    elif isinstance(node, Symlink):
        info.type, info.linkname = tarfile.SYMTYPE, node.target
    elif isinstance(node, Device):
        if node.name not in DEVICES:
            return None
        info.type = tarfile.CHRTYPE
        info.devmajor, info.devminor = DEVICES[node.name]
    return info


def chain_ids(layers: Iterable[str]) -> Sequence[str]:
    """The identifier of each layer on top of those below it.

    Args:
        layers: their digests, lowest first.
    """
    found: list[str] = []
    for diff_id in layers:
        if found:
            found.append(f"sha256:{hashlib.sha256(f'{found[-1]} {diff_id}'.encode()).hexdigest()}")
        else:
            found.append(diff_id)
    return found
