"""Commands on paths: `basename`, `dirname`, `readlink`, `realpath`, `mktemp`."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.streams import put
from engine_api.engines.memory.userland.nodes import Symlink
from engine_api.engines.memory.userland.process import Process, Program

__all__ = ["COMMANDS"]


async def basename(p: Process) -> int:
    _, names = await options(p, "", least=1)
    name = posixpath.basename(names[0].rstrip("/")) or "/"
    await put(p, name.removesuffix(names[1]) if len(names) > 1 and name != names[1] else name)
    return 0


async def dirname(p: Process) -> int:
    _, names = await options(p, "", least=1)
    await put(p, posixpath.dirname(names[0].rstrip("/")) or ("/" if names[0].startswith("/") else "."))
    return 0


async def readlink(p: Process) -> int:
    given, names = await options(p, "fn", least=1)
    try:
        if "f" in given:
            await put(p, p.fs.real(p.path(names[0])))
            return 0
        node = p.fs.node(p.path(names[0]), follow=False)
    except OSError:
        return 1
    if not isinstance(node, Symlink):
        return 1
    await put(p, node.target)
    return 0


async def realpath(p: Process) -> int:
    _, names = await options(p, "", least=1)
    for name in names:
        await put(p, p.fs.real(p.path(name)))
    return 0


async def mktemp(p: Process) -> int:
    given, names = await options(p, "dq", "p")
    if names and not names[0].endswith("XXXXXX"):
        await p.complain("(null): Invalid argument")
        return 1
    base = (
        posixpath.join(given.get("p", "/tmp"), f"tmp.{p.clock.time_ns() % 10**6:06d}")
        if not names
        else p.path(names[0].removesuffix("XXXXXX") + f"{p.clock.time_ns() % 10**6:06d}")
    )
    (p.fs.mkdir(base) if "d" in given else p.fs.write(base, b""))
    await put(p, base)
    return 0


COMMANDS: Mapping[str, Program] = {
    "basename": basename,
    "dirname": dirname,
    "mktemp": mktemp,
    "readlink": readlink,
    "realpath": realpath,
}
