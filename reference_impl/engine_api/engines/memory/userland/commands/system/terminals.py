"""`stty`, `tty`, `clear` and `reset`."""

from __future__ import annotations

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process

__all__ = ["clear", "stty", "tty"]


@command("stty")
async def stty(p: Process) -> int:
    """Print the size of the terminal, or change its settings."""
    if p.tty is None:
        await p.complain("standard input: Inappropriate ioctl for device")
        return 1
    for argument in p.argv[1:] or ["size"]:
        if argument == "size":
            await write_line(p, f"{p.tty.rows} {p.tty.columns}")
        elif argument in ("raw", "-icanon"):
            p.tty.canonical = False
        elif argument in ("cooked", "sane", "icanon", "-raw"):
            p.tty.canonical = p.tty.echo = True
        elif argument in ("echo", "-echo"):
            p.tty.echo = argument == "echo"
    return 0


@command("tty")
async def tty(p: Process) -> int:
    """Print the name of the terminal; return 1 if there is none."""
    given, _ = await parse_options(p, "s")
    if "s" not in given:
        await write_line(p, "/dev/pts/0" if p.tty is not None else "not a tty")
    return 0 if p.tty is not None else 1


@command("clear", "reset")
async def clear(p: Process) -> int:
    """Return 0 without effect."""
    return 0
