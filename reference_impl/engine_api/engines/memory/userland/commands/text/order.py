"""`sort` and `uniq`."""

from __future__ import annotations

import re

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import Inputs, read_lines, write_line
from engine_api.engines.memory.userland.process import Process

__all__ = ["sort", "uniq"]


@command("sort")
async def sort(p: Process) -> int:
    """Sort lines; with `-c`, return 1 if they are not sorted."""
    given, names = await parse_options(p, "nrufbc", "kto")
    lines: list[str] = []
    inputs = Inputs(p, names, message="{}: {}")
    async for _, reader in inputs:
        lines += [line async for line in read_lines(reader)]

    def key(line: str) -> tuple[float, str] | str:
        text = line
        if "k" in given:
            parts = line.split(given.get("t"))
            at = int(given["k"].split(",")[0].rstrip("nr"))
            text = parts[at - 1] if at <= len(parts) else ""
        if "n" in given or given.get("k", "").endswith("n"):
            match = re.match(r"\s*-?\d+(?:\.\d+)?", text)
            return (float(match[0]) if match else 0.0, line)
        return text.lower() if "f" in given else text

    if inputs.status:
        return 2
    ordered = sorted(lines, key=key, reverse="r" in given)
    if "c" in given:
        return int(ordered != lines)
    if "u" in given:
        ordered = list(dict.fromkeys(ordered))
    data = "".join(line + "\n" for line in ordered).encode("utf-8", "surrogateescape")
    if "o" in given:
        p.fs.write(p.path(given["o"]), data, mode=0o666 & ~p.umask)
    else:
        await p.stdout.write(data)
    return 0


@command("uniq")
async def uniq(p: Process) -> int:
    """Write lines that follow equal ones only once."""
    given, names = await parse_options(p, "cdui", "f")
    skipped = int(given.get("f", "0"))

    def key(line: str) -> str:
        text = " ".join(line.split()[skipped:]) if skipped else line
        return text.lower() if "i" in given else text

    groups: list[tuple[str, int]] = []
    inputs = Inputs(p, names[:1])
    async for _, reader in inputs:
        async for line in read_lines(reader):
            if groups and key(groups[-1][0]) == key(line):
                groups[-1] = (groups[-1][0], groups[-1][1] + 1)
            else:
                groups.append((line, 1))
    for line, count in groups:
        if ("d" in given and count < 2) or ("u" in given and count > 1):
            continue
        await write_line(p, f"{count:7d} {line}" if "c" in given else line)
    return inputs.status
