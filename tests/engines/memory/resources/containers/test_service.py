"""Containers of the reference engine over time, which a virtual clock makes pass at once."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest

from engine_api.api.containers import ContainerCreateRequest, ContainerUpdateRequest
from engine_api.api.errors import Conflict, InternalError, InvalidParameter
from engine_api.api.events import EventMessage
from engine_api.api.exec import ExecConfig
from engine_api.api.health import Health, HealthConfig
from engine_api.api.hostconfig import HostConfig, RestartPolicy, ThrottleDevice
from engine_api.api.stats import ContainerStatsResponse
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.machine.clock import LoopClock
from engine_api.engines.memory.machine.virtual_time import run

SECOND = 1_000_000_000


def on_an_engine(test: Callable[[MemoryEngine], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run a test with an engine, on virtual time."""

    async def scenario() -> None:
        async with MemoryEngine(clock=LoopClock(), seed=1) as engine:
            await test(engine)

    def wrapped() -> None:
        run(scenario())

    wrapped.__name__ = test.__name__
    return wrapped


async def start(engine: MemoryEngine, script: str, *, name: str = "web", **more: Any) -> str:
    config = ContainerCreateRequest(image="busybox", cmd=["sh", "-c", script], **more)
    made = await engine.containers.create(config, name=name)
    await engine.containers.start(made.id)
    return made.id


async def logs(engine: MemoryEngine, name: str = "web") -> bytes:
    async with await engine.containers.logs(name, stdout=True, stderr=True) as output:
        return b"".join([chunk.data async for chunk in output])


async def actions(engine: MemoryEngine) -> list[str]:
    return [str(event.action) for event in engine.parts.events.history if _of_container(event)]


def _of_container(event: EventMessage) -> bool:
    return event.type == "container"


def policy(name: str, most: int = 0) -> HostConfig:
    return HostConfig(restart_policy=RestartPolicy(name=name, maximum_retry_count=most))


@on_an_engine
async def test_restarts_come_later_and_later_up_to_a_minute(engine: MemoryEngine) -> None:
    await start(engine, "exit 1", host_config=policy("always"))
    await asyncio.sleep(300)
    starts = [event.time_nano for event in engine.parts.events.history if event.action == "start"]
    waits = [round((after - before) / SECOND, 1) for before, after in pairwise(starts)]  # type: ignore[operator]
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 60, 60, 60]


@on_an_engine
async def test_a_run_of_ten_seconds_makes_the_next_wait_short_again(engine: MemoryEngine) -> None:
    await start(engine, "sleep 11", host_config=policy("always"))
    await asyncio.sleep(115)
    assert (await engine.containers.inspect("web")).restart_count == 10


@on_an_engine
async def test_a_stop_ends_the_waiting_for_a_restart(engine: MemoryEngine) -> None:
    await start(engine, "exit 1", host_config=policy("always"))
    await asyncio.sleep(20)
    assert (await engine.containers.inspect("web")).state.status == "restarting"  # type: ignore[union-attr]
    with pytest.raises(Conflict, match="is restarting, wait until the container is running"):
        await engine.containers.top("web")
    await engine.containers.stop("web")
    count = (await engine.containers.inspect("web")).restart_count
    await asyncio.sleep(200)
    found = await engine.containers.inspect("web")
    assert (found.state.status, found.restart_count) == ("exited", count)  # type: ignore[union-attr]


@on_an_engine
async def test_a_policy_that_is_taken_back_ends_the_restarts(engine: MemoryEngine) -> None:
    await start(engine, "sleep 1; exit 1", host_config=policy("always"))
    await asyncio.sleep(3)
    await engine.containers.update("web", ContainerUpdateRequest(restart_policy=RestartPolicy(name="no")))
    await asyncio.sleep(200)
    assert (await engine.containers.inspect("web")).state.status == "exited"  # type: ignore[union-attr]


@on_an_engine
async def test_any_signal_ends_the_restarts_unless_a_stop_signal_is_set(engine: MemoryEngine) -> None:
    script = "trap 'exit 1' HUP; while :; do sleep 1; done"
    await start(engine, script, name="plain", host_config=policy("always"))
    await start(engine, script, name="other", host_config=policy("always"), stop_signal="SIGUSR1")
    await asyncio.sleep(2)
    for name in ("plain", "other"):
        await engine.containers.kill(name, signal="HUP")
    await asyncio.sleep(5)
    states = [(await engine.containers.inspect(name)).state.status for name in ("plain", "other")]  # type: ignore[union-attr]
    assert states == ["exited", "running"]


