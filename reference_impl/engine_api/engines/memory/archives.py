"""Archives that clients send, unpacked within limits and nowhere but in memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import AsyncIterator
from typing import IO, cast

from engine_api.api.errors import InvalidParameter, SystemError
from engine_api.engines.memory.userland.filesystem import DEFAULT_LIMIT, FileSystem

__all__ = ["unpack"]


class _Limited:
    """Reads from another file until too much has come."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self._file = file
        self._left = limit

    def read(self, size: int) -> bytes:
        """The next bytes."""
        data = self._file.read(min(size, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise InvalidParameter("the archive is larger than this engine takes")
        return data


def _opened(data: bytearray) -> IO[bytes]:
    raw = io.BytesIO(data)
    if data.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if data.startswith(b"BZh"):
        return cast(IO[bytes], bz2.BZ2File(raw))
    if data.startswith(b"\xfd7zXZ\0"):
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
    data = bytearray()
    async for piece in body:
        data += piece
        if len(data) > limit:
            raise InvalidParameter("the archive is larger than this engine takes")
    if not data:
        return 0
    try:
        source = cast(IO[bytes], _Limited(_opened(data), limit))
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
