"""`COPY` and `ADD`: putting sources where they are to be."""

from __future__ import annotations

import posixpath
from collections.abc import AsyncIterator, Sequence

from engine_api.api.errors import EngineError, InternalError, InvalidParameter
from engine_api.engines.memory.resources.builder.context import Source
from engine_api.engines.memory.userland.archives import is_archive, unpack
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.nodes import Directory, File, Node

__all__ = ["Owner", "copy_all", "owner_of"]

Owner = tuple[int, int]
"""User and group."""


def owner_of(filesystem: FileSystem, text: str) -> Owner:
    """The numbers that `USER[:GROUP]` means in a tree; the group is that of the user's name if none is given.

    Raises:
        InternalError: there is no such user or group.
    """
    user, colon, group = text.partition(":")
    if (colon and not group) or text.count(":") > 1:
        raise InvalidParameter(f"invalid chown string format: {text}")
    try:
        return (
            _number(filesystem, "/etc/passwd", user, "uid for user"),
            _number(filesystem, "/etc/group", group or user, "gid for group"),
        )
    except InternalError as error:
        raise InternalError(
            f"unable to convert uid/gid chown string to host mapping: can't find {error.message}"
        ) from None


def _number(filesystem: FileSystem, path: str, name: str, what: str) -> int:
    if name.isdigit():
        return int(name)
    try:
        lines = filesystem.read(path).decode("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    for fields in (line.split(":") for line in lines):
        if fields[0] == name and len(fields) > 2 and fields[2].isdigit():
            return int(fields[2])
    raise InternalError(f"{what} {name}: no such {what.rpartition(' ')[2]}: {name}")


async def copy_all(
    filesystem: FileSystem, sources: Sequence[Source], target: str, *, slash: bool, owner: Owner | None, extract: bool
) -> None:
    """Copy sources into a tree.

    Args:
        filesystem: the tree.
        sources: what to copy.
        target: where to, absolute.
        slash: whether the target was written with a slash at its end, which makes it a directory.
        owner: whom the copies belong to; None for whom the sources belong to.
        extract: whether archives are unpacked.

    Raises:
        InternalError: something of another kind is in the way, or there is no room.
    """
    for source in sources:
        try:
            await _copy(filesystem, source, target, slash=slash, owner=owner, extract=extract)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            what = "copy directory" if isinstance(source.node, Directory) else "create new directory"
            raise InternalError(
                f"failed to copy files: failed to {what}: mkdir {error.filename or target}: {reason}"
            ) from None


async def _copy(
    filesystem: FileSystem, source: Source, target: str, *, slash: bool, owner: Owner | None, extract: bool
) -> None:
    if isinstance(source.node, Directory):
        _merge(filesystem, source.node, target, owner)
        return
    if extract and isinstance(source.node, File) and is_archive(bytes(source.node.data)):
        unpacked = FileSystem()
        try:
            await unpack(_once(bytes(source.node.data)), unpacked)
        except EngineError as error:
            raise InternalError(f"failed to copy files: Error processing tar file: {error.message}") from None
        _merge(filesystem, unpacked.root, target, None)
        return
    name = posixpath.basename(source.path)
    if slash or filesystem.is_directory(target):
        target = posixpath.join(target, name)
    if filesystem.is_directory(target):
        target = posixpath.join(target, name)
    _make(filesystem, posixpath.dirname(target), owner)
    filesystem.put(filesystem.real(target), _owned(source.node, owner))


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _owned(node: Node, owner: Owner | None) -> Node:
    made = node.copy()
    made.owner = None
    if owner is not None:
        made.uid, made.gid = owner
        made.mode &= 0o1777
    return made


def _make(filesystem: FileSystem, path: str, owner: Owner | None) -> None:
    """Make a directory with those above it, where they are not there."""
    if filesystem.is_directory(path):
        return
    _make(filesystem, posixpath.dirname(path), owner)
    if filesystem.exists(path, follow=False):
        raise NotADirectoryError(20, "Not a directory", path)
    filesystem.mkdir(path)
    if owner is not None:
        made = filesystem.own(path)
        made.uid, made.gid = owner


def _merge(filesystem: FileSystem, source: Directory, target: str, owner: Owner | None) -> None:
    """Copy what is in a directory over what is there."""
    _make(filesystem, target, owner)
    for name, node in source.entries.items():
        path = posixpath.join(target, name)
        if isinstance(node, Directory):
            if filesystem.exists(path, follow=False) and not filesystem.is_directory(path):
                filesystem.remove_tree(path)
            _merge(filesystem, node, path, owner)
            made = filesystem.own(path)
            made.mode, made.mtime = node.mode, node.mtime
            made.uid, made.gid = owner if owner is not None else (node.uid, node.gid)
        else:
            if filesystem.exists(path, follow=False) and filesystem.is_directory(path):
                filesystem.remove_tree(path)
            filesystem.put(path, _owned(node, owner))
