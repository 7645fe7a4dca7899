"""Files of containers as archives, and archives into containers. Everything stays in memory.

A path is looked up as a process in the container would, and an archive is unpacked as if its target were the root of
all: no `..`, no link and no absolute name leads out of it. Devices and pipes of an archive are made, and do nothing.
"""

from __future__ import annotations

import errno
import posixpath
import stat
import tarfile
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import IO, Final

from engine_api.api.containers import ContainerPathStat, FilesystemChange
from engine_api.api.errors import InternalError, InvalidParameter, NotFound
from engine_api.engines.memory.machine.clock import rfc3339
from engine_api.engines.memory.model.container import OWN_FILES
from engine_api.engines.memory.model.layers import Difference, differences
from engine_api.engines.memory.userland.archives import ArchiveEnded, read_archive, refusals
from engine_api.engines.memory.userland.filesystem import DEFAULT_LIMIT, FileSystem
from engine_api.engines.memory.userland.nodes import BlockDevice, Device, Directory, Fifo, File, Node, Symlink

__all__ = [
    "MADE_AT_START",
    "Entry",
    "Extraction",
    "changed_size",
    "changes",
    "locate",
    "named",
    "pack",
    "path_stat",
    "receive_entries",
]

MADE_AT_START: Final = ("/dev/", "/proc/", "/sys/")
"""What is below these is there for a container's processes only."""

_PIECE: Final = 256 * 1024
_BLOCK: Final = 512
_GO_KINDS: Final = {
    stat.S_IFDIR: 1 << 31,
    stat.S_IFLNK: 1 << 27,
    stat.S_IFBLK: 1 << 26,
    stat.S_IFCHR: 1 << 26 | 1 << 21,
    stat.S_IFIFO: 1 << 25,
}
_GO_BITS: Final = {stat.S_ISUID: 1 << 23, stat.S_ISGID: 1 << 22, stat.S_ISVTX: 1 << 20}
_DIRECTORY_SIZE: Final = 4096
_ENTRY_COST: Final = 256
_LINKS: Final = 40

Entry = tuple[tarfile.TarInfo, bytes]
"""An entry of an archive, and the content of its file."""


# Looking


def locate(fs: FileSystem, path: str, shown: str, *, follow: bool = False) -> tuple[str, Node]:
    """The real path and the node that a path of a request means.

    Args:
        fs: the file system.
        path: the path; relative ones are taken from the root.
        shown: the container, as messages name it.
        follow: whether a link in its last part is followed, which it always is before a slash.

    Raises:
        InvalidParameter: the path is empty.
        NotFound: nothing is there.
        InternalError: something on the way is no directory.
    """
    if not path:
        raise InvalidParameter("bad parameter: path cannot be empty")
    absolute = f"/{path}"
    directory = path.endswith("/") or posixpath.basename(path) in (".", "..")
    try:
        real = fs.real(absolute, last=follow or directory)
        node = fs.node(real, follow=False)
        if directory and not isinstance(node, Directory):
            raise NotADirectoryError(errno.ENOTDIR, "")
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise NotFound(f"Could not find the file {path} in container {shown}") from None
        reason = "not a directory" if error.errno == errno.ENOTDIR else "too many links"
        raise InternalError(f"lstat {path}: {reason}") from None
    if real.startswith(MADE_AT_START):
        raise NotFound(f"Could not find the file {path} in container {shown}")
    return real, node


def base_name(path: str) -> str:
    """The last part of a path as it was asked for."""
    if not path.strip("/"):
        return "/"
    return path.rstrip("/").rpartition("/")[2]


def path_stat(fs: FileSystem, path: str, node: Node) -> ContainerPathStat:
    """Return what a path is: name, size, mode, time, and target of a link.

    Args:
        fs: the file system.
        path: the path as it was asked for.
        node: what stands there.
    """
    mode = node.mode & 0o777 | _GO_KINDS.get(node.kind, 0)
    for bit, go in _GO_BITS.items():
        if node.mode & bit:
            mode |= go
    target = ""
    if isinstance(node, Symlink):
        try:
            target = fs.real(f"/{path}")
        except OSError:
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), node.target))
    return ContainerPathStat(
        name=base_name(path),
        size=_DIRECTORY_SIZE if isinstance(node, Directory) else node.size,
        mode=mode,
        mtime=rfc3339(int(node.mtime * 1e9)),
        link_target=target,
    )


