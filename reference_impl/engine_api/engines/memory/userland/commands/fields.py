"""Commands that cut, translate and sort lines: `cut`, `tr`, `sort`, `uniq`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.reading import all_of, lines_of
from engine_api.engines.memory.userland.commands.streams import failed, inputs, put
from engine_api.engines.memory.userland.process import Process, Program
from engine_api.engines.memory.userland.shell.words import unescape

__all__ = ["COMMANDS"]


async def cut(p: Process) -> int:
    given, names = await options(p, "s", "dfcb")
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
    async for _, reader in inputs(p, names):
        async for line in lines_of(reader):
            if "f" in given:
                if separator in line or "s" not in given:
                    await put(p, separator.join(chosen(line.split(separator))) if separator in line else line)
            else:
                await put(p, "".join(chosen(list(line))))
    return failed(p)


async def tr(p: Process) -> int:
    given, sets = await options(p, "dsc", least=1)
    source = _set(sets[0]) if sets else ""
    target = _set(sets[1]) if len(sets) > 1 else ""
    data = (await all_of(p.stdin)).decode("latin-1")
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


async def sort(p: Process) -> int:
    given, names = await options(p, "nrufbc", "kto")
    lines: list[str] = []
    async for _, reader in inputs(p, names, words="{}: {}"):
        lines += [line async for line in lines_of(reader)]

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

    if failed(p):
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


async def uniq(p: Process) -> int:
    given, names = await options(p, "cdui", "f")
    skipped = int(given.get("f", "0"))

    def key(line: str) -> str:
        text = " ".join(line.split()[skipped:]) if skipped else line
        return text.lower() if "i" in given else text

    groups: list[tuple[str, int]] = []
    async for _, reader in inputs(p, names[:1]):
        async for line in lines_of(reader):
            if groups and key(groups[-1][0]) == key(line):
                groups[-1] = (groups[-1][0], groups[-1][1] + 1)
            else:
                groups.append((line, 1))
    for line, count in groups:
        if ("d" in given and count < 2) or ("u" in given and count > 1):
            continue
        await put(p, f"{count:7d} {line}" if "c" in given else line)
    return failed(p)


COMMANDS: Mapping[str, Program] = {
    "cut": cut,
    "sort": sort,
    "tr": tr,
    "uniq": uniq,
}
