"""The life of containers: start, stop, restart, pause, wait, and the end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from engine_api.api.errors import Conflict, EngineError, InternalError, NotModified
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.pids import Pids
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerEvents, ContainerStore
from engine_api.engines.memory.runtime.endpoints import Endpoints
from engine_api.engines.memory.runtime.execs import Execs
from engine_api.engines.memory.runtime.health import HealthChecks
from engine_api.engines.memory.runtime.mounts import Mounts
from engine_api.engines.memory.runtime.process import START_FAILED, StartFailed, start_process
from engine_api.engines.memory.userland.process import Process, Program, Sandbox
from engine_api.engines.memory.userland.programs import User
from engine_api.engines.memory.userland.signals import number_of
from engine_api.engines.memory.userland.users import user_of

__all__ = ["Lifecycle", "check_runs"]

_SHORTEST: Final = 0.05
"""Seconds from the start of a container to its end, unless a client ends it."""
_FIRST_DELAY: Final = 0.1
"""Seconds before the first restart by policy; each further one takes twice as long."""
_LONGEST_DELAY: Final = 60.0
_SETTLED: Final = 10_000_000_000
"""Nanoseconds after which a run counts as successful, so that the delay begins anew."""


def check_runs(container: Container) -> None:
    """Refuse a container that does not run.

    Raises:
        Conflict: it does not, or is about to be started again.
    """
    if not container.state.running:
        raise Conflict(f"container {container.id} is not running")
    if container.state.restarting:
        raise Conflict(f"Container {container.id} is restarting, wait until the container is running")


@dataclass(eq=False)
class _Run:
    """What belongs to the life of one container, beside its state."""

    ended: asyncio.Event = field(default_factory=asyncio.Event)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    waiters: list[asyncio.Future[int]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    checks: asyncio.Task[None] | None = None
    checked: bool = False
    """Whether the container has a health check."""
    stopping: bool = False
    """Whether a client stops it."""
    restarting: bool = False
    """Whether a client restarts it."""
    halting: bool = False
    """Whether the engine itself ends."""

    def __post_init__(self) -> None:
        self.ended.set()

    def exited(self, code: int) -> None:
        """Hand an exit code to those who wait for it."""
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(code)
        self.waiters.clear()


class Lifecycle:
    """Starts and ends containers.

    Args:
        containers: the containers.
        clock: the time.
        events: where it is published.
        pids: process IDs of the host.
        endpoints: connects containers to networks.
        mounts: mounts what containers mount.
        execs: further processes of containers.
        health: checks of containers.
        programs: the programs of the userland by name.
    """

    def __init__(
        self,
        *,
        containers: ContainerStore,
        clock: Clock,
        events: ContainerEvents,
        pids: Pids,
        endpoints: Endpoints,
        mounts: Mounts,
        execs: Execs,
        health: HealthChecks,
        programs: Mapping[str, Program],
    ) -> None:
        self._containers = containers
        self._clock = clock
        self._events = events
        self._pids = pids
        self._endpoints = endpoints
        self._mounts = mounts
        self._execs = execs
        self._health = health
        self._programs = programs
        self._runs: dict[str, _Run] = {}

    def _run(self, container: Container) -> _Run:
        return self._runs.setdefault(container.id, _Run())

    # Start

    async def start(self, container: Container) -> None:
        """Start the process of a container.

        Raises:
            NotModified: it runs.
            Conflict: it is paused or being removed.
            InvalidParameter: the command cannot be run.
        """
        if container.state.paused:
            raise Conflict("cannot start a paused container, try unpause instead")
        if container.state.running:
            raise NotModified("")
        if container.state.removing:
            raise Conflict("container is marked for removal and cannot be started")
        run = self._run(container)
        container.state.start_requested()
        run.stopping = False
        self._launch(container, run)
        run.task = asyncio.ensure_future(self._supervise(container, run))

    def _launch(self, container: Container, run: _Run) -> None:
        if container.console.stdin is None or container.state.started_at is not None:
            container.renew_console()
        try:
            sandbox, process, user = self._start_process(container)
        except EngineError as error:
            self._endpoints.leave(container)
            self._mounts.end(container)
            code = error.code if isinstance(error, StartFailed) else 128
            container.state.start_failed(code=code, error=error.message)
            container.console.close()
            run.exited(code)
            if container.host.auto_remove is True:
                self.forget(container, volumes=True)
            raise
        container.runs(sandbox, process)
        process.host_pid = self._pids.allocate(2)  # one for what supervises it
        container.state.started(pid=process.host_pid, user=user, at=self._clock.time_ns())
        run.checked = self._health.begin(container)
        container.log.open()
        run.ended.clear()
        self._events.publish(container, "start")

    def _start_process(self, container: Container) -> tuple[Sandbox, Process, User]:
        config = container.config
        env = [*(config.env or ()), *self._endpoints.links.variables(container)]
        self._mounts.begin(container)
        self._endpoints.join(container)
        hostname = config.hostname if isinstance(config.hostname, str) else ""
        umask = container.host.umask if isinstance(container.host.umask, int) else None
        sandbox = Sandbox(container.fs, self._clock, self._programs, hostname, container.network.namespace, umask)
        user = user_of(container.fs, config.user if isinstance(config.user, str) else "")
        cwd = config.working_dir if isinstance(config.working_dir, str) and config.working_dir else "/"
        if not container.fs.exists(cwd):
            container.fs.mkdir(cwd, parents=True)
        process = start_process(
            sandbox,
            container.console,
            argv=container.argv,
            env=env,
            cwd=cwd,
            user=user,
            size=container.host.console_size if isinstance(container.host.console_size, list) else None,
            log=container.log if container.log_driver != "none" else None,
            failed=START_FAILED,
        )
        return sandbox, process, user

    # The run of a process, and those that follow by the restart policy

    async def _supervise(self, container: Container, run: _Run) -> None:
        """Wait for the end of the process, and start it again as long as its restart policy says so."""
        delay = _FIRST_DELAY
        while True:
            began = self._clock.time_ns()
            await self._follow(container, run, began)
            if not self._restarts(container):
                break
            container.state.restart_pending()
            if (container.state.finished_at or 0) - began > _SETTLED:
                delay = _FIRST_DELAY
            await self._delay(run, delay)
            delay = min(delay * 2, _LONGEST_DELAY)
            if container.state.stopped_by_hand:
                break
            try:
                self._launch(container, run)
            except EngineError:
                break
        container.state.stopped()
        container.console.close()
        container.log.close()
        if run.stopping:
            self._events.publish(container, "stop")
        run.ended.set()
        if container.host.auto_remove is True and not (container.state.removing or run.restarting or run.halting):
            self.forget(container, volumes=True)

    async def _follow(self, container: Container, run: _Run, began: int) -> None:
        """Wait for the end of one run of the process, and end what belongs to it."""
        assert container.process is not None
        assert container.sandbox is not None
        if run.checked:
            run.checks = asyncio.ensure_future(self._health.watch(container))
        code = await container.process.wait()
        await self._outlast(container, began)
        self._thaw(container, run)
        await container.sandbox.close()
        await self._execs.end_all(container)
        now = self._clock.time_ns()
        container.state.exited(code=code, at=now)
        self._endpoints.leave(container)
        self._mounts.end(container)
        lasted = (now - (container.state.started_at or began)) // 1_000_000_000
        self._events.publish(container, "die", exitCode=str(code), execDuration=str(lasted))
        await self._end_checks(run)
        run.exited(code)

    async def _outlast(self, container: Container, began: int) -> None:
        """Let some time pass between the start of a process and an end that no client asked for.

        On real engines that takes longer than it takes a client to begin to listen. Those that do so as they start a
        container, as `docker compose up` does, would miss its end here, and wait for it for ever.
        """
        lasted = (self._clock.time_ns() - began) / 1e9
        if lasted < _SHORTEST and not (container.state.stopped_by_hand or container.state.removing):
            await self._clock.sleep(_SHORTEST - lasted)

    async def _delay(self, run: _Run, seconds: float) -> None:
        """Wait before a restart, or until a client stops the container."""
        run.wake.clear()
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        woken = asyncio.ensure_future(run.wake.wait())
        await asyncio.wait({sleep, woken}, return_when=asyncio.FIRST_COMPLETED)
        sleep.cancel()
        woken.cancel()

    async def _end_checks(self, run: _Run) -> None:
        checks, run.checks = run.checks, None
        if checks is not None:
            checks.cancel()
            await asyncio.gather(checks, return_exceptions=True)

    def _restarts(self, container: Container) -> bool:
        """Return whether the restart policy starts a container again that has ended."""
        policy, state = container.host.restart_policy, container.state
        name = policy.name if policy else "no"
        if state.stopped_by_hand or state.removing:
            return False
        if name in ("always", "unless-stopped"):
            return True
        if name == "on-failure" and state.exit_code != 0 and policy:
            most = policy.maximum_retry_count
            return not isinstance(most, int) or most == 0 or state.restart_count < most
        return False

    # Stop

    async def stop(self, container: Container, number: int, timeout: float) -> None:
        """Send a signal to the process, and kill it if it does not end in time.

        Args:
            container: the container, which runs.
            number: the signal.
            timeout: seconds until it is killed; it is never killed if less than 0.
        """
        run = self._run(container)
        container.state.stop_requested()
        run.stopping = True
        run.wake.set()
        self._thaw(container, run)
        self._send(container, number)
        ended = asyncio.ensure_future(run.ended.wait())
        if timeout < 0:
            await ended
            return
        late = asyncio.ensure_future(self._clock.sleep(timeout))
        try:
            await asyncio.wait({ended, late}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            late.cancel()
        if not run.ended.is_set():
            self._send(container, signal.SIGKILL)
        await ended

    async def kill(self, container: Container, number: int) -> None:
        """Send a signal to the process; SIGKILL waits for the end.

        The signal that stops the container, which is any if none is configured, also lets a paused one go on, and
        keeps it from being started again.
        """
        run = self._run(container)
        own = number_of(str(container.config.stop_signal)) if container.config.stop_signal else None
        if number == signal.SIGKILL or own is None or own == number:
            container.state.stop_requested()
            run.wake.set()
            self._thaw(container, run)
        self._send(container, number)
        if number == signal.SIGKILL:
            await run.ended.wait()

    def _send(self, container: Container, number: int) -> None:
        if container.process is not None:
            container.process.send(number)
            self._events.publish(container, "kill", signal=str(int(number)))

    async def restart(self, container: Container, number: int, timeout: float) -> None:
        """Stop the process if it runs, and start it; see `stop` and `start`."""
        run = self._run(container)
        if container.state.running:
            run.restarting = True
            try:
                await self.stop(container, number, timeout)
                if run.task is not None:
                    await asyncio.gather(run.task, return_exceptions=True)
            finally:
                run.restarting = False
        await self.start(container)
        self._events.publish(container, "restart")

    # Pause

    async def pause(self, container: Container) -> None:
        """Freeze the processes of a container.

        Raises:
            Conflict: it does not run, or is paused.
        """
        check_runs(container)
        if container.state.paused:
            raise Conflict(f"container {container.id} is already paused")
        assert container.sandbox is not None
        container.state.froze()
        container.sandbox.freeze()
        await self._end_checks(self._run(container))
        self._events.publish(container, "pause")

    def unpause(self, container: Container) -> None:
        """Let the processes of a paused container go on.

        Raises:
            InternalError: it is not paused.
        """
        if not container.state.paused:
            raise InternalError(f"Container {container.id} is not paused")
        self._thaw(container, self._run(container))
        self._events.publish(container, "unpause")

    def _thaw(self, container: Container, run: _Run) -> None:
        """Let the processes go on, if they are frozen."""
        if container.state.paused and container.sandbox is not None:
            container.state.thawed()
            container.sandbox.thaw()
            if container.config.healthcheck and run.checks is None and container.health.status != "none":
                run.checks = asyncio.ensure_future(self._health.watch(container))

    # The end

    async def end(self, container: Container) -> None:
        """Kill the process, if it runs, and wait for all that belongs to it."""
        run = self._run(container)
        if container.state.running:
            await self.kill(container, signal.SIGKILL)
        if run.task is not None:
            await asyncio.gather(run.task, return_exceptions=True)

    async def halt(self, container: Container, ending: tuple[int, float] | None = None) -> None:
        """End the process, if it runs, as its engine ends; its restart policy is for the engine's next start.

        Args:
            container: the container.
            ending: the signal that it gets first, and how many seconds it has then. Default: it is killed at once.
        """
        run, by_hand = self._run(container), container.state.stopped_by_hand
        run.halting = True
        if ending is not None and container.state.running:
            await self.stop(container, *ending)
        await self.end(container)
        container.state.stopped_by_hand, run.halting = by_hand, False

    def kill_all(self) -> None:
        """Send SIGKILL to the process of each running container, and wait for nothing."""
        for container in self._containers:
            if container.process is not None and container.state.running:
                container.process.send(signal.SIGKILL)

    def forget(self, container: Container, *, volumes: bool = False) -> None:
        """Remove a container that does not run.

        Args:
            container: the container.
            volumes: whether the volumes are removed that were created for it without a name.
        """
        container.state.removal_requested()
        self._containers.remove(container)
        self._runs.pop(container.id, None)
        container.console.close()
        container.removed.set()
        if volumes:
            self._mounts.release(container)
        self._events.publish(container, "destroy")

    # Wait

    async def wait(self, container: Container, condition: str, accepted: Callable[[], object]) -> int:
        """Wait for a condition, and return the exit code.

        Args:
            container: the container.
            condition: `not-running`, `next-exit` or `removed`.
            accepted: called as soon as it is certain that nothing is missed.
        """
        run, state = self._run(container), container.state
        if condition == "not-running" and not state.running:
            accepted()
            return state.exit_code
        if condition == "removed":
            accepted()
            await container.removed.wait()
            return state.exit_code
        waiter: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        run.waiters.append(waiter)
        accepted()
        gone = asyncio.ensure_future(container.removed.wait())
        try:
            await asyncio.wait((waiter, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if waiter in run.waiters:
                run.waiters.remove(waiter)
        code = waiter.result() if waiter.done() else state.exit_code
        if condition == "not-running" and waiter.done() and not state.restarting:
            await run.ended.wait()
        return code
