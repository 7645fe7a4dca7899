"""`grep`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine_api.engines.memory.userland.commands.expressions import basic, classes
from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.reading import lines_of
from engine_api.engines.memory.userland.commands.streams import failed, inputs, put
from engine_api.engines.memory.userland.pipes import Reader
from engine_api.engines.memory.userland.process import Process, Program

__all__ = ["COMMANDS"]


@dataclass
class _Search:
    """What `grep` looks for, and how it shows what it finds."""

    p: Process
    given: Mapping[str, str]
    matcher: re.Pattern[str]
    before: int
    after: int
    many: bool
    """Whether lines are shown with the names of their files."""
    found: bool = False

    def has(self, letters: str) -> bool:
        """Return whether one of the options was given."""
        return not self.given.keys().isdisjoint(letters)

    async def file(self, name: str, reader: Reader) -> bool:
        """Search a file; return whether the whole search is over."""
        prefix = f"{name}:" if (self.many and not self.has("h")) or self.has("H") else ""
        count = number = left = 0
        held: list[str] = []
        async for line in lines_of(reader):
            number += 1
            match = self.matcher.search(line)
            if (match is None) != self.has("v"):
                if left and not self.has("clLq"):
                    await put(self.p, prefix + line)
                    left -= 1
                elif self.before:
                    held = [*held[-self.before + 1 :], line] if self.before > 1 else [line]
                continue
            self.found = True
            left = self.after
            count += 1
            if self.has("q"):
                return True
            await self._show(line, match, prefix, number, held)
            held = []
            if self.has("m") and count >= int(self.given["m"]):
                break
        if (self.has("l") and count) or (self.has("L") and not count):
            await put(self.p, name)
        if self.has("c"):
            await put(self.p, f"{prefix}{count}")
        return False

    async def _show(self, line: str, match: re.Match[str] | None, prefix: str, number: int, held: list[str]) -> None:
        """Show a line that was found, after the lines before it."""
        if self.has("clL"):
            return
        if not self.has("o"):
            for one in held:
                await put(self.p, prefix + one)
        shown = f"{prefix}{number}:" if self.has("n") else prefix
        if not self.has("o") or match is None:
            await put(self.p, shown + line)
            return
        for piece in self.matcher.finditer(line):
            if piece[0]:
                await put(self.p, shown + piece[0])


def _expression(p: Process, given: Mapping[str, str], text: str) -> str:
    """Return the pattern as a regular expression."""
    if p.argv[0].endswith("fgrep") or "F" in given:
        text = "|".join(re.escape(line) for line in text.split("\n"))
    elif not (p.argv[0].endswith("egrep") or "E" in given):
        text = "|".join(basic(line) for line in text.split("\n"))
    else:
        text = text.replace("\n", "|")
    if "w" in given:
        text = rf"\b(?:{text})\b"
    return f"^(?:{text})$" if "x" in given else text


async def grep(p: Process) -> int:
    given, rest = await options(p, "qivncEFrRolLhHswxaz", "eABCmf")
    if not {"e", "f"} & set(given) and not rest:
        await p.complain("no pattern")
        return 2
    if "f" in given:
        given["e"] = "|".join(p.fs.read(p.path(given["f"])).decode("utf-8", "surrogateescape").splitlines())
        given["E"] = ""
    text = _expression(p, given, given["e"] if "e" in given else rest.pop(0))
    before, after = (int(given.get(letter, given.get("C", "0"))) for letter in "BA")
    try:
        matcher = re.compile(classes(text), re.IGNORECASE if "i" in given else 0)
    except re.error:
        await p.complain(f"bad regex '{text}'")
        return 2
    recursive = "r" in given or "R" in given
    search = _Search(p, given, matcher, before, after, many=len(rest) > 1 or recursive)
    names = [name for root in rest or ["."] for name in _files_below(p, root)] if recursive else rest
    async for name, reader in inputs(p, names, quiet="s" in given, words="{}: {}"):
        if await search.file(name, reader):
            return 0
    return 0 if search.found else 2 if failed(p) else 1


def _files_below(p: Process, root: str) -> Iterator[str]:
    """Return the files at and below a path, named as the path is."""
    real = posixpath.normpath(p.path(root))
    for name, node in p.fs.walk(real):
        if node.kind == 0o100000:
            yield root.rstrip("/") + name[len(real) :]


COMMANDS: Mapping[str, Program] = {
    "egrep": grep,
    "fgrep": grep,
    "grep": grep,
}
