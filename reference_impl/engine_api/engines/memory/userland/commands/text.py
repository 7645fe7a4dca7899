"""Commands that show and count text: `cat`, `head`, `tail`, `wc`, `tee`, `seq` and the like."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping

from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.printing import echo, printf
from engine_api.engines.memory.userland.commands.reading import all_of, lines_of
from engine_api.engines.memory.userland.commands.sed import sed
from engine_api.engines.memory.userland.commands.streams import failed, inputs, put
from engine_api.engines.memory.userland.nodes import File
from engine_api.engines.memory.userland.pipes import Reader
from engine_api.engines.memory.userland.process import Process, Program
from engine_api.engines.memory.userland.programs import CommandNotFound, Exit

__all__ = ["COMMANDS", "size_of"]


async def cat(p: Process) -> int:
    given, names = await options(p, "nuvetbA")
    number = 0
    async for _, reader in inputs(p, names):
        if {"n", "b", "e", "t", "A"} & set(given):
            async for line in lines_of(reader):
                shown = line.replace("\t", "^I") if {"t", "A"} & set(given) else line
                shown += "$" if {"e", "A"} & set(given) else ""
                if "n" in given or ("b" in given and line):
                    number += 1
                    shown = f"{number:6d}\t{shown}"
                await put(p, shown)
            continue
        while data := await reader.read():
            await p.stdout.write(data)
    return failed(p)


async def _numbered(items: AsyncIterator[tuple[str, Reader]]) -> AsyncIterator[tuple[int, tuple[str, Reader]]]:
    index = 0
    async for item in items:
        yield index, item
        index += 1


async def head(p: Process) -> int:
    given, names = await options(p, "qv", "nc")
    if "c" in given:
        async for _, reader in inputs(p, names, words="{}: {}"):
            left = size_of(given["c"])
            while left > 0 and (data := await reader.read(min(left, 65536))):
                await p.stdout.write(data)
                left -= len(data)
        return failed(p)
    count = await _count(p, given.get("n", "10"))
    async for index, (name, reader) in _numbered(inputs(p, names, words="{}: {}")):
        if (len(names) > 1 or "v" in given) and "q" not in given:
            await put(p, ("\n" if index else "") + f"==> {name} <==")
        if count < 0:
            lines = (await all_of(reader)).splitlines(keepends=True)
            await p.stdout.write(b"".join(lines[:count]))
            continue
        for _ in range(count):
            line = await reader.read_line()
            if not line:
                break
            await p.stdout.write(line)
    return failed(p)


async def _count(p: Process, text: str) -> int:
    """A number of lines or bytes, perhaps with a sign."""
    if not re.fullmatch(r"[-+]?\d+", text):
        await p.complain(f"invalid number '{text}'")
        raise Exit(1)
    return int(text)


def size_of(text: str) -> int:
    """A number of bytes, perhaps with a unit."""
    units = {"k": 1024, "K": 1024, "m": 1 << 20, "M": 1 << 20, "G": 1 << 30, "b": 512, "kB": 1000}
    match = re.fullmatch(r"(\d+)(k|K|m|M|G|b|kB)?", text)
    if match is None:
        raise OSError(22, f"invalid number '{text}'")
    return int(match[1]) * units.get(match[2], 1)


async def tail(p: Process) -> int:
    given, names = await options(p, "fFqv", "nc")
    text = given.get("c", given.get("n", "10"))
    number = await _count(p, text)
    at = max(number - 1, 0) if text.startswith("+") else -abs(number) if number else None
    opened = 0
    async for index, (name, reader) in _numbered(inputs(p, names)):
        if (len(names) > 1 or "v" in given) and "q" not in given:
            await put(p, ("\n" if index else "") + f"==> {name} <==")
        data = b"" if "f" in given and name == "/dev/null" else await all_of(reader)
        opened += 1
        if at is not None:
            lines = [data[at:]] if "c" in given else data.splitlines(keepends=True)[at:]
            await p.stdout.write(b"".join(lines))
        if "f" in given or "F" in given:
            await _follow(p, reader)
    if not opened:
        await p.complain("no files")
    return failed(p)


async def _follow(p: Process, reader: Reader) -> None:
    while True:
        data = await reader.read()
        if data:
            await p.stdout.write(data)
        else:
            await p.sleep(1)


async def wc(p: Process) -> int:
    given, names = await options(p, "lwcmL")
    shown = [letter for letter in "lwmcL" if letter in given] or ["l", "w", "c"]
    totals = dict.fromkeys(shown, 0)
    async for name, reader in inputs(p, names):
        data = await all_of(reader)
        text = data.decode("utf-8", "replace")
        longest = max((len(line) for line in text.splitlines()), default=0)
        counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data), "m": len(text), "L": longest}
        for letter in shown:
            totals[letter] = max(totals[letter], longest) if letter == "L" else totals[letter] + counts[letter]
        alone = len(shown) == 1 and len(names) < 2
        await put(p, _counts([counts[x] for x in shown], name if names else "", alone=alone))
    if len(names) > 1:
        await put(p, _counts([totals[x] for x in shown], "total", alone=False))
    return failed(p)


def _counts(numbers: list[int], name: str, *, alone: bool) -> str:
    text = str(numbers[0]) if alone else " ".join(f"{number:9d}" for number in numbers)
    return f"{text} {name}" if name else text


async def tee(p: Process) -> int:
    given, names = await options(p, "ai")
    files = [p.fs.open(p.path(name), append="a" in given, mode=0o666 & ~p.umask) for name in names]
    while data := await p.stdin.read():
        await p.stdout.write(data)
        for file in files:
            if isinstance(file, File):
                p.fs.extend(file, data)
    return 0


async def seq(p: Process) -> int:
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


async def yes(p: Process) -> int:
    line = (" ".join(p.argv[1:]) or "y").encode() + b"\n"
    block = line * max(1, 65536 // len(line))
    while True:
        await p.stdout.write(block)
        await asyncio.sleep(0)


async def rev(p: Process) -> int:
    async for _, reader in inputs(p, p.argv[1:]):
        async for line in lines_of(reader):
            await put(p, line[::-1])
    return failed(p)


async def xargs(p: Process) -> int:
    given: dict[str, str] = {}
    command = p.argv[1:]
    while command and re.fullmatch("-[rt0nI].*", command[0]):
        option = command.pop(0)
        given[option[1]] = option[2:] or (command.pop(0) if option in ("-n", "-I") and command else "")
    text = (await all_of(p.stdin)).decode("utf-8", "surrogateescape")
    words = text.rstrip("\0").split("\0") if "0" in given else text.splitlines() if "I" in given else text.split()
    command = command or ["echo"]
    if "I" in given:
        calls = [[part.replace(given["I"], word) for part in command] for word in words]
    else:
        size = int(given.get("n", str(len(words) or 1)))
        calls = [[*command, *words[at : at + size]] for at in range(0, max(len(words), 0 if "r" in given else 1), size)]
    status = 0
    for call in calls:
        try:
            child = p.spawn(call)
        except CommandNotFound:
            await p.complain(f"{call[0]}: No such file or directory")
            return 127
        status = 123 if await child.wait() else status
    return status


COMMANDS: Mapping[str, Program] = {
    "cat": cat,
    "echo": echo,
    "head": head,
    "less": cat,
    "more": cat,
    "printf": printf,
    "rev": rev,
    "sed": sed,
    "seq": seq,
    "tail": tail,
    "tee": tee,
    "wc": wc,
    "xargs": xargs,
    "yes": yes,
}
