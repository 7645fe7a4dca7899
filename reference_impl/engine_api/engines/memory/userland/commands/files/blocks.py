"""`dd`."""

from __future__ import annotations

import asyncio

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.sizes import parse_size
from engine_api.engines.memory.userland.nodes import File
from engine_api.engines.memory.userland.pipes import FileReader, Reader
from engine_api.engines.memory.userland.process import Process

__all__ = ["dd"]


@command("dd")
async def dd(p: Process) -> int:
    """Copy blocks between files or standard streams, and print how many."""
    given = dict(argument.partition("=")[::2] for argument in p.argv[1:])
    block = parse_size(given.get("bs", "512"))
    left = parse_size(given["count"]) if "count" in given else -1
    reader: Reader = p.stdin
    if "if" in given:
        try:
            reader = FileReader(p.fs.node(p.path(given["if"])))
        except OSError as error:
            await p.complain(f"can't open '{given['if']}': {error.strerror}")
            return 1
    for _ in range(parse_size(given.get("skip", "0"))):
        await reader.read(block)
    target = p.fs.open(p.path(given["of"]), mode=0o666 & ~p.umask) if "of" in given else None
    if isinstance(target, File) and "seek" in given:
        p.fs.extend(target, bytes(block * parse_size(given["seek"])))
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
