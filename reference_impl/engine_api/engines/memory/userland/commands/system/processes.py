"""`ps`, `kill` and `init`."""

from __future__ import annotations

import signal

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.signals import number_of

__all__ = ["init", "kill", "ps"]


@command("ps")
async def ps(p: Process) -> int:
    """List the processes."""
    await write_line(p, "PID   USER     TIME  COMMAND")
    for process in list(p.sandbox.processes.values()):
        await write_line(
            p, f"{process.pid:5d} {process.user.name or process.user.uid!s:<8} 0:00 {' '.join(process.argv)}"
        )
    return 0


@command("kill")
async def kill(p: Process) -> int:
    """Send a signal to processes."""
    number: int | None = signal.SIGTERM
    arguments = p.argv[1:]
    if arguments and arguments[0].startswith("-"):
        number = number_of(arguments[1] if arguments[0] == "-s" else arguments[0][1:])
        arguments = arguments[2 if arguments[0] == "-s" else 1 :]
    status = 0
    for text in arguments:
        target = p.sandbox.processes.get(int(text)) if text.isdigit() else None
        if target is None:
            await p.complain(f"can't kill pid {text}: No such process")
            status = 1
        elif number:
            target.send(number)
    return status


@command("init")
async def init(p: Process) -> int:
    """Wait for a signal that ends it; return 128 plus the signal."""
    async for number in p.signals():
        if number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            return 128 + number
    return 0
