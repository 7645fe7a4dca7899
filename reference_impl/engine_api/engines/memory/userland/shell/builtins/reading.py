"""Builtins that read input and arguments: `read`, `getopts`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from engine_api.engines.memory.userland.pipes import Reader
from engine_api.engines.memory.userland.shell.interpreter import Shell

__all__ = ["getopts", "read"]


async def read(shell: Shell, argv: list[str]) -> int:
    given: dict[str, str] = {}
    names: list[str] = []
    arguments = argv[1:]
    while arguments:
        argument = arguments.pop(0)
        if argument[:1] != "-" or len(argument) < 2:
            names.append(argument)
        elif argument[1] in "tpnd":
            given[argument[1]] = argument[2:] or (arguments.pop(0) if arguments else "")
        else:
            given |= dict.fromkeys(argument[1:], "")
    for name in names:
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            await shell.complain(f"read: '{name}': bad variable name")
            return 1
    reader = shell.files.readers.get(0)
    if reader is None:
        return 1
    if "p" in given and shell.process.tty is not None:
        await shell.files.writers[2].write(given["p"].encode())
    try:
        timeout = float(given["t"]) if "t" in given else None
        line, complete = await asyncio.wait_for(_read_text(reader, given), timeout)
    except TimeoutError:
        return 1
    text = line.decode("utf-8", "surrogateescape")
    if "r" not in given:
        text = re.sub(r"\\(.)", r"\1", text)
    names = names or ["REPLY"]
    separators = shell.get("IFS")
    separators = " \t\n" if separators is None else separators
    _assign_fields(shell, names, text, separators)
    return 0 if complete else 1


async def _read_text(reader: Reader, given: Mapping[str, str]) -> tuple[bytes, bool]:
    """Return a line, the text up to another mark, or a number of bytes, and whether it is complete."""
    if "n" in given or "d" in given:
        most = int(given.get("n") or 1 << 20)
        end = given.get("d", "\n").encode()[:1]
        data = b""
        while len(data) < most:
            piece = await reader.read(1)
            if not piece or piece == end:
                return data, bool(piece)
            data += piece
        return data, True
    line = await reader.read_line()
    while "r" not in given and line.endswith(b"\\\n"):
        line = line[:-2] + await reader.read_line()
    return line.removesuffix(b"\n"), line.endswith(b"\n")


def _assign_fields(shell: Shell, names: list[str], text: str, separators: str) -> None:
    blanks = "".join(c for c in separators if c in " \t\n")
    text = text.strip(blanks) if blanks else text
    blank = f"[{re.escape(blanks)}]*" if blanks else ""
    mark = f"[{re.escape(separators)}]"
    for name in names[:-1]:
        match = re.match(f"([^{mark[1:]}*){blank}{mark}?{blank}", text) if separators else None
        if match is None:
            shell.assign(name, text)
            text = ""
            continue
        shell.assign(name, match[1])
        text = text[match.end() :]
    shell.assign(names[-1], text)


async def getopts(shell: Shell, argv: list[str]) -> int:
    if len(argv) < 3:
        await shell.refuse("getopts", "usage: getopts optstring var [arg]")
        return 2
    options, name = argv[1], argv[2]
    arguments = argv[3:] or shell.positional
    index = int(shell.get("OPTIND") or "1")
    offset = int(shell.get("__OPTOFF") or "1")
    if index > len(arguments) or not arguments[index - 1].startswith("-") or arguments[index - 1] in ("-", "--"):
        shell.assign(name, "?")
        return 1
    argument = arguments[index - 1]
    letter = argument[offset]
    offset += 1
    at = options.find(letter)
    if at < 0:
        shell.assign(name, "?")
        if options.startswith(":"):
            shell.assign("OPTARG", letter)
        else:
            await shell.files.writers[2].write(f"Illegal option -{letter}\n".encode())
    else:
        shell.assign(name, letter)
        if options[at + 1 : at + 2] == ":":
            value = argument[offset:]
            if not value:
                index += 1
                if index > len(arguments):
                    return await _missing_argument(shell, options, name, letter, index)
                value = arguments[index - 1]
            shell.assign("OPTARG", value)
            offset = len(argument)
    if offset >= len(argument):
        index, offset = index + 1, 1
    shell.assign("OPTIND", str(index))
    shell.assign("__OPTOFF", str(offset))
    return 0


async def _missing_argument(shell: Shell, options: str, name: str, letter: str, index: int) -> int:
    if options.startswith(":"):
        shell.assign(name, ":")
        shell.assign("OPTARG", letter)
    else:
        shell.assign(name, "?")
        await shell.files.writers[2].write(f"No arg for -{letter} option\n".encode())
    shell.assign("OPTIND", str(index))
    return 0
