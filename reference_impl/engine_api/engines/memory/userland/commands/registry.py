"""The commands by name; a function becomes one by a decorator."""

from __future__ import annotations

from collections.abc import Callable

from engine_api.engines.memory.userland.process import Program

__all__ = ["COMMANDS", "command"]

COMMANDS: dict[str, Program] = {}
"""Every command of the modules that were imported."""


def command(*names: str) -> Callable[[Program], Program]:
    """Return a decorator that registers a program under one or more names.

    Raises:
        ValueError: a name is in use.
    """

    def register(program: Program) -> Program:
        for name in names:
            if name in COMMANDS:
                raise ValueError(f"two commands have the name {name}")
            COMMANDS[name] = program
        return program

    return register
