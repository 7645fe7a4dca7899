"""Builtins on variables and options: `export`, `readonly`, `local`, `unset`, `set`, `shift`, `let`."""

from __future__ import annotations

from engine_api.engines.memory.userland.shell.arithmetic import evaluate
from engine_api.engines.memory.userland.shell.builtins.common import number_argument, write
from engine_api.engines.memory.userland.shell.flow import Exited
from engine_api.engines.memory.userland.shell.interpreter import Shell

__all__ = ["export", "let", "local", "quote", "readonly", "set_", "shift", "unset"]


async def export(shell: Shell, argv: list[str]) -> int:
    names = [a for a in argv[1:] if a != "-p"]
    if not names:
        lines = [
            f"export {name}={quote(shell.variables[name])}\n" for name in sorted(shell.exported & set(shell.variables))
        ]
        await write(shell, "".join(lines))
    for argument in names:
        name, equals, value = argument.partition("=")
        if equals:
            shell.assign(name, value)
        shell.exported.add(name)
    return 0


async def readonly(shell: Shell, argv: list[str]) -> int:
    for argument in argv[1:]:
        name, equals, value = argument.partition("=")
        if equals:
            shell.assign(name, value)
        shell.readonly.add(name)
    return 0


async def local(shell: Shell, argv: list[str]) -> int:
    if not shell.in_function:
        await shell.refuse("local", "not in a function")
        raise Exited(2)
    for argument in argv[1:]:
        name, equals, value = argument.partition("=")
        shell.declare_local(name, value if equals else None)
    return 0


async def unset(shell: Shell, argv: list[str]) -> int:
    for name in argv[1:]:
        if name in ("-v", "-f"):
            continue
        if name in shell.readonly and argv[1] != "-f":
            await shell.refuse("unset", f"{name}: is read only")
            raise Exited(2)
        shell.variables.pop(name, None)
        shell.exported.discard(name)
        if argv[1] == "-f":
            shell.functions.pop(name, None)
    return 0


def quote(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


_OPTION_NAMES = {"errexit": "e", "xtrace": "x", "nounset": "u", "noglob": "f", "verbose": "v", "pipefail": "pipefail"}
_LETTERS = "aefhmnuvxC"


async def set_(shell: Shell, argv: list[str]) -> int:
    arguments = argv[1:]
    if not arguments:
        await write(shell, "".join(f"{k}={quote(v)}\n" for k, v in sorted(shell.variables.items())))
    while arguments:
        argument = arguments.pop(0)
        if argument == "--":
            shell.positional = arguments
            return 0
        if argument[:1] not in "-+" or len(argument) < 2:
            shell.positional = [argument, *arguments]
            return 0
        letters = argument[1:]
        switch = shell.options.add if argument[0] == "-" else shell.options.discard
        if letters == "o" and not arguments:
            shown = [f"{name:<16}{'on' if key in shell.options else 'off'}\n" for name, key in _OPTION_NAMES.items()]
            await write(shell, "Current option settings\n" + "".join(shown))
            return 0
        if letters == "o":
            name = arguments.pop(0)
            if name not in _OPTION_NAMES:
                await shell.refuse("set", f"illegal option {argument[0]}o {name}")
                return 1
            switch(_OPTION_NAMES[name])
            continue
        for letter in letters:
            if letter not in _LETTERS:
                await shell.refuse("set", f"illegal option {argument[0]}{letter}")
                raise Exited(2)
            switch(letter)
    return 0


async def shift(shell: Shell, argv: list[str]) -> int:
    count = await number_argument(shell, argv, 1)
    if count > len(shell.positional):
        return 1
    del shell.positional[:count]
    return 0


async def let(shell: Shell, argv: list[str]) -> int:
    value = 0
    for text in argv[1:]:
        value = evaluate(text, shell.variables)
    return int(value == 0)
