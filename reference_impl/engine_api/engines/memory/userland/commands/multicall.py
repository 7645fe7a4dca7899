"""`busybox`: all commands under one name."""

from __future__ import annotations

from collections.abc import Collection

from engine_api.engines.memory.userland.commands.streams import put
from engine_api.engines.memory.userland.commands.system import run_program
from engine_api.engines.memory.userland.process import Process, Program

__all__ = ["busybox_of"]

_TITLE = "BusyBox (simulated) multi-call binary."


def busybox_of(known: Collection[str]) -> Program:
    """Return the command `busybox` with these commands, beside the shell."""

    async def busybox(p: Process) -> int:
        if len(p.argv) < 2:
            await put(p, f"{_TITLE}\n\nUsage: busybox [function [arguments]...]")
            return 0
        if p.argv[1] == "--list":
            await put(p, "\n".join(sorted({*known, "ash", "sh"})))
            return 0
        if p.argv[1] == "--help":
            await put(p, _TITLE)
            return 0
        if p.argv[1] not in known and p.argv[1] not in ("sh", "ash"):
            await p.stderr.write(f"{p.argv[1]}: applet not found\n".encode())
            return 127
        return await run_program(p, p.argv[1:])

    return busybox
