"""The fixture that people test with, used as they use it."""

import contextlib
import os
import signal
import time
from typing import Any

import docker

from engine_api.api import ContainerCreateRequest, VolumeCreateRequest
from engine_api.client import Client
from engine_api.engines.memory.userland.process import Process
from engine_api.testing import RunningEngine, running_engine


def test_docker_py_finds_it(engine: RunningEngine) -> None:
    assert os.environ["DOCKER_HOST"] == engine.host
    client: Any = docker.from_env()
    assert client.containers.run("busybox", ["echo", "hello"], name="left-behind") == b"hello\n"
    client.close()


def test_nothing_is_left_of_the_test_before(engine: RunningEngine) -> None:
    assert engine.call(lambda memory: memory.containers.list(all=True)) == []


def test_a_reset_takes_milliseconds(engine: RunningEngine) -> None:
    with Client() as client:
        client.images.create(from_image="anything").close()
    times = []
    for _ in range(5):
        began = time.perf_counter()
        engine.reset()
        times.append(time.perf_counter() - began)
    assert min(times) < 0.5
    with Client() as client:
        assert sorted(str(tag) for image in client.images.list() for tag in image.repo_tags or ()) == [
            "alpine:latest",
            "busybox:latest",
            "hello-world:latest",
        ]


def test_a_program_of_ones_own() -> None:
    with running_engine() as engine:

        @engine.program("postgres:16", ports=["5432/tcp"])
        async def postgres(process: Process) -> int:
            await process.print("database system is ready to accept connections")
            async for number in process.signals():
                await process.print("received", signal.Signals(number).name)
                return 0
            return 1

        client = docker.DockerClient(base_url=engine.host)
        with contextlib.closing(client):
            container: Any = client.containers.run("postgres:16", detach=True)
            stream = container.logs(stream=True)
            assert next(stream) == b"database system is ready to accept connections\n"
            stream.close()
            container.stop()
            assert container.wait()["StatusCode"] == 0
            assert container.logs().splitlines()[-1] == b"received SIGTERM"


def test_a_snapshot_is_gone_back_to() -> None:
    with running_engine() as engine, Client(engine.host) as client:
        request = ContainerCreateRequest(image="busybox", cmd=["sleep", "1000"])
        kept = client.containers.create(request, name="kept").id
        client.containers.start(kept)
        client.volumes.create(VolumeCreateRequest(name="data"))
        snapshot = engine.snapshot()
        for _ in range(2):
            client.containers.delete(kept, force=True)
            client.containers.create(request, name="later")
            client.volumes.delete("data")
            engine.restore(snapshot)
            assert [(row.id, row.state) for row in client.containers.list(all=True)] == [(kept, "running")]
            assert [volume.name for volume in client.volumes.list().volumes or ()] == ["data"]
