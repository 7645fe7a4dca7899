"""Reading archives that clients send, in memory and within limits."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import lzma
import sys
import tarfile
import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import IO, Final, TypeVar, cast

from engine_api.api.errors import InternalError, InvalidParameter
from engine_api.engines.memory.userland.filesystem import DEFAULT_LIMIT, FileSystem
from engine_api.engines.memory.userland.tar import apply_tar

__all__ = ["ArchiveEnded", "is_archive", "read_archive", "refusals", "unpack"]

T = TypeVar("T")

_THREADS: Final = sys.platform != "emscripten"
"""Whether the platform has threads; browsers do not."""

_IN_A_THREAD: Final = 1024 * 1024
"""Archives of this size in bytes or more, and compressed ones, are read in a thread."""
_TOO_LARGE: Final = "the archive is larger than this engine takes"


class ArchiveEnded(Exception):
    """The archive is empty, or ends too early."""


class _Pieces:
    """Received data, which can be read once.

    Args:
        limit: maximum size in bytes.
    """

    def __init__(self, limit: int) -> None:
        self._pieces: deque[bytes] = deque()
        self._limit = limit
        self.size = 0
        self.more: Callable[[], bytes] | None = None
        """Returns the next piece, called in another thread than the event loop's; empty at the end."""

    def add(self, piece: bytes) -> None:
        """Add a piece."""
        if piece:
            self._pieces.append(piece)
        self.size += len(piece)
        if self.size > self._limit:
            raise InvalidParameter(_TOO_LARGE)

    def starts_with(self, magic: bytes) -> bool:
        """Whether the data starts with some bytes."""
        while len(self._pieces) > 1 and len(self._pieces[0]) < len(magic):
            first = self._pieces.popleft()
            self._pieces[0] = first + self._pieces[0]
        return bool(self._pieces) and self._pieces[0].startswith(magic)

    def read(self, size: int = -1) -> bytes:
        """Return some of the next bytes."""
        if not self._pieces and self.more is not None:
            piece = self.more()
            if not piece:
                self.more = None
                return b""
            self.add(piece)
        if not self._pieces:
            return b""
        piece = self._pieces.popleft()
        if 0 <= size < len(piece):
            self._pieces.appendleft(piece[size:])
            piece = piece[:size]
        return piece


class _Limited:
    """A file that raises an error after too many bytes."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self._file = file
        self._left = limit

    def read(self, size: int) -> bytes:
        """Return the next bytes; fewer only at the end."""
        parts = []
        while size and (data := self._file.read(min(size, self._left + 1))):
            parts.append(data)
            size -= len(data)
            self._left -= len(data)
            if self._left < 0:
                raise InvalidParameter(_TOO_LARGE)
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


async def read_archive(body: AsyncIterator[bytes], work: Callable[[IO[bytes]], T], limit: int = DEFAULT_LIMIT) -> T:
    """Read a body, plain or compressed with gzip, bzip2 or xz, by a function, and return the result of the function.

    A long or compressed one is read in a thread, which fetches from the event loop what it needs next: however long the
    body is, little of it is in memory at a time.

    Args:
        body: the body.
        work: called with a file, in a thread if the body is long.
        limit: maximum size in bytes, as received and decompressed.

    Raises:
        InvalidParameter: the body is larger.
    """
    pieces = _Pieces(limit)
    ended = False
    while not ended and (pieces.size < _IN_A_THREAD or not _THREADS):
        piece = await anext(body, None)
        if piece is None:
            ended = True
        else:
            pieces.add(piece)
    if not ended:
        loop = asyncio.get_running_loop()

        async def fetch() -> bytes:
            async for piece in body:
                if piece:
                    return piece
            return b""

        pieces.more = lambda: asyncio.run_coroutine_threadsafe(fetch(), loop).result()
    opened = _opened(pieces)
    source = cast(IO[bytes], _Limited(opened, limit))
    if ended and (isinstance(opened, _Pieces) or not _THREADS):
        return work(source)
    return await asyncio.to_thread(work, source)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn errors of reading an archive into those of the API.

    Raises:
        ArchiveEnded: the archive is empty, or ends too early.
        InvalidParameter: the archive is too large, or has invalid names.
        InternalError: the data is not an archive, or is damaged.
    """
    try:
        yield
    except tarfile.ReadError as error:
        if "empty" in str(error) or "unexpected end" in str(error) or "truncated" in str(error):
            raise ArchiveEnded(str(error)) from None
        raise InternalError("archive/tar: invalid tar header") from None
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise InternalError(f"the archive is broken: {error}") from None
    except OSError as error:
        raise InvalidParameter(f"the archive cannot be unpacked: {error.strerror or error}") from None


async def unpack(body: AsyncIterator[bytes], filesystem: FileSystem, limit: int = DEFAULT_LIMIT) -> int:
    """Unpack a tar archive, plain or compressed with gzip, bzip2 or xz; return the size of its files in bytes.

    An archive that ends too early counts as far as it goes, as engines have it.

    Args:
        body: the archive.
        filesystem: the file system to unpack to.
        limit: maximum size in bytes, as received and unpacked.

    Raises:
        InvalidParameter: the archive is larger than the limit.
        InternalError: the data is not an archive.
    """

    def work(source: IO[bytes]) -> int:
        try:
            with refusals(), tarfile.open(fileobj=source, mode="r|") as archive:
                return apply_tar(filesystem, archive, limit=limit)
        except ArchiveEnded:
            return 0

    return await read_archive(body, work, limit)


_LOOK: Final = 1024 * 1024
"""Bytes within which the first entry of an archive must begin."""


def is_archive(data: bytes) -> bool:
    """Whether bytes are a tar archive, plain or compressed with gzip, bzip2 or xz."""
    pieces = _Pieces(len(data))
    pieces.add(data)
    try:
        with tarfile.open(fileobj=cast(IO[bytes], _Limited(_opened(pieces), _LOOK)), mode="r|") as archive:
            return archive.next() is not None
    except InvalidParameter:
        return True
    except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError):
        return False
