"""The commands of busybox that containers use most: a folder for each family, a module for a few that belong together.

To add a command, write its function into a module of a family and put `@command(NAME)` on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from engine_api.engines.memory.userland.commands.registry import COMMANDS
from engine_api.engines.memory.userland.process import Program

__all__ = ["applets"]


@cache
def applets() -> Mapping[str, Program]:
    """Return every command by its name, sorted."""
    for module in walk_packages(__path__, f"{__name__}."):
        import_module(module.name)
    return dict(sorted(COMMANDS.items()))
