"""Exec instances: further processes of a running container."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine_api.api.exec import ExecConfig
from engine_api.engines.memory.model.console import Console
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.programs import User

__all__ = ["ExecProcess"]


@dataclass(eq=False, kw_only=True)
class ExecProcess:
    """An exec instance: a process that was created in a container, and how it ended."""

    id: str
    config: ExecConfig
    argv: list[str]
    user: User
    detach_keys: bytes
    pid: int = 0
    """Process ID on the host; 0 before the start."""
    exit_code: int | None = None
    started: bool = False
    process: Process | None = None
    console: Console = field(init=False)

    def __post_init__(self) -> None:
        self.console = Console(tty=self.config.tty is True, stdin=self.config.attach_stdin is True)

    @property
    def running(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.exit_code is None

    @property
    def ended(self) -> bool:
        """Whether the process has ended, or could not be started."""
        return self.exit_code is not None

    def start_requested(self) -> None:
        """A client starts it."""
        self.started = True

    def runs(self, process: Process, *, pid: int) -> None:
        """The process runs, with a process ID on the host."""
        self.process, self.pid = process, pid

    def exited(self, code: int) -> None:
        """The process has ended, or could not be started."""
        self.exit_code = code
        self.console.close()