def _changed(old: Directory, new: Directory) -> list[Difference]:
    """What differs, but for the files that engines put over a container's own."""
    return [difference for difference in differences(old, new) if difference.path not in OWN_FILES]


def changes(old: Directory, new: Directory) -> list[FilesystemChange]:
    """What differs in a tree from the one that it was made of; times alone do not count for directories."""
    before = FileSystem(old)
    found = _changed(old, new)
    kept: list[FilesystemChange] = []
    for index, (kind, path, node) in enumerate(found):
        if kind == "changed" and isinstance(node, Directory):
            above = index + 1 < len(found) and found[index + 1].path.startswith(f"{path}/")
            was = before.node(path, follow=False)
            if not above and (was.kind, was.mode, was.uid, was.gid) == (node.kind, node.mode, node.uid, node.gid):
                continue
        kept.append(FilesystemChange(path=path, kind=("changed", "added", "deleted").index(kind)))
    return kept


def changed_size(old: Directory, new: Directory) -> int:
    """Bytes of the files that were changed or added."""
    return sum(node.size for _, _, node in _changed(old, new) if isinstance(node, File))


# Packing


async def pack(entries: Iterable[tuple[str, Node]]) -> AsyncIterator[bytes]:
    """An archive of nodes under the names given, in pieces."""
    for name, node in entries:
        info = tarfile.TarInfo(name)
        info.mode, info.uid, info.gid, info.mtime = node.mode, node.uid, node.gid, int(node.mtime)
        data = b""
        if isinstance(node, Directory):
            info.type = tarfile.DIRTYPE
        elif isinstance(node, Symlink):
            info.type, info.linkname = tarfile.SYMTYPE, node.target
        elif isinstance(node, Fifo):
            info.type = tarfile.FIFOTYPE
        elif isinstance(node, BlockDevice):
            info.type = tarfile.BLKTYPE
        elif isinstance(node, Device):
            info.type = tarfile.CHRTYPE
        elif isinstance(node, File):
            data = bytes(node.data)
            info.size = len(data)
        yield info.tobuf(tarfile.PAX_FORMAT)
        for at in range(0, len(data), _PIECE):
            yield data[at : at + _PIECE]
        if len(data) % _BLOCK:
            yield bytes(_BLOCK - len(data) % _BLOCK)
    yield bytes(2 * _BLOCK)


def named(fs: FileSystem, real: str, name: str) -> Iterator[tuple[str, Node]]:
    """What stands at a path and below it, under another name.

    Args:
        fs: the file system.
        real: the path.
        name: what it is called; `/` for nothing before the names below.
    """
    prefix = real.rstrip("/")
    for path, node in fs.walk(real):
        below = path[len(prefix) :].lstrip("/")
        if not below:
            yield name, node
        else:
            yield (f"/{below}" if name == "/" else f"{name}/{below}"), node


# Unpacking


def _entries(archive: tarfile.TarFile, limit: int = DEFAULT_LIMIT) -> list[Entry]:
    """The entries of an archive.

    Args:
        archive: the archive.
        limit: bytes that they may take in memory.

    Raises:
        InvalidParameter: they take more.
        tarfile.TarError: it is malformed.
    """
    found: list[Entry] = []
    size = 0
    for member in archive:
        content = archive.extractfile(member) if member.isreg() else None
        data = content.read(limit - size + 1) if content is not None else b""
        if member.isreg() and len(data) < member.size <= limit - size:
            raise tarfile.ReadError("unexpected end of data")
        size += len(data) + _ENTRY_COST
        if size > limit:
            raise InvalidParameter("the archive is larger than this engine takes")
        found.append((member, data))
    return found


async def receive_entries(body: AsyncIterator[bytes], limit: int = DEFAULT_LIMIT) -> list[Entry]:
    """The entries of an archive that a client sends, plain or compressed with gzip, bzip2 or xz.

    Args:
        body: the archive.
        limit: bytes that may come, and that they may take in memory.

    Raises:
        InvalidParameter: there are more.
        InternalError: it is no archive, or ends too early.
    """

    def work(source: IO[bytes]) -> list[Entry]:
        with refusals(), tarfile.open(fileobj=source, mode="r|") as archive:
            return _entries(archive, limit)

    came = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal came
        async for piece in body:
            came += len(piece)
            yield piece

    try:
        return await read_archive(counted(), work, limit)
    except ArchiveEnded:
        if not came:
            return []
        raise InternalError("unexpected EOF") from None


