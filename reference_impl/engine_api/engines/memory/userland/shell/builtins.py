"""What the shell does itself."""

from __future__ import annotations

import asyncio
import posixpath
import re
import signal
from collections.abc import Awaitable, Callable, Mapping

from engine_api.engines.memory.userland.commands.conditions import false as false_
from engine_api.engines.memory.userland.commands.conditions import test, true
from engine_api.engines.memory.userland.commands.printing import echo, printf
from engine_api.engines.memory.userland.pipes import Reader
from engine_api.engines.memory.userland.process import CannotRun, CommandNotFound, Program
from engine_api.engines.memory.userland.shell.arithmetic import evaluate
from engine_api.engines.memory.userland.shell.interpreter import Broken, Continued, Exited, Returned, Shell
from engine_api.engines.memory.userland.shell.parser import RESERVED, parse
from engine_api.engines.memory.userland.signals import number_of

__all__ = ["BUILTINS", "INLINE", "SPECIAL"]

Builtin = Callable[[Shell, list[str]], Awaitable[int]]


async def _print(shell: Shell, text: str) -> None:
    writer = shell.files.writers.get(1)
    if writer is not None:
        await writer.write(text.encode("utf-8", "surrogateescape"))


async def _number(shell: Shell, argv: list[str], default: int) -> int:
    """The number that a builtin is given; what is none ends the shell."""
    if len(argv) < 2:
        return default
    if not re.fullmatch(r"\d+", argv[1]):
        await shell.refuse(argv[0], f"Illegal number: {argv[1]}")
        raise Exited(2)
    return int(argv[1])


async def colon(shell: Shell, argv: list[str]) -> int:
    return 0


async def exit_(shell: Shell, argv: list[str]) -> int:
    raise Exited(await _number(shell, argv, shell.status) & 0xFF)


async def return_(shell: Shell, argv: list[str]) -> int:
    raise Returned(await _number(shell, argv, shell.status) & 0xFF)


async def break_(shell: Shell, argv: list[str]) -> int:
    count = await _number(shell, argv, 1)
    if not shell.loops:
        return 0
    raise Broken(min(count, shell.loops))


async def continue_(shell: Shell, argv: list[str]) -> int:
    count = await _number(shell, argv, 1)
    if not shell.loops:
        return 0
    raise Continued(min(count, shell.loops))


async def cd(shell: Shell, argv: list[str]) -> int:
    arguments = [argument for argument in argv[1:] if argument not in ("-L", "-P")]
    target = arguments[0] if arguments else shell.get("HOME") or "/"
    if target == "-":
        target = shell.get("OLDPWD") or shell.cwd
        await _print(shell, target + "\n")
    path = posixpath.normpath(posixpath.join(shell.cwd, target))
    path = "/" + path.lstrip("/")
    if not shell.process.fs.is_directory(path):
        reason = "Not a directory" if shell.process.fs.exists(path) else "No such file or directory"
        await shell.refuse("cd", f"can't cd to {target}: {reason}")
        return 2
    if "-P" in argv:
        path = shell.process.fs.real(path)
    shell.assign("OLDPWD", shell.cwd)
    shell.cwd = path
    shell.assign("PWD", path)
    return 0


async def pwd(shell: Shell, argv: list[str]) -> int:
    await _print(shell, (shell.process.fs.real(shell.cwd) if "-P" in argv else shell.cwd) + "\n")
    return 0


async def export(shell: Shell, argv: list[str]) -> int:
    names = [a for a in argv[1:] if a != "-p"]
    if not names:
        lines = [
            f"export {name}={_quote(shell.variables[name])}\n" for name in sorted(shell.exported & set(shell.variables))
        ]
        await _print(shell, "".join(lines))
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


