"""`cmp`."""

from __future__ import annotations

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process

__all__ = ["cmp"]


@command("cmp")
async def cmp(p: Process) -> int:
    """Compare two files; return 0 if they are equal, 1 if they differ, 2 if one cannot be read."""
    given, names = await parse_options(p, "sl", least=2)
    contents = []
    for name in names[:2]:
        try:
            contents.append(p.fs.read(p.path(name)))
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            return 2
    a, b = contents
    if a == b:
        return 0
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if "s" not in given and at is None:
        await p.complain(f"EOF on {names[0] if len(a) < len(b) else names[1]}")
    elif "s" not in given:
        await write_line(p, f"{names[0]} {names[1]} differ: char {int(at or 0) + 1}, line {a[:at].count(10) + 1}")
    return 1
