"""Reading the options of a command."""

from __future__ import annotations

from typing import NoReturn

from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.programs import Exit

__all__ = ["parse_options"]


async def parse_options(
    p: Process, flags: str, valued: str = "", *, attached: str = "", least: int = 0
) -> tuple[dict[str, str], list[str]]:
    """Return the options of a command by letter, and its other arguments.

    Args:
        p: the process.
        flags: letters without a value.
        valued: letters with one; that of `e` may be given in several parts, which become lines.
        attached: letters that have one only where it follows at once.
        least: how many other arguments there must be.

    Raises:
        Exit: an option is unknown, or an argument missing; a message was written to standard error.
    """
    reader = _Reader(p, flags, valued, attached)
    await reader.read()
    if len(reader.operands) < least:
        await p.complain("missing operand")
        raise Exit(1)
    return reader.options, reader.operands


class _Reader:
    def __init__(self, p: Process, flags: str, valued: str, attached: str) -> None:
        self._process = p
        self._flags = flags
        self._valued = valued
        self._attached = attached
        self._arguments = p.argv[1:]
        self.options: dict[str, str] = {}
        self.operands: list[str] = []

    async def read(self) -> None:
        """Read all arguments."""
        while self._arguments:
            argument = self._arguments.pop(0)
            if argument == "--":
                self.operands += self._arguments
                return
            if not argument.startswith("-") or argument == "-":
                self.operands.append(argument)
                continue
            letters = argument[1:]
            while letters:
                letters = await self._option(letters[0], letters[1:])

    async def _option(self, letter: str, following: str) -> str:
        """Read one option; return the letters of the argument that are options of their own."""
        if letter in self._flags:
            self.options[letter] = ""
            return following
        if letter in self._attached:
            self.options[letter] = following
        elif letter in self._valued:
            value = following or await self._next_argument(letter)
            several = letter == "e" and "e" in self.options
            self.options[letter] = f"{self.options['e']}\n{value}" if several else value
        elif letter.isdigit() and "n" in self._valued:
            self.options["n"] = letter + following
        else:
            await self._fail(f"invalid option -- '{letter}'")
        return ""

    async def _next_argument(self, letter: str) -> str:
        if not self._arguments:
            await self._fail(f"option requires an argument -- '{letter}'")
        return self._arguments.pop(0)

    async def _fail(self, text: str) -> NoReturn:
        await self._process.complain(text)
        raise Exit(1)
