"""Running a command from another one."""

from __future__ import annotations

import asyncio
import signal

from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.programs import CannotRun, CommandNotFound

__all__ = ["run_command"]


async def run_command(p: Process, argv: list[str], environment: dict[str, str] | None = None) -> int:
    """Run a command as a child, which is killed if this process ends before; return its exit code.

    If it cannot be run, write a message and return 127 or 126.
    """
    try:
        child = p.spawn(argv, env=environment)
    except CommandNotFound:
        await p.complain(f"can't execute '{argv[0]}': No such file or directory")
        return 127
    except CannotRun:
        await p.complain(f"can't execute '{argv[0]}': Permission denied")
        return 126
    try:
        return await child.wait()
    except asyncio.CancelledError:
        child.send(signal.SIGKILL)
        raise
