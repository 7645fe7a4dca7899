"""Unpacking tar archives into file systems."""

from __future__ import annotations

import errno
import tarfile
from typing import Final

from engine_api.engines.memory.userland.filesystem import DEFAULT_LIMIT, FileSystem, fail
from engine_api.engines.memory.userland.nodes import DEVICES, Device, Directory, File, Node, Symlink

__all__ = ["apply_tar", "unpack_member"]

_PIECE: Final = 1024 * 1024
"""Bytes that are read at a time."""


def apply_tar(files: FileSystem, archive: tarfile.TarFile, *, limit: int = DEFAULT_LIMIT) -> int:
    """Unpack an archive over a file system, and return the size of its files in bytes.

    Names are taken below the root, whatever they say; links are followed inside only; devices stay inert.

    Raises:
        OSError: the files are larger than `limit`.
        tarfile.TarError: it is malformed.
    """
    total = 0
    for member in archive:
        path = files.real_missing(member.name)
        if path == "/":
            continue
        above, _, name = path.rpartition("/")
        total += member.size if member.isreg() else 0
        if total > limit:
            fail(errno.EFBIG, member.name)
        if name.startswith(".wh."):
            _white_out(files, above or "/", name[4:])
            continue
        files.mkdir(above or "/", parents=True)
        unpack_member(files, archive, member, path)
    return total


def _white_out(files: FileSystem, above: str, name: str) -> None:
    """Remove what a layer hides: a name, or all that a directory has of the layers below."""
    if name == ".wh..opq":
        if files.is_directory(above):
            for inner in files.list(above):
                path = f"{above.rstrip('/')}/{inner}"
                if files.node(path, follow=False).owner is not files:
                    files.remove_tree(path)
    elif name not in ("", ".", "..") and files.exists(f"{above}/{name}", follow=False):
        files.remove_tree(f"{above}/{name}")


def unpack_member(files: FileSystem, archive: tarfile.TarFile, member: tarfile.TarInfo, path: str) -> None:
    """Unpack a member of an archive to a path. It replaces what exists; a directory keeps its content."""
    mode = member.mode & 0o7777
    node: Node
    if member.isdir():
        if files.is_directory(path):
            return
        node = Directory(mode)
    elif member.issym():
        node = Symlink(member.linkname)
    elif member.islnk():
        source = files.node(files.real_missing(member.linkname), follow=False)
        node = source.copy()
    elif member.isreg():
        content = archive.extractfile(member)
        data = bytearray()
        while content is not None and (piece := content.read(_PIECE)):
            data += piece
        node = File(data, mode)
    else:
        numbers = (member.devmajor, member.devminor) if member.ischr() else None
        node = Device(next((name for name, known in DEVICES.items() if known == numbers), "inert"), mode)
    node.uid, node.gid, node.mtime = member.uid, member.gid, member.mtime
    if files.exists(path, follow=False) and isinstance(files.node(path, follow=False), Directory):
        files.remove_tree(path)
    files.put(path, node)
