"""What commands on text share: their inputs, lines to standard output, failures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

from engine_api.engines.memory.userland.pipes import FileReader, Reader
from engine_api.engines.memory.userland.process import Process

__all__ = ["failed", "inputs", "put"]


async def inputs(
    p: Process, names: Iterable[str], *, quiet: bool = False, words: str = "can't open '{}': {}"
) -> AsyncIterator[tuple[str, Reader]]:
    """Each named file, or standard input; says so when one cannot be opened."""
    for name in list(names) or ["-"]:
        if name == "-" or p.path(name) in ("/dev/stdin", "/dev/fd/0"):
            yield name, p.stdin
            continue
        try:
            node = p.fs.node(p.path(name))
            if node.kind == 0o040000:
                await p.complain("read error: Is a directory")
                p.env["?"] = "1"
                continue
        except OSError as error:
            if not quiet:
                await p.complain(words.format(name, error.strerror))
            p.env["?"] = "1"
            continue
        yield name, FileReader(node)


def failed(p: Process) -> int:
    """1 if an input could not be opened."""
    return int(p.env.pop("?", "0"))


async def put(p: Process, line: str) -> None:
    """Write a line."""
    await p.stdout.write((line + "\n").encode("utf-8", "surrogateescape"))