@on_an_engine
async def test_nothing_goes_on_while_paused(engine: MemoryEngine) -> None:
    script = "(while :; do echo back; sleep 1; done) & while :; do echo fore | cat; sleep 1; done"
    await start(engine, script)
    await asyncio.sleep(3.5)
    await engine.containers.pause("web")
    frozen = await logs(engine)
    assert frozen.count(b"back\n") == frozen.count(b"fore\n") == 4
    await asyncio.sleep(100)
    assert await logs(engine) == frozen
    await engine.containers.unpause("web")
    await asyncio.sleep(0.2)
    later = await logs(engine)
    assert later.count(b"back\n") == later.count(b"fore\n") == 5  # the sleep was over long ago


@on_an_engine
async def test_a_signal_comes_when_a_paused_container_goes_on(engine: MemoryEngine) -> None:
    await start(engine, "trap 'echo got it' USR1; while :; do sleep 1; done", stop_signal="SIGTERM")
    await asyncio.sleep(0.5)
    await engine.containers.pause("web")
    await engine.containers.kill("web", signal="USR1")
    await asyncio.sleep(10)
    assert await logs(engine) == b""
    await engine.containers.unpause("web")
    await asyncio.sleep(2)
    assert await logs(engine) == b"got it\n"


@on_an_engine
async def test_sigkill_ends_a_paused_container(engine: MemoryEngine) -> None:
    await start(engine, "while :; do sleep 1; done")
    await engine.containers.pause("web")
    await engine.containers.kill("web")
    state = (await engine.containers.inspect("web")).state
    assert state
    assert (state.status, state.paused, state.exit_code) == ("exited", False, 137)


@on_an_engine
async def test_what_a_paused_container_refuses(engine: MemoryEngine) -> None:
    await start(engine, "sleep 1000")
    with pytest.raises(InternalError, match="is not paused"):
        await engine.containers.unpause("web")
    await engine.containers.pause("web")
    with pytest.raises(Conflict, match="is already paused"):
        await engine.containers.pause("web")
    with pytest.raises(Conflict, match="unpause the container before exec"):
        await engine.exec.create("web", ExecConfig(cmd=["true"]))
    with pytest.raises(Conflict, match="unpause the container before attach"):
        await engine.containers.attach_websocket("web", stream=True, stdout=True)


@on_an_engine
async def test_a_restart_tells_what_it_does_in_order(engine: MemoryEngine) -> None:
    await start(engine, "trap 'exit 0' TERM; while :; do sleep 0.1; done", host_config=HostConfig(auto_remove=True))
    await asyncio.sleep(1)
    await engine.containers.restart("web")
    assert await actions(engine) == ["create", "start", "kill", "die", "stop", "start", "restart"]
    await engine.containers.kill("web")
    await asyncio.sleep(1)
    assert (await actions(engine))[7:] == ["kill", "die", "destroy"]


@on_an_engine
async def test_who_waits_for_the_next_exit_hears_of_a_restart(engine: MemoryEngine) -> None:
    await start(engine, "trap 'exit 5' TERM; while :; do sleep 0.1; done")
    await asyncio.sleep(1)
    waiting = asyncio.ensure_future(engine.containers.wait("web", condition="next-exit"))
    await asyncio.sleep(0.1)
    await engine.containers.restart("web")
    assert (await waiting).status_code == 5


@on_an_engine
async def test_a_restart_that_fails_says_so(engine: MemoryEngine) -> None:
    await engine.containers.create(ContainerCreateRequest(image="busybox", cmd=["nosuch"]), name="web")
    with pytest.raises(InternalError, match="^Cannot restart container web: failed to create task"):
        await engine.containers.restart("web")


async def _health(engine: MemoryEngine) -> Health:
    state = (await engine.containers.inspect("web")).state
    assert state
    assert isinstance(state.health, Health)
    return state.health


