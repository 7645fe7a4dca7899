"""Streams of examples: sends and checks what a transcript shows on a connection that was taken over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine_api.api.streams import StreamName
from engine_api.conformance.target import Response
from engine_api.conformance.websockets import Messages
from engine_api.spec.exchange import Move, Transcript
from engine_api.spec.pages import Line
from engine_api.spec.pattern import Captures, match_text
from engine_api.wire.frames import FrameDecoder

__all__ = ["Failed", "Follower", "pieces"]

_LABELS: Final = {
    StreamName.STDIN: "stdin",
    StreamName.STDOUT: "stdout",
    StreamName.STDERR: "stderr",
    StreamName.SYSTEM_ERROR: "system error",
}


class Failed(Exception):
    """The engine differs from the example; the message says how."""


class Follower:
    """Follows a transcript.

    Args:
        filled: returns a string of the example with names and captured values inserted.
        captures: values that the example has captured; new ones are added.
        at: called with the line of each step, for reports.
    """

    def __init__(self, filled: Callable[[str], str], captures: Captures, at: Callable[[Line], None]) -> None:
        self._filled = filled
        self._captures = captures
        self._at = at

    async def follow(self, transcript: Transcript, response: Response) -> None:
        """Send and check what a transcript shows.

        Raises:
            Failed: the engine sent something else.
        """
        if (response.header("Upgrade") or "").lower() == "websocket":
            await self._follow_websocket(transcript, Messages(response))
            return
        reader = StreamReader(
            response, raw=all(m.stream == "raw" for m in transcript.moves if not m.sends and not m.end)
        )
        for move in transcript.moves:
            self._at(move.line)
            if move.sends:
                if move.end:
                    await response.connection.half_close()
                else:
                    await response.connection.send(self._filled(move.text).encode("latin-1"))
            elif move.end:
                rest = await reader.rest()
                if rest:
                    raise Failed(f"the end is expected, but there is {rest!r}")
            else:
                await self._expect(reader, move)

    async def _follow_websocket(self, transcript: Transcript, messages: Messages) -> None:
        for move in transcript.moves:
            self._at(move.line)
            text = self._filled(move.text)
            if move.sends:
                await messages.send(None if move.end else move.stream, text.encode("latin-1"))
                continue
            kind, got = await messages.next()
            if kind != (None if move.end else move.stream):
                expected = "the end" if move.end else f"a {move.stream} message"
                raise Failed(f"{expected} is expected, not {kind or 'the end'}: {got!r}")
            if not move.end and not match_text(text, got, self._captures):
                raise Failed(f"{text!r} is expected, not {got!r}")

    async def _expect(self, reader: StreamReader, move: Move) -> None:
        text = self._filled(move.text)
        if "{" in text or "..." in text:
            got = await reader.line(move.stream)
            if not match_text(text, got, self._captures):
                raise Failed(f"{move.stream}: {text!r} is expected, not {got!r}")
        else:
            got = await reader.take(move.stream, len(text.encode("utf-8")))
            if got != text:
                raise Failed(f"{move.stream}: {text!r} is expected, not {got!r}")


class StreamReader:
    """Reads a stream that was taken over, in pieces with labels."""

    def __init__(self, response: Response, *, raw: bool) -> None:
        self._response = response
        self._decoder = None if raw else FrameDecoder()
        self._pieces: list[tuple[str, bytearray]] = []
        self._ended = False

    async def _more(self) -> bool:
        if self._ended:
            return False
        data = await self._response.more()
        if not data:
            self._ended = True
            if self._decoder is not None:
                self._decoder.end()
            return False
        if self._decoder is None:
            self._add("raw", data)
        else:
            for chunk in self._decoder.feed(data):
                self._add(_LABELS[chunk.stream], chunk.data)
        return True

    def _add(self, label: str, data: bytes) -> None:
        if self._pieces and self._pieces[-1][0] == label:
            self._pieces[-1][1].extend(data)
        else:
            self._pieces.append((label, bytearray(data)))

    async def take(self, label: str, size: int) -> str:
        """Return `size` bytes of a stream, or fewer if another stream or the end comes first."""
        while not self._pieces or (len(self._pieces) == 1 and len(self._pieces[0][1]) < size):
            if not await self._more():
                break
        if not self._pieces:
            return ""
        name, data = self._pieces[0]
        if name != label:
            return f"({name}) {data.decode('utf-8', 'replace')}"
        taken = bytes(data[:size])
        del data[:size]
        if not data:
            self._pieces.pop(0)
        return taken.decode("utf-8", "replace")

    async def line(self, label: str) -> str:
        """Return a line of a stream, with its newline."""
        while not self._pieces or (len(self._pieces) == 1 and b"\n" not in self._pieces[0][1]):
            if not await self._more():
                break
        size = self._pieces[0][1].find(b"\n") + 1 if self._pieces else 0
        return await self.take(label, size or 1 << 20)

    async def rest(self) -> list[tuple[str, str]]:
        """Return everything up to the end."""
        while await self._more():
            continue
        return [(name, data.decode("utf-8", "replace")) for name, data in self._pieces]


def pieces(body: bytes, *, raw: bool) -> list[tuple[str, str]]:
    """Return the pieces of a complete stream, each with its label; adjacent pieces of one label are joined.

    Raises:
        FrameError: the body is not a sequence of frames.
    """
    if raw:
        return [("raw", body.decode("utf-8", "replace"))]
    decoder = FrameDecoder()
    chunks = decoder.feed(body)
    decoder.end()
    found: list[tuple[str, bytearray]] = []
    for chunk in chunks:
        label = _LABELS[chunk.stream]
        if found and found[-1][0] == label:
            found[-1][1].extend(chunk.data)
        else:
            found.append((label, bytearray(chunk.data)))
    return [(label, data.decode("utf-8", "replace")) for label, data in found]
