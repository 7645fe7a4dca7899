"""Health checks of running containers."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Final

from engine_api.api.health import HealthcheckResult, HealthConfig
from engine_api.engines.memory.machine.clock import rfc3339
from engine_api.engines.memory.machine.elapsed import go_duration
from engine_api.engines.memory.machine.events import command_of
from engine_api.engines.memory.userland.pipes import Sink
from engine_api.engines.memory.userland.process import PATH, CannotRun, NotFound

if TYPE_CHECKING:
    from engine_api.engines.memory.model.container import Container

__all__ = ["begin_health", "watch_health"]

_SECOND: Final = 1_000_000_000
_OUTPUT: Final = 4096
_STUCK: Final = "OCI runtime exec failed: exec failed: unable to start container process: "


def _or(value: object, default: int) -> int:
    return value if isinstance(value, int) and value else default


def begin_health(container: Container) -> bool:
    """Get ready for the checks of a container that has just started; gives whether there are any."""
    config = container.config.healthcheck
    if not isinstance(config, HealthConfig) or not config.test or config.test[0] == "NONE":
        return False
    container.health_status, container.failing_streak = "starting", 0
    return True


async def watch_health(container: Container) -> None:
    """Check a container's health again and again, until cancelled."""
    config = container.config.healthcheck
    if not isinstance(config, HealthConfig) or not config.test or config.test[0] == "NONE":
        return
    clock = container.engine.clock
    interval = _or(config.interval, 30 * _SECOND) / _SECOND
    timeout = _or(config.timeout, 30 * _SECOND) / _SECOND
    retries = _or(config.retries, 3)
    start_period = _or(config.start_period, 0)
    start_interval = _or(config.start_interval, 5 * _SECOND) / _SECOND
    began = clock.time_ns()
    try:
        while True:
            early = container.health_status == "starting" and clock.time_ns() - began < start_period
            await clock.sleep(start_interval if early else interval)
            early = container.health_status == "starting" and clock.time_ns() - began < start_period
            result = await _check(container, config.test, timeout)
            container.health.append(result)
            before = container.health_status
            if result.exit_code == 0:
                container.health_status, container.failing_streak = "healthy", 0
            elif not early:
                container.failing_streak += 1
                if container.failing_streak >= retries:
                    container.health_status = "unhealthy"
            if container.health_status != before:
                container.tell(f"health_status: {container.health_status}")
    finally:
        container.health_status = "unhealthy"


async def _check(container: Container, test: list[str], timeout: float) -> HealthcheckResult:
    clock = container.engine.clock
    start = clock.time_ns()
    output = bytearray()

    async def keep(data: bytes) -> None:
        output.extend(data[: _OUTPUT - len(output)])

    sandbox = container.sandbox
    assert sandbox is not None
    argv = test[1:] if test[0] == "CMD" else ["/bin/sh", "-c", *test[1:]]
    env = {"PATH": PATH, **dict(entry.partition("=")[::2] for entry in container.config.env or ())}
    identifier = container.engine.identifiers.identifier()
    for action in ("exec_create", "exec_start"):
        container.tell(f"{action}: {command_of(argv)}", execID=identifier)
    sink = Sink(keep)
    cwd = str(container.config.working_dir or "/")
    try:
        process = sandbox.start(argv, env=env, cwd=cwd, user=container.user, stdout=sink, stderr=sink)
    except (NotFound, CannotRun):
        words = f'{_STUCK}exec: "{argv[0] if argv else ""}": executable file not found in $PATH'
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
    container.tell("exec_die", execID=identifier, exitCode=str(code))
    if not in_time:
        output[:] = f"Health check exceeded timeout ({go_duration(timeout)})".encode()
    return HealthcheckResult(
        start=rfc3339(start),
        end=rfc3339(clock.time_ns()),
        exit_code=code if in_time else -1,
        output=output.decode("utf-8", "replace"),
    )