@on_an_engine
async def test_health_goes_through_its_states(engine: MemoryEngine) -> None:
    check = HealthConfig(test=["CMD-SHELL", "echo seen; test -e /ok"], interval=10 * SECOND, retries=3)
    await start(engine, "sleep 45; touch /ok; sleep 1000", healthcheck=check)
    await asyncio.sleep(25)
    early = await _health(engine)
    assert (early.status, early.failing_streak) == ("starting", 2)
    assert early.log
    assert [(one.exit_code, one.output) for one in early.log] == [(1, "seen\n")] * 2
    await asyncio.sleep(10)
    assert (await _health(engine)).status == "unhealthy"
    await asyncio.sleep(60)
    late = await _health(engine)
    assert (late.status, late.failing_streak) == ("healthy", 0)
    assert late.log
    assert len(late.log) == 5
    told = [action for action in await actions(engine) if action.startswith("health_status")]
    assert told == ["health_status: unhealthy", "health_status: healthy"]


@on_an_engine
async def test_failures_do_not_count_in_the_start_period(engine: MemoryEngine) -> None:
    check = HealthConfig(
        test=["CMD", "false"], interval=10 * SECOND, retries=1, start_period=60 * SECOND, start_interval=2 * SECOND
    )
    await start(engine, "sleep 1000", healthcheck=check)
    await asyncio.sleep(50)
    early = await _health(engine)
    assert (early.status, early.failing_streak) == ("starting", 0)
    await asyncio.sleep(30)
    assert (await _health(engine)).status == "unhealthy"


@on_an_engine
async def test_a_check_that_takes_too_long_fails(engine: MemoryEngine) -> None:
    check = HealthConfig(test=["CMD", "sleep", "60"], interval=SECOND, timeout=1500 * 1_000_000, retries=1)
    await start(engine, "sleep 1000", healthcheck=check)
    await asyncio.sleep(5)
    found = await _health(engine)
    assert found.status == "unhealthy"
    assert found.log
    assert (found.log[0].exit_code, found.log[0].output) == (-1, "Health check exceeded timeout (1.5s)")


@on_an_engine
async def test_checks_rest_while_paused_and_the_log_stays(engine: MemoryEngine) -> None:
    check = HealthConfig(test=["CMD", "true"], interval=SECOND)
    await start(engine, "sleep 1000", healthcheck=check)
    await asyncio.sleep(3.5)
    assert (await _health(engine)).status == "healthy"
    await engine.containers.pause("web")
    before = await _health(engine)
    assert before.status == "unhealthy"
    await asyncio.sleep(30)
    assert (await _health(engine)).log == before.log
    await engine.containers.unpause("web")
    await asyncio.sleep(1.5)
    assert (await _health(engine)).status == "healthy"
    await engine.containers.restart("web", timeout=0)
    again = await _health(engine)
    assert again.status == "starting"
    assert again.log


def _cpu_time(sample: ContainerStatsResponse) -> int:
    assert sample.cpu_stats
    assert sample.cpu_stats.cpu_usage
    assert isinstance(sample.cpu_stats.cpu_usage.total_usage, int)
    return sample.cpu_stats.cpu_usage.total_usage


def _machine_time(sample: ContainerStatsResponse) -> int:
    assert sample.cpu_stats
    assert isinstance(sample.cpu_stats.system_cpu_usage, int)
    return sample.cpu_stats.system_cpu_usage


@on_an_engine
async def test_statistics_are_taken_each_second_and_add_up(engine: MemoryEngine) -> None:
    await start(engine, "sleep 1000; true", host_config=HostConfig(memory=64 * 1024**2, pids_limit=10))
    found = []
    async for sample in await engine.containers.stats("web"):
        found.append(sample)
        if len(found) == 3:
            break
    assert found[0].preread == "0001-01-01T00:00:00Z"
    for before, after in pairwise(found):
        assert after.preread == before.read
        assert after.precpu_stats == before.cpu_stats
        used = _cpu_time(after) - _cpu_time(before)
        assert 0 < used < SECOND
        machine = _machine_time(after) - _machine_time(before)
        assert machine == pytest.approx(2 * SECOND, rel=0.02)  # two CPUs
    last = found[-1]
    assert last.memory_stats
    assert last.memory_stats.limit == 64 * 1024**2
    assert last.pids_stats
    assert (last.pids_stats.current, last.pids_stats.limit) == (2, 10)


