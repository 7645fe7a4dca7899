"""Exec instances at work: starts and ends further processes in running containers."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Sequence

from engine_api.engines.memory.machine.events import command_of
from engine_api.engines.memory.machine.pids import Pids
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerEvents, ContainerStore
from engine_api.engines.memory.model.execs import ExecProcess
from engine_api.engines.memory.runtime.process import EXEC_FAILED, StartFailed, start_process
from engine_api.engines.memory.userland.process import Process

__all__ = ["Execs"]


class Execs:
    """Starts the processes of exec instances, and follows them to their end.

    Args:
        containers: the containers, which have the exec instances.
        events: where it is published.
        pids: process IDs of the host.
    """

    def __init__(self, *, containers: ContainerStore, events: ContainerEvents, pids: Pids) -> None:
        self._containers = containers
        self._events = events
        self._pids = pids
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def publish(self, container: Container, process: ExecProcess, action: str, **attributes: str) -> None:
        """Publish an event of an exec instance, which is one of its container."""
        self._events.publish(container, action, execID=process.id, **attributes)

    def add(self, container: Container, process: ExecProcess) -> None:
        """Add an exec instance to a container."""
        self._containers.add_exec(container, process)
        self.publish(container, process, f"exec_create: {command_of(process.argv)}")

    def start(self, container: Container, process: ExecProcess, size: Sequence[int] | None) -> None:
        """Start the process of an exec instance.

        Args:
            container: its container, which runs.
            process: the exec instance.
            size: rows and columns of its terminal, if it has one.

        Raises:
            StartFailed: the command cannot be run.
        """
        assert container.sandbox is not None
        process.start_requested()
        self.publish(container, process, f"exec_start: {command_of(process.argv)}")
        config = process.config
        env = dict(entry.partition("=")[::2] for entry in container.config.env or () if "=" in entry)
        env |= dict(entry.partition("=")[::2] for entry in config.env or () if "=" in entry)
        try:
            started = start_process(
                container.sandbox,
                process.console,
                argv=process.argv,
                env=[f"{name}={value}" for name, value in env.items()],
                cwd=str(config.working_dir or container.config.working_dir or "/"),
                user=process.user,
                size=size,
                failed=EXEC_FAILED,
            )
        except StartFailed as error:
            process.exited(error.code)
            raise
        process.runs(started, pid=self._pids.allocate())
        task = asyncio.ensure_future(self._watch(container, process, started))
        self._tasks[process.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(process.id, None))

    async def _watch(self, container: Container, process: ExecProcess, started: Process) -> None:
        code = await started.wait()
        process.exited(code)
        self.publish(container, process, "exec_die", exitCode=str(code))

    async def end_all(self, container: Container) -> None:
        """Kill the processes of a container's exec instances, wait for their ends, and remove the instances."""
        for process in container.execs.values():
            task = self._tasks.get(process.id)
            if process.process is not None:
                process.process.send(signal.SIGKILL)
            if task is not None:
                with contextlib.suppress(Exception):
                    await task
        self._containers.remove_execs(container)
