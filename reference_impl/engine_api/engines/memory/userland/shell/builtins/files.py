"""Builtins on the working directory and new files: `cd`, `pwd`, `umask`."""

from __future__ import annotations

import posixpath
import re

from engine_api.engines.memory.userland.shell.builtins.common import write
from engine_api.engines.memory.userland.shell.interpreter import Shell

__all__ = ["cd", "pwd", "umask"]


async def cd(shell: Shell, argv: list[str]) -> int:
    arguments = [argument for argument in argv[1:] if argument not in ("-L", "-P")]
    target = arguments[0] if arguments else shell.get("HOME") or "/"
    if target == "-":
        target = shell.get("OLDPWD") or shell.cwd
        await write(shell, target + "\n")
    path = posixpath.normpath(posixpath.join(shell.cwd, target))
    path = "/" + path.lstrip("/")
    if not shell.process.fs.is_directory(path):
        reason = "Not a directory" if shell.process.fs.exists(path) else "No such file or directory"
        await shell.refuse("cd", f"can't cd to {target}: {reason}")
        return 2
    if "-P" in argv:
        path = shell.process.fs.real(path)
    shell.assign("OLDPWD", shell.cwd)
    shell.cwd = path
    shell.assign("PWD", path)
    return 0


async def pwd(shell: Shell, argv: list[str]) -> int:
    await write(shell, (shell.process.fs.real(shell.cwd) if "-P" in argv else shell.cwd) + "\n")
    return 0


async def umask(shell: Shell, argv: list[str]) -> int:
    if argv[1:] == ["-S"]:
        shown = [f"{who}={_rights(~shell.umask >> shift)}" for who, shift in (("u", 6), ("g", 3), ("o", 0))]
        await write(shell, ",".join(shown) + "\n")
    elif len(argv) > 1:
        mask = _mask(argv[1], shell.umask)
        if mask is None:
            await shell.refuse("umask", f"illegal mode: {argv[1]}")
            return 2
        shell.umask = mask
    else:
        await write(shell, f"{shell.umask:04o}\n")
    return 0


def _mask(text: str, before: int) -> int | None:
    """Return the mask of a number or of a list such as `u=rwx,g-w`; None for anything else."""
    if re.fullmatch("[0-7]+", text):
        return int(text, 8)
    if not re.fullmatch("[ugoa]*[-+=][rwx]*(,[ugoa]*[-+=][rwx]*)*", text):
        return None
    allowed = ~before & 0o777
    for who, sign, rights in re.findall("([ugoa]*)([-+=])([rwx]*)", text):
        bits = sum({"r": 4, "w": 2, "x": 1}[letter] for letter in set(rights))
        for shift in {"u": [6], "g": [3], "o": [0]}.get(who, [6, 3, 0]):
            others = allowed & ~(7 << shift) if sign == "=" else allowed
            allowed = allowed & ~(bits << shift) if sign == "-" else others | bits << shift
    return ~allowed & 0o777


def _rights(bits: int) -> str:
    return "".join(letter for letter, bit in (("r", 4), ("w", 2), ("x", 1)) if bits & bit)
