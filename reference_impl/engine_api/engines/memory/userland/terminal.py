"""A terminal: echo, line editing, signals of keys, and CR LF at the ends of lines."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable, Mapping

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
        """Input of the processes."""
        self.on_signal: Callable[[int], None] = lambda number: None
        """Called with the signal of a key or of a new size."""
        self._line = bytearray()
        self._editing: Mapping[int, Callable[[], Awaitable[None]]] = {
            0x04: self._end_of_input,
            0x08: self._erase,
            0x7F: self._erase,
            0x15: self._erase_line,
            0x0A: self._end_line,
            0x0D: self._end_line,
        }

    def resize(self, rows: int, columns: int) -> None:
        """Set the size; if it changes, send SIGWINCH."""
        if (rows, columns) != (self.rows, self.columns):
            self.rows, self.columns = rows, columns
            self.on_signal(signal.SIGWINCH)

    async def type(self, data: bytes) -> None:
        """Process bytes that a client typed."""
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
            await self._show(b"^" + bytes([byte + 0x40]))
            self.on_signal(_SIGNALS[byte])
        elif byte in self._editing:
            await self._editing[byte]()
        else:
            self._line.append(byte)
            await self._show(bytes([byte]) if byte >= 32 or byte == 9 else b"^" + bytes([byte + 0x40]))

    async def _show(self, data: bytes) -> None:
        """Write to the client, unless echo is off."""
        if self.echo:
            await self._output.write(data)

    async def _end_of_input(self) -> None:
        """Send the incomplete line to the processes; an empty one is the end of input."""
        self.input.feed(bytes(self._line))
        self._line.clear()

    async def _erase(self) -> None:
        if self._line:
            self._line.pop()
            await self._show(b"\b \b")

    async def _erase_line(self) -> None:
        await self._show(b"\b \b" * len(self._line))
        self._line.clear()

    async def _end_line(self) -> None:
        await self._show(b"\r\n")
        self.input.feed(bytes(self._line) + b"\n")
        self._line.clear()

    def hang_up(self) -> None:
        """End the input."""
        self.input.end()


class TerminalWriter:
    """A writer to a terminal."""

    def __init__(self, output: Writer) -> None:
        self._output = output

    async def write(self, data: bytes) -> None:
        """Write the data with each newline as CR LF."""
        await self._output.write(data.replace(b"\n", b"\r\n"))

    def close(self) -> None:
        """No effect."""
