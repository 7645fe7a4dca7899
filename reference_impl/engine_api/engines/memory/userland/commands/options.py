"""Reading the options of a command."""

from __future__ import annotations

from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.programs import Exit

__all__ = ["options"]


async def options(
    p: Process, flags: str, valued: str = "", *, attached: str = "", least: int = 0
) -> tuple[dict[str, str], list[str]]:
    """The options that were given, and the other arguments.

    Args:
        p: the process.
        flags: letters without a value.
        valued: letters with one; that of `e` may be given in several parts, which become lines.
        attached: letters that have one only where it follows at once.
        least: how many other arguments there must be.

    Raises:
        Exit: an option is unknown, or an argument missing; the process has said so.
    """
    found: dict[str, str] = {}
    rest: list[str] = []
    arguments = p.argv[1:]
    while arguments:
        argument = arguments.pop(0)
        if argument == "--":
            rest += arguments
            break
        if not argument.startswith("-") or argument == "-":
            rest.append(argument)
            continue
        letters = argument[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in flags:
                found[letter] = ""
            elif letter in attached:
                found[letter], letters = letters, ""
            elif letter in valued:
                if not letters and not arguments:
                    await p.complain(f"option requires an argument -- '{letter}'")
                    raise Exit(1)
                value = letters or arguments.pop(0)
                found[letter] = f"{found['e']}\n{value}" if letter == "e" and "e" in found else value
                letters = ""
            elif letter.isdigit() and "n" in valued:
                found["n"], letters = letter + letters, ""
            else:
                await p.complain(f"invalid option -- '{letter}'")
                raise Exit(1)
    if len(rest) < least:
        await p.complain("missing operand")
        raise Exit(1)
    return found, rest
