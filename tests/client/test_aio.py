"""The client for asyncio against the reference server."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator

import pytest

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.engine import Engine
from engine_api.api.errors import NotFound
from engine_api.api.exec import ExecConfig, ExecStartConfig
from engine_api.api.networks import NetworkConnectRequest, NetworkCreateRequest, NetworkDisconnectRequest
from engine_api.api.streams import StreamName
from engine_api.api.versions import NEWEST
from engine_api.api.volumes import VolumeCreateRequest
from engine_api.client import AsyncClient, ConnectionFailed
from engine_api.server import app
from engine_api.server.host import Host


def test_a_client_is_an_engine(address: str) -> None:
    async def scenario() -> None:
        async with AsyncClient(address) as client:
            engine: Engine = client
            assert (await engine.system.version()).api_version == str(NEWEST)

    asyncio.run(scenario())


def test_a_server_before_a_client_before_a_server(address: str, tmp_path: "os.PathLike[str]") -> None:
    """A client stands behind a server as any engine does."""

    async def scenario() -> None:
        path = f"unix://{os.fspath(tmp_path)}/proxy.sock"
        async with AsyncClient(address) as behind, Host(app(behind), [path]), AsyncClient(path) as client:
            name = f"p-{uuid.uuid4().hex[:8]}"
            config = ContainerCreateRequest(image="busybox", cmd=["cat"], open_stdin=True, stdin_once=True)
            made = await client.containers.create(config, name=name)
            async with await client.containers.attach(made.id, stream=True, stdin=True, stdout=True) as duplex:
                await client.containers.start(made.id)
                await duplex.write(b"through two\n")
                assert await anext(duplex) == (StreamName.STDOUT, b"through two\n")
                await duplex.close_write()
                assert [chunk async for chunk in duplex] == []
            assert (await client.containers.wait(made.id)).status_code == 0
            await client.containers.delete(made.id)

    asyncio.run(scenario())


@pytest.mark.parametrize("version", ["1.24", "1.41", None])
def test_streams(address: str, version: str | None) -> None:
    async def scenario() -> None:
        async with AsyncClient(address, version=version) as client:
            name = f"a-{uuid.uuid4().hex[:8]}"
            config = ContainerCreateRequest(image="busybox", cmd=["sh", "-c", "echo one; sleep 0.2; echo two; sleep 9"])
            await client.containers.create(config, name=name)
            await client.containers.start(name)
            async with await client.containers.logs(name, stdout=True, follow=True) as logs:
                assert [(await anext(logs)).data, (await anext(logs)).data] == [b"one\n", b"two\n"]
            made = await client.exec.create(name, ExecConfig(cmd=["cat"], attach_stdin=True, attach_stdout=True))
            async with await client.exec.start(made.id, ExecStartConfig()) as duplex:
                await duplex.write(b"x" * 300_000)
                await duplex.close_write()
                assert sum([len(chunk.data) async for chunk in duplex]) == 300_000
            await client.containers.delete(name, force=True)
            with pytest.raises(NotFound):
                await client.containers.inspect(name)
            steps = [step async for step in await client.images.create(from_image="made-up", tag="2")]
            assert len(steps) >= 3

    asyncio.run(scenario())


def test_cancelling_a_call_leaves_no_connection_behind(address: str) -> None:
    async def scenario() -> None:
        before = len(os.listdir("/proc/self/fd"))
        async with AsyncClient(address) as client:
            name = f"x-{uuid.uuid4().hex[:8]}"
            await client.containers.create(ContainerCreateRequest(image="busybox", cmd=["sleep", "9"]), name=name)
            await client.containers.start(name)
            for _ in range(20):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.02):
                        await client.containers.wait(name)
            await client.containers.delete(name, force=True)
        for _ in range(100):  # the server, on another thread, closes its ends a little later
            if len(os.listdir("/proc/self/fd")) <= before:
                break
            await asyncio.sleep(0.02)
        assert len(os.listdir("/proc/self/fd")) <= before

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"", "closed before an answer"),
        (b"garbage\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "closed within an answer"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "not of its type"),
    ],
)
def test_broken_answers(answer: bytes, problem: str, tmp_path: "os.PathLike[str]") -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    async def scenario() -> None:
        path = f"{os.fspath(tmp_path)}/broken.sock"
        async with (
            await asyncio.start_unix_server(serve, path),
            AsyncClient(f"unix://{path}", version="1.44") as client,
        ):
            with pytest.raises(ConnectionFailed, match=problem):
                await client.system.info()

    asyncio.run(scenario())


def test_an_early_refusal_of_a_long_body_is_read(address: str) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(400):
            yield b"\0" * 65536
            await asyncio.sleep(0)

    async def scenario() -> None:
        async with AsyncClient(address) as client:
            with pytest.raises(Exception, match="must be lowercase"):
                await client.images.create(from_src="-", repo="NOT-LOWER", input_image=body())

    asyncio.run(scenario())


@pytest.mark.parametrize("version", ["1.24", "1.44", None])
def test_networks(address: str, version: str | None) -> None:
    async def scenario() -> None:
        async with AsyncClient(address, version=version) as client:
            name = f"a-{uuid.uuid4().hex[:8]}"
            made = await client.networks.create(NetworkCreateRequest(name=name))
            config = ContainerCreateRequest(image="busybox", cmd=["sleep", "300"])
            await client.containers.create(config, name=name)
            await client.containers.start(name)
            await client.networks.connect(made.id, NetworkConnectRequest(container=name))
            inside = (await client.networks.inspect(made.id)).containers
            assert [one.name for one in (inside or {}).values()] == [name]
            await client.networks.disconnect(made.id, NetworkDisconnectRequest(container=name))
            assert (await client.networks.inspect(made.id)).containers == {}
            await client.containers.delete(name, force=True)
            await client.networks.delete(made.id)
            with pytest.raises(NotFound, match=f"network {name} not found"):
                await client.networks.inspect(name)

    asyncio.run(scenario())


def test_events_of_volumes_while_they_happen(address: str) -> None:
    async def scenario() -> None:
        name = f"v-{uuid.uuid4().hex[:8]}"
        async with AsyncClient(address) as client:
            events = aiter(await client.system.events(filters={"volume": [name]}))
            await client.volumes.create(VolumeCreateRequest(name=name))
            event = await anext(events)
            assert event.actor
            assert (event.type, event.action, event.actor.id) == ("volume", "create", name)
            usage = await client.system.data_usage(type=["volume"])
            assert name in [volume.name for volume in usage.volumes or ()]
            await client.volumes.delete(name)
            assert (await anext(events)).action == "destroy"
            with pytest.raises(NotFound, match="no such volume"):
                await client.volumes.inspect(name)

    asyncio.run(scenario())
