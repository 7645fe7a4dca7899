"""The builtins of the shell by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine_api.engines.memory.userland.commands.scripting.conditions import false as false_
from engine_api.engines.memory.userland.commands.scripting.conditions import test, true
from engine_api.engines.memory.userland.commands.scripting.printing import echo, printf
from engine_api.engines.memory.userland.process import Program
from engine_api.engines.memory.userland.shell.builtins.common import Builtin
from engine_api.engines.memory.userland.shell.builtins.control import (
    break_,
    continue_,
    eval_,
    exec_,
    exit_,
    return_,
    source,
)
from engine_api.engines.memory.userland.shell.builtins.files import cd, pwd, umask
from engine_api.engines.memory.userland.shell.builtins.jobs import jobs, kill, trap, wait
from engine_api.engines.memory.userland.shell.builtins.lookup import command, type_
from engine_api.engines.memory.userland.shell.builtins.reading import getopts, read
from engine_api.engines.memory.userland.shell.builtins.variables import export, let, local, readonly, set_, shift, unset
from engine_api.engines.memory.userland.shell.interpreter import Shell
from engine_api.engines.memory.userland.shell.state import Builtins

__all__ = ["BUILTINS"]


async def colon(shell: Shell, argv: list[str]) -> int:
    return 0


_ENDING = (".", ":", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift")
_STATEFUL: Mapping[str, Builtin] = {
    ":": colon,
    ".": source,
    "break": break_,
    "cd": cd,
    "command": command,
    "continue": continue_,
    "eval": eval_,
    "exec": exec_,
    "exit": exit_,
    "export": export,
    "getopts": getopts,
    "hash": colon,
    "jobs": jobs,
    "kill": kill,
    "let": let,
    "local": local,
    "pwd": pwd,
    "read": read,
    "readonly": readonly,
    "return": return_,
    "set": set_,
    "shift": shift,
    "source": source,
    "times": colon,
    "trap": trap,
    "type": type_,
    "ulimit": colon,
    "umask": umask,
    "unset": unset,
    "wait": wait,
}


_INLINE: Mapping[str, Program] = {
    "[": test,
    "[[": test,
    "echo": echo,
    "false": false_,
    "printf": printf,
    "test": test,
    "true": true,
}

BUILTINS: Final = Builtins(stateful=_STATEFUL, inline=_INLINE, special=frozenset((*_ENDING, "times", "trap", "unset")))
"""Every builtin."""