def _quote(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


_OPTION_NAMES = {"errexit": "e", "xtrace": "x", "nounset": "u", "noglob": "f", "verbose": "v", "pipefail": "pipefail"}
_LETTERS = "aefhmnuvxC"


async def set_(shell: Shell, argv: list[str]) -> int:
    arguments = argv[1:]
    if not arguments:
        await _print(shell, "".join(f"{k}={_quote(v)}\n" for k, v in sorted(shell.variables.items())))
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
            await _print(shell, "Current option settings\n" + "".join(shown))
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
    count = await _number(shell, argv, 1)
    if count > len(shell.positional):
        return 1
    del shell.positional[:count]
    return 0


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
    """Read a line, or up to another mark, or a number of bytes; gives whether it came to its end."""
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


async def eval_(shell: Shell, argv: list[str]) -> int:
    return await shell.run(parse(" ".join(argv[1:])))


async def source(shell: Shell, argv: list[str]) -> int:
    if len(argv) < 2:
        return 2
    try:
        text = shell.process.fs.read(posixpath.join(shell.cwd, argv[1]))
    except OSError as error:
        problem = f"can't open '{argv[1]}': {error.strerror}" if "/" in argv[1] else f"{argv[1]}: not found"
        await shell.refuse(".", problem)
        raise Exited(2) from None
    try:
        return await shell.run(parse(text.decode("utf-8", "surrogateescape")))
    except Returned as flow:
        return flow.value


async def trap(shell: Shell, argv: list[str]) -> int:
    if len(argv) == 1:
        for known, script in sorted(shell.traps.items()):
            name = "EXIT" if known == 0 else signal.Signals(known).name.removeprefix("SIG")
            await _print(shell, f"trap -- {_quote(script)} {name}\n")
        return 0
    action: str | None = argv[1]
    names = argv[2:]
    if not names or action == "-" or argv[1].isdigit():
        names = names or [argv[1]]
        action = None
    for name in names:
        number = 0 if name in ("EXIT", "0") else number_of(name)
        if number is None:
            await shell.refuse("trap", f"{name}: invalid signal specification")
            return 1
        shell.trap(number, action)
    return 0


async def wait(shell: Shell, argv: list[str]) -> int:
    jobs = [int(a.lstrip("%")) for a in argv[1:] if a.lstrip("%").isdigit()]
    tasks = [shell.jobs[j] for j in jobs if j in shell.jobs] if jobs else list(shell.jobs.values())
    if jobs and not tasks:
        return 127
    came = asyncio.ensure_future(shell.signalled.wait())
    try:
        for task in tasks:
            await asyncio.wait({task, came}, return_when=asyncio.FIRST_COMPLETED)
            if came.done():
                number = shell._pending[0] if shell._pending else 0
                return 128 + number
    finally:
        came.cancel()
    if not tasks or not jobs:
        return 0
    if not tasks[-1].cancelled():
        return tasks[-1].result()
    number = shell.killed.get(jobs[-1], int(signal.SIGKILL))
    await shell.tell_end(number)
    return 128 + number


async def kill(shell: Shell, argv: list[str]) -> int:
    number: int | None = signal.SIGTERM
    arguments = argv[1:]
    if arguments and arguments[0] == "-l":
        names = {s.value: s.name.removeprefix("SIG") for s in signal.Signals}
        for text in arguments[1:]:
            found = number_of(text)
            if found is None:
                await shell.complain(f"unknown signal '{text}'")
                return 1
            await _print(shell, f"{names.get(int(text), text) if text.isdigit() else found}\n")
        if not arguments[1:]:
            await _print(shell, "".join(f"{number:2d}) {name}\n" for number, name in names.items() if number < 32))
        return 0
    if len(arguments) > 1 and arguments[0] == "-s":
        number, arguments = number_of(arguments[1]), arguments[2:]
    elif arguments and arguments[0].startswith("-"):
        number, arguments = number_of(arguments[0][1:]), arguments[1:]
    if number is None:
        await shell.complain(f"bad signal name '{argv[1].lstrip('-')}'")
        return 1
    if not arguments:
        await shell.complain("you need to specify whom to kill")
        return 1
    status = 0
    for text in arguments:
        if not text.lstrip("%-").isdigit():
            await shell.complain(f"invalid number '{text}'")
            status = 1
            continue
        pid = int(text.lstrip("%"))
        if text.startswith("%") and pid not in shell.jobs:
            await shell.refuse("kill", f"{text}: no such job")
            return 2
        target = shell.process.sandbox.processes.get(pid)
        job = shell.jobs.get(pid)
        if target is not None:
            if number:
                target.send(number)
        elif job is not None and not job.done():
            if number:
                shell.killed[pid] = number
                job.cancel()
        else:
            await shell.complain(f"can't kill pid {text}: No such process")
            status = 1
    await asyncio.sleep(0)
    return status


async def exec_(shell: Shell, argv: list[str]) -> int:
    if len(argv) == 1:
        return 0
    files = shell.files
    process = shell.process
    try:
        program, arguments = process.sandbox.find(argv[1:], shell.environment, shell.cwd, process.user)
    except CommandNotFound:
        await shell.refuse("exec", f"{argv[1]}: not found")
        raise Exited(127) from None
    except CannotRun:
        await shell.refuse("exec", f"{argv[1]}: Permission denied")
        raise Exited(126) from None
    for number in list(process._handlers):
        process.on_signal(number, None)
    if shell.depth:
        child = process.child(arguments, files.readers[0], files.writers[1], files.writers[2], shell.cwd)
        raise Exited(await program(child))
    process.argv, process.env, process.cwd = arguments, shell.environment, shell.cwd
    process.stdin = files.readers.get(0, process.stdin)
    process.stdout = files.writers.get(1, process.stdout)
    process.stderr = files.writers.get(2, process.stderr)
    shell.traps.clear()
    raise Exited(await program(process))


async def type_(shell: Shell, argv: list[str]) -> int:
    status = 0
    for name in argv[1:]:
        if name in shell.functions:
            await _print(shell, f"{name} is a function\n")
        elif name in RESERVED:
            await _print(shell, f"{name} is a shell keyword\n")
        elif name in BUILTINS or name in INLINE:
            await _print(shell, f"{name} is a {'special ' * (name in SPECIAL)}shell builtin\n")
        elif (path := _find(shell, name)) is not None:
            await _print(shell, f"{name} is {path}\n")
        else:
            await _print(shell, f"{name}: not found\n")
            status = 127
    return status


def _find(shell: Shell, name: str) -> str | None:
    if "/" in name:
        return name if shell.process.fs.exists(posixpath.join(shell.cwd, name)) else None
    for place in (shell.get("PATH") or "").split(":"):
        path = posixpath.join(shell.cwd, place, name)
        if shell.process.fs.exists(path) and not shell.process.fs.is_directory(path):
            return path
    return None


async def command(shell: Shell, argv: list[str]) -> int:
    if len(argv) > 2 and argv[1] in ("-v", "-V"):
        name = argv[2]
        if argv[1] == "-V":
            return await type_(shell, ["type", name])
        if name in BUILTINS or name in INLINE or name in RESERVED or name in shell.functions:
            await _print(shell, name + "\n")
            return 0
        path = _find(shell, name)
        if path is not None:
            await _print(shell, path + "\n")
        return 0 if path is not None else 127
    if len(argv) > 1:
        functions, shell.functions = shell.functions, {}
        try:
            await shell.execute(argv[1:], (), shell.files)
        finally:
            shell.functions = functions
        return shell.status
    return 0


async def umask(shell: Shell, argv: list[str]) -> int:
    if argv[1:] == ["-S"]:
        shown = [f"{who}={_rights(~shell.umask >> shift)}" for who, shift in (("u", 6), ("g", 3), ("o", 0))]
        await _print(shell, ",".join(shown) + "\n")
    elif len(argv) > 1:
        mask = _mask(argv[1], shell.umask)
        if mask is None:
            await shell.refuse("umask", f"illegal mode: {argv[1]}")
            return 2
        shell.umask = mask
    else:
        await _print(shell, f"{shell.umask:04o}\n")
    return 0


def _mask(text: str, before: int) -> int | None:
    """The mask that a number or a list such as `u=rwx,g-w` means; None if it is neither."""
    if re.fullmatch("[0-7]+", text):
        return int(text, 8)
    if not re.fullmatch("[ugoa]*[-+=][rwx]*(,[ugoa]*[-+=][rwx]*)*", text):
        return None
    allowed = ~before & 0o777
    for who, sign, rights in re.findall("([ugoa]*)([-+=])([rwx]*)", text):
        bits = sum({"r": 4, "w": 2, "x": 1}[letter] for letter in set(rights))
        for shift in {"u": [6], "g": [3], "o": [0]}.get(who, [6, 3, 0]):
            others = allowed & ~(7 << shift) if sign == "=" else allowed
            allowed = allowed & ~(bits << shift) if sign == "-" else others | bits << shift
    return ~allowed & 0o777


def _rights(bits: int) -> str:
    return "".join(letter for letter, bit in (("r", 4), ("w", 2), ("x", 1)) if bits & bit)


async def let(shell: Shell, argv: list[str]) -> int:
    value = 0
    for text in argv[1:]:
        value = evaluate(text, shell.variables)
    return int(value == 0)


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


async def jobs(shell: Shell, argv: list[str]) -> int:
    return 0


_ENDING = (".", ":", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift")
SPECIAL = frozenset((*_ENDING, "times", "trap", "unset"))
"""Builtins whose failed redirections end the shell."""

BUILTINS: Mapping[str, Builtin] = {
    ":": colon,
    ".": source,
    "break": break_,
    "cd": cd,
    "command": command,
    "continue": continue_,
    "eval": eval_,
    "exec": exec_,
    "exit": exit_,
    "export": export,
    "getopts": getopts,
    "hash": colon,
    "jobs": jobs,
    "kill": kill,
    "let": let,
    "local": local,
    "pwd": pwd,
    "read": read,
    "readonly": readonly,
    "return": return_,
    "set": set_,
    "shift": shift,
    "source": source,
    "times": colon,
    "trap": trap,
    "type": type_,
    "ulimit": colon,
    "umask": umask,
    "unset": unset,
    "wait": wait,
}
"""What needs the shell's own state."""

INLINE: Mapping[str, Program] = {
    "[": test,
    "[[": test,
    "echo": echo,
    "false": false_,
    "printf": printf,
    "test": test,
    "true": true,
}
"""Programs that the shell runs without a process of their own."""
