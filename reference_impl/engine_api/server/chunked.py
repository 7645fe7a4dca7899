"""Strict decoding of chunked bodies."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["ChunkedDecoder", "ChunkedError"]

_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}(?:[ \t]*;[^\r\n]*)?")
_LINE_LIMIT: Final = 4096


class ChunkedError(Exception):
    """The body is not chunked as RFC 9112 requires."""


class ChunkedDecoder:
    """Decodes a chunked body; bytes after its end are kept."""

    def __init__(self) -> None:
        self._left = 0
        self._state = "size"
        self.complete = False

    def feed(self, buffer: bytearray) -> bytes:
        """Remove encoded chunks from the front of `buffer`, and return their data.

        Raises:
            ChunkedError: the body is malformed.
        """
        parts: list[bytes] = []
        while not self.complete:
            if self._state == "data" and not self._data(buffer, parts):
                break
            line = self._line(buffer)
            if line is None:
                break
            self._read(line)
        return b"".join(parts)

    def _data(self, buffer: bytearray, parts: list[bytes]) -> bool:
        """Take the data of a chunk; return whether the chunk is complete."""
        taken = bytes(buffer[: self._left])
        del buffer[: len(taken)]
        parts.append(taken)
        self._left -= len(taken)
        if self._left:
            return False
        self._state = "end"
        return True

    def _read(self, line: bytes) -> None:
        """Read a line between chunks."""
        if self._state == "end":
            if line:
                raise ChunkedError("a chunk does not end where it should")
            self._state = "size"
        elif self._state == "size":
            if not _SIZE.fullmatch(line):
                raise ChunkedError("a chunk has no valid size")
            self._left = int(line.partition(b";")[0], 16)
            self._state = "data" if self._left else "trailer"
        elif not line:
            self.complete = True

    def _line(self, buffer: bytearray) -> bytes | None:
        end = buffer.find(b"\n")
        if end < 0:
            if len(buffer) > _LINE_LIMIT:
                raise ChunkedError("a line between chunks is too long")
            return None
        if end == 0 or buffer[end - 1] != 0x0D:
            raise ChunkedError("a line between chunks does not end in CR LF")
        line = bytes(buffer[: end - 1])
        del buffer[: end + 1]
        return line
