"""Programs: the files that they are, who runs them, and how they fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["MARK", "PATH", "CannotRun", "CommandNotFound", "Exit", "User", "executable"]

MARK: Final = b"\x7fELF\x02\x01\x01engine-api:"
"""How the content of a program's file begins; its name follows."""


PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def executable(program: str) -> bytes:
    """The content of the file of a program."""
    return MARK + program.encode() + b"\0"


class Exit(Exception):
    """Ends a program with an exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class CommandNotFound(Exception):
    """There is no such program."""


class CannotRun(Exception):
    """It is there, but is no program, or may not be run."""


@dataclass(frozen=True, slots=True)
class User:
    """Whom a process belongs to."""

    uid: int = 0
    gid: int = 0
    name: str = "root"
    home: str = "/root"
