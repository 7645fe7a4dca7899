"""Reading to the end, and by lines."""

from __future__ import annotations

from collections.abc import AsyncIterator

from engine_api.engines.memory.userland.pipes import Reader

__all__ = ["all_of", "lines_of"]


async def all_of(reader: Reader) -> bytes:
    """Everything to the end.

    Raises:
        OSError: it is more than 64 MB.
    """
    parts: list[bytes] = []
    size = 0
    while data := await reader.read():
        parts.append(data)
        size += len(data)
        if size > 64 * 1024 * 1024:
            raise OSError(12, "Out of memory")
    return b"".join(parts)


async def lines_of(reader: Reader) -> AsyncIterator[str]:
    """Lines without their newlines."""
    while line := await reader.read_line():
        yield line.decode("utf-8", "surrogateescape").removesuffix("\n")
