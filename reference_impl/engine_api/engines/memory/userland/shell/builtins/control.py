"""Builtins that change what runs next: `exit`, `return`, `break`, `continue`, `eval`, `source`, `exec`."""

from __future__ import annotations

import posixpath

from engine_api.engines.memory.userland.programs import CannotRun, CommandNotFound
from engine_api.engines.memory.userland.shell.builtins.common import number_argument
from engine_api.engines.memory.userland.shell.flow import Broken, Continued, Exited, Returned
from engine_api.engines.memory.userland.shell.interpreter import Shell
from engine_api.engines.memory.userland.shell.parser import parse

__all__ = ["break_", "continue_", "eval_", "exec_", "exit_", "return_", "source"]


async def exit_(shell: Shell, argv: list[str]) -> int:
    raise Exited(await number_argument(shell, argv, shell.status) & 0xFF)


async def return_(shell: Shell, argv: list[str]) -> int:
    raise Returned(await number_argument(shell, argv, shell.status) & 0xFF)


async def break_(shell: Shell, argv: list[str]) -> int:
    count = await number_argument(shell, argv, 1)
    if not shell.loops:
        return 0
    raise Broken(min(count, shell.loops))


async def continue_(shell: Shell, argv: list[str]) -> int:
    count = await number_argument(shell, argv, 1)
    if not shell.loops:
        return 0
    raise Continued(min(count, shell.loops))


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
    process.reset_signals()
    if shell.depth:
        child = process.child(arguments, files.readers[0], files.writers[1], files.writers[2], shell.cwd, shell.umask)
        raise Exited(await program(child))
    process.argv, process.env, process.cwd, process.umask = arguments, shell.environment, shell.cwd, shell.umask
    process.stdin = files.readers.get(0, process.stdin)
    process.stdout = files.writers.get(1, process.stdout)
    process.stderr = files.writers.get(2, process.stderr)
    shell.traps.clear()
    raise Exited(await program(process))
