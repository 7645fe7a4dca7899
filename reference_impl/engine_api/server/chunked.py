"""Bodies in chunks, read strictly."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["ChunkedDecoder", "ChunkedError"]

_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}(?:[ \t]*;[^\r\n]*)?")
_LINE_LIMIT: Final = 4096


class ChunkedError(Exception):
    """The body is not in chunks as HTTP has them."""


class ChunkedDecoder:
    """Takes a chunked body apart; stops at its end, so that what follows stays untouched."""

    def __init__(self) -> None:
        self._left = 0
        self._state = "size"
        self.complete = False

    def feed(self, buffer: bytearray) -> bytes:
        """The data at the front of `buffer`, which is taken out of it.

        Raises:
            ChunkedError: it is malformed.
        """
        parts: list[bytes] = []
        while not self.complete:
            if self._state == "data":
                taken = bytes(buffer[: self._left])
                if not taken:
                    break
                del buffer[: len(taken)]
                parts.append(taken)
                self._left -= len(taken)
                if self._left:
                    break
                self._state = "end"
            line = self._line(buffer)
            if line is None:
                break
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
        return b"".join(parts)

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
