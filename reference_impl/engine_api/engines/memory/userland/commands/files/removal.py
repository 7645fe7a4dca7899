"""`rm` and `rmdir`."""

from __future__ import annotations

import posixpath

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.nodes import Directory
from engine_api.engines.memory.userland.process import Process

__all__ = ["rm", "rmdir"]


@command("rm")
async def rm(p: Process) -> int:
    """Remove files, with `-r` also directories and everything below them."""
    given, names = await parse_options(p, "rRfiv")
    status = 0
    if not names and "f" not in given:
        await p.complain("missing operand")
        return 1
    for name in names:
        try:
            path = p.path(name)
            if isinstance(p.fs.node(path, follow=False), Directory) and not {"r", "R"} & set(given):
                await p.complain(f"'{name}' is a directory")
                status = 1
                continue
            p.fs.remove_tree(path)
            if "v" in given:
                await write_line(p, f"removed '{name}'")
        except OSError as error:
            if "f" not in given:
                await p.complain(f"can't remove '{name}': {error.strerror}")
                status = 1
    return status


@command("rmdir")
async def rmdir(p: Process) -> int:
    """Remove empty directories."""
    given, names = await parse_options(p, "p", least=1)
    status = 0
    for name in names:
        try:
            if not p.fs.is_directory(p.path(name)):
                raise NotADirectoryError(
                    20, "Not a directory" if p.fs.exists(p.path(name)) else "No such file or directory"
                )
            p.fs.remove(p.path(name))
            while "p" in given and (name := posixpath.dirname(name)):
                p.fs.remove(p.path(name))
        except OSError as error:
            await p.complain(f"'{name}': {error.strerror}")
            status = 1
    return status
