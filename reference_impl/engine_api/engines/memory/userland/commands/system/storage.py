"""`df`, `mount` and `sync`."""

from __future__ import annotations

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process

__all__ = ["df", "mount", "sync"]


@command("df")
async def df(p: Process) -> int:
    """Print a constant amount of storage."""
    await write_line(p, "Filesystem           1K-blocks      Used Available Use% Mounted on")
    await write_line(p, "overlay                 524288      4096    520192   1% /")
    return 0


@command("mount")
async def mount(p: Process) -> int:
    """List the mounted file systems."""
    await write_line(p, f"overlay on / type overlay ({'ro' if p.fs.readonly else 'rw'},relatime)")
    for path, (_, readonly, _) in sorted(p.fs.mounts.items()):
        await write_line(p, f"memory on {path} type tmpfs ({'ro' if readonly else 'rw'},relatime)")
    return 0


@command("sync")
async def sync(p: Process) -> int:
    """Return 0 without effect."""
    return 0
