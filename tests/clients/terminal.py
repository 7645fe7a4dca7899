"""A real terminal for a program under test."""

import fcntl
import os
import pty
import select
import struct
import termios
import time
from types import TracebackType
from typing import Self


class Terminal:
    """A program on a pseudo-terminal, typed at and read from."""

    def __init__(self, arguments: list[str], environment: dict[str, str], rows: int = 24, columns: int = 80) -> None:
        self.output = b""
        self.status: int | None = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(arguments[0], arguments, environment)
        self.resize(rows, columns)

    def resize(self, rows: int, columns: int) -> None:
        """Change the size of the window."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, data: bytes) -> None:
        """Press keys."""
        os.write(self.fd, data)

    def expect(self, text: bytes, timeout: float = 20) -> bytes:
        """Read until `text` comes; gives what came, and forgets it."""
        end = time.monotonic() + timeout
        while text not in self.output:
            left = end - time.monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"{text!r} did not come, but {self.output!r}")
        at = self.output.index(text) + len(text)
        came, self.output = self.output[:at], self.output[at:]
        return came

    def wait(self, timeout: float = 20) -> int:
        """Read to the end; gives the exit code."""
        end = time.monotonic() + timeout
        while self._read(end - time.monotonic()):
            pass
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise AssertionError(f"did not end; the output was {self.output!r}")
            else:
                time.sleep(0.01)
        return self.status

    def _read(self, timeout: float) -> bool:
        if timeout <= 0 or not select.select([self.fd], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.output += data
        return bool(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.status is None:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
