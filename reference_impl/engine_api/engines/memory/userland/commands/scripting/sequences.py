"""`seq` and `yes`."""

from __future__ import annotations

import asyncio
import re

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.process import Process

__all__ = ["seq", "yes"]


@command("seq")
async def seq(p: Process) -> int:
    """Print a sequence of numbers."""
    given, rest = {}, p.argv[1:]
    while rest and re.match("-[ws]", rest[0]):
        option = rest.pop(0)
        given[option[1]] = option[2:] or (rest.pop(0) if option == "-s" and rest else "")
    wrong = [text for text in rest if not re.fullmatch(r"[-+]?\d+(\.\d+)?", text)]
    if not rest or wrong:
        await p.complain(f"invalid number '{next(iter(wrong), '')}'")
        return 1
    digits = max(len(text.partition(".")[2]) for text in rest)
    scale = 10**digits
    numbers = [round(float(text) * scale) for text in rest]
    first, step = numbers[0] if len(numbers) > 1 else scale, numbers[1] if len(numbers) > 2 else scale
    last = numbers[-1]
    out: list[str] = []
    width = max(len(str(first)), len(str(last))) if "w" in given else 0
    separator = given.get("s", "\n")
    for count, number in enumerate(range(first, last + (1 if step > 0 else -1), step)):
        out.append(f"{number / scale:0{width}.{digits}f}" if digits else f"{number:0{width}d}")
        if count % 5000 == 4999:
            await p.stdout.write((separator.join(out) + separator).encode())
            out.clear()
            await asyncio.sleep(0)
    if out:
        await p.stdout.write((separator.join(out) + "\n").encode())
    return 0


@command("yes")
async def yes(p: Process) -> int:
    """Print a line until it is stopped."""
    line = (" ".join(p.argv[1:]) or "y").encode() + b"\n"
    block = line * max(1, 65536 // len(line))
    while True:
        await p.stdout.write(block)
        await asyncio.sleep(0)
