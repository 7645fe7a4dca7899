"""A POSIX file system in memory; a copy costs nothing until it is written to."""

from __future__ import annotations

import errno
import io
import os
import posixpath
import stat
import tarfile
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, NoReturn

__all__ = [
    "DEFAULT_LIMIT",
    "DEVICES",
    "BlockDevice",
    "Device",
    "Directory",
    "Fifo",
    "File",
    "FileSystem",
    "Mounted",
    "Node",
    "Symlink",
]

DEFAULT_LIMIT: Final = 512 * 1024 * 1024
_PIECE: Final = 1024 * 1024
"""How many bytes a file system may hold."""
NODE_COST: Final = 256
"""What a node counts for besides its data, so that empty files cannot fill the memory."""
_LINKS: Final = 40
_LONGEST: Final = 4096
"""How many characters a path may have."""
_DEEPEST: Final = 400
"""How many parts a path may have."""
DEVICES: Final = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "tty": (5, 0)}
"""The numbers of the devices that do something."""


class Node:
    """What a name stands for."""

    __slots__ = ("gid", "mode", "mtime", "owner", "uid")
    kind = 0

    def __init__(self, mode: int, uid: int = 0, gid: int = 0, mtime: float = 0) -> None:
        self.mode = mode
        """Permission bits."""
        self.uid = uid
        self.gid = gid
        self.mtime = mtime
        self.owner: object = None

    @property
    def size(self) -> int:
        """Bytes of content."""
        return 0

    def copy(self) -> Node:
        """The same once more, to be changed."""
        made = type(self).__new__(type(self))
        for kind in type(self).__mro__:
            for name in getattr(kind, "__slots__", ()):
                setattr(made, name, getattr(self, name))
        return made


class File(Node):
    """A regular file."""

    __slots__ = ("data", "digest")
    kind = stat.S_IFREG

    def __init__(
        self, data: bytes | bytearray = b"", mode: int = 0o644, uid: int = 0, gid: int = 0, mtime: float = 0
    ) -> None:
        super().__init__(mode, uid, gid, mtime)
        self.data: bytes | bytearray = data
        self.digest: bytes | None = None
        """Of its content, once that is known; None again after each change."""

    @property
    def size(self) -> int:
        """Bytes of content."""
        return len(self.data)

    def copy(self) -> File:
        """The same once more, to be changed."""
        made = super().copy()
        assert isinstance(made, File)
        made.digest = None
        return made


class Directory(Node):
    """A directory."""

    __slots__ = ("digest", "entries")
    kind = stat.S_IFDIR

    def __init__(self, mode: int = 0o755, uid: int = 0, gid: int = 0, mtime: float = 0) -> None:
        super().__init__(mode, uid, gid, mtime)
        self.entries: dict[str, Node] = {}
        self.digest: bytes | None = None
        """Of the content that keeps it, once that is known; only for what never changes again."""

    def copy(self) -> Directory:
        """The same once more; what is in it is shared."""
        made = super().copy()
        assert isinstance(made, Directory)
        made.entries = dict(self.entries)
        made.digest = None
        return made


class Symlink(Node):
    """A symbolic link."""

    __slots__ = ("target",)
    kind = stat.S_IFLNK

    def __init__(self, target: str, uid: int = 0, gid: int = 0, mtime: float = 0) -> None:
        super().__init__(0o777, uid, gid, mtime)
        self.target = target

    @property
    def size(self) -> int:
        """Length of the target."""
        return len(self.target)


class Device(Node):
    """A device, of which only the name is known: `null`, `zero`, `full`, `random`, `tty`; others are inert."""

    __slots__ = ("name",)
    kind = stat.S_IFCHR

    def __init__(self, name: str, mode: int = 0o666) -> None:
        super().__init__(mode)
        self.name = name


class BlockDevice(Device):
    """A block device, which is inert."""

    __slots__ = ()
    kind = stat.S_IFBLK


class Fifo(Device):
    """A named pipe, which is inert."""

    __slots__ = ()
    kind = stat.S_IFIFO


def fail(number: int, path: str) -> NoReturn:
    """Raise the OSError of an error number."""
    raise OSError(number, os.strerror(number), path)


class Mounted(NamedTuple):
    """A file system, or a part of it, at a path of another."""

    filesystem: FileSystem
    readonly: bool = False
    """Whether nothing can be changed there."""
    inside: str = ""
    """The path within it that stands there, without a slash at its end; empty for all of it."""


def _bytes_of(node: Node) -> int:
    if isinstance(node, Directory):
        return sum(_bytes_of(inner) for inner in node.entries.values())
    return node.size


