"""`id`, `whoami` and `groups`."""

from __future__ import annotations

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process

__all__ = ["groups", "id_", "whoami"]


@command("id")
async def id_(p: Process) -> int:
    """Print the user and group of the process, as numbers and names."""
    given, names = await parse_options(p, "ugnrG")
    user = p.user
    if names and names[0] != user.name:
        await p.complain(f"unknown user {names[0]}")
        return 1
    if "u" in given:
        await write_line(p, user.name if "n" in given else str(user.uid))
    elif "g" in given or "G" in given:
        await write_line(p, user.name if "n" in given and user.gid == user.uid and user.name else str(user.gid))
    else:
        name = f"({user.name})" if user.name else ""
        group = f"({user.name})" if user.gid == user.uid and user.name else ""
        await write_line(p, f"uid={user.uid}{name} gid={user.gid}{group} groups={user.gid}{group}")
    return 0


@command("whoami")
async def whoami(p: Process) -> int:
    """Print the name of the user; return 1 if the user has none."""
    if not p.user.name:
        await p.complain(f"unknown uid {p.user.uid}")
        return 1
    await write_line(p, p.user.name)
    return 0


@command("groups")
async def groups(p: Process) -> int:
    """Print the groups of the user."""
    await write_line(p, p.user.name or str(p.user.gid))
    return 0
