"""`cat`, `head`, `tail`, `tee`, `rev` and `wc`."""

from __future__ import annotations

import re

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.sizes import parse_size
from engine_api.engines.memory.userland.commands.streams import Inputs, read_all, read_lines, write_line
from engine_api.engines.memory.userland.nodes import File
from engine_api.engines.memory.userland.pipes import Reader
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.programs import Exit

__all__ = ["cat", "head", "rev", "tail", "tee", "wc"]


@command("cat", "less", "more")
async def cat(p: Process) -> int:
    """Write files to standard output, with `-n` and others with marks."""
    given, names = await parse_options(p, "nuvetbA")
    number = 0
    inputs = Inputs(p, names)
    async for _, reader in inputs:
        if {"n", "b", "e", "t", "A"} & set(given):
            async for line in read_lines(reader):
                shown = line.replace("\t", "^I") if {"t", "A"} & set(given) else line
                shown += "$" if {"e", "A"} & set(given) else ""
                if "n" in given or ("b" in given and line):
                    number += 1
                    shown = f"{number:6d}\t{shown}"
                await write_line(p, shown)
            continue
        while data := await reader.read():
            await p.stdout.write(data)
    return inputs.status


@command("head")
async def head(p: Process) -> int:
    """Write the first lines or bytes of files."""
    given, names = await parse_options(p, "qv", "nc")
    inputs = Inputs(p, names, message="{}: {}")
    if "c" in given:
        async for _, reader in inputs:
            await _write_bytes(p, reader, parse_size(given["c"]))
        return inputs.status
    count = await _count(p, given.get("n", "10"))
    titles = _Titles(p, shown=(len(names) > 1 or "v" in given) and "q" not in given)
    async for name, reader in inputs:
        await titles.write(name)
        if count < 0:
            lines = (await read_all(reader)).splitlines(keepends=True)
            await p.stdout.write(b"".join(lines[:count]))
            continue
        for _ in range(count):
            line = await reader.read_line()
            if not line:
                break
            await p.stdout.write(line)
    return inputs.status


class _Titles:
    """Writes the names of files above their content."""

    def __init__(self, p: Process, *, shown: bool) -> None:
        self._process = p
        self._shown = shown
        self._first = True

    async def write(self, name: str) -> None:
        """Write the name of the next file, after an empty line if it is not the first."""
        if self._shown:
            await write_line(self._process, ("" if self._first else "\n") + f"==> {name} <==")
        self._first = False


async def _write_bytes(p: Process, reader: Reader, count: int) -> None:
    while count > 0 and (data := await reader.read(min(count, 65536))):
        await p.stdout.write(data)
        count -= len(data)


async def _count(p: Process, text: str) -> int:
    """Return a number of lines or bytes, perhaps with a sign.

    Raises:
        Exit: the text is no number; a message was written.
    """
    if not re.fullmatch(r"[-+]?\d+", text):
        await p.complain(f"invalid number '{text}'")
        raise Exit(1)
    return int(text)


@command("tail")
async def tail(p: Process) -> int:
    """Write the last lines or bytes of files; with `-f` also what is appended later."""
    given, names = await parse_options(p, "fFqv", "nc")
    text = given.get("c", given.get("n", "10"))
    number = await _count(p, text)
    at = max(number - 1, 0) if text.startswith("+") else -abs(number) if number else None
    titles = _Titles(p, shown=(len(names) > 1 or "v" in given) and "q" not in given)
    opened = 0
    inputs = Inputs(p, names)
    async for name, reader in inputs:
        opened += 1
        await titles.write(name)
        data = b"" if "f" in given and name == "/dev/null" else await read_all(reader)
        if at is not None:
            lines = [data[at:]] if "c" in given else data.splitlines(keepends=True)[at:]
            await p.stdout.write(b"".join(lines))
        if "f" in given or "F" in given:
            await _follow(p, reader)
    if not opened:
        await p.complain("no files")
    return inputs.status


async def _follow(p: Process, reader: Reader) -> None:
    """Write what is appended to a file; never returns."""
    while True:
        data = await reader.read()
        if data:
            await p.stdout.write(data)
        else:
            await p.sleep(1)


@command("tee")
async def tee(p: Process) -> int:
    """Copy standard input to standard output and to files."""
    given, names = await parse_options(p, "ai")
    files = [p.fs.open(p.path(name), append="a" in given, mode=0o666 & ~p.umask) for name in names]
    while data := await p.stdin.read():
        await p.stdout.write(data)
        for file in files:
            if isinstance(file, File):
                p.fs.extend(file, data)
    return 0


@command("rev")
async def rev(p: Process) -> int:
    """Write lines with their characters in reverse order."""
    inputs = Inputs(p, p.argv[1:])
    async for _, reader in inputs:
        async for line in read_lines(reader):
            await write_line(p, line[::-1])
    return inputs.status


@command("wc")
async def wc(p: Process) -> int:
    """Count lines, words, bytes, characters, or the longest line."""
    given, names = await parse_options(p, "lwcmL")
    shown = [letter for letter in "lwmcL" if letter in given] or ["l", "w", "c"]
    totals = dict.fromkeys(shown, 0)
    inputs = Inputs(p, names)
    async for name, reader in inputs:
        data = await read_all(reader)
        text = data.decode("utf-8", "replace")
        longest = max((len(line) for line in text.splitlines()), default=0)
        counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data), "m": len(text), "L": longest}
        for letter in shown:
            totals[letter] = max(totals[letter], longest) if letter == "L" else totals[letter] + counts[letter]
        alone = len(shown) == 1 and len(names) < 2
        await write_line(p, _counts([counts[x] for x in shown], name if names else "", alone=alone))
    if len(names) > 1:
        await write_line(p, _counts([totals[x] for x in shown], "total", alone=False))
    return inputs.status


def _counts(numbers: list[int], name: str, *, alone: bool) -> str:
    text = str(numbers[0]) if alone else " ".join(f"{number:9d}" for number in numbers)
    return f"{text} {name}" if name else text
