"""A POSIX file system in memory, whose copies share nodes until they are changed."""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, NoReturn

from engine_api.engines.memory.userland.nodes import Device, Directory, File, Node, Symlink

__all__ = ["DEFAULT_LIMIT", "FileSystem", "Mounted", "fail"]

DEFAULT_LIMIT: Final = 512 * 1024 * 1024
"""Default limit of a file system, in bytes."""
NODE_COST: Final = 256
"""Bytes that a node counts for besides its data, so that empty files cannot fill the memory."""
_LINKS: Final = 40
_LONGEST: Final = 4096
"""Maximum length of a path, in characters."""
_DEEPEST: Final = 400
"""Maximum number of parts of a path."""


def fail(number: int, path: str) -> NoReturn:
    """Raise the OSError of an error number."""
    raise OSError(number, os.strerror(number), path)


class Mounted(NamedTuple):
    """A file system, or a directory of it, that is mounted at a path of another."""

    filesystem: FileSystem
    readonly: bool = False
    """Whether changes are refused."""
    inside: str = ""
    """Path of the mounted directory, without a slash at its end; empty for the whole file system."""


def _bytes_of(node: Node) -> int:
    if isinstance(node, Directory):
        return sum(_bytes_of(inner) for inner in node.entries.values())
    return node.size


