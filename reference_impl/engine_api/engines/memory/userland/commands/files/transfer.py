"""`cp`, `mv` and `ln`."""

from __future__ import annotations

import errno
import os
import posixpath

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.nodes import Directory, File, Node, Symlink
from engine_api.engines.memory.userland.process import Process

__all__ = ["cp", "ln", "mv"]


@command("cp")
async def cp(p: Process) -> int:
    """Copy files, with `-r` or `-a` also directories."""
    given, names = await parse_options(p, "rRafpdLPvn", least=2)
    return await _transfer(p, names, given, move=False)


@command("mv")
async def mv(p: Process) -> int:
    """Move or rename files and directories."""
    given, names = await parse_options(p, "finv", least=2)
    return await _transfer(p, names, given, move=True)


async def _transfer(p: Process, names: list[str], given: dict[str, str], *, move: bool) -> int:
    *sources, target = names
    below = p.fs.is_directory(p.path(target))
    status = 0
    for source in sources:
        shown = posixpath.join(target, posixpath.basename(source.rstrip("/"))) if below or len(sources) > 1 else target
        goal = p.path(shown)
        try:
            node = p.fs.node(p.path(source), follow=not (move or {"d", "a", "P"} & set(given)))
        except OSError as error:
            await p.complain(f"can't {'rename' if move else 'stat'} '{source}': {error.strerror}")
            status = 1
            continue
        if "n" in given and p.fs.exists(goal):
            continue
        if p.fs.exists(goal) and p.fs.real(goal) == p.fs.real(p.path(source)):
            await p.complain(f"'{source}' and '{shown}' are the same file")
            status = 1
            continue
        if isinstance(node, Directory) and not move and not {"r", "R", "a"} & set(given):
            await p.complain(f"omitting directory '{source}'")
            status = 1
            continue
        try:
            if shown.endswith("/") and not isinstance(node, Directory):
                raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
            if move:
                p.fs.rename(p.path(source), goal.rstrip("/"))
            else:
                _copy(p, node, goal.rstrip("/"), None if "a" in given or "p" in given else p.clock.time_ns() / 1e9)
        except OSError as error:
            words = f"can't rename '{source}'" if move else f"can't create '{shown}'"
            await p.complain(f"{words}: {error.strerror}")
            status = 1
            continue
        if "v" in given:
            await write_line(p, f"'{source}' -> '{shown}'")
    return status


def _copy(p: Process, node: Node, target: str, now: float | None) -> None:
    made = node.copy()
    made.mtime = node.mtime if now is None else now
    if now is not None and not isinstance(made, Symlink):
        made.mode &= ~p.umask
    if isinstance(made, Directory):
        inner = dict(made.entries)
        made.entries = {}
        if not p.fs.is_directory(target):
            p.fs.put(target, made)
        for name, one in inner.items():
            _copy(p, one, f"{target}/{name}", now)
        return
    if isinstance(made, File):
        made.data = bytes(made.data)
    p.fs.put(target, made)


@command("ln")
async def ln(p: Process) -> int:
    """Make a link: a symbolic one with `-s`, else a copy of the node."""
    given, names = await parse_options(p, "sfn", least=1)
    source, target = names[0], names[1] if len(names) > 1 else posixpath.basename(names[0])
    path = p.path(target)
    if p.fs.is_directory(path) and "n" not in given:
        path = posixpath.join(path, posixpath.basename(source))
    if "s" not in given and not p.fs.exists(p.path(source)):
        await p.complain(f"{source}: No such file or directory")
        return 1
    try:
        if "f" in given and p.fs.exists(path, follow=False):
            p.fs.remove(path)
        elif p.fs.exists(path, follow=False):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        p.fs.put(path, Symlink(source) if "s" in given else p.fs.node(p.path(source)).copy())
    except OSError as error:
        await p.complain(f"{target}: {error.strerror}")
        return 1
    return 0