@on_an_engine
async def test_a_stream_of_statistics_ends_with_the_container(engine: MemoryEngine) -> None:
    await start(engine, "sleep 5")

    async def count() -> int:
        return len([sample async for sample in await engine.containers.stats("web")])

    counting = asyncio.ensure_future(count())
    await asyncio.sleep(10.5)
    await engine.containers.delete("web")
    assert 10 <= await counting <= 12


@on_an_engine
async def test_top_tells_whose_child_a_process_is(engine: MemoryEngine) -> None:
    identifier = await start(engine, "sleep 1000; true")
    await asyncio.sleep(0.1)
    table = await engine.containers.top("web", ps_args="-o pid,ppid,args")
    assert table.processes
    (first, above, script), (_, parent, child) = table.processes
    assert int(above) != int(first)
    assert (script, child, parent) == ("sh -c sleep 1000; true", "sleep 1000", first)
    assert str((await engine.containers.inspect(identifier)).state.pid) == first  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        ("", "UID PID PPID C STIME TTY TIME CMD"),
        ("aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND"),
        ("x", "PID TTY STAT TIME COMMAND"),
        ("-A", "PID TTY TIME CMD"),
        ("-F", "UID PID PPID C SZ RSS PSR STIME TTY TIME CMD"),
        ("-el", "F S UID PID PPID C PRI NI ADDR SZ WCHAN TTY TIME CMD"),
        ("-eo pid,ppid,user,args", "PID PPID USER COMMAND"),
        ("axo pid,comm", "PID COMMAND"),
    ],
)
def test_columns_are_those_of_ps(arguments: str, titles: str) -> None:
    async def scenario(engine: MemoryEngine) -> None:
        await start(engine, "sleep 1000")
        assert (await engine.containers.top("web", ps_args=arguments)).titles == titles.split()

    on_an_engine(scenario)()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("-o cmd", "Couldn't find PID field in ps output"),
        ("-o pid=", "Couldn't find PID field in ps output"),
        ("--bogus", "ps: error: unknown gnu long option"),
        ("-o pid,nosuch", 'ps: error: unknown user-defined format specifier "nosuch"'),
    ],
)
def test_arguments_that_ps_does_not_take(arguments: str, problem: str) -> None:
    async def scenario(engine: MemoryEngine) -> None:
        await start(engine, "sleep 1000")
        with pytest.raises(InternalError) as raised:
            await engine.containers.top("web", ps_args=arguments)
        assert raised.value.message == problem

    on_an_engine(scenario)()


UPDATES: list[tuple[ContainerUpdateRequest, type[Exception], str]] = [
    (ContainerUpdateRequest(memory=1000), InvalidParameter, "Minimum memory limit allowed is 6MB"),
    (ContainerUpdateRequest(memory_reservation=1000), InvalidParameter, "Minimum memory reservation allowed is 6MB"),
    (ContainerUpdateRequest(cpu_period=10), InvalidParameter, "CPU cfs period can not be less than 1ms"),
    (ContainerUpdateRequest(cpuset_cpus="99"), InvalidParameter, "Requested CPUs are not available - requested 99"),
    (ContainerUpdateRequest(cpuset_cpus="x"), InvalidParameter, "Invalid value x for cpuset cpus: invalid format: x"),
    (ContainerUpdateRequest(nano_cpus=99 * 10**9), InvalidParameter, "range of CPUs is from 0.01 to 2.00"),
    (ContainerUpdateRequest(cpu_period=100000), Conflict, "CPU Period cannot be updated as NanoCPUs has already"),
    (ContainerUpdateRequest(cpu_quota=50000), Conflict, "CPU Quota cannot be updated as NanoCPUs has already"),
    (ContainerUpdateRequest(memory=20 * 1024**2), Conflict, "Memory limit should be smaller than already set"),
]
"""What docker 28.5 refuses of a container that has `NanoCpus` and no limit of memory, and its words."""


@pytest.mark.parametrize(("update", "error", "words"), UPDATES)
def test_updates_that_are_refused(update: ContainerUpdateRequest, error: type[Exception], words: str) -> None:
    async def scenario(engine: MemoryEngine) -> None:
        await start(engine, "sleep 1000", host_config=HostConfig(nano_cpus=500_000_000))
        before = (await engine.containers.inspect("web")).host_config
        with pytest.raises(error, match=words):
            await engine.containers.update("web", update)
        assert (await engine.containers.inspect("web")).host_config == before

    on_an_engine(scenario)()


