"""What a build does besides what it tells: names, events, containers, pulls, and its end when nobody listens."""

import asyncio
import io
import tarfile
from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine_api.api.errors import InternalError, InvalidParameter, NotImplementedByEngine
from engine_api.api.images import ProgressMessage
from engine_api.api.struct import UNSET
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.machine.clock import LoopClock
from engine_api.engines.memory.machine.virtual_time import run


async def context(**files: str) -> AsyncIterator[bytes]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content.encode()))
    yield buffer.getvalue()


async def build(engine: MemoryEngine, dockerfile: str, **options: Any) -> list[ProgressMessage]:
    return [m async for m in await engine.builder.build(context=context(Dockerfile=dockerfile), **options)]


def text(messages: list[ProgressMessage]) -> str:
    return "".join(message.stream for message in messages if message.stream is not UNSET)


def engine(**options: Any) -> MemoryEngine:
    return MemoryEngine(clock=LoopClock(), seed=1, **options)


def test_an_image_that_is_not_there_is_pulled() -> None:
    async def scenario() -> None:
        async with engine() as memory:
            messages = await build(memory, "FROM postgres:16\nRUN true\n")
            statuses = [message.status for message in messages if message.status is not UNSET]
            assert statuses[0] == "Pulling from library/postgres"
            assert statuses[-1] == "Status: Downloaded newer image for postgres:16"
            assert "Status: Downloaded" not in str(await build(memory, "FROM postgres:16\n"))
            again = await build(memory, "FROM postgres:16\n", pull=True)
            assert "Status: Image is up to date for postgres:16" in [message.status for message in again]

    run(scenario())


def test_an_image_that_the_registry_does_not_have() -> None:
    async def scenario() -> None:
        async with engine(catalogue=["busybox"]) as memory:
            *_, last = await build(memory, "FROM nothing\n")
            assert last.error == (
                "pull access denied for nothing, repository does not exist or may require 'docker login': denied: "
                "requested access to the resource is denied"
            )

    run(scenario())


def test_events_are_those_of_its_containers_and_images() -> None:
    """As docker 28.5 tells them; attach, start and die for commands only, no image of a copy."""

    async def scenario() -> None:
        async with engine() as memory:
            begin = len(memory.parts.events.history)
            await build(memory, "FROM busybox\nENV A=1\nCOPY Dockerfile /\nRUN exit 0\n", tags=["mine:1"])
            found = [f"{event.type} {event.action}" for event in memory.parts.events.history[begin:]]
            assert [one for one in found if not one.startswith("network")] == [
                "container create",
                "image create",
                "container destroy",
                "container create",
                "container attach",
                "container start",
                "container die",
                "image create",
                "container destroy",
                "image tag",
            ]

    run(scenario())


@pytest.mark.parametrize(("options", "kept"), [({}, 0), ({"remove": False}, 2)])
def test_containers_that_stay(options: dict[str, bool], kept: int) -> None:
    async def scenario() -> None:
        async with engine() as memory:
            await build(memory, "FROM busybox\nENV A=1\nRUN true\n", **options)
            assert len(await memory.containers.list(all=True)) == kept

    run(scenario())


def test_the_container_of_a_command_that_failed_stays() -> None:
    async def scenario() -> None:
        async with engine() as memory:
            await build(memory, "FROM busybox\nRUN exit 3\n")
            (container,) = await memory.containers.list(all=True)
            assert container.status
            assert str(container.status).startswith("Exited (3)")

    run(scenario())


def test_a_build_that_is_given_up_ends_its_command() -> None:
    async def scenario() -> None:
        async with engine() as memory:
            messages = await memory.builder.build(context=context(Dockerfile="FROM busybox\nRUN echo on; sleep 1000\n"))
            async for message in messages:
                if message.stream == "on\n":
                    break
            await messages.aclose()  # type: ignore[attr-defined]
            assert await memory.containers.list(all=True) == []
            assert len(asyncio.all_tasks()) == 1

    run(scenario())


def test_an_image_has_its_parents_and_its_history() -> None:
    async def scenario() -> None:
        async with engine() as memory:
            await build(memory, "FROM busybox\nMAINTAINER me\nRUN echo 1 > /one\n", tags=["mine"])
            image = await memory.images.inspect("mine")
            steps = await memory.images.history("mine")
            assert [step.created_by for step in steps[:2]] == [
                "/bin/sh -c echo 1 > /one",
                "/bin/sh -c #(nop)  MAINTAINER me",
            ]
            assert image.parent == steps[1].id
            assert image.author == "me"
            assert image.container_config
            assert image.container_config.cmd == ["/bin/sh", "-c", "echo 1 > /one"]
            assert image.root_fs
            assert len(image.root_fs.layers or ()) == 2

    run(scenario())


def test_results_of_the_images_that_are_named_only() -> None:
    async def scenario() -> None:
        async with engine() as memory:
            await build(memory, "FROM busybox\nENV A=1\n", tags=["mine"])
            await build(memory, "FROM busybox\nENV B=1\n", tags=["other"])
            assert "Using cache" in text(await build(memory, "FROM busybox\nENV A=1\n", cache_from=["mine"]))
            assert "Using cache" not in text(await build(memory, "FROM busybox\nENV B=1\n", cache_from=["mine"]))
            assert "Using cache" not in text(await build(memory, "FROM busybox\nENV C=1\n", cache_from=["nothing"]))

    run(scenario())


def test_limits_are_those_of_the_containers() -> None:
    async def scenario() -> None:
        async with engine() as memory:
            await build(
                memory, "FROM busybox\nRUN true\n", remove=False, memory=64 << 20, cpu_shares=5, shm_size=1 << 20
            )
            (container,) = memory.parts.containers
            host = container.host
            assert (host.memory, host.cpu_shares, host.shm_size) == (64 << 20, 5, 1 << 20)
            assert container.log_driver == "none"

    run(scenario())


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"security_options": ["x"]}, InvalidParameter, "security options are not supported on linux"),
        ({"isolation": "hyperv"}, InvalidParameter, 'unsupported isolation: "hyperv"'),
        ({"version": "3"}, InvalidParameter, 'invalid version "3"'),
        ({"version": "2"}, NotImplementedByEngine, "this engine has the classic builder only"),
        ({"squash": True}, InvalidParameter, "squash is only supported with experimental mode"),
        ({"tags": ["a@sha256:" + "0" * 64]}, InternalError, "build tag cannot contain a digest"),
        ({"platform": "a/b/c/d"}, InvalidParameter, '"a/b/c/d": cannot parse platform specifier: invalid argument'),
        ({"target": "x"}, InvalidParameter, 'target stage "x" could not be found'),
    ],
)
def test_what_is_refused_before_anything_is_told(options: dict[str, Any], kind: type[Exception], message: str) -> None:
    async def scenario() -> None:
        async with engine() as memory:
            with pytest.raises(kind) as caught:
                await memory.builder.build(context=context(Dockerfile="FROM busybox\n"), **options)
            assert str(caught.value) == message

    run(scenario())
