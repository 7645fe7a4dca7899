"""The state of a shell: variables, functions, options, traps and jobs."""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from engine_api.engines.memory.userland.patterns import compile_pattern, has_pattern
from engine_api.engines.memory.userland.process import Process, Program
from engine_api.engines.memory.userland.shell.expand import ExpansionProblem
from engine_api.engines.memory.userland.shell.files import SIZE_LIMIT, Files
from engine_api.engines.memory.userland.shell.syntax import (
    Node,
)

__all__ = ["Builtins", "ShellState"]


@dataclass(frozen=True)
class Builtins:
    """The builtins of a shell by name."""

    stateful: Mapping[str, Callable[..., Awaitable[int]]]
    """Builtins that use the state of the shell, called with the shell and the arguments."""
    inline: Mapping[str, Program]
    """Programs that the shell runs without a process of their own."""
    special: frozenset[str]
    """Names of builtins whose failed redirections end the shell."""


class ShellState:
    """The state of a shell: variables, functions, options, traps and jobs."""

    def __init__(
        self, process: Process, name: str, positional: Sequence[str], builtins: Builtins, files: Files | None = None
    ) -> None:
        self.process = process
        self.builtins = builtins
        self.name = name
        self.positional = list(positional)
        self.files = files or Files({0: process.stdin}, {1: process.stdout, 2: process.stderr})
        self.variables: dict[str, str] = {}
        self.exported: set[str] = set()
        self.readonly: set[str] = set()
        for key, value in process.env.items():
            self.variables[key] = value
            self.exported.add(key)
        level = self.variables.get("SHLVL", "")
        self.variables |= {"PWD": process.cwd, "SHLVL": str(int(level) + 1 if level.isdigit() else 1)}
        self.exported |= {"PWD", "SHLVL"}
        self.functions: dict[str, Node] = {}
        self.options: set[str] = set()
        self.traps: dict[int, str] = {}
        self.status = 0
        self.cwd = process.cwd
        self.umask = process.umask
        self.last_background: int | None = None
        self.jobs: dict[int, asyncio.Task[int]] = {}
        self.killed: dict[int, int] = {}
        self.children: dict[int, Process] = {}
        self.interactive = False
        self.depth = 0
        self.testing = 0
        """Number of conditions that are being tested; failures in them do not end the shell."""
        self.loops = 0
        self.pending: list[int] = []
        """Signals whose traps have not run yet."""
        self.signalled = asyncio.Event()
        self._steps = 0
        self._locals: list[dict[str, str | None]] = []
        self.line = 0
        """Number of lines above the running command."""
        self.first_line = 0
        """Number of the first line of the script."""

    # Variables

    def get(self, name: str) -> str | None:
        """Return the value of a variable or special parameter; None if it is not set."""
        if name.isdigit():
            number = int(name)
            if number == 0:
                return self.name
            return self.positional[number - 1] if number <= len(self.positional) else None
        special = {"?": str(self.status), "$": str(self.process.pid), "#": str(len(self.positional))}
        if name in special:
            return special[name]
        if name == "!":
            return str(self.last_background) if self.last_background is not None else None
        if name == "-":
            return "".join(sorted(option for option in self.options if len(option) == 1))
        return self.variables.get(name)

    @property
    def in_function(self) -> bool:
        """Whether a function is running."""
        return bool(self._locals)

    def assign(self, name: str, value: str) -> None:
        """Set a variable."""
        if name in self.readonly:
            raise ExpansionProblem(f"{name}: is read only")
        if len(value) > SIZE_LIMIT:
            raise ExpansionProblem(f"{name}: out of memory")
        self.variables[name] = value

    def declare_local(self, name: str, value: str | None) -> None:
        """Make a variable local to the running function."""
        if self._locals:
            self._locals[-1].setdefault(name, self.variables.get(name))
        if value is not None:
            self.assign(name, value)

    @property
    def environment(self) -> dict[str, str]:
        """Exported variables."""
        return {name: self.variables[name] for name in self.exported if name in self.variables}

    def glob(self, pattern: str) -> list[str]:
        """Return the names of files that match a pattern, sorted."""
        if "f" in self.options:
            return []
        absolute = pattern.startswith("/")
        found = ["/" if absolute else ""]
        for piece in (part for part in pattern.split("/") if part):
            following: list[str] = []
            for base in found:
                if not has_pattern(piece):
                    candidate = base + piece.replace("\\", "")
                    if self.process.fs.exists(posixpath.join(self.cwd, candidate)):
                        following.append(candidate + "/")
                    continue
                matcher = compile_pattern(piece)
                try:
                    names = self.process.fs.list(posixpath.join(self.cwd, base) if base else self.cwd)
                except OSError:
                    continue
                following += [
                    base + name + "/"
                    for name in names
                    if (not name.startswith(".") or piece.startswith(".")) and matcher.fullmatch(name)
                ]
            found = following
        if pattern.endswith("/"):
            return sorted(n for n in found if self.process.fs.is_directory(posixpath.join(self.cwd, n.rstrip("/"))))
        return sorted(name.rstrip("/") for name in found if name.strip("/"))

    def fork(self, files: Files) -> Self:
        """Return a copy for a subshell."""
        made = type(self)(self.process, self.name, self.positional, self.builtins, files)
        made.variables = dict(self.variables)
        made.exported = set(self.exported)
        made.readonly = set(self.readonly)
        made.first_line = self.first_line
        made.functions = dict(self.functions)
        made.options = set(self.options)
        made.cwd, made.umask, made.status, made.depth = self.cwd, self.umask, self.status, self.depth + 1
        made.last_background = self.last_background
        made.children = self.children
        made.testing, made.loops = self.testing, self.loops
        if made.depth > 60:
            raise ExpansionProblem("too many nested subshells")
        return made

    # Signals

    def trap(self, number: int, action: str | None) -> None:
        """Set the action of a signal: a script; empty to ignore it; None for the default. 0 is the end of the shell."""
        if action is None:
            self.traps.pop(number, None)
            self.process.on_signal(number, None)
            return
        self.traps[number] = action
        if number:
            self.process.on_signal(number, lambda: self._signal(number))

    def _signal(self, number: int) -> None:
        if self.traps.get(number):
            self.pending.append(number)
            self.signalled.set()
