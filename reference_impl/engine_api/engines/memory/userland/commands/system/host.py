"""`hostname` and `uname`, and constants for `nproc`, `uptime`, `free`."""

from __future__ import annotations

import time

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process

__all__ = ["free", "hostname", "nproc", "uname", "uptime"]


@command("hostname")
async def hostname(p: Process) -> int:
    """Print the host name, its domain or its addresses."""
    given, _ = await parse_options(p, "ifsd")
    if "i" in given:
        addresses = [address for address in p.resolve(p.hostname) if ":" not in address]
        if not addresses:
            await p.complain(f"{p.hostname}: Host name lookup failure")
            return 1
        await write_line(p, " ".join(addresses))
        return 0
    full = _full_name(p)
    name, _, domain = full.partition(".")
    if "d" in given and not domain:
        return 0
    await write_line(p, full if "f" in given else domain if "d" in given else name if "s" in given else p.hostname)
    return 0


def _full_name(p: Process) -> str:
    """Return the host name with its domain, by `/etc/hosts`."""
    hosts = p.fs.read("/etc/hosts").decode("utf-8", "replace") if p.fs.exists("/etc/hosts") else ""
    for line in hosts.splitlines():
        words = line.split()
        if p.hostname in words[1:]:
            return words[1]
    return p.hostname


@command("uname")
async def uname(p: Process) -> int:
    """Print the name and version of the system."""
    given, _ = await parse_options(p, "asnrvmpio")
    parts = {"s": "Linux", "n": p.hostname, "r": "6.12.0", "v": "#1 SMP", "m": "x86_64", "o": "GNU/Linux"}
    await write_line(
        p, " ".join(parts.values() if "a" in given else [v for k, v in parts.items() if k in given] or ["Linux"])
    )
    return 0


@command("nproc")
async def nproc(p: Process) -> int:
    """Print how many processors there are: 2."""
    await write_line(p, "2")
    return 0


@command("uptime")
async def uptime(p: Process) -> int:
    """Print the time and a constant load."""
    await write_line(
        p,
        f" {time.strftime('%H:%M:%S', time.gmtime(p.clock.time_ns() / 1e9))} up 1 day,  load average: 0.00, 0.00, 0.00",
    )
    return 0


@command("free")
async def free(p: Process) -> int:
    """Print a constant amount of memory."""
    await write_line(p, "              total        used        free      shared  buff/cache   available")
    await write_line(p, "Mem:        8388608     1048576     7340032           0           0     7340032")
    return 0
