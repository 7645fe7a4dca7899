"""`chmod`, `chown` and `chgrp`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.process import Process

__all__ = ["chmod", "chown"]


def _below(p: Process, name: str, recursive: bool) -> Iterator[str]:
    """Yield a path, and if `recursive` is set everything below it."""
    yield p.path(name)
    if recursive:
        yield from [path for path, _ in p.fs.walk(posixpath.normpath(p.path(name)))][1:]


@command("chmod")
async def chmod(p: Process) -> int:
    """Set permissions, as an octal number or a list such as `u+x,go-w`."""
    arguments = p.argv[1:]
    recursive = arguments[:1] == ["-R"]
    mode, *names = arguments[1:] if recursive else arguments or [""]
    if not names:
        await p.complain("missing operand")
        return 1
    if not re.fullmatch(r"[0-7]+|[ugoa]*[-+=][rwxXst]*(,[ugoa]*[-+=][rwxXst]*)*", mode):
        await p.complain(f"invalid mode '{mode}'")
        return 1
    status = 0
    for name in names:
        try:
            for path in _below(p, name, recursive):
                node = p.fs.own(path)
                node.mode = int(mode, 8) if mode.isdigit() else _symbolic(mode, node.mode)
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            status = 1
    return status


def _symbolic(text: str, mode: int) -> int:
    for part in text.split(","):
        operator = next(sign for sign in "+-=" if sign in part)
        classes, _, rights = part.partition(operator)
        bits = sum({"r": 4, "w": 2, "x": 1}.get(letter, 0) for letter in rights)
        for shift in [{"u": 6, "g": 3, "o": 0}[c] for c in (classes.replace("a", "ugo") or "ugo")]:
            if operator == "+":
                mode |= bits << shift
            elif operator == "-":
                mode &= ~(bits << shift)
            else:
                mode = (mode & ~(7 << shift)) | bits << shift
    return mode


def _number(p: Process, name: str, file: str) -> int:
    """Return the number of a user or group that is given by number or name."""
    if name.isdigit():
        return int(name)
    for line in p.fs.read(file).decode().splitlines():
        fields = line.split(":")
        if len(fields) > 2 and fields[0] == name:
            return int(fields[2])
    raise LookupError(name)


@command("chgrp", "chown")
async def chown(p: Process) -> int:
    """Set the owner and group of files; as `chgrp`, the group."""
    given, names = await parse_options(p, "Rh", least=2)
    owner, *names = names
    user, colon, group = (":" + owner if p.argv[0].endswith("chgrp") else owner).partition(":")
    what = "user/group" if user and colon else "group" if colon else "user"
    try:
        uid = _number(p, user, "/etc/passwd") if user else None
        gid = _number(p, group, "/etc/group") if group else None
    except LookupError:
        await p.complain(f"unknown {what} {owner}")
        return 1
    return await _own(p, names, uid, gid, recursive="R" in given)


async def _own(p: Process, names: list[str], uid: int | None, gid: int | None, *, recursive: bool) -> int:
    status = 0
    for name in names:
        try:
            for path in _below(p, name, recursive):
                node = p.fs.own(path)
                node.uid = node.uid if uid is None else uid
                node.gid = node.gid if gid is None else gid
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            status = 1
    return status
