"""Frames, by which the streams of a process share one connection.

Without a terminal, each frame has a header of 8 bytes: the number of the stream, three zeros, and the length of the
data, big-endian. With a terminal, the bytes are sent without frames.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from engine_api.api.streams import Chunk, StreamName

__all__ = ["HEADER", "FrameDecoder", "FrameError", "RawDecoder", "encode_frames"]

HEADER = struct.Struct(">BxxxI")
"""Stream number and length."""

_NAMES = {int(name): name for name in StreamName}


class FrameError(Exception):
    """The data is not a sequence of frames: it has an unknown stream, or ends within a frame."""


def encode_frames(chunks: Iterable[Chunk]) -> bytes:
    """Return chunks as frames."""
    parts: list[bytes] = []
    for stream, data in chunks:
        parts.append(HEADER.pack(stream, len(data)))
        parts.append(data)
    return b"".join(parts)


class FrameDecoder:
    """Decodes frames that arrive in pieces of any size.

    Data is returned as it arrives, so that the length in a header allocates nothing.
    """

    def __init__(self) -> None:
        self._header = b""
        self._stream = StreamName.STDOUT
        self._left = 0

    def feed(self, data: bytes) -> list[Chunk]:
        """Return the chunks in `data`.

        Raises:
            FrameError: a header has an unknown stream.
        """
        chunks: list[Chunk] = []
        if self._header:
            data = self._header + data
            self._header = b""
        view = memoryview(data)
        at, end = 0, len(data)
        if self._left:
            taken = min(self._left, end)
            chunks.append(Chunk(self._stream, bytes(view[:taken])))
            self._left -= taken
            at = taken
        unpack = HEADER.unpack_from
        while end - at >= 8:
            number, length = unpack(data, at)
            stream = _NAMES.get(number)
            if stream is None or data[at + 1 : at + 4] != b"\0\0\0":
                raise FrameError(f"not a frame header: {data[at : at + 8].hex(' ')}")
            at += 8
            stop = at + length
            if stop > end:
                self._stream, self._left = stream, stop - end
                if at < end:
                    chunks.append(Chunk(stream, data[at:end]))
                return chunks
            if length:
                chunks.append(Chunk(stream, data[at:stop]))
            at = stop
        self._header = data[at:]
        return chunks

    def end(self) -> None:
        """End the stream.

        Raises:
            FrameError: the stream ends within a frame.
        """
        if self._left:
            raise FrameError(f"the stream ended {self._left} bytes before the end of a frame")
        if self._header:
            raise FrameError("the stream ended within a frame header")


class RawDecoder:
    """Returns the bytes of a terminal as chunks of standard output."""

    def feed(self, data: bytes) -> list[Chunk]:
        """Return the chunk of `data`; empty for no data."""
        return [Chunk(StreamName.STDOUT, data)] if data else []

    def end(self) -> None:
        """End the stream; a raw stream may end anywhere."""
