"""The commands of busybox that containers use most, a module for each topic.

A module lists its commands in `COMMANDS`; it is found by being here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from engine_api.engines.memory.userland.commands.multicall import busybox_of
from engine_api.engines.memory.userland.process import Program

__all__ = ["applets"]


@cache
def applets() -> Mapping[str, Program]:
    """Return every command by its name."""
    found: dict[str, Program] = {}
    for module in iter_modules(__path__, f"{__name__}."):
        found.update(getattr(import_module(module.name), "COMMANDS", {}))
    found["busybox"] = busybox_of((*found, "busybox"))
    return found
