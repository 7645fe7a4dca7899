"""Further processes in running containers."""

from __future__ import annotations

import base64
from functools import partial
from typing import Final

from engine_api.api.errors import Conflict, InternalError, InvalidParameter, NotFound
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
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.model.configurations import argv_of
from engine_api.engines.memory.model.console import Attachment, EndedStream, parse_detach_keys
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerStore
from engine_api.engines.memory.model.execs import ExecProcess
from engine_api.engines.memory.runtime.execs import Execs
from engine_api.engines.memory.runtime.process import StartFailed
from engine_api.engines.memory.userland.users import user_of

__all__ = ["MemoryExec"]

_READY_TIMEOUT: Final = 10.0
"""Seconds that a resize waits for the start."""


class MemoryExec(Exec):
    """Further processes in containers in memory."""

    def __init__(self, *, containers: ContainerStore, execs: Execs, identifiers: Identifiers, clock: Clock) -> None:
        self._containers = containers
        self._execs = execs
        self._identifiers = identifiers
        self._clock = clock

    def _running(self, container: Container, name: str) -> None:
        if not container.state.running:
            raise Conflict(f"container {container.id} is not running")
        if container.state.paused:
            raise Conflict(f"Container {name} is paused, unpause the container before exec")
        if container.state.restarting:
            raise Conflict(f"Container {name} is restarting, wait until the container is running")

    async def create(self, id: str, config: ExecConfig) -> ExecCreateResponse:
        """Prepare a process."""
        argv = argv_of(config.cmd)
        if not argv:
            raise InvalidParameter("No exec command specified")
        container = self._containers.find(id)
        self._running(container, id)
        keys = parse_detach_keys(config.detach_keys or None)
        try:
            user = user_of(container.fs, str(config.user or container.config.user or ""))
        except InternalError as error:  # here it is the client's fault
            raise InvalidParameter(error.message) from None
        identifier = self._identifiers.identifier()
        process = ExecProcess(
            id=identifier,
            config=config,
            argv=argv,
            user=user,
            detach_keys=keys if config.detach_keys else b"",
        )
        self._execs.add(container, process)
        return ExecCreateResponse(id=identifier, warnings=None)

    async def start(self, id: str, config: ExecStartConfig) -> Duplex:
        """Start a prepared process."""
        container, process = self._containers.find_exec(id)
        detached = config.detach is True
        tty = process.console.tty
        try:
            if process.ended:
                raise Conflict(f"exec command {id} has already run")
            if process.started:
                raise Conflict(f"exec command {id} is already running")
            self._running(container, container.id)
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
                detached=partial(self._execs.publish, container, process, "exec_detach"),
            )
        size = config.console_size or wanted.console_size or None
        try:
            self._execs.start(container, process, size)
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
        _, process = self._containers.find_exec(id)
        waited = 0.0
        while not process.started:
            if waited >= _READY_TIMEOUT:
                raise InternalError("timeout waiting for exec session ready")
            await self._clock.sleep(0.05)
            waited += 0.05
        if process.ended:
            raise NotFound(f"NotFound: process does not exist {id}: not found")
        if process.console.terminal is not None:
            process.console.terminal.resize(height, width)

    async def inspect(self, id: str) -> ExecInspectResponse:
        """All about an exec."""
        container, process = self._containers.find_exec(id)
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
            container_id=container.id,
            detach_keys=base64.b64encode(process.detach_keys).decode() if process.detach_keys else "",
            pid=process.pid,
        )