class Extraction:
    """Unpacks entries below a directory of a file system.

    Args:
        fs: the file system.
        base: the real path of the directory.
        no_overwrite: whether a directory and something else may not replace each other.
        owner: the user and group that everything belongs to; None for those in the archive.
    """

    def __init__(
        self, fs: FileSystem, base: str, *, no_overwrite: bool = False, owner: tuple[int, int] | None = None
    ) -> None:
        self._fs = fs
        self._base = base.rstrip("/")
        self._no_overwrite = no_overwrite
        self._owner = owner

    def apply(self, entries: Iterable[Entry]) -> None:
        """Unpack entries, in their order.

        Raises:
            InternalError: an entry leads out, or cannot be made.
            FileNotFoundError: a hard link leads nowhere.
        """
        for info, data in entries:
            name = posixpath.normpath(f"/{info.name}")[1:] if info.name.startswith("/") else info.name
            if ".." in name.split("/"):
                if posixpath.normpath(name).split("/")[0] == "..":
                    raise InternalError(f'invalid entry name "{info.name}"')
                name = posixpath.normpath(name)
            parts = [part for part in name.split("/") if part not in ("", ".")]
            if parts:
                self._put(info, data, parts)

    def _put(self, info: tarfile.TarInfo, data: bytes, parts: list[str]) -> None:
        fs = self._fs
        above = self._directory(parts[:-1], info.name)
        path = f"{above}/{parts[-1]}"
        made = self._node(info, data)
        found = fs.peek(path)
        if found is not None:
            shown = "/".join(parts)
            directory = isinstance(found, Directory)
            if self._no_overwrite and directory != info.isdir():
                place = self._base or "/"
                if directory:
                    raise InternalError(f'cannot overwrite directory "{shown}" with non-directory "{place}"')
                raise InternalError(f'cannot overwrite non-directory "{shown}" with directory "{place}"')
            if directory and info.isdir():
                own = fs.own(path, follow=False)
                own.mode, own.uid, own.gid, own.mtime = made.mode, made.uid, made.gid, made.mtime
                return
            self._guard(fs.remove_tree, path)
        self._guard(fs.put, path, made)

    def _guard(self, action: object, *arguments: object) -> None:
        assert callable(action)
        try:
            action(*arguments)
        except OSError as error:
            raise InternalError(f"{error.filename or arguments[0]}: {error.strerror}") from None

    def _node(self, info: tarfile.TarInfo, data: bytes) -> Node:
        mode = info.mode & 0o7777
        node: Node
        if info.isdir():
            node = Directory(mode)
        elif info.issym():
            node = Symlink(info.linkname)
        elif info.islnk():
            node = self._linked(info).copy()
        elif info.isreg():
            node = File(data, mode)
        elif info.isfifo():
            node = Fifo("inert", mode)
        elif info.isblk():
            node = BlockDevice("inert", mode)
        else:
            node = Device("inert", mode)
        if not info.islnk():
            node.uid, node.gid = self._owner if self._owner is not None else (info.uid, info.gid)
            node.mtime = info.mtime
        return node

    def _linked(self, info: tarfile.TarInfo) -> Node:
        target = info.linkname
        if not target.startswith("/") and posixpath.normpath(target).split("/")[0] == "..":
            raise InternalError(f'invalid hardlink target "{target}"')
        parts = [part for part in posixpath.normpath(f"/{target}").split("/") if part]
        found = self._fs.peek(f"{self._base}/{'/'.join(parts)}")
        if found is None or isinstance(found, Directory):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", target)
        return found

    def _directory(self, parts: list[str], name: str) -> str:
        """The real path of a directory below the target, which is made if it is not there.

        A link is followed as if the target were the root, and not out of it.
        """
        done: list[str] = []
        todo = list(reversed(parts))
        links = 0
        while todo:
            part = todo.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    raise InternalError(f"statat {name}: path escapes from parent")
                done.pop()
                continue
            here = f"{self._base}/{'/'.join([*done, part])}"
            node = self._fs.peek(here)
            if isinstance(node, Symlink):
                links += 1
                if links > _LINKS:
                    raise InternalError(f"statat {name}: too many links")
                if node.target.startswith("/"):
                    done = []
                todo.extend(reversed(node.target.split("/")))
                continue
            if node is None:
                self._guard(self._fs.put, here, Directory(0o755))
            elif not isinstance(node, Directory):
                raise InternalError(f"mkdirat {name}: not a directory")
            done.append(part)
        return f"{self._base}/{'/'.join(done)}".rstrip("/")
