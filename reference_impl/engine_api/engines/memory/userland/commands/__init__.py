"""The commands of busybox that containers use most, one module per topic."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from engine_api.engines.memory.userland.commands import conditions, files, network, system, text
from engine_api.engines.memory.userland.process import Program

__all__ = ["applets"]

_MODULES: tuple[ModuleType, ...] = (conditions, files, network, system, text)


def applets() -> Mapping[str, Program]:
    """Every command by its name."""
    found: dict[str, Program] = {}
    for module in _MODULES:
        found.update(module.COMMANDS)
    return found
