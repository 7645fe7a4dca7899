"""Nodes of file systems: files, directories, symbolic links and devices."""

from __future__ import annotations

import stat
from typing import Final

__all__ = ["DEVICES", "BlockDevice", "Device", "Directory", "Fifo", "File", "Node", "Symlink"]

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
