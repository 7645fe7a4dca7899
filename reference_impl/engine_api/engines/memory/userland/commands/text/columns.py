"""`cut` and `tr`."""

from __future__ import annotations

import re

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import Inputs, read_all, read_lines, write_line
from engine_api.engines.memory.userland.escapes import unescape
from engine_api.engines.memory.userland.process import Process

__all__ = ["cut", "tr"]


@command("cut")
async def cut(p: Process) -> int:
    """Write the selected fields or characters of each line."""
    given, names = await parse_options(p, "s", "dfcb")
    if not {"f", "c", "b"} & set(given):
        await p.complain("expected a list of bytes, characters, or fields")
        return 1
    ranges = [
        tuple(part.partition("-")) for part in (given.get("f") or given.get("c") or given.get("b") or "1").split(",")
    ]

    def chosen(items: list[str]) -> list[str]:
        wanted: set[int] = set()
        for low, dash, high in ranges:
            start = int(low or "1")
            wanted.update(range(start, ((int(high) if high else len(items)) if dash else start) + 1))
        return [item for number, item in enumerate(items, 1) if number in wanted]

    separator = given.get("d", "\t")
    inputs = Inputs(p, names)
    async for _, reader in inputs:
        async for line in read_lines(reader):
            if "f" in given:
                if separator in line or "s" not in given:
                    await write_line(p, separator.join(chosen(line.split(separator))) if separator in line else line)
            else:
                await write_line(p, "".join(chosen(list(line))))
    return inputs.status


@command("tr")
async def tr(p: Process) -> int:
    """Replace, delete or squeeze characters."""
    given, sets = await parse_options(p, "dsc", least=1)
    source = _set(sets[0]) if sets else ""
    target = _set(sets[1]) if len(sets) > 1 else ""
    data = (await read_all(p.stdin)).decode("latin-1")
    if "c" in given:
        source = "".join(chr(n) for n in range(256) if chr(n) not in source)
    if "d" in given:
        data = data.translate({ord(c): None for c in source})
    elif target:
        target += target[-1] * (len(source) - len(target))
        data = data.translate(dict(zip(map(ord, source), target, strict=False)))
    if "s" in given:
        squeezed = re.escape(target or source)
        data = re.sub(f"([{squeezed}])\\1+", r"\1", data)
    await p.stdout.write(data.encode("latin-1"))
    return 0


def _set(text: str) -> str:
    names = {
        "[:upper:]": "A-Z",
        "[:lower:]": "a-z",
        "[:digit:]": "0-9",
        "[:space:]": " \t\n\r\v\f",
        "[:alpha:]": "A-Za-z",
    }
    for name, value in names.items():
        text = text.replace(name, value)
    return re.sub(
        r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), unescape(text), flags=re.DOTALL
    )
