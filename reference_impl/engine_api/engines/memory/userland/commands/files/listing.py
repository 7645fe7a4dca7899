"""`ls` and `du`."""

from __future__ import annotations

import posixpath
import stat
from datetime import UTC, datetime

from engine_api.engines.memory.userland.commands.files.owners import name_of_user
from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.nodes import Directory, File, Node, Symlink
from engine_api.engines.memory.userland.process import Process

__all__ = ["du", "ls"]


@command("ls")
async def ls(p: Process) -> int:
    """List directories and files; return 1 if one does not exist."""
    given, names = await parse_options(p, "la1AhRdtrFpis")
    status = 0
    directories: list[str] = []
    singles: list[tuple[str, Node]] = []
    for name in names or ["."]:
        try:
            node = p.fs.node(p.path(name), follow="l" not in given)
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            status = 1
            continue
        if isinstance(node, Directory) and "d" not in given:
            directories.append(name)
        else:
            singles.append((name, node))
    await _show(p, sorted(singles, key=lambda single: single[0]), given)
    for index, name in enumerate(sorted(directories)):
        if len(names) > 1 or "R" in given:
            await write_line(p, ("\n" if index or singles else "") + f"{name}:")
        await _show_directory(p, name, given)
    return status


async def _show_directory(p: Process, name: str, given: dict[str, str]) -> None:
    path = p.path(name)
    entries = [(entry, p.fs.node(f"{path}/{entry}", follow=False)) for entry in p.fs.list(path)]
    if "a" in given:
        entries = [(".", p.fs.node(path)), ("..", p.fs.node(path + "/..")), *entries]
    elif "A" not in given:
        entries = [entry for entry in entries if not entry[0].startswith(".")]
    if "l" in given:
        await write_line(p, f"total {sum((node.size + 4095) // 4096 * 4 for _, node in entries)}")
    await _show(p, entries, given)
    if "R" in given:
        for entry, node in entries:
            if isinstance(node, Directory) and entry not in (".", ".."):
                await write_line(p, f"\n{name}/{entry}:")
                await _show_directory(p, f"{name}/{entry}", given)


def _mark(node: Node, given: dict[str, str]) -> str:
    if isinstance(node, Directory):
        return "/" if {"F", "p"} & set(given) else ""
    if "F" not in given:
        return ""
    return "@" if isinstance(node, Symlink) else "*" if isinstance(node, File) and node.mode & 0o111 else ""


async def _show(p: Process, entries: list[tuple[str, Node]], given: dict[str, str]) -> None:
    if "t" in given:
        entries = sorted(entries, key=lambda entry: entry[1].mtime, reverse=True)
    for name, node in reversed(entries) if "r" in given else entries:
        prefix = f"{id(node) % 10**7:7d} " if "i" in given else ""
        if "s" in given:
            prefix += f"{(node.size + 4095) // 4096 * 4:6d} "
        if "l" not in given:
            await write_line(p, prefix + name + _mark(node, given))
            continue
        when = datetime.fromtimestamp(node.mtime, UTC).strftime("%b %e %H:%M")
        target = f" -> {node.target}" if isinstance(node, Symlink) else ""
        owner = f"{name_of_user(p, node.uid):<8} {name_of_user(p, node.gid):<8}"
        mode = stat.filemode(node.kind | node.mode)
        size = _human(node.size) if "h" in given else str(node.size)
        await write_line(p, f"{prefix}{mode}    1 {owner} {size:>9} {when} {name}{_mark(node, given)}{target}")


def _human(size: int) -> str:
    value, units = float(size), ["", "K", "M", "G"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{value:.1f}{units[0]}"


@command("du")
async def du(p: Process) -> int:
    """Print how many kilobytes files take, with everything below them."""
    _, names = await parse_options(p, "shka")
    for name in names or ["."]:
        if not p.fs.exists(p.path(name), follow=False):
            await p.complain(f"{name}: No such file or directory")
            return 1
        total = sum(node.size for _, node in p.fs.walk(posixpath.normpath(p.path(name))))
        await write_line(p, f"{(total + 1023) // 1024}\t{name}")
    return 0
