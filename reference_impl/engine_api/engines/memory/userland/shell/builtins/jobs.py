"""Builtins on jobs and signals: `trap`, `wait`, `kill`, `jobs`."""

from __future__ import annotations

import asyncio
import signal

from engine_api.engines.memory.userland.shell.builtins.common import write
from engine_api.engines.memory.userland.shell.builtins.variables import quote
from engine_api.engines.memory.userland.shell.interpreter import Shell
from engine_api.engines.memory.userland.signals import number_of

__all__ = ["jobs", "kill", "trap", "wait"]


async def trap(shell: Shell, argv: list[str]) -> int:
    if len(argv) == 1:
        for known, script in sorted(shell.traps.items()):
            name = "EXIT" if known == 0 else signal.Signals(known).name.removeprefix("SIG")
            await write(shell, f"trap -- {quote(script)} {name}\n")
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
                number = shell.pending[0] if shell.pending else 0
                return 128 + number
    finally:
        came.cancel()
    if not tasks or not jobs:
        return 0
    if not tasks[-1].cancelled():
        return tasks[-1].result()
    number = shell.killed.get(jobs[-1], int(signal.SIGKILL))
    await shell.report_end(number)
    return 128 + number


async def kill(shell: Shell, argv: list[str]) -> int:
    number: int | None = signal.SIGTERM
    arguments = argv[1:]
    if arguments and arguments[0] == "-l":
        return await _list_signals(shell, arguments[1:])
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
        if text.startswith("%") and text.lstrip("%-").isdigit() and int(text.lstrip("%")) not in shell.jobs:
            await shell.refuse("kill", f"{text}: no such job")
            return 2
        status = await _send(shell, text, number) or status
    await asyncio.sleep(0)
    return status


async def _list_signals(shell: Shell, texts: list[str]) -> int:
    """Print the name of each number and the number of each name; without arguments, all signals."""
    names = {s.value: s.name.removeprefix("SIG") for s in signal.Signals}
    for text in texts:
        found = number_of(text)
        if found is None:
            await shell.complain(f"unknown signal '{text}'")
            return 1
        await write(shell, f"{names.get(int(text), text) if text.isdigit() else found}\n")
    if not texts:
        await write(shell, "".join(f"{number:2d}) {name}\n" for number, name in names.items() if number < 32))
    return 0


async def _send(shell: Shell, text: str, number: int) -> int:
    """Send a signal to a process or a job; return 1 if it does not exist."""
    if not text.lstrip("%-").isdigit():
        await shell.complain(f"invalid number '{text}'")
        return 1
    pid = int(text.lstrip("%"))
    target, job = shell.process.sandbox.processes.get(pid), shell.jobs.get(pid)
    if target is not None:
        if number:
            target.send(number)
    elif job is not None and not job.done():
        if number:
            shell.killed[pid] = number
            job.cancel()
    else:
        await shell.complain(f"can't kill pid {text}: No such process")
        return 1
    return 0


async def jobs(shell: Shell, argv: list[str]) -> int:
    return 0
