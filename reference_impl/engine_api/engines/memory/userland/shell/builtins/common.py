"""What builtins share: their type, output and arguments."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from engine_api.engines.memory.userland.shell.flow import Exited
from engine_api.engines.memory.userland.shell.interpreter import Shell

__all__ = ["Builtin", "number_argument", "write"]

Builtin = Callable[[Shell, list[str]], Awaitable[int]]


async def write(shell: Shell, text: str) -> None:
    writer = shell.files.writers.get(1)
    if writer is not None:
        await writer.write(text.encode("utf-8", "surrogateescape"))


async def number_argument(shell: Shell, argv: list[str], default: int) -> int:
    """Return the number that is the argument of a builtin; anything else ends the shell."""
    if len(argv) < 2:
        return default
    if not re.fullmatch(r"\d+", argv[1]):
        await shell.refuse(argv[0], f"Illegal number: {argv[1]}")
        raise Exited(2)
    return int(argv[1])
