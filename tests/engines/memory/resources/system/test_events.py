"""Events: order and attributes as docker 28.5 tells them, and what becomes of those who do not read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import InvalidParameter
from engine_api.api.events import EventMessage
from engine_api.api.hostconfig import HostConfig
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.machine.events import HISTORY
from tests.engines.memory.resources.images.test_service import scenario


def names(events: tuple[EventMessage, ...] | list[EventMessage]) -> list[str]:
    return [f"{event.type} {event.action}" for event in events]


def attributes(event: EventMessage) -> dict[str, str]:
    assert event.actor
    assert isinstance(event.actor.attributes, dict)
    return event.actor.attributes


async def made(engine: MemoryEngine, *command: str, host: HostConfig | None = None) -> str:
    config = ContainerCreateRequest(
        image="busybox", cmd=list(command), labels={"a": "b"}, host_config=host or HostConfig()
    )
    return (await engine.containers.create(config, name="web")).id


@scenario()
async def test_a_container_with_a_volume_from_its_creation_to_its_removal(engine: MemoryEngine) -> None:
    identifier = await made(engine, "sh", "-c", "exit 3", host=HostConfig(binds=["data:/data:ro"]))
    await engine.containers.start(identifier)
    await engine.containers.wait(identifier)
    await engine.containers.delete(identifier)
    found = engine.parts.events.history
    assert names(found) == [
        "volume create",
        "container create",
        "volume mount",
        "network connect",
        "container start",
        "network disconnect",
        "volume unmount",
        "container die",
        "container destroy",
    ]
    assert attributes(found[0]) == {"driver": "local"}
    assert attributes(found[2]) == {
        "container": identifier,
        "destination": "/data",
        "driver": "local",
        "propagation": "",
        "read/write": "false",
    }
    assert attributes(found[3]) == {"container": identifier, "name": "bridge", "type": "bridge"}
    assert attributes(found[7]) == {
        "a": "b",
        "execDuration": "0",
        "exitCode": "3",
        "image": "busybox",
        "name": "web",
    }
    assert (found[7].status, found[7].legacy_id, found[7].legacy_from) == ("die", identifier, "busybox")


@scenario()
async def test_a_stop_that_comes_too_early_kills(engine: MemoryEngine) -> None:
    identifier = await made(engine, "sleep", "100")
    await engine.containers.start(identifier)
    await engine.containers.stop(identifier, timeout=0)
    last = engine.parts.events.history[-5:]
    assert names(last) == [
        "container kill",
        "container kill",
        "network disconnect",
        "container die",
        "container stop",
    ]
    assert [attributes(event)["signal"] for event in last[:2]] == ["15", "9"]


@scenario()
async def test_a_kill_right_after_the_start_ends_it(engine: MemoryEngine) -> None:
    identifier = await made(engine, "sleep", "100")
    await engine.containers.start(identifier)
    await asyncio.wait_for(engine.containers.kill(identifier), 5)
    assert (await engine.containers.wait(identifier)).status_code == 137


@scenario()
async def test_images_are_told_by_their_ids_and_pulls_by_their_reference(engine: MemoryEngine) -> None:
    async for _ in await engine.images.create(from_image="postgres", tag="16"):
        pass
    image = (await engine.images.inspect("postgres:16")).id
    await engine.images.delete("postgres:16")
    pulled, untagged, deleted = engine.parts.events.history
    assert pulled.actor
    assert untagged.actor
    assert deleted.actor
    assert (pulled.action, pulled.actor.id, attributes(pulled)) == ("pull", "postgres:16", {"name": "postgres"})
    assert (untagged.action, untagged.actor.id, attributes(untagged)) == ("untag", image, {"name": image})
    assert (deleted.action, deleted.actor.id, attributes(deleted)) == ("delete", image, {"name": image})


@scenario()
async def test_the_past_is_kept_up_to_a_number_of_events(engine: MemoryEngine) -> None:
    for number in range(HISTORY + 10):
        engine.parts.events.publish("volume", "create", str(number))
    events = [event async for event in await engine.system.events(since="0", until=_now(engine))]
    assert [event.actor.id for event in events if event.actor] == [str(n) for n in range(10, HISTORY + 10)]


@scenario()
async def test_until_ends_a_stream_that_waits(engine: MemoryEngine) -> None:
    stream = await engine.system.events(until=f"{engine.parts.clock.time_ns() / 1e9 + 0.2:.3f}")
    assert engine.parts.events.listeners == 1
    assert [event async for event in stream] == []
    assert engine.parts.events.listeners == 0


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"container": ["web"]}, ["create", "exec_create: ls -l", "die"]),
        ({"container": ["we"]}, ["create", "exec_create: ls -l", "die"]),
        ({"container": ["abc"], "event": ["die", "start"]}, ["die"]),
        ({"event": ["exec_create"]}, ["exec_create: ls -l"]),
        ({"event": ["exec_create: ls"]}, []),
        ({"image": ["busybox"]}, ["create", "exec_create: ls -l", "die"]),
        ({"image": ["busybox:latest"]}, []),
        ({"label": ["a=b"], "event": ["die"]}, ["die"]),
        ({"label": ["a=c"]}, []),
        ({"type": ["network"]}, ["connect"]),
        ({"network": ["bri"]}, ["connect"]),
        ({"container": ["web"], "type": ["network"]}, []),
        ({"scope": ["swarm"]}, []),
        ({"daemon": ["other"]}, []),
        ({"colour": ["red"], "type": ["network"]}, ["connect"]),
    ],
)
def test_filters(filters: dict[str, list[str]], expected: list[str]) -> None:
    @scenario()
    async def test(engine: MemoryEngine) -> None:
        own = {"name": "web", "image": "busybox", "a": "b"}
        engine.parts.events.publish("container", "create", "abcdef", own)
        engine.parts.events.publish("network", "connect", "fedcba", {"name": "bridge", "container": "abcdef"})
        engine.parts.events.publish("container", "exec_create: ls -l", "abcdef", own)
        engine.parts.events.publish("container", "die", "abcdef", own)
        stream = await engine.system.events(since="0", until=_now(engine), filters=filters)
        assert [event.action async for event in stream] == expected

    test()


@scenario()
async def test_times_that_are_none(engine: MemoryEngine) -> None:
    with pytest.raises(InvalidParameter, match=r"`since` time \(1.5\) cannot be after `until` time \(1.2\)"):
        await engine.system.events(since="1.5", until="1.2")
    with pytest.raises(InvalidParameter, match='invalid seconds "x": invalid syntax'):
        await engine.system.events(since="1.x")
    assert engine.parts.events.listeners == 0


@scenario()
async def test_who_never_reads_holds_nobody_up(engine: MemoryEngine) -> None:
    stream = await engine.system.events()
    for number in range(20_000):
        engine.parts.events.publish("volume", "create", str(number))
    assert engine.parts.events.listeners == 0
    read = [event async for event in stream]
    assert len(read) == 16_384
    assert [event.actor.id for event in read[:2] if event.actor] == ["0", "1"]


@scenario()
async def test_a_reader_that_is_cancelled_listens_no_longer(engine: MemoryEngine) -> None:
    stream = await engine.system.events()

    async def read(events: AsyncIterator[EventMessage]) -> None:
        async for _ in events:
            pass

    task = asyncio.ensure_future(read(stream))
    await asyncio.sleep(0)
    assert (await engine.system.info()).n_events_listener == 1
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert engine.parts.events.listeners == 0


@scenario()
async def test_a_reset_ends_every_stream(engine: MemoryEngine) -> None:
    stream = await engine.system.events()
    await engine.reset()
    assert [event async for event in stream] == []


def _now(engine: MemoryEngine) -> str:
    seconds, rest = divmod(engine.parts.clock.time_ns(), 1_000_000_000)
    return f"{seconds}.{rest:09d}"