def _parts(path: str) -> list[str]:
    """Return the parts of a path that are not empty."""
    return [part for part in path.split("/") if part]


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
        """Upper bound of the number of changes, without those of mounted file systems."""
        self.mounts: dict[str, Mounted] = {}
        """Mounted file systems by path."""
        self.readonly = False
        """Whether changes are refused, except in mounted file systems."""
        self.now: Callable[[], float] | None = None
        """Returns the modification time of changed nodes, in seconds since 1970; if None, times do not change."""

    def fork(self) -> FileSystem:
        """Return a copy that shares all nodes until it is changed. Do not change the original while copies are used."""
        return FileSystem(self._root, limit=self._limit)

    @property
    def root(self) -> Directory:
        """Root directory."""
        return self._root

    @property
    def used(self) -> int:
        """Size of all files in bytes, without mounted file systems."""
        return _bytes_of(self._root)

    def fill(self, root: Directory) -> None:
        """Replace the tree by another one, which is shared until it is changed."""
        self._root = root
        self.changes += 1

    def snapshot(self) -> Directory:
        """Return the current tree without mounted file systems; later changes do not affect it.

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
        """Return a path without links, `.` and `..`.

        Args:
            path: an absolute path; its last part need not exist.
            last: whether a link in the last part is followed.
        """
        done: list[str] = []
        todo = _parts(path)
        if len(path) > _LONGEST or len(todo) > _DEEPEST:
            fail(errno.ENAMETOOLONG, path[:80])
        todo.reverse()
        links = 0
        while todo:
            part = todo.pop()
            if part in (".", ".."):
                done = done[:-1] if part == ".." else done
                continue
            node = self.peek("/" + "/".join([*done, part]))
            if isinstance(node, Symlink) and (todo or last):
                links += 1
                if links > _LINKS:
                    fail(errno.ELOOP, path)
                if node.target.startswith("/"):
                    done = []
                todo.extend(reversed(_parts(node.target)))
                continue
            if todo and not isinstance(node, Directory):
                fail(errno.ENOENT if node is None else errno.ENOTDIR, path)
            done.append(part)
        return "/" + "/".join(done)

    def peek(self, path: str) -> Node | None:
        """Return the node at a path whose parts above the last are no links; None if it does not exist."""
        if self.mounts and (found := self._mounted(path)) is not None:
            return found[0].peek(found[1])
        node: Node | None = self._root
        for part in path.split("/"):
            if part:
                if not isinstance(node, Directory):
                    return None
                node = node.entries.get(part)
        return node

    def node(self, path: str, *, follow: bool = True) -> Node:
        """Return the node at a path."""
        found = self.peek(self.real(path, last=follow))
        if found is None:
            fail(errno.ENOENT, path)
        if path.endswith("/") and not isinstance(found, Directory):
            fail(errno.ENOTDIR, path)
        return found

    def exists(self, path: str, *, follow: bool = True) -> bool:
        """Whether a path exists."""
        try:
            self.node(path, follow=follow)
        except OSError:
            return False
        return True

    def is_directory(self, path: str) -> bool:
        """Whether a path is a directory."""
        try:
            return isinstance(self.node(path), Directory)
        except OSError:
            return False

    def list(self, path: str) -> list[str]:
        """Return the names in a directory, sorted."""
        node = self.node(path)
        if not isinstance(node, Directory):
            fail(errno.ENOTDIR, path)
        names = set(node.entries)
        real = self.real(path).rstrip("/")
        names.update(at.rpartition("/")[2] for at in self.mounts if at.rpartition("/")[0] == real)
        return sorted(names)

    def walk(self, path: str = "/") -> Iterator[tuple[str, Node]]:
        """Yield a path and all below it with their nodes, directories before their content; links are not followed."""
        node = self.node(path, follow=False)
        yield path, node
        if isinstance(node, Directory):
            for name in self.list(path):
                yield from self.walk(f"{path.rstrip('/')}/{name}")

    def read(self, path: str) -> bytes:
        """Return the content of a file; empty for a device."""
        node = self.node(path)
        if isinstance(node, Directory):
            fail(errno.EISDIR, path)
        return bytes(node.data) if isinstance(node, File) else b""

    # Changing

    def own_real(self, path: str) -> Node:
        """Return the node at a path without links, copied with all directories above it if they are shared."""
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

    def charge(self, size: int, path: str) -> None:
        if self._used + size > self._limit:
            fail(errno.ENOSPC, path)
        self._used += size
        self.changes += 1

    def own(self, path: str, *, follow: bool = True) -> Node:
        """Return the node at a path for changing it."""
        real = self.real(path, last=follow)
        other = self._elsewhere(real)
        return other[0].own(other[1], follow=follow) if other is not None else self.own_real(real)

    def put(self, path: str, node: Node) -> None:
        """Put a node at a path. It replaces what exists, except that only a directory replaces a directory."""
        real = self.real(path, last=False)
        other = self._elsewhere(real)
        if other is not None:
            other[0].put(other[1], node)
            return
        above, _, name = real.rpartition("/")
        parent = self.own_real(above)
        if not name:
            fail(errno.EEXIST, path)
        if not isinstance(parent, Directory):
            fail(errno.ENOTDIR, path)
        if isinstance(parent.entries.get(name), Directory) and not isinstance(node, Directory):
            fail(errno.EISDIR, path)
        self.charge(node.size + NODE_COST, path)
        node.owner = self
        parent.entries[name] = node
        if not node.mtime:
            self._touch(node)
        self._touch(parent)

    def _touch(self, node: Node) -> None:
        if self.now is not None:
            node.mtime = self.now()

    def open(self, path: str, *, append: bool = False, mode: int = 0o644, uid: int = 0, gid: int = 0) -> File | Device:
        """Return a file for writing, which is created if it does not exist and truncated unless `append` is set."""
        real = self.real(path)
        node = self.peek(real)
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
        """Append to a file that `open` returned."""
        (file.owner if isinstance(file.owner, FileSystem) else self).charge(len(data), "")
        if not isinstance(file.data, bytearray):
            file.data = bytearray(file.data)
        file.data += data
        file.digest = None
        self._touch(file)

    def write(self, path: str, data: bytes, *, mode: int = 0o644) -> None:
        """Create or replace a file."""
        file = self.open(path, mode=mode)
        if isinstance(file, File):
            self.extend(file, data)

    def mkdir(self, path: str, mode: int = 0o755, *, parents: bool = False) -> None:
        """Create a directory, with `parents` also those above it."""
        real = self.real_missing(path) if parents else self.real(path, last=False)
        if parents:
            at = ""
            for part in real.split("/"):
                if part:
                    at = f"{at}/{part}"
                    found = self.peek(at)
                    if found is None:
                        self.put(at, Directory(mode))
                    elif isinstance(found, Symlink):
                        at = self.real(at)
                    elif not isinstance(found, Directory):
                        fail(errno.ENOTDIR, path)
            return
        if self.peek(real) is not None:
            fail(errno.EEXIST, path)
        self.put(real, Directory(mode))

    def real_missing(self, path: str) -> str:
        """Return an absolute path without `.` and `..`, without looking at links."""
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
        node = self.peek(real)
        if node is None:
            fail(errno.ENOENT, path)
        if isinstance(node, Directory) and node.entries:
            fail(errno.ENOTEMPTY, path)
        parent = self.own_real(above)
        assert isinstance(parent, Directory)
        del parent.entries[name]
        self._touch(parent)
        if node.owner is self:
            self._used -= node.size + NODE_COST

    def remove_tree(self, path: str) -> None:
        """Remove a file, or a directory with everything below it."""
        node = self.node(path, follow=False)
        if isinstance(node, Directory):
            for name in self.list(path):
                self.remove_tree(f"{path.rstrip('/')}/{name}")
        self.remove(path)

    def rename(self, source: str, target: str) -> None:
        """Move a file or directory to another path."""
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
        parent = where.own_real(above)
        assert isinstance(parent, Directory)
        del parent.entries[name]
