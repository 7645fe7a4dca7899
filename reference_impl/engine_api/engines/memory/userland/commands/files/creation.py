"""`mkdir`, `touch` and `mktemp`."""

from __future__ import annotations

import posixpath

from engine_api.engines.memory.userland.commands.dates import parse_moment
from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process

__all__ = ["mkdir", "mktemp", "touch"]


@command("mkdir")
async def mkdir(p: Process) -> int:
    """Make directories, with `-p` also those above them."""
    given, names = await parse_options(p, "pv", "m", least=1)
    status = 0
    for name in names:
        try:
            p.fs.mkdir(p.path(name), int(given["m"], 8) if "m" in given else 0o777 & ~p.umask, parents="p" in given)
            if "v" in given:
                await write_line(p, f"created directory: '{name}'")
        except OSError as error:
            await p.complain(f"can't create directory '{name}': {error.strerror}")
            status = 1
    return status


@command("touch")
async def touch(p: Process) -> int:
    """Set the modification time of files; create those that do not exist."""
    given, names = await parse_options(p, "acm", "dtr", least=1)
    when = p.clock.time_ns() / 1e9
    text = given.get("d", given.get("t"))
    if text is not None:
        found = parse_moment(text, now=when)
        if found is None:
            await p.complain(f"invalid date '{text}'")
            return 1
        when = found
    status = 0
    for name in names:
        try:
            path = p.path(name)
            if not p.fs.exists(path):
                if "c" in given:
                    continue
                p.fs.write(path, b"", mode=0o666 & ~p.umask)
            p.fs.own(path).mtime = when
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            status = 1
    return status


@command("mktemp")
async def mktemp(p: Process) -> int:
    """Create a file, or with `-d` a directory, with a generated name, and print the name."""
    given, names = await parse_options(p, "dq", "p")
    if names and not names[0].endswith("XXXXXX"):
        await p.complain("(null): Invalid argument")
        return 1
    base = (
        posixpath.join(given.get("p", "/tmp"), f"tmp.{p.clock.time_ns() % 10**6:06d}")
        if not names
        else p.path(names[0].removesuffix("XXXXXX") + f"{p.clock.time_ns() % 10**6:06d}")
    )
    (p.fs.mkdir(base) if "d" in given else p.fs.write(base, b""))
    await write_line(p, base)
    return 0
