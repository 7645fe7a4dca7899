"""Nodes of file systems: files, directories, symbolic links and devices."""

from __future__ import annotations

import stat
from typing import Final

__all__ = ["DEVICES", "BlockDevice", "Device", "Directory", "Fifo", "File", "Node", "Symlink"]

DEVICES: Final = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "tty": (5, 0)}
"""Major and minor numbers of the devices that are not inert."""


class Node:
    """An entry of a directory, with its permissions, owner and modification time."""

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
        """Return a copy."""
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
        """Digest of the content; None if it is not known, as after each change."""

    @property
    def size(self) -> int:
        """Bytes of content."""
        return len(self.data)

    def copy(self) -> File:
        """Return a copy."""
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
        """Digest of the stored listing; None if it is not known. Only directories that never change again have one."""

    def copy(self) -> Directory:
        """Return a copy that shares the entries."""
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
    """A character device. `null`, `zero`, `full`, `random` and `tty` work; others are inert."""

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