class FileSystem:
    """A tree of nodes below `/`.

    Every method that takes a path takes an absolute one, and raises `OSError` with the number that a kernel would give.

    Args:
        root: the tree, which is shared until it is changed; None for an empty one.
        limit: bytes that may be added to it.
    """

    def __init__(self, root: Directory | None = None, *, limit: int = DEFAULT_LIMIT) -> None:
        self._root = root if root is not None else Directory()
        self._limit = limit
        self._used = 0
        self.changes = 0
        """How often it was changed, or may have been; what is mounted counts for itself."""
        self.mounts: dict[str, Mounted] = {}
        """File systems below paths of this one."""
        self.readonly = False
        """Whether nothing can be changed, but for what is mounted."""
        self.now: Callable[[], float] | None = None
        """The time, in seconds since 1970, that what is changed gets; without it, times stay as they are."""

    def fork(self) -> FileSystem:
        """A copy that shares everything until either is changed. This one must not be changed while copies are used."""
        return FileSystem(self._root, limit=self._limit)

    @property
    def root(self) -> Directory:
        """The root directory."""
        return self._root

    @property
    def used(self) -> int:
        """Bytes of all its files, without what is mounted."""
        return _bytes_of(self._root)

    def fill(self, root: Directory) -> None:
        """Have another tree, which is shared until it is changed."""
        self._root = root
        self.changes += 1

    def snapshot(self) -> Directory:
        """The tree as it is now, without what is mounted; this file system may change afterwards.

        Only what was changed in this file system is copied.
        """
        root = self._frozen(self._root)
        assert isinstance(root, Directory)
        return root

    def _frozen(self, node: Node) -> Node:
        if node.owner is not self:
            return node
        made = node.copy()
        made.owner = None
        if isinstance(made, File):
            made.data = bytes(made.data)
        elif isinstance(made, Directory):
            for name, inner in made.entries.items():
                made.entries[name] = self._frozen(inner)
        return made

    # Finding

    def _mounted(self, path: str) -> tuple[FileSystem, str, bool] | None:
        found = ""
        for at in self.mounts:
            if (path == at or path.startswith(at + "/")) and len(at) > len(found):
                found = at
        if not found:
            return None
        mounted = self.mounts[found]
        return mounted.filesystem, (mounted.inside + path[len(found) :]) or "/", mounted.readonly

    def real(self, path: str, *, last: bool = True) -> str:
        """The path without links, `.` and `..`.

        Args:
            path: an absolute path; its last part need not exist.
            last: whether a link in the last part is followed.
        """
        done: list[str] = []
        todo = [part for part in path.split("/") if part]
        if len(path) > _LONGEST or len(todo) > _DEEPEST:
            fail(errno.ENAMETOOLONG, path[:80])
        todo.reverse()
        links = 0
        while todo:
            part = todo.pop()
            if part == ".":
                continue
            if part == "..":
                if done:
                    done.pop()
                continue
            here = "/" + "/".join([*done, part])
            node = self._peek(here)
            if isinstance(node, Symlink) and (todo or last):
                links += 1
                if links > _LINKS:
                    fail(errno.ELOOP, path)
                if node.target.startswith("/"):
                    done = []
                todo.extend(reversed([piece for piece in node.target.split("/") if piece]))
                continue
            if todo and node is None:
                fail(errno.ENOENT, path)
            if todo and not isinstance(node, Directory):
                fail(errno.ENOTDIR, path)
            done.append(part)
        return "/" + "/".join(done)

    def _peek(self, path: str) -> Node | None:
        """The node at a path that has no links but in its last part."""
        if self.mounts and (found := self._mounted(path)) is not None:
            return found[0]._peek(found[1])
        node: Node | None = self._root
        for part in path.split("/"):
            if part:
                if not isinstance(node, Directory):
                    return None
                node = node.entries.get(part)
        return node

    def node(self, path: str, *, follow: bool = True) -> Node:
        """What stands at a path."""
        found = self._peek(self.real(path, last=follow))
        if found is None:
            fail(errno.ENOENT, path)
        if path.endswith("/") and not isinstance(found, Directory):
            fail(errno.ENOTDIR, path)
        return found

    def exists(self, path: str, *, follow: bool = True) -> bool:
        """Whether something stands at a path."""
        try:
            self.node(path, follow=follow)
        except OSError:
            return False
        return True

    def is_directory(self, path: str) -> bool:
        """Whether a directory stands at a path."""
        try:
            return isinstance(self.node(path), Directory)
        except OSError:
            return False

    def list(self, path: str) -> list[str]:
        """The names in a directory, sorted."""
        node = self.node(path)
        if not isinstance(node, Directory):
            fail(errno.ENOTDIR, path)
        names = set(node.entries)
        real = self.real(path).rstrip("/")
        names.update(at.rpartition("/")[2] for at in self.mounts if at.rpartition("/")[0] == real)
        return sorted(names)

    def walk(self, path: str = "/") -> Iterator[tuple[str, Node]]:
        """Everything below a path, a directory before what is in it; links are not followed."""
        node = self.node(path, follow=False)
        yield path, node
        if isinstance(node, Directory):
            for name in self.list(path):
                yield from self.walk(f"{path.rstrip('/')}/{name}")

    def read(self, path: str) -> bytes:
        """The content of a file."""
        node = self.node(path)
        if isinstance(node, Directory):
            fail(errno.EISDIR, path)
        return bytes(node.data) if isinstance(node, File) else b""

    # Changing

    def _own(self, path: str) -> Node:
        """The node at a real path, made this file system's own with all above it."""
        if self.readonly:
            fail(errno.EROFS, path)
        self.changes += 1
        if self._root.owner is not self:
            self._root = self._root.copy()
            self._root.owner = self
        node: Node = self._root
        for part in path.split("/"):
            if not part:
                continue
            if not isinstance(node, Directory):
                fail(errno.ENOTDIR, path)
            inner = node.entries.get(part)
            if inner is None:
                fail(errno.ENOENT, path)
            if inner.owner is not self:
                inner = inner.copy()
                inner.owner = self
                node.entries[part] = inner
            node = inner
        if isinstance(node, File):
            node.digest = None
        return node

    def _elsewhere(self, real: str) -> tuple[FileSystem, str] | None:
        if not self.mounts:
            return None
        found = self._mounted(real)
        if found is None:
            return None
        if found[2]:
            fail(errno.EROFS, real)
        return found[0], found[1]

    def _charge(self, size: int, path: str) -> None:
        if self._used + size > self._limit:
            fail(errno.ENOSPC, path)
        self._used += size
        self.changes += 1

    def own(self, path: str, *, follow: bool = True) -> Node:
        """The node at a path, to be changed."""
        real = self.real(path, last=follow)
        other = self._elsewhere(real)
        return other[0].own(other[1], follow=follow) if other is not None else self._own(real)

    def put(self, path: str, node: Node) -> None:
        """Put a node at a path, in place of what is there, unless that is a directory."""
        real = self.real(path, last=False)
        other = self._elsewhere(real)
        if other is not None:
            other[0].put(other[1], node)
            return
        above, _, name = real.rpartition("/")
        parent = self._own(above)
        if not name:
            fail(errno.EEXIST, path)
        if not isinstance(parent, Directory):
            fail(errno.ENOTDIR, path)
        if isinstance(parent.entries.get(name), Directory) and not isinstance(node, Directory):
            fail(errno.EISDIR, path)
        self._charge(node.size + NODE_COST, path)
        node.owner = self
        parent.entries[name] = node
        if not node.mtime:
            self._touch(node)
        self._touch(parent)

    def _touch(self, node: Node) -> None:
        if self.now is not None:
            node.mtime = self.now()

    def open(self, path: str, *, append: bool = False, mode: int = 0o644, uid: int = 0, gid: int = 0) -> File | Device:
        """A file to write to; emptied unless it is appended to, and made if it is not there."""
        real = self.real(path)
        node = self._peek(real)
        if node is None:
            made = File(bytearray(), mode, uid, gid)
            self.put(real, made)
            return made
        if isinstance(node, Directory):
            fail(errno.EISDIR, path)
        if isinstance(node, Device):
            return node
        owned = self.own(real)
        assert isinstance(owned, File)
        owned.data = bytearray(owned.data) if append else bytearray()
        self._touch(owned)
        return owned

    def extend(self, file: File, data: bytes) -> None:
        """Write at the end of a file that `open` gave."""
        (file.owner if isinstance(file.owner, FileSystem) else self)._charge(len(data), "")
        if not isinstance(file.data, bytearray):
            file.data = bytearray(file.data)
        file.data += data
        file.digest = None
        self._touch(file)

    def write(self, path: str, data: bytes, *, mode: int = 0o644) -> None:
        """Make a file of a content, whatever was there."""
        file = self.open(path, mode=mode)
        if isinstance(file, File):
            self.extend(file, data)

    def mkdir(self, path: str, mode: int = 0o755, *, parents: bool = False) -> None:
        """Make a directory."""
        real = self.real_missing(path) if parents else self.real(path, last=False)
        if parents:
            at = ""
            for part in real.split("/"):
                if part:
                    at = f"{at}/{part}"
                    found = self._peek(at)
                    if found is None:
                        self.put(at, Directory(mode))
                    elif isinstance(found, Symlink):
                        at = self.real(at)
                    elif not isinstance(found, Directory):
                        fail(errno.ENOTDIR, path)
            return
        if self._peek(real) is not None:
            fail(errno.EEXIST, path)
        self.put(real, Directory(mode))

    def real_missing(self, path: str) -> str:
        """The path without `.` and `..`, as text."""
        parts: list[str] = []
        for part in path.split("/"):
            if part == "..":
                del parts[-1:]
            elif part not in ("", "."):
                parts.append(part)
        return "/" + "/".join(parts)

    def remove(self, path: str) -> None:
        """Remove a file or an empty directory."""
        real = self.real(path, last=False)
        if real in self.mounts or not real.strip("/"):
            fail(errno.EBUSY, path)
        other = self._elsewhere(real)
        if other is not None:
            other[0].remove(other[1])
            return
        above, _, name = real.rpartition("/")
        node = self._peek(real)
        if node is None:
            fail(errno.ENOENT, path)
        if isinstance(node, Directory) and node.entries:
            fail(errno.ENOTEMPTY, path)
        parent = self._own(above)
        assert isinstance(parent, Directory)
        del parent.entries[name]
        self._touch(parent)
        if node.owner is self:
            self._used -= node.size + NODE_COST

    def remove_tree(self, path: str) -> None:
        """Remove what stands at a path with all below it."""
        node = self.node(path, follow=False)
        if isinstance(node, Directory):
            for name in self.list(path):
                self.remove_tree(f"{path.rstrip('/')}/{name}")
        self.remove(path)

    def rename(self, source: str, target: str) -> None:
        """Move a node."""
        real = self.real(source, last=False)
        if not real.strip("/"):
            fail(errno.EBUSY, source)
        above = self.real(posixpath.dirname(target.rstrip("/")) or "/")
        if f"{above}/".startswith(f"{real}/"):
            fail(errno.EINVAL, source)
        node = self.own(source, follow=False)
        self.put(target, node)
        other = self._elsewhere(real)
        where, path = other if other is not None else (self, real)
        above, _, name = path.rpartition("/")
        parent = where._own(above)
        assert isinstance(parent, Directory)
        del parent.entries[name]

    # Archives

    def apply_tar(self, archive: tarfile.TarFile, *, limit: int = DEFAULT_LIMIT) -> int:
        """Unpack an archive over what is there; gives the bytes of its files.

        Names are taken below the root, whatever they say; links are followed inside only; devices stay inert.

        Raises:
            OSError: it is larger than `limit`.
            tarfile.TarError: it is malformed.
        """
        total = 0
        for member in archive:
            path = self.real_missing(member.name)
            if path == "/":
                continue
            above, _, name = path.rpartition("/")
            total += member.size if member.isreg() else 0
            if total > limit:
                fail(errno.EFBIG, member.name)
            if name.startswith(".wh."):
                self._white_out(above or "/", name[4:])
                continue
            self.mkdir(above or "/", parents=True)
            self._unpack(archive, member, path)
        return total

    def _white_out(self, above: str, name: str) -> None:
        """Remove what a layer hides: a name, or all that a directory has of the layers below."""
        if name == ".wh..opq":
            if self.is_directory(above):
                for inner in self.list(above):
                    path = f"{above.rstrip('/')}/{inner}"
                    if self.node(path, follow=False).owner is not self:
                        self.remove_tree(path)
        elif name not in ("", ".", "..") and self.exists(f"{above}/{name}", follow=False):
            self.remove_tree(f"{above}/{name}")

    def _unpack(self, archive: tarfile.TarFile, member: tarfile.TarInfo, path: str) -> None:
        mode = member.mode & 0o7777
        node: Node
        if member.isdir():
            if self.is_directory(path):
                return
            node = Directory(mode)
        elif member.issym():
            node = Symlink(member.linkname)
        elif member.islnk():
            source = self.node(self.real_missing(member.linkname), follow=False)
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
        if self.exists(path, follow=False) and isinstance(self.node(path, follow=False), Directory):
            self.remove_tree(path)
        self.put(path, node)

    def to_tar(self, path: str = "/") -> bytes:
        """Everything below a path as an archive."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for name, node in self.walk(path):
                if name == "/":
                    continue
                info = tarfile.TarInfo(name.lstrip("/"))
                info.mode, info.uid, info.gid, info.mtime = node.mode, node.uid, node.gid, node.mtime
                if isinstance(node, Directory):
                    info.type = tarfile.DIRTYPE
                elif isinstance(node, Symlink):
                    info.type, info.linkname = tarfile.SYMTYPE, node.target
                elif isinstance(node, Device):
                    info.type = tarfile.CHRTYPE
                data = bytes(node.data) if isinstance(node, File) else b""
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return buffer.getvalue()
