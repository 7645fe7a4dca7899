"""`basename`, `dirname`, `readlink` and `realpath`."""

from __future__ import annotations

import posixpath

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.nodes import Symlink
from engine_api.engines.memory.userland.process import Process

__all__ = ["basename", "dirname", "readlink", "realpath"]


@command("basename")
async def basename(p: Process) -> int:
    """Print the last part of a path, without a suffix if one is given."""
    _, names = await parse_options(p, "", least=1)
    name = posixpath.basename(names[0].rstrip("/")) or "/"
    await write_line(p, name.removesuffix(names[1]) if len(names) > 1 and name != names[1] else name)
    return 0


@command("dirname")
async def dirname(p: Process) -> int:
    """Print a path without its last part."""
    _, names = await parse_options(p, "", least=1)
    await write_line(p, posixpath.dirname(names[0].rstrip("/")) or ("/" if names[0].startswith("/") else "."))
    return 0


@command("readlink")
async def readlink(p: Process) -> int:
    """Print the target of a symbolic link, with `-f` the path without links."""
    given, names = await parse_options(p, "fn", least=1)
    try:
        if "f" in given:
            await write_line(p, p.fs.real(p.path(names[0])))
            return 0
        node = p.fs.node(p.path(names[0]), follow=False)
    except OSError:
        return 1
    if not isinstance(node, Symlink):
        return 1
    await write_line(p, node.target)
    return 0


@command("realpath")
async def realpath(p: Process) -> int:
    """Print paths without links, `.` and `..`."""
    _, names = await parse_options(p, "", least=1)
    for name in names:
        await write_line(p, p.fs.real(p.path(name)))
    return 0
