"""`md5sum`, `sha1sum`, `sha256sum` and `sha512sum`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import Inputs, read_all, read_lines, write_line
from engine_api.engines.memory.userland.process import Process, Program

__all__ = []


def _program(make: Callable[[bytes], str]) -> Program:
    """Return a program that prints the digests of files, or checks a list of them with `-c`."""

    async def program(p: Process) -> int:
        """Print the digests of files; with `-c`, check a list of them and return 1 if one differs."""
        given, names = await parse_options(p, "c")
        if "c" in given:
            return await _check_digests(p, make, names)
        inputs = Inputs(p, names)
        async for name, reader in inputs:
            await write_line(p, f"{make(await read_all(reader))}  {name}")
        return inputs.status

    return program


async def _check_digests(p: Process, make: Callable[[bytes], str], names: list[str]) -> int:
    wrong = total = 0
    inputs = Inputs(p, names)
    async for _, reader in inputs:
        async for line in read_lines(reader):
            expected, _, name = line.partition("  ")
            total += 1
            same = p.fs.exists(p.path(name)) and make(p.fs.read(p.path(name))) == expected
            wrong += not same
            await write_line(p, f"{name}: {'OK' if same else 'FAILED'}")
    if wrong:
        await p.complain(f"WARNING: {wrong} of {total} computed checksums did NOT match")
    return int(bool(wrong)) or inputs.status


command("md5sum")(_program(lambda data: hashlib.md5(data).hexdigest()))
command("sha1sum")(_program(lambda data: hashlib.sha1(data).hexdigest()))
command("sha256sum")(_program(lambda data: hashlib.sha256(data).hexdigest()))
command("sha512sum")(_program(lambda data: hashlib.sha512(data).hexdigest()))
