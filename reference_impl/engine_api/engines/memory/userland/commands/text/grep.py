"""`grep`, `egrep` and `fgrep`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from stat import S_IFREG

from engine_api.engines.memory.userland.commands.expressions import basic, classes
from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import Inputs, read_lines, write_line
from engine_api.engines.memory.userland.pipes import Reader
from engine_api.engines.memory.userland.process import Process

__all__ = ["grep"]


@command("grep", "egrep", "fgrep")
async def grep(p: Process) -> int:
    """Write the lines that match; return 0 if any does, 1 if none does, 2 for an error."""
    given, names = await parse_options(p, "qivncEFrRolLhHswxaz", "eABCmf")
    if not {"e", "f"} & set(given) and not names:
        await p.complain("no pattern")
        return 2
    if "f" in given:
        given["e"] = "|".join(p.fs.read(p.path(given["f"])).decode("utf-8", "surrogateescape").splitlines())
        given["E"] = ""
    expression = _expression(p.argv[0], given["e"] if "e" in given else names.pop(0), given)
    try:
        matcher = re.compile(classes(expression), re.IGNORECASE if "i" in given else 0)
    except re.error:
        await p.complain(f"bad regex '{expression}'")
        return 2
    recursive = "r" in given or "R" in given
    search = _Search(p, matcher, given, named=len(names) > 1 or recursive)
    inputs = Inputs(p, _below(p, names) if recursive else names, quiet="s" in given, message="{}: {}")
    found = False
    async for name, reader in inputs:
        count = await search.run(name, reader)
        found |= count > 0
        if found and "q" in given:
            return 0
        await search.summarize(name, count)
    return 0 if found else 2 if inputs.status else 1


def _expression(program: str, text: str, given: Mapping[str, str]) -> str:
    """Return patterns, one a line, as an extended regular expression."""
    lines = text.split("\n")
    if program.endswith("fgrep") or "F" in given:
        lines = [re.escape(line) for line in lines]
    elif not (program.endswith("egrep") or "E" in given):
        lines = [basic(line) for line in lines]
    joined = "|".join(lines)
    if "w" in given:
        joined = rf"\b(?:{joined})\b"
    return f"^(?:{joined})$" if "x" in given else joined


def _below(p: Process, names: list[str]) -> list[str]:
    """Return the regular files below paths."""
    found: list[str] = []
    for name in names or ["."]:
        start = posixpath.normpath(p.path(name))
        found += [name.rstrip("/") + path[len(start) :] for path, node in p.fs.walk(start) if node.kind == S_IFREG]
    return found


class _Search:
    """Searches files for lines.

    Args:
        p: the process.
        matcher: the expression.
        given: the options.
        named: whether lines have the name of their file in front, unless options say otherwise.
    """

    def __init__(self, p: Process, matcher: re.Pattern[str], given: Mapping[str, str], *, named: bool) -> None:
        self._process = p
        self._matcher = matcher
        self._given = given
        self._named = (named and "h" not in given) or "H" in given
        self._counted = bool({"c", "l", "L"} & set(given))
        self._before, self._after = (int(given.get(letter, given.get("C", "0"))) for letter in "BA")
        self._most = int(given.get("m", "0"))

    def _prefix(self, name: str) -> str:
        return f"{name}:" if self._named else ""

    async def run(self, name: str, reader: Reader) -> int:
        """Write the selected lines of a file with their context; return how many are selected."""
        silent = self._counted or "q" in self._given
        prefix = self._prefix(name)
        count = number = left = 0
        held: list[str] = []
        async for line in read_lines(reader):
            number += 1
            match = self._matcher.search(line)
            if (match is None) != ("v" in self._given):
                if left and not silent:
                    await write_line(self._process, prefix + line)
                    left -= 1
                else:
                    held = [*held, line][-self._before :] if self._before else held
                continue
            count += 1
            if "q" in self._given:
                return count
            if self._counted:
                continue
            if "o" not in self._given:
                for earlier in held:
                    await write_line(self._process, prefix + earlier)
            held, left = [], self._after
            await self._show(f"{prefix}{number}:" if "n" in self._given else prefix, line, match)
            if "m" in self._given and count >= self._most:
                break
        return count

    async def _show(self, prefix: str, line: str, match: re.Match[str] | None) -> None:
        if "o" not in self._given or match is None:
            await write_line(self._process, prefix + line)
            return
        for piece in self._matcher.finditer(line):
            if piece[0]:
                await write_line(self._process, prefix + piece[0])

    async def summarize(self, name: str, count: int) -> None:
        """Write the name of a file, or how many of its lines are selected, if options ask for that."""
        if ("l" in self._given and count) or ("L" in self._given and not count):
            await write_line(self._process, name)
        if "c" in self._given:
            await write_line(self._process, f"{self._prefix(name)}{count}")
