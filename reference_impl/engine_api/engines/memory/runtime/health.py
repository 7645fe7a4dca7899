"""Health checks of running containers."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from typing import Final, Self

from engine_api.api.health import HealthcheckResult, HealthConfig
from engine_api.engines.memory.machine.clock import Clock, rfc3339
from engine_api.engines.memory.machine.elapsed import go_duration
from engine_api.engines.memory.machine.events import command_of
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerEvents
from engine_api.engines.memory.runtime.process import EXEC_FAILED
from engine_api.engines.memory.userland.pipes import Sink
from engine_api.engines.memory.userland.programs import PATH, CannotRun, CommandNotFound

__all__ = ["HealthChecks"]

_SECOND: Final = 1_000_000_000
_OUTPUT: Final = 4096
"""Bytes of output that a result keeps."""


@dataclass(frozen=True)
class _Schedule:
    """The settings of a container's health check; times in seconds, the start period in nanoseconds."""

    test: list[str]
    interval: float
    timeout: float
    retries: int
    start_period: int
    start_interval: float

    @classmethod
    def of(cls, container: Container) -> Self | None:
        """Return the settings, or None if the container has no health check."""
        config = container.config.healthcheck
        if not isinstance(config, HealthConfig) or not config.test or config.test[0] == "NONE":
            return None
        return cls(
            test=config.test,
            interval=_or(config.interval, 30 * _SECOND) / _SECOND,
            timeout=_or(config.timeout, 30 * _SECOND) / _SECOND,
            retries=_or(config.retries, 3),
            start_period=_or(config.start_period, 0),
            start_interval=_or(config.start_interval, 5 * _SECOND) / _SECOND,
        )


def _or(value: object, default: int) -> int:
    return value if isinstance(value, int) and value else default


class HealthChecks:
    """Checks the health of containers.

    Args:
        clock: the time between checks.
        events: where the checks and changes of health are published.
        identifiers: IDs of the exec instances that the checks are.
    """

    def __init__(self, *, clock: Clock, events: ContainerEvents, identifiers: Identifiers) -> None:
        self._clock = clock
        self._events = events
        self._identifiers = identifiers

    def begin(self, container: Container) -> bool:
        """Reset the health of a container that has just started; return whether it has a health check."""
        if _Schedule.of(container) is None:
            return False
        container.health.began()
        return True

    async def watch(self, container: Container) -> None:
        """Check a container's health again and again, until cancelled."""
        schedule = _Schedule.of(container)
        if schedule is None:
            return
        health, began = container.health, self._clock.time_ns()

        def early() -> bool:
            return health.status == "starting" and self._clock.time_ns() - began < schedule.start_period

        try:
            while True:
                await self._clock.sleep(schedule.start_interval if early() else schedule.interval)
                within = early()
                result = await self._check(container, schedule.test, schedule.timeout)
                before = health.status
                health.checked(result, retries=schedule.retries, early=within)
                if health.status != before:
                    self._events.publish(container, f"health_status: {health.status}")
        finally:
            health.ended()

    async def _check(self, container: Container, test: list[str], timeout: float) -> HealthcheckResult:
        clock = self._clock
        start = clock.time_ns()
        output = bytearray()

        async def keep(data: bytes) -> None:
            output.extend(data[: _OUTPUT - len(output)])

        sandbox = container.sandbox
        assert sandbox is not None
        argv = test[1:] if test[0] == "CMD" else ["/bin/sh", "-c", *test[1:]]
        env = {"PATH": PATH, **dict(entry.partition("=")[::2] for entry in container.config.env or ())}
        identifier = self._identifiers.identifier()
        for action in ("exec_create", "exec_start"):
            self._events.publish(container, f"{action}: {command_of(argv)}", execID=identifier)
        sink = Sink(keep)
        cwd = str(container.config.working_dir or "/")
        try:
            process = sandbox.start(argv, env=env, cwd=cwd, user=container.state.user, stdout=sink, stderr=sink)
        except (CommandNotFound, CannotRun):
            words = f'{EXEC_FAILED}exec: "{argv[0] if argv else ""}": executable file not found in $PATH'
            return HealthcheckResult(start=rfc3339(start), end=rfc3339(clock.time_ns()), exit_code=-1, output=words)
        ended = asyncio.ensure_future(process.wait())
        late = asyncio.ensure_future(clock.sleep(timeout))
        try:
            await asyncio.wait({ended, late}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            late.cancel()
            if not ended.done():
                process.send(signal.SIGKILL)
        in_time = ended.done()
        code = await ended
        self._events.publish(container, "exec_die", execID=identifier, exitCode=str(code))
        if not in_time:
            output[:] = f"Health check exceeded timeout ({go_duration(timeout)})".encode()
        return HealthcheckResult(
            start=rfc3339(start),
            end=rfc3339(clock.time_ns()),
            exit_code=code if in_time else -1,
            output=output.decode("utf-8", "replace"),
        )
