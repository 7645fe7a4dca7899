"""Consoles: the streams of a process, and the clients that are attached to them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from engine_api.api.errors import InvalidParameter
from engine_api.api.streams import Chunk, Duplex, StreamName
from engine_api.engines.memory.userland.pipes import BrokenPipe, Pipe
from engine_api.engines.memory.userland.terminal import Terminal

__all__ = ["Attachment", "Console", "EndedStream", "parse_detach_keys"]

_BUFFER = 1 << 20


def parse_detach_keys(text: str | None) -> bytes:
    """The bytes of keys such as `ctrl-p,ctrl-q`, which are also the default.

    Raises:
        InvalidParameter: there are no such keys.
    """
    keys = bytearray()
    for key in (text or "ctrl-p,ctrl-q").split(","):
        if len(key) == 1:
            keys += key.encode("latin-1", "replace")
        elif key.startswith("ctrl-") and len(key) == 6 and key[5] in "abcdefghijklmnopqrstuvwxyz@[\\]^_":
            keys.append(ord(key[5].upper()) - 64)
        else:
            raise InvalidParameter(f"Invalid detach keys ({text}) provided")
    return bytes(keys)


class Console:
    """Where a process's streams meet those that are attached to it."""

    def __init__(self, *, tty: bool, stdin: bool) -> None:
        self.tty = tty
        self.stdin = Pipe() if stdin and not tty else None
        self.terminal: Terminal | None = None
        self.attachments: set[Attachment] = set()

    def take_attachments(self, other: Console) -> None:
        """Move the attachments of another console to this one, for a process that is started again."""
        self.attachments = other.attachments
        for attachment in self.attachments:
            attachment.move(self)

    async def write(self, stream: StreamName, data: bytes) -> None:
        """Give what the process wrote to all that are attached; waits for the slowest."""
        for attachment in list(self.attachments):
            await attachment.put(Chunk(stream, data))

    async def feed(self, data: bytes) -> None:
        """Give to the process what was typed or sent."""
        if self.terminal is not None:
            await self.terminal.type(data)
        elif self.stdin is not None:
            try:
                await self.stdin.write(data)
            except BrokenPipe:
                return

    def end_input(self) -> None:
        """End the process's standard input."""
        if self.stdin is not None:
            self.stdin.end()

    def close(self) -> None:
        """The process has ended."""
        self.end_input()
        if self.stdin is not None:
            self.stdin.break_off()
        for attachment in list(self.attachments):
            attachment.finish()


class Attachment(Duplex):
    """A client's hold on a console."""

    def __init__(
        self,
        console: Console,
        *,
        stdin: bool,
        streams: set[StreamName],
        detach_keys: bytes,
        replay: Sequence[Chunk] = (),
        stream: bool = True,
        ends_input: bool = True,
        detached: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(tty=console.tty)
        self._console = console
        self._stdin = stdin
        self._streams = streams
        self._keys = detach_keys
        self._matched = 0
        self._ends_input = ends_input
        self._detached = detached
        self._chunks: deque[Chunk] = deque(replay)
        self._size = 0
        self._finished = not stream or not (stdin or streams)
        self._closed = False
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        if not self._finished:
            console.attachments.add(self)

    def move(self, console: Console) -> None:
        """Send what is written from now on to another console."""
        self._console = console

    async def put(self, chunk: Chunk) -> None:
        """Keep a chunk for the client; waits while too much is kept."""
        if chunk.stream not in self._streams or self._finished:
            return
        while self._size > _BUFFER and not self._finished:
            self._writable.clear()
            await self._writable.wait()
        self._chunks.append(chunk)
        self._size += len(chunk.data)
        self._readable.set()

    def finish(self) -> None:
        """Nothing more will come."""
        self._console.attachments.discard(self)
        self._finished = True
        self._readable.set()
        self._writable.set()

    async def receive(self) -> Sequence[Chunk]:
        """What came."""
        while not self._chunks:
            if self._finished:
                return ()
            self._readable.clear()
            await self._readable.wait()
        found = tuple(self._chunks)
        self._chunks.clear()
        self._size = 0
        self._writable.set()
        return found

    async def write(self, data: bytes) -> None:
        """Send to the process; the detach keys end the attachment."""
        if not self._stdin or self._finished:
            return
        if not self._console.tty:
            await self._console.feed(data)
            return
        kept = bytearray()
        for byte in data:
            if byte == self._keys[self._matched]:
                self._matched += 1
                if self._matched == len(self._keys):
                    if kept:
                        await self._console.feed(bytes(kept))
                    self.finish()
                    self._detached()
                    return
                continue
            if self._matched:
                kept += self._keys[: self._matched]
                self._matched = 0
            kept.append(byte)
        if kept:
            await self._console.feed(bytes(kept))

    async def close_write(self) -> None:
        """End of input; of the attachment, where the process keeps its input open."""
        if not self._stdin:
            return
        if self._ends_input and not self._console.tty:
            self._console.end_input()
        else:
            self.finish()

    async def aclose(self) -> None:
        """Let go."""
        if not self._closed:
            self._closed = True
            self.finish()


class EndedStream(Duplex):
    """A stream that has some last words at most."""

    def __init__(self, words: bytes = b"", *, tty: bool = False) -> None:
        super().__init__(tty=tty)
        self._words = words

    async def receive(self) -> Sequence[Chunk]:
        """The last words, once."""
        words, self._words = self._words, b""
        return (Chunk(StreamName.STDOUT, words),) if words else ()

    async def write(self, data: bytes) -> None:
        """Discard it: the process has ended."""

    async def close_write(self) -> None:
        """Discard it: the process has ended."""

    async def aclose(self) -> None:
        """Nothing to let go of."""
