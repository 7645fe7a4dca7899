"""aiodocker, unmodified, does what it does on a real engine (each test was run on docker 28.5 too)."""

import asyncio
import io
import os
import tarfile
from collections.abc import Awaitable, Callable
from typing import Any

import aiodocker
import pytest


def with_docker(host: str, name: str, scenario: Callable[[aiodocker.Docker], Awaitable[None]]) -> None:
    async def main() -> None:
        async with aiodocker.Docker(url=host) as docker:
            try:
                await scenario(docker)
            finally:
                for container in await docker.containers.list(all=True, filters={"name": [name]}):
                    await container.delete(force=True, v=True)

    asyncio.run(asyncio.wait_for(main(), 60))


def test_version_and_info(docker_host: str, name: str) -> None:
    async def scenario(docker: aiodocker.Docker) -> None:
        assert (await docker.version())["Os"] == "linux"
        assert (await docker.system.info())["OSType"] == "linux"

    with_docker(docker_host, name, scenario)


def test_run_wait_and_logs(docker_host: str, name: str) -> None:
    async def scenario(docker: aiodocker.Docker) -> None:
        config: dict[str, Any] = {"Image": "busybox", "Cmd": ["sh", "-c", "echo one; echo two >&2; exit 3"]}
        container = await docker.containers.run(config, name=name)
        assert (await container.wait())["StatusCode"] == 3
        assert await container.log(stdout=True) == ["one\n"]
        assert await container.log(stderr=True) == ["two\n"]
        shown = await container.show()
        assert shown["State"]["Status"] == "exited"
        await container.delete()

    with_docker(docker_host, name, scenario)


def test_logs_are_followed(docker_host: str, name: str) -> None:
    async def scenario(docker: aiodocker.Docker) -> None:
        config = {"Image": "busybox", "Cmd": ["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.1; done"]}
        container = await docker.containers.run(config, name=name)
        assert [line async for line in container.log(stdout=True, follow=True)] == ["1\n", "2\n", "3\n"]

    with_docker(docker_host, name, scenario)


def test_attach_carries_both_directions(docker_host: str, name: str) -> None:
    async def scenario(docker: aiodocker.Docker) -> None:
        config: dict[str, Any] = {
            "Image": "busybox",
            "Cmd": ["sh", "-c", "read x; echo got $x"],
            "OpenStdin": True,
            "StdinOnce": True,
            "AttachStdin": True,
        }
        container = await docker.containers.create(config, name=name)
        async with container.attach(stdin=True, stdout=True, stderr=True) as stream:
            await container.start()
            await stream.write_in(b"this\n")
            message = await stream.read_out()
            assert message is not None
            assert message.data == b"got this\n"
            assert await stream.read_out() is None

    with_docker(docker_host, name, scenario)


@pytest.mark.parametrize("tty", [False, True])
def test_exec(docker_host: str, name: str, tty: bool) -> None:
    async def scenario(docker: aiodocker.Docker) -> None:
        container = await docker.containers.run({"Image": "busybox", "Cmd": ["sleep", "300"]}, name=name)
        execution = await container.exec(["sh", "-c", "read x; echo got $x; exit 4"], stdin=True, tty=tty)
        async with execution.start() as stream:
            await stream.write_in(b"that\n")
            data = b""
            while message := await stream.read_out():
                data += message.data
        assert data == (b"that\r\ngot that\r\n" if tty else b"got that\n")
        assert (await execution.inspect())["ExitCode"] == 4

    with_docker(docker_host, name, scenario)


def test_kill_stop_and_list(docker_host: str, name: str) -> None:
    async def scenario(docker: aiodocker.Docker) -> None:
        container = await docker.containers.run(
            {"Image": "busybox", "Cmd": ["sleep", "300"], "Labels": {"of": name}}, name=name
        )
        listed = await docker.containers.list(filters={"label": [f"of={name}"]})
        assert [c.id for c in listed] == [container.id]
        await container.kill(signal="KILL")
        assert (await container.wait())["StatusCode"] == 137
        await container.start()
        await container.stop(t=0)
        assert (await container.show())["State"]["Status"] == "exited"

    with_docker(docker_host, name, scenario)


def test_errors_have_status_and_message(docker_host: str, name: str) -> None:
    async def scenario(docker: aiodocker.Docker) -> None:
        with pytest.raises(aiodocker.DockerError) as caught:
            await docker.containers.get(name)
        assert caught.value.status == 404
        assert caught.value.message == f"No such container: {name}"

    with_docker(docker_host, name, scenario)


def test_images(docker_host: str, name: str) -> None:
    async def scenario(docker: aiodocker.Docker) -> None:
        assert "busybox:latest" in (await docker.images.inspect("busybox"))["RepoTags"]
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            info = tarfile.TarInfo("motd")
            info.size = 3
            tar.addfile(info, io.BytesIO(b"hi\n"))
        buffer.seek(0)
        async with docker._query(
            "images/create", "POST", params={"fromSrc": "-", "repo": name, "tag": "made"}, data=buffer
        ) as response:
            assert "sha256:" in await response.text()
        assert any(f"{name}:made" in (i["RepoTags"] or []) for i in await docker.images.list())
        await docker.images.delete(f"{name}:made")

    with_docker(docker_host, name, scenario)


@pytest.mark.skipif("TEST_DOCKER_HOST" in os.environ, reason="the engine under test may have no registry")
def test_pull(docker_host: str, name: str) -> None:
    async def scenario(docker: aiodocker.Docker) -> None:
        messages = await docker.images.pull("memcached:1.6")
        assert messages[-1]["status"] == "Status: Downloaded newer image for memcached:1.6"
        await docker.images.delete("memcached:1.6")

    with_docker(docker_host, name, scenario)
