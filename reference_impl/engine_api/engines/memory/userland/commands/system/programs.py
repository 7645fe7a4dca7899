"""`busybox` and `which`, and programs of single images."""

from __future__ import annotations

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import COMMANDS, command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.commands.system.running import run_command
from engine_api.engines.memory.userland.process import Process

__all__ = ["apk", "busybox", "hello", "which"]


@command("busybox")
async def busybox(p: Process) -> int:
    """Run another command, or list all commands with `--list`."""
    if len(p.argv) < 2:
        await write_line(p, "BusyBox (simulated) multi-call binary.\n\nUsage: busybox [function [arguments]...]")
        return 0
    if p.argv[1] == "--list":
        await write_line(p, "\n".join(sorted({*COMMANDS, "ash", "sh"})))
        return 0
    if p.argv[1] == "--help":
        await write_line(p, "BusyBox (simulated) multi-call binary.")
        return 0
    if p.argv[1] not in COMMANDS and p.argv[1] not in ("sh", "ash"):
        await p.stderr.write(f"{p.argv[1]}: applet not found\n".encode())
        return 127
    return await run_command(p, p.argv[1:])


@command("which")
async def which(p: Process) -> int:
    """Print the paths of programs; return 1 if one is not found."""
    given, names = await parse_options(p, "a", least=1)
    every = "a" in given
    status = 0
    for name in names:
        places = [name] if "/" in name else [f"{place}/{name}" for place in p.env.get("PATH", "").split(":")]
        found = [place for place in places if p.fs.exists(p.path(place))]
        if found:
            await write_line(p, "\n".join(found if every else found[:1]))
        else:
            status = 1
    return status


@command("hello")
async def hello(p: Process) -> int:
    """Print a greeting, as the image `hello-world` does."""
    await write_line(p, "\nHello from the reference engine of the Docker Engine API!")
    await write_line(p, "This container ran in a simulated userland: nothing was executed on the host.\n")
    return 0


@command("apk")
async def apk(p: Process) -> int:
    """Print that no package can be installed; return 1."""
    await p.stderr.write(b"ERROR: unable to select packages: this is a simulated userland without a package index\n")
    return 1
