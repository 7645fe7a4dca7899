"""A terminal: what is typed is echoed, edited and cut into lines, keys become signals, and lines end in CR LF."""

from __future__ import annotations

import signal
from collections.abc import Callable

from engine_api.engines.memory.userland.pipes import Pipe, Writer

__all__ = ["Terminal", "TerminalWriter"]

_SIGNALS = {0x03: signal.SIGINT, 0x1C: signal.SIGQUIT, 0x1A: signal.SIGTSTP}


class Terminal:
    """The line discipline between a client and the processes of a terminal."""

    def __init__(self, output: Writer, rows: int = 0, columns: int = 0) -> None:
        self._output = output
        self.rows = rows
        self.columns = columns
        self.echo = True
        self.canonical = True
        self.input = Pipe(capacity=1 << 20)
        """What processes read."""
        self.on_signal: Callable[[int], None] = lambda number: None
        """Called with the signal that a key or a new size means."""
        self._line = bytearray()

    def resize(self, rows: int, columns: int) -> None:
        """Set the size; processes get SIGWINCH if it is another."""
        if (rows, columns) != (self.rows, self.columns):
            self.rows, self.columns = rows, columns
            self.on_signal(signal.SIGWINCH)

    async def type(self, data: bytes) -> None:
        """Take what a client typed."""
        if not self.canonical:
            if self.echo:
                await self._output.write(data)
            self.input.feed(data)
            return
        for byte in data:
            await self._key(byte)

    async def _key(self, byte: int) -> None:
        if byte in _SIGNALS:
            self._line.clear()
            if self.echo:
                await self._output.write(b"^" + bytes([byte + 0x40]))
            self.on_signal(_SIGNALS[byte])
        elif byte == 0x04:
            if self._line:
                self.input.feed(bytes(self._line))
                self._line.clear()
            else:
                self.input.feed(b"")
        elif byte in (0x7F, 0x08):
            if self._line:
                self._line.pop()
                if self.echo:
                    await self._output.write(b"\b \b")
        elif byte == 0x15:
            if self.echo:
                await self._output.write(b"\b \b" * len(self._line))
            self._line.clear()
        elif byte in (0x0D, 0x0A):
            if self.echo:
                await self._output.write(b"\r\n")
            self.input.feed(bytes(self._line) + b"\n")
            self._line.clear()
        else:
            self._line.append(byte)
            if self.echo:
                await self._output.write(bytes([byte]) if byte >= 32 or byte == 9 else b"^" + bytes([byte + 0x40]))

    def hang_up(self) -> None:
        """The client will type no more."""
        self.input.end()


class TerminalWriter:
    """Writes to a terminal."""

    def __init__(self, output: Writer) -> None:
        self._output = output

    async def write(self, data: bytes) -> None:
        """Write it, with each newline as CR LF."""
        await self._output.write(data.replace(b"\n", b"\r\n"))

    def close(self) -> None:
        """A terminal stays open."""
