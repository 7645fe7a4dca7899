"""Reading and writing: input files, lines, everything up to the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

from engine_api.engines.memory.userland.pipes import FileReader, Reader
from engine_api.engines.memory.userland.process import Process

__all__ = ["Inputs", "read_all", "read_lines", "write_line"]

_MOST = 64 * 1024 * 1024


class Inputs:
    """The files that a command reads, or standard input if none is named.

    Iterating gives names and readers; a file that cannot be opened is left out, after a message on standard error.

    Args:
        p: the process.
        names: the files; `-` is standard input.
        quiet: whether nothing is written about files that do not exist.
        message: what is written about such a file, with places for its name and the reason.
    """

    def __init__(
        self, p: Process, names: Iterable[str], *, quiet: bool = False, message: str = "can't open '{}': {}"
    ) -> None:
        self._process = p
        self._names = list(names) or ["-"]
        self._quiet = quiet
        self._message = message
        self.status = 0
        """Exit code: 1 as soon as a file could not be opened."""

    async def __aiter__(self) -> AsyncIterator[tuple[str, Reader]]:
        p = self._process
        for name in self._names:
            if name == "-" or p.path(name) in ("/dev/stdin", "/dev/fd/0"):
                yield name, p.stdin
                continue
            try:
                node = p.fs.node(p.path(name))
            except OSError as error:
                if not self._quiet:
                    await p.complain(self._message.format(name, error.strerror))
                self.status = 1
                continue
            if node.kind == 0o040000:
                await p.complain("read error: Is a directory")
                self.status = 1
                continue
            yield name, FileReader(node)


async def read_all(reader: Reader) -> bytes:
    """Return everything up to the end.

    Raises:
        OSError: it is more than 64 MB.
    """
    parts: list[bytes] = []
    size = 0
    while data := await reader.read():
        parts.append(data)
        size += len(data)
        if size > _MOST:
            raise OSError(12, "Out of memory")
    return b"".join(parts)


async def read_lines(reader: Reader) -> AsyncIterator[str]:
    """Yield the lines without their newlines."""
    while line := await reader.read_line():
        yield line.decode("utf-8", "surrogateescape").removesuffix("\n")


async def write_line(p: Process, line: str) -> None:
    """Write a line to standard output."""
    await p.stdout.write((line + "\n").encode("utf-8", "surrogateescape"))
