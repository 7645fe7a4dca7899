"""Files of programs, users, and errors of starting a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["MARK", "PATH", "CannotRun", "CommandNotFound", "Exit", "User", "executable"]

MARK: Final = b"\x7fELF\x02\x01\x01engine-api:"
"""First bytes of a program's file; the name of the program and a NUL follow."""


PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def executable(program: str) -> bytes:
    """Return the content of the file of a program."""
    return MARK + program.encode() + b"\0"


class Exit(Exception):
    """Ends a program with an exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class CommandNotFound(Exception):
    """The command was not found."""


class CannotRun(Exception):
    """The file is not a program, or is not executable."""


@dataclass(frozen=True, slots=True)
class User:
    """User and group of a process."""

    uid: int = 0
    gid: int = 0
    name: str = "root"
    home: str = "/root"
