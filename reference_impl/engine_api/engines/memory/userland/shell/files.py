"""The open files of commands, and redirections."""

from __future__ import annotations

import errno
import os
import posixpath
from dataclasses import dataclass
from typing import Final

from engine_api.engines.memory.userland.nodes import Device
from engine_api.engines.memory.userland.pipes import (
    FileReader,
    FileWriter,
    NullWriter,
    Pipe,
    PipeReader,
    Reader,
    Writer,
)
from engine_api.engines.memory.userland.process import Process

__all__ = ["SIZE_LIMIT", "Files", "Opener"]

SIZE_LIMIT: Final = 16 * 1024 * 1024
"""Characters that a variable, and bytes that a substitution or a here-document may have."""

_STANDARD: Final = {
    "/dev/stdout": 1,
    "/dev/stderr": 2,
    "/dev/fd/1": 1,
    "/dev/fd/2": 2,
    "/dev/tty": 1,
    "/proc/self/fd/1": 1,
    "/proc/self/fd/2": 2,
    "/proc/1/fd/1": 1,
    "/proc/1/fd/2": 2,
}


@dataclass(slots=True)
class Files:
    """The open files of a command, by number."""

    readers: dict[int, Reader]
    writers: dict[int, Writer]

    def copy(self) -> Files:
        """Return a copy."""
        return Files(dict(self.readers), dict(self.writers))


@dataclass(frozen=True)
class Opener:
    """Opens files for redirections."""

    process: Process
    cwd: str
    umask: int
    noclobber: bool
    """Whether `>` refuses files that exist."""

    def redirect(self, operator: str, fd: int, target: str, files: Files) -> None:
        """Apply a redirection to open files.

        Args:
            operator: such as `>>`.
            fd: number of the file.
            target: expanded word after the operator, or the text of a here-document.
            files: the open files, which are changed.

        Raises:
            OSError: a file cannot be opened; its name says what was tried.
        """
        if operator in ("<<", "<<-"):
            pipe = Pipe(capacity=SIZE_LIMIT)
            pipe.feed(target.encode("utf-8", "surrogateescape"))
            pipe.end()
            files.readers[fd] = PipeReader(pipe)
        elif operator in (">&", "<&"):
            self._duplicate(fd, target, files)
        elif operator == "&>":
            files.writers[1] = files.writers[2] = self.open_writer(target)
        elif operator == "<":
            files.readers[fd] = self.open_reader(target, files)
        elif operator == "<>":
            files.writers[fd] = self.open_writer(target, append=True)
            files.readers[fd] = self.open_reader(target, files)
        else:
            forced = operator == ">|" and target not in _STANDARD
            files.writers[fd] = self.open_writer(target, append=operator == ">>", files=None if forced else files)

    def _duplicate(self, fd: int, target: str, files: Files) -> None:
        if target == "-":
            files.writers.pop(fd, None)
            files.readers.pop(fd, None)
        elif target.isdigit() and int(target) in files.writers:
            files.writers[fd] = files.writers[int(target)]
        elif target.isdigit() and int(target) in files.readers:
            files.readers[fd] = files.readers[int(target)]
        elif target.isdigit():
            raise OSError(errno.EBADF, os.strerror(errno.EBADF), target)
        else:
            files.writers[1] = files.writers[2] = self.open_writer(target)

    def _is_file(self, path: str) -> bool:
        try:
            return self.process.fs.node(path).kind == 0o100000
        except OSError:
            return False

    def open_reader(self, name: str, files: Files | None = None) -> Reader:
        """Return a reader of a file."""
        path = posixpath.join(self.cwd, name)
        if path in ("/dev/stdin", "/dev/fd/0", "/dev/tty") and files is not None:
            return files.readers.get(0, self.process.stdin)
        try:
            node = self.process.fs.node(path)
        except OSError as error:
            missing = ": no such file" if error.errno == errno.ENOENT else ""
            raise OSError(error.errno, error.strerror, f"open {name}{missing}") from None
        if node.kind == 0o040000:
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), f"open {name}")
        return FileReader(node)

    def open_writer(self, name: str, *, append: bool = False, files: Files | None = None) -> Writer:
        """Return a writer to a file."""
        path = posixpath.join(self.cwd, name)
        if path == "/dev/tty" and self.process.tty is None:
            raise OSError(errno.ENXIO, os.strerror(errno.ENXIO), f"create {name}")
        if files is not None and path in _STANDARD:
            return files.writers.get(_STANDARD[path], NullWriter())
        user = self.process.user
        if self.noclobber and files is not None and not append and self._is_file(path):
            raise OSError(errno.EEXIST, os.strerror(errno.EEXIST), f"create {name}")
        try:
            opened = self.process.fs.open(path, append=append, mode=0o666 & ~self.umask, uid=user.uid, gid=user.gid)
        except OSError as error:
            missing = ": nonexistent directory" if error.errno == errno.ENOENT else ""
            raise OSError(error.errno, error.strerror, f"create {name}{missing}") from None
        if isinstance(opened, Device):
            if opened.name == "tty":
                return self.process.stdout
            return NullWriter()
        return FileWriter(self.process.fs, opened)