@on_an_engine
async def test_rules_for_devices_are_kept_or_cleared(engine: MemoryEngine) -> None:
    await start(engine, "sleep 1000")
    rule = ThrottleDevice(path="/dev/sda", rate=1024)
    for update, kept in (
        (ContainerUpdateRequest(blkio_device_read_bps=[rule]), [rule]),
        (ContainerUpdateRequest(blkio_device_read_bps=None), [rule]),
        (ContainerUpdateRequest(cpu_shares=5), [rule]),
        (ContainerUpdateRequest(blkio_device_read_bps=[]), []),
    ):
        await engine.containers.update("web", update)
        host = (await engine.containers.inspect("web")).host_config
        assert host
        assert host.blkio_device_read_bps == kept


@on_an_engine
async def test_changes_are_those_of_the_container_itself(engine: MemoryEngine) -> None:
    script = "echo x >> /etc/hosts; echo y > /data/file; mkdir /tmp/a; rmdir /tmp/a; touch /x; rm /x; mv /etc/group /g"
    await start(engine, script, volumes={"/data": {}})
    await engine.containers.wait("web")
    found = await engine.containers.changes("web")
    assert found
    assert [(one.kind, one.path) for one in found] == [(1, "/data"), (0, "/etc"), (2, "/etc/group"), (1, "/g")]


@on_an_engine
async def test_sizes_count_what_was_written(engine: MemoryEngine) -> None:
    await start(engine, "echo hello > /greeting")
    await engine.containers.wait("web")
    found = await engine.containers.inspect("web", size=True)
    (summary,) = await engine.containers.list(all=True, size=True)
    assert found.size_rw == summary.size_rw == 6
    pruned = await engine.containers.prune()
    assert (pruned.containers_deleted, pruned.space_reclaimed) == ([found.id], 6)
    event = engine.parts.events.history[-1]
    assert (event.action, event.actor.attributes) == ("prune", {"reclaimed": "6"})  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, {"runs"}),
        ({"label": ["tier"]}, {"runs", "plain"}),
        ({"label": ["tier=b"]}, {"runs", "plain", "labelled"}),
        ({"label!": ["tier"]}, {"runs", "labelled"}),
        ({"until": ["1h"]}, {"runs", "plain", "labelled"}),
        ({"until": ["10s"]}, {"runs"}),
    ],
)
def test_a_prune_takes_what_fits(filters: dict[str, list[str]], left: set[str]) -> None:
    async def scenario(engine: MemoryEngine) -> None:
        create: Callable[..., Awaitable[object]] = engine.containers.create
        await create(ContainerCreateRequest(image="busybox"), name="plain")
        await create(ContainerCreateRequest(image="busybox", labels={"tier": "a"}), name="labelled")
        await start(engine, "sleep 1000", name="runs", labels={"tier": "a"})
        await asyncio.sleep(60)
        await engine.containers.prune(filters=filters)
        assert {one.names[0][1:] for one in await engine.containers.list(all=True) if one.names} == left

    on_an_engine(scenario)()


@on_an_engine
async def test_a_rename_frees_the_old_name(engine: MemoryEngine) -> None:
    identifier = await start(engine, "sleep 1000")
    await engine.containers.rename("web", name="/shop")
    assert (await engine.containers.inspect("shop")).id == identifier
    await engine.containers.create(ContainerCreateRequest(image="busybox"), name="web")
    event = next(event for event in engine.parts.events.history if event.action == "rename")
    assert event.actor
    assert event.actor.attributes
    assert (event.actor.attributes["name"], event.actor.attributes["oldName"]) == ("shop", "/web")


@on_an_engine
async def test_lists_show_an_image_by_its_name_while_the_name_is_of_that_image(engine: MemoryEngine) -> None:
    async def shown() -> object:
        return (await engine.containers.list(all=True))[0].image

    await engine.images.tag("alpine", repo="tools", tag="1")
    await engine.containers.create(ContainerCreateRequest(image="tools:1"), name="web")
    assert await shown() == "tools:1"
    await engine.images.tag("busybox", repo="tools", tag="1")
    assert await shown() == (await engine.images.inspect("alpine")).id
