"""Builtins that look commands up: `type`, `command`."""

from __future__ import annotations

import posixpath

from engine_api.engines.memory.userland.shell.builtins.common import write
from engine_api.engines.memory.userland.shell.interpreter import Shell
from engine_api.engines.memory.userland.shell.parser import RESERVED

__all__ = ["command", "type_"]


async def type_(shell: Shell, argv: list[str]) -> int:
    status = 0
    for name in argv[1:]:
        if name in shell.functions:
            await write(shell, f"{name} is a function\n")
        elif name in RESERVED:
            await write(shell, f"{name} is a shell keyword\n")
        elif name in shell.builtins.stateful or name in shell.builtins.inline:
            await write(shell, f"{name} is a {'special ' * (name in shell.builtins.special)}shell builtin\n")
        elif (path := _find(shell, name)) is not None:
            await write(shell, f"{name} is {path}\n")
        else:
            await write(shell, f"{name}: not found\n")
            status = 127
    return status


def _find(shell: Shell, name: str) -> str | None:
    if "/" in name:
        return name if shell.process.fs.exists(posixpath.join(shell.cwd, name)) else None
    for place in (shell.get("PATH") or "").split(":"):
        path = posixpath.join(shell.cwd, place, name)
        if shell.process.fs.exists(path) and not shell.process.fs.is_directory(path):
            return path
    return None


async def command(shell: Shell, argv: list[str]) -> int:
    if len(argv) > 2 and argv[1] in ("-v", "-V"):
        name = argv[2]
        if argv[1] == "-V":
            return await type_(shell, ["type", name])
        if (
            name in shell.builtins.stateful
            or name in shell.builtins.inline
            or name in RESERVED
            or name in shell.functions
        ):
            await write(shell, name + "\n")
            return 0
        path = _find(shell, name)
        if path is not None:
            await write(shell, path + "\n")
        return 0 if path is not None else 127
    if len(argv) > 1:
        functions, shell.functions = shell.functions, {}
        try:
            await shell.execute(argv[1:], (), shell.files)
        finally:
            shell.functions = functions
        return shell.status
    return 0
