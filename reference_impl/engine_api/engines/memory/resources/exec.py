"""Further processes in running containers."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import signal
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from engine_api.api.errors import Conflict, InvalidParameter, NotFound, SystemError
from engine_api.api.exec import (
    Exec,
    ExecConfig,
    ExecCreateResponse,
    ExecInspectResponse,
    ExecStartConfig,
    ProcessConfig,
)
from engine_api.api.streams import Duplex, StreamName
from engine_api.api.struct import UNSET
from engine_api.engines.memory.machine.events import command_of
from engine_api.engines.memory.model.container import Container, StartFailed, argv_of, start_process, user_of
from engine_api.engines.memory.runtime.attach import Attachment, Console, EndedStream, parse_detach_keys
from engine_api.engines.memory.userland.process import Process, User

if TYPE_CHECKING:
    from engine_api.engines.memory.engine import MemoryEngine

__all__ = ["ExecProcess", "MemoryExec"]

_STUCK: Final = "OCI runtime exec failed: exec failed: unable to start container process: "
_READY_TIMEOUT: Final = 10.0
"""Seconds that a resize waits for the start."""


@dataclass(eq=False)
class ExecProcess:
    """A process that was prepared in a container, and what became of it."""

    id: str
    container: Container
    config: ExecConfig
    argv: list[str]
    user: User
    detach_keys: bytes
    pid: int = 0
    exit_code: int | None = None
    started: bool = False
    console: Console = field(init=False)
    _process: Process | None = None
    _task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.console = Console(tty=self.config.tty is True, stdin=self.config.attach_stdin is True)

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self.exit_code is None

    @property
    def ended(self) -> bool:
        """Whether it has run, or could not be started."""
        return self.exit_code is not None

    def tell(self, action: str, **attributes: str) -> None:
        """Publish an event about it, which is one of its container.

        Args:
            action: what happened.
            attributes: what belongs to it, besides the ID of the exec.
        """
        self.container.tell(action, execID=self.id, **attributes)

    def start(self, size: list[int] | None) -> None:
        """Start it.

        Raises:
            StartFailed: the command cannot be run.
        """
        container, config = self.container, self.config
        sandbox = container.sandbox
        assert sandbox is not None
        self.started = True
        self.tell(f"exec_start: {command_of(self.argv)}")
        env = dict(entry.partition("=")[::2] for entry in container.config.env or () if "=" in entry)
        env |= dict(entry.partition("=")[::2] for entry in config.env or () if "=" in entry)
        cwd = config.working_dir or container.config.working_dir or "/"
        try:
            self._process = start_process(
                sandbox,
                self.console,
                self.argv,
                [f"{name}={value}" for name, value in env.items()],
                str(cwd),
                self.user,
                size,
                None,
                _STUCK,
            )
        except StartFailed as error:
            self.exit_code = error.code
            self.console.close()
            raise
        container.engine.last_pid += 1
        self.pid = container.engine.last_pid
        self._task = asyncio.ensure_future(self._watch(self._process))

    async def _watch(self, process: Process) -> None:
        self.exit_code = await process.wait()
        self.console.close()
        self.tell("exec_die", exitCode=str(self.exit_code))

    async def end(self) -> None:
        """Kill the process, if it runs, and wait for its end."""
        if self._process is not None:
            self._process.send(signal.SIGKILL)
        if self._task is not None:
            with contextlib.suppress(Exception):
                await self._task


class MemoryExec(Exec):
    """Further processes in containers in memory."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine

    def find(self, id: str) -> ExecProcess:
        """The exec of an ID.

        Raises:
            NotFound: there is none.
        """
        for container in self._engine.containers.by_id.values():
            if id in container.execs:
                return container.execs[id]
        raise NotFound(f"No such exec instance: {id}")

    def _running(self, container: Container, name: str) -> None:
        if not container.running:
            raise Conflict(f"container {container.id} is not running")
        if container.paused:
            raise Conflict(f"Container {name} is paused, unpause the container before exec")
        if container.restarting:
            raise Conflict(f"Container {name} is restarting, wait until the container is running")

    async def create(self, id: str, config: ExecConfig) -> ExecCreateResponse:
        """Prepare a process."""
        argv = argv_of(config.cmd)
        if not argv:
            raise InvalidParameter("No exec command specified")
        container = self._engine.containers.find(id)
        self._running(container, id)
        keys = parse_detach_keys(config.detach_keys or None)
        try:
            user = user_of(container.fs, str(config.user or container.config.user or ""))
        except SystemError as error:  # here it is the client's fault
            raise InvalidParameter(error.message) from None
        identifier = self._engine.identifiers.identifier()
        container.execs[identifier] = process = ExecProcess(
            identifier, container, config, argv, user, keys if config.detach_keys else b""
        )
        process.tell(f"exec_create: {command_of(argv)}")
        return ExecCreateResponse(id=identifier, warnings=None)

    async def start(self, id: str, config: ExecStartConfig) -> Duplex:
        """Start a prepared process."""
        process = self.find(id)
        detached = config.detach is True
        tty = process.console.tty
        try:
            if process.ended:
                raise Conflict(f"exec command {id} has already run")
            if process.started:
                raise Conflict(f"exec command {id} is already running")
            self._running(process.container, process.container.id)
        except Conflict as error:
            if detached or not process.started:
                raise
            return EndedStream(f"{error.message}\r\n".encode(), tty=tty)
        wanted = process.config
        streams = {
            name
            for name, on in ((StreamName.STDOUT, wanted.attach_stdout), (StreamName.STDERR, wanted.attach_stderr))
            if on is True
        }
        attachment = None
        if not detached:
            attachment = Attachment(
                process.console,
                stdin=wanted.attach_stdin is True,
                streams=streams,
                detach_keys=process.detach_keys or parse_detach_keys(None),
                detached=partial(process.tell, "exec_detach"),
            )
        size = config.console_size or wanted.console_size or None
        try:
            process.start(size)
        except StartFailed as error:
            if detached:
                raise
            return EndedStream(f"{error.message}\r\n".encode(), tty=tty)
        if attachment is None:
            process.console.end_input()
            return EndedStream(tty=tty)
        return attachment

    async def resize(self, id: str, *, height: int, width: int) -> None:
        """Set the size of an exec's terminal."""
        process = self.find(id)
        waited = 0.0
        while not process.started:
            if waited >= _READY_TIMEOUT:
                raise SystemError("timeout waiting for exec session ready")
            await self._engine.clock.sleep(0.05)
            waited += 0.05
        if process.ended:
            raise NotFound(f"NotFound: process does not exist {id}: not found")
        if process.console.terminal is not None:
            process.console.terminal.resize(height, width)

    async def inspect(self, id: str) -> ExecInspectResponse:
        """All about an exec."""
        process = self.find(id)
        config = process.config
        return ExecInspectResponse(
            id=id,
            running=process.running,
            exit_code=process.exit_code,
            process_config=ProcessConfig(
                tty=config.tty is True,
                entrypoint=process.argv[0],
                arguments=process.argv[1:],
                privileged=config.privileged is True,
                user=config.user or UNSET,
            ),
            open_stdin=config.attach_stdin is True,
            open_stderr=config.attach_stderr is True,
            open_stdout=config.attach_stdout is True,
            can_remove=process.ended,
            container_id=process.container.id,
            detach_keys=base64.b64encode(process.detach_keys).decode() if process.detach_keys else "",
            pid=process.pid,
        )
