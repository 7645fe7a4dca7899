"""The shell as a program."""

from __future__ import annotations

import posixpath
import re
import signal

from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.shell.arithmetic import ArithmeticProblem
from engine_api.engines.memory.userland.shell.builtins.table import BUILTINS
from engine_api.engines.memory.userland.shell.expand import ExpansionProblem
from engine_api.engines.memory.userland.shell.flow import Broken, Continued, Exited, Interrupted, Returned
from engine_api.engines.memory.userland.shell.interpreter import Shell
from engine_api.engines.memory.userland.shell.parser import parse
from engine_api.engines.memory.userland.shell.problems import Incomplete, SyntaxProblem
from engine_api.engines.memory.userland.shell.syntax import CommandList

__all__ = ["sh"]


async def sh(process: Process) -> int:
    """Run `sh [-eux] [-c SCRIPT [NAME [ARGUMENT...]] | FILE [ARGUMENT...]]`."""
    arguments = process.argv[1:]
    options, with_script = _options(arguments)
    name = process.argv[0]
    script: str | None = None
    if with_script:
        if not arguments:
            await process.stderr.write(f"{name}: -c requires an argument\n".encode())
            return 2
        script = arguments.pop(0)
        name = arguments.pop(0) if arguments else name
    elif arguments and "s" not in options:
        name = arguments.pop(0)
        try:
            script = process.fs.read(posixpath.join(process.cwd, name)).decode("utf-8", "surrogateescape")
        except OSError:
            await process.complain(f"can't open '{name}': No such file or directory")
            return 2
    shell = Shell(process, name, arguments, BUILTINS)
    shell.options = options - set("islo")
    if script is not None:
        return await _script(shell, script)
    if process.tty is not None or "i" in options:
        return await _interactive(shell)
    return await _lines(shell)


def _options(arguments: list[str]) -> tuple[set[str], bool]:
    """Take the options from the front of the arguments; return their letters, and whether a script follows."""
    options: set[str] = set()
    while arguments and arguments[0][:1] in ("-", "+") and len(arguments[0]) > 1:
        option = arguments.pop(0)
        if option == "--":
            break
        if option.startswith("+"):
            options.difference_update(option[1:])
            continue
        options.update(option[1:])
        if "c" in option and not option.startswith("--"):
            return options, True
    return options, False


async def _script(shell: Shell, script: str) -> int:
    try:
        parsed = parse(script)
        if "n" not in shell.options:
            await shell.run(parsed)
    except Exited as flow:
        shell.status = flow.value
    except Returned as flow:
        shell.status = flow.value
    except (Broken, Continued):
        pass
    except SyntaxProblem as problem:
        await shell.complain(str(problem))
        shell.status = 2
    except (ExpansionProblem, ArithmeticProblem) as problem:
        await shell.complain(str(problem))
        shell.status = 2
    await shell.end()
    return shell.status


async def _lines(shell: Shell) -> int:
    """Run standard input command by command, so that commands can read what follows."""
    text = ""
    read = 0
    while line := await shell.process.stdin.read_line():
        if not text:
            shell.first_line = read + 1
        read += 1
        text += line.decode("utf-8", "surrogateescape")
        try:
            script = parse(text)
        except Incomplete:
            continue
        except SyntaxProblem as problem:
            await shell.complain(str(problem))
            return 2
        if text.rstrip().endswith("\\") or _open_heredoc(text):
            continue
        text = ""
        try:
            await shell.run(script)
        except (Broken, Continued):
            continue
        except (Exited, Returned) as flow:
            shell.status = flow.value
            break
        except (ExpansionProblem, ArithmeticProblem) as problem:
            await shell.complain(str(problem))
            return 2
    if text.strip():
        return await _script(shell, text)
    await shell.end()
    return shell.status


def _open_heredoc(text: str) -> bool:
    for match in re.finditer(r"<<-?\s*['\"\\]?(\w+)", text):
        if not re.search(rf"^\t*{match[1]}$", text[match.end() :], re.MULTILINE):
            return True
    return False


async def _interactive(shell: Shell) -> int:
    """Run what is typed on a terminal, command by command."""
    process = shell.process
    shell.interactive = True
    interrupts: list[int] = []

    def interrupt() -> None:
        interrupts.append(signal.SIGINT)
        if not shell.children and process.tty is not None:
            process.tty.input.feed(b"\n")

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        process.on_signal(number, interrupt if number == signal.SIGINT else lambda: None)
    text = ""
    while True:
        sign = "#" if process.user.uid == 0 else "$"
        await process.stdout.write((f"{_short(shell)} {sign} " if not text else "> ").encode())
        line = await process.stdin.read_line()
        if interrupts:
            interrupts.clear()
            text, shell.status = "", 130
            await process.stdout.write(b"\n")
            continue
        if not line:
            break
        text += line.decode("utf-8", "surrogateescape")
        try:
            script = parse(text)
        except Incomplete:
            continue
        except SyntaxProblem as problem:
            await shell.complain(str(problem))
            shell.status, text = 2, ""
            continue
        text = ""
        if await _run_typed(shell, script, interrupts):
            break
    await shell.end()
    return shell.status


async def _run_typed(shell: Shell, script: CommandList, interrupts: list[int]) -> bool:
    """Run a command that was typed; return whether it ends the shell."""
    try:
        await shell.run(script)
    except Exited as flow:
        shell.status = flow.value
        return True
    except Interrupted:
        shell.status = 130
        interrupts.clear()
        await shell.process.stdout.write(b"\n")
    except (Broken, Continued, Returned):
        pass
    except (ExpansionProblem, ArithmeticProblem, SyntaxProblem) as problem:
        await shell.complain(str(problem))
        shell.status = 2
    return False


def _short(shell: Shell) -> str:
    home = shell.get("HOME")
    if home and home != "/" and (shell.cwd == home or shell.cwd.startswith(home + "/")):
        return "~" + shell.cwd[len(home) :]
    return shell.cwd
