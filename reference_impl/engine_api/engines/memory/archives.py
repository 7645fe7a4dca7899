"""Archives that clients send, unpacked within limits and nowhere but in memory."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import lzma
import tarfile
import zlib
from collections import deque
from collections.abc import AsyncIterator
from typing import IO, Final, cast

from engine_api.api.errors import InvalidParameter, SystemError
from engine_api.engines.memory.userland.filesystem import DEFAULT_LIMIT, FileSystem

__all__ = ["unpack"]


_IN_A_THREAD: Final = 1024 * 1024
"""Archives from this size on, in bytes, and compressed ones are unpacked beside the event loop."""


class _Pieces:
    """What came, to be read once; what was read is let go."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self.size = 0

    def add(self, piece: bytes) -> None:
        """More came."""
        self._pieces.append(piece)
        self.size += len(piece)

    def starts_with(self, magic: bytes) -> bool:
        """Whether the first bytes are these."""
        while len(self._pieces) > 1 and len(self._pieces[0]) < len(magic):
            first = self._pieces.popleft()
            self._pieces[0] = first + self._pieces[0]
        return bool(self._pieces) and self._pieces[0].startswith(magic)

    def read(self, size: int = -1) -> bytes:
        """Some of the next bytes."""
        if not self._pieces:
            return b""
        piece = self._pieces.popleft()
        if 0 <= size < len(piece):
            self._pieces.appendleft(piece[size:])
            piece = piece[:size]
        return piece


class _Limited:
    """Reads from another file until too much has come."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self._file = file
        self._left = limit

    def read(self, size: int) -> bytes:
        """The next bytes; fewer only at the end."""
        parts = []
        while size and (data := self._file.read(min(size, self._left + 1))):
            parts.append(data)
            size -= len(data)
            self._left -= len(data)
            if self._left < 0:
                raise InvalidParameter("the archive is larger than this engine takes")
        return b"".join(parts)


def _opened(pieces: _Pieces) -> IO[bytes]:
    raw = cast(IO[bytes], pieces)
    if pieces.starts_with(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if pieces.starts_with(b"BZh"):
        return cast(IO[bytes], bz2.BZ2File(raw))
    if pieces.starts_with(b"\xfd7zXZ\0"):
        return cast(IO[bytes], lzma.LZMAFile(raw))
    return raw


async def unpack(body: AsyncIterator[bytes], filesystem: FileSystem, limit: int = DEFAULT_LIMIT) -> int:
    """Unpack a tar archive, plain or compressed with gzip, bzip2 or xz; gives the bytes of its files.

    An archive that ends too early counts as far as it goes, as engines have it.

    Args:
        body: the archive.
        filesystem: where to.
        limit: bytes that the archive may have, as it comes and unpacked.

    Raises:
        InvalidParameter: it is larger than the limit.
        SystemError: it is no archive.
    """
    pieces = _Pieces()
    async for piece in body:
        pieces.add(piece)
        if pieces.size > limit:
            raise InvalidParameter("the archive is larger than this engine takes")
    if not pieces.size:
        return 0
    opened = _opened(pieces)
    if isinstance(opened, _Pieces) and pieces.size < _IN_A_THREAD:
        return _unpack(opened, filesystem, limit)
    return await asyncio.to_thread(_unpack, opened, filesystem, limit)


def _unpack(opened: IO[bytes], filesystem: FileSystem, limit: int) -> int:
    try:
        source = cast(IO[bytes], _Limited(opened, limit))
        with tarfile.open(fileobj=source, mode="r|") as archive:
            return filesystem.apply_tar(archive, limit=limit)
    except tarfile.ReadError as error:
        if "empty" in str(error) or "unexpected end" in str(error) or "truncated" in str(error):
            return 0
        raise SystemError("archive/tar: invalid tar header") from None
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise SystemError(f"the archive is broken: {error}") from None
    except OSError as error:
        raise InvalidParameter(f"the archive cannot be unpacked: {error.strerror or error}") from None
