"""What both clients do with containers that are there, against the reference server."""

import asyncio
import io
import os
import tarfile
import uuid
from collections.abc import AsyncIterator

import pytest

from engine_api.api.containers import ContainerCreateRequest, ContainerUpdateRequest, FilesystemChange
from engine_api.api.errors import Conflict, NotFound
from engine_api.api.versions import Version
from engine_api.client import AsyncClient, Client, UnsupportedByVersion
from engine_api.server import app
from engine_api.server.host import Host


def run(client: Client, name: str, *command: str) -> str:
    made = client.containers.create(ContainerCreateRequest(image="busybox", cmd=list(command)), name=name)
    client.containers.start(made.id)
    return made.id


def test_what_is_done_with_a_container(client: Client, name: str) -> None:
    run(client, name, "sh", "-c", "echo hello > /greeting; sleep 1000")
    client.containers.pause(name)
    with pytest.raises(Conflict, match="is already paused"):
        client.containers.pause(name)
    client.containers.unpause(name)
    assert client.containers.update(name, ContainerUpdateRequest(cpu_shares=512)).warnings is None
    found = client.containers.inspect(name).host_config
    assert found
    assert found.cpu_shares == 512
    table = client.containers.top(name, ps_args="-o pid,args")
    assert table.titles == ["PID", "COMMAND"]
    assert table.processes
    assert table.processes[-1][1] == "sleep 1000"
    assert client.containers.changes(name) == [FilesystemChange(path="/greeting", kind=1)]
    client.containers.restart(name, timeout=0)
    client.containers.rename(name, name=f"{name}-new")
    client.containers.delete(f"{name}-new", force=True)
    with pytest.raises(NotFound, match=name):
        client.containers.unpause(name)


def test_statistics(client: Client, name: str) -> None:
    identifier = run(client, name, "sleep", "1000")
    (sample,) = client.containers.stats(name, stream=False)
    assert (sample.id, sample.name) == (identifier, f"/{name}")
    with client.containers.stats(name) as samples:
        first, second = next(samples), next(samples)
    assert second.preread == first.read
    client.containers.delete(name, force=True)


def test_files_go_in_and_out(client: Client, name: str) -> None:
    client.containers.create(ContainerCreateRequest(image="busybox"), name=name)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo("inner/greeting")
        info.size = 6
        tar.addfile(info, io.BytesIO(b"hello\n"))
    data = buffer.getvalue()
    client.containers.put_archive(name, (data[at : at + 700] for at in range(0, len(data), 700)), path="/tmp")
    stat = client.containers.archive_info(name, path="/tmp/inner/greeting")
    assert (stat.name, stat.size, stat.mode, stat.link_target) == ("greeting", 6, 0o644, "")
    archive = client.containers.archive(name, path="/tmp/inner")
    assert archive.stat.name == "inner"
    assert archive.stat.mode == 1 << 31 | 0o755
    with tarfile.open(fileobj=io.BytesIO(archive.read())) as tar:
        assert tar.getnames() == ["inner", "inner/greeting"]
    with tarfile.open(fileobj=io.BytesIO(client.containers.export(name).read())) as tar:
        assert tar.extractfile("tmp/inner/greeting").read() == b"hello\n"  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        client.containers.archive_info(name, path="/nothing")
    with pytest.raises(NotFound, match=f"Could not find the file /nothing in container {name}"):
        client.containers.archive(name, path="/nothing")
    client.containers.delete(name)


def test_a_websocket(client: Client, name: str) -> None:
    command = ["sh", "-c", "while read x; do echo got $x; done; echo end"]
    config = ContainerCreateRequest(image="busybox", cmd=command, open_stdin=True, stdin_once=True)
    client.containers.create(config, name=name)
    client.containers.start(name)
    chosen = client.version() >= Version(1, 42)
    with client.containers.attach_websocket(name, stream=True, stdin=chosen, stdout=chosen) as duplex:
        duplex.write(b"one\n")
        assert next(duplex).data == b"got one\n"
        duplex.write(b"x" * 70_000 + b"\n")
        found = b""
        while len(found) < 70_005:
            found += next(duplex).data
        assert found == b"got " + b"x" * 70_000 + b"\n"
        duplex.close_write()
        assert b"".join(chunk.data for chunk in duplex) == b"end\n"
    assert client.containers.wait(name).status_code == 0
    client.containers.delete(name)


def test_what_a_version_lacks_of_containers_is_not_sent(address: str) -> None:
    with Client(address, version="1.24") as client:
        with pytest.raises(UnsupportedByVersion):
            client.containers.prune()
        with pytest.raises(UnsupportedByVersion):
            client.containers.restart("x", signal="INT")
        with pytest.raises(UnsupportedByVersion):
            list(client.containers.stats("x", stream=False, one_shot=True))


def test_archives_statistics_and_websockets(address: str) -> None:
    async def scenario() -> None:
        async with AsyncClient(address) as client:
            name = f"f-{uuid.uuid4().hex[:8]}"
            config = ContainerCreateRequest(image="busybox", cmd=["cat"], open_stdin=True, stdin_once=True)
            await client.containers.create(config, name=name)
            await client.containers.start(name)
            archive = await client.containers.archive(name, path="/etc/passwd")
            assert archive.stat == await client.containers.archive_info(name, path="/etc/passwd")
            content = b"".join([piece async for piece in archive])
            assert content[:6] == b"passwd"

            async def body() -> AsyncIterator[bytes]:
                yield content

            await client.containers.put_archive(name, body(), path="/tmp")
            assert (await client.containers.archive_info(name, path="/tmp/passwd")).size == archive.stat.size
            samples = await client.containers.stats(name)
            assert (await anext(samples)).name == f"/{name}"
            await samples.aclose()  # type: ignore[attr-defined]
            async with await client.containers.attach_websocket(name, stream=True, stdin=True, stdout=True) as duplex:
                await duplex.write(b"hello\n")
                assert (await anext(duplex)).data == b"hello\n"
                await duplex.close_write()
                assert [chunk async for chunk in duplex] == []
            assert (await client.containers.wait(name)).status_code == 0
            await client.containers.delete(name)

    asyncio.run(scenario())


def test_archives_go_through_a_server_before_a_client(address: str, tmp_path: "os.PathLike[str]") -> None:
    async def scenario() -> None:
        path = f"unix://{os.fspath(tmp_path)}/proxy.sock"
        async with AsyncClient(address) as behind, Host(app(behind), [path]), AsyncClient(path) as client:
            name = f"g-{uuid.uuid4().hex[:8]}"
            await client.containers.create(ContainerCreateRequest(image="busybox"), name=name)
            archive = await client.containers.archive(name, path="/etc/group")
            assert archive.stat == await behind.containers.archive_info(name, path="/etc/group")
            assert b"".join([piece async for piece in archive])[:5] == b"group"
            assert await client.containers.changes(name) is None
            await client.containers.delete(name)

    asyncio.run(scenario())
