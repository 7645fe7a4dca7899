"""What operations do when the state cannot be kept."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import InternalError
from engine_api.api.exec import ExecConfig, ExecStartConfig
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.state import Durable, StateStore


class _Full(Durable):
    """A durable engine whose disk can be full."""

    full = False

    def keep(self) -> None:
        if self.full:
            raise InternalError("the disk is full")
        super().keep()


@pytest.fixture
async def durable(tmp_path: Path) -> AsyncIterator[_Full]:
    async with MemoryEngine(seed=1) as memory:
        with StateStore(tmp_path / "state") as store:
            async with _Full(memory, store) as durable:
                yield durable
                durable.full = False


@pytest.mark.anyio
async def test_what_changes_or_waits_fails_and_what_reads_does_not(durable: _Full) -> None:
    engine = durable.engine
    await engine.containers.create(ContainerCreateRequest(image="busybox", cmd=["echo", "hello"]), name="web")
    await engine.containers.start("web")
    await engine.containers.wait("web")
    durable.full = True
    for call in (
        engine.containers.create(ContainerCreateRequest(image="busybox"), name="other"),
        engine.containers.wait("web"),
        engine.containers.rename("web", name="mine"),
    ):
        with pytest.raises(InternalError, match="the disk is full"):
            await call
    assert (await engine.containers.inspect("mine")).name == "/mine"
    async with await engine.containers.logs("mine", stdout=True) as output:
        assert b"".join([chunk.data async for chunk in output]) == b"hello\n"
    events = await engine.system.events(since="0", until=f"{time.time():.9f}")
    actions = [event.action async for event in events]
    assert actions[0] == "create"


@pytest.mark.anyio
async def test_an_exec_is_kept_before_it_is_shown_and_the_end_of_its_stream_is_not_held_up(durable: _Full) -> None:
    engine = durable.engine
    await engine.containers.create(
        ContainerCreateRequest(image="busybox", cmd=["sleep", "300"], stop_signal="KILL"), name="web"
    )
    await engine.containers.start("web")
    created = await engine.exec.create("web", ExecConfig(cmd=["echo", "hello"], attach_stdout=True))
    assert created.id
    async with await engine.exec.start(created.id, ExecStartConfig()) as stream:
        durable.full = True
        assert [chunk.data async for chunk in stream] == [b"hello\n"]
    with pytest.raises(InternalError, match="the disk is full"):
        await engine.exec.inspect(created.id)
    durable.full = False
    assert (await engine.exec.inspect(created.id)).exit_code == 0
