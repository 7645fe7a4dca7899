"""`xargs`."""

from __future__ import annotations

import re

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import read_all
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.programs import CommandNotFound

__all__ = ["xargs"]


@command("xargs")
async def xargs(p: Process) -> int:
    """Run a command with the words of standard input as arguments."""
    given: dict[str, str] = {}
    command = p.argv[1:]
    while command and re.fullmatch("-[rt0nI].*", command[0]):
        option = command.pop(0)
        given[option[1]] = option[2:] or (command.pop(0) if option in ("-n", "-I") and command else "")
    text = (await read_all(p.stdin)).decode("utf-8", "surrogateescape")
    words = text.rstrip("\0").split("\0") if "0" in given else text.splitlines() if "I" in given else text.split()
    command = command or ["echo"]
    if "I" in given:
        calls = [[part.replace(given["I"], word) for part in command] for word in words]
    else:
        size = int(given.get("n", str(len(words) or 1)))
        calls = [[*command, *words[at : at + size]] for at in range(0, max(len(words), 0 if "r" in given else 1), size)]
    status = 0
    for call in calls:
        try:
            child = p.spawn(call)
        except CommandNotFound:
            await p.complain(f"{call[0]}: No such file or directory")
            return 127
        status = 123 if await child.wait() else status
    return status
