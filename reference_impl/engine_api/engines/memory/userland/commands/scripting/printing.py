"""`echo` and `printf`."""

from __future__ import annotations

import re

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.escapes import unescape
from engine_api.engines.memory.userland.process import Process

__all__ = ["echo", "printf"]


@command("echo")
async def echo(p: Process) -> int:
    """Print the arguments."""
    arguments = p.argv[1:]
    newline, escapes = True, False
    while arguments and re.fullmatch("-[neE]+", arguments[0]):
        newline &= "n" not in arguments[0]
        escapes |= "e" in arguments[0]
        arguments = arguments[1:]
    text = " ".join(arguments)
    if escapes:
        text, stop, _ = text.partition("\\c")
        newline &= not stop
        text = unescape(text)
    await p.stdout.write((text + ("\n" if newline else "")).encode("utf-8", "surrogateescape"))
    return 0


_CONVERSION = re.compile(r"%(%|([-+ 0#]*)(\d+|\*)?(?:\.(\d+|\*))?(.?))", re.DOTALL)


_NUMBER = re.compile(r"\s*([-+]?)(?:0[xX]([0-9a-fA-F]+)|0([0-7]*)|([1-9]\d*))")


@command("printf")
async def printf(p: Process) -> int:
    """Print the arguments in a format."""
    if len(p.argv) < 2:
        await p.complain("usage: printf FORMAT [ARGUMENT...]")
        return 2
    form, stopped, _ = p.argv[1].partition("\\c")
    return await _Printf(p, unescape(form), p.argv[2:]).run(once=bool(stopped))


class _Printf:
    """A format and its arguments."""

    def __init__(self, p: Process, form: str, arguments: list[str]) -> None:
        self._p = p
        self._form = form
        self._arguments = arguments
        self._text = ""
        self._status = 0
        self._stopped = False

    async def run(self, *, once: bool) -> int:
        """Write the format until the arguments are used up."""
        while not self._stopped:
            before = len(self._arguments)
            await self._pass()
            if once or not self._arguments or len(self._arguments) == before:
                break
        await self._flush()
        return self._status

    async def _flush(self) -> None:
        await self._p.stdout.write(self._text.encode("utf-8", "surrogateescape"))
        self._text = ""

    async def _complain(self, text: str) -> None:
        await self._flush()
        await self._p.stderr.write(f"sh: {text}\n".encode("utf-8", "surrogateescape"))
        self._status = 1

    def _argument(self) -> str:
        return self._arguments.pop(0) if self._arguments else ""

    async def _pass(self) -> None:
        at = 0
        for match in _CONVERSION.finditer(self._form):
            self._text += self._form[at : match.start()]
            at = match.end()
            if match[1] == "%":
                self._text += "%"
            elif match[5] and match[5] in "diouxXcsbeEfgG":
                piece = await self._converted(match)
                self._text += piece
            else:
                await self._complain(f"{match[0]}: invalid format")
                self._stopped = True
            if self._stopped:
                return
        self._text += self._form[at:]

    async def _converted(self, match: re.Match[str]) -> str:
        width = self._argument() if match[3] == "*" else match[3] or ""
        precision = self._argument() if match[4] == "*" else match[4]
        form = f"%{match[2]}{width}" + ("" if precision is None else f".{precision}")
        value, kind = self._argument(), match[5]
        if kind in "diouxX":
            number = await self._number(value)
            return f"{form}{'d' if kind in 'iu' else kind}" % (number if kind in "di" else number % 2**64)
        if kind in "eEfgG":
            return f"{form}{kind}" % await self._float(value)
        if kind == "b":
            value, stopped, _ = value.partition("\\c")
            self._stopped = bool(stopped)
            value = unescape(value)
        return f"{form}s" % (value[:1] if kind == "c" else value)

    async def _number(self, text: str) -> int:
        if text[:1] in ("'", '"') and len(text) > 1:
            return ord(text[1])
        match = _NUMBER.fullmatch(text)
        if match is None:
            await self._complain(f"invalid number '{text}'")
            return 0
        sign, hexadecimal, octal, decimal = match.groups()
        number = int(hexadecimal, 16) if hexadecimal else int(decimal) if decimal else int(octal or "0", 8)
        return -number if sign == "-" else number

    async def _float(self, text: str) -> float:
        try:
            return float(text)
        except ValueError:
            await self._complain(f"invalid number '{text}'")
            return 0.0
