"""Commands on the contents of files: `dd`, `cmp`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.streams import put
from engine_api.engines.memory.userland.commands.text import size_of
from engine_api.engines.memory.userland.nodes import File
from engine_api.engines.memory.userland.pipes import FileReader, Reader
from engine_api.engines.memory.userland.process import Process, Program

__all__ = ["COMMANDS"]


async def dd(p: Process) -> int:
    given = dict(argument.partition("=")[::2] for argument in p.argv[1:])
    block = size_of(given.get("bs", "512"))
    left = size_of(given["count"]) if "count" in given else -1
    reader: Reader = p.stdin
    if "if" in given:
        try:
            reader = FileReader(p.fs.node(p.path(given["if"])))
        except OSError as error:
            await p.complain(f"can't open '{given['if']}': {error.strerror}")
            return 1
    for _ in range(size_of(given.get("skip", "0"))):
        await reader.read(block)
    target = p.fs.open(p.path(given["of"]), mode=0o666 & ~p.umask) if "of" in given else None
    if isinstance(target, File) and "seek" in given:
        p.fs.extend(target, bytes(block * size_of(given["seek"])))
    blocks = total = 0
    while left != 0 and (data := await reader.read(block)):
        while len(data) < block and (more := await reader.read(block - len(data))):
            data += more
        if isinstance(target, File):
            p.fs.extend(target, data)
        elif target is None:
            await p.stdout.write(data)
        blocks, total, left = blocks + 1, total + len(data), left - 1
        await asyncio.sleep(0)
    await p.stderr.write(f"{blocks}+0 records in\n{blocks}+0 records out\n{total} bytes copied\n".encode())
    return 0


async def cmp(p: Process) -> int:
    given, names = await options(p, "sl", least=2)
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
        await put(p, f"{names[0]} {names[1]} differ: char {int(at or 0) + 1}, line {a[:at].count(10) + 1}")
    return 1


COMMANDS: Mapping[str, Program] = {
    "cmp": cmp,
    "dd": dd,
}
