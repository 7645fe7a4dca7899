"""A client on an engine in the same event loop, without a socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx
import pytest

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import InvalidParameter, NotFound
from engine_api.api.exec import ExecConfig, ExecStartConfig
from engine_api.client import ApplicationTransport, AsyncClient, ConnectionFailed
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.server import app


@asynccontextmanager
async def in_process() -> AsyncIterator[AsyncClient]:
    async with MemoryEngine() as engine, AsyncClient(transport=ApplicationTransport(app(engine))) as client:
        yield client
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == []


async def _started(client: AsyncClient, *cmd: str, stdin: bool = False) -> str:
    request = ContainerCreateRequest(image="busybox", cmd=list(cmd), open_stdin=stdin, stdin_once=stdin)
    made = await client.containers.create(request)
    await client.containers.start(made.id)
    return made.id


def test_calls_and_errors() -> None:
    async def scenario() -> None:
        async with in_process() as client:
            assert client.address is None
            id = await _started(client, "sh", "-c", "echo hello; exit 3")
            assert (await client.containers.wait(id)).status_code == 3
            async with await client.containers.logs(id, stdout=True) as stream:
                assert b"".join([chunk.data async for chunk in stream]) == b"hello\n"
            with pytest.raises(NotFound, match="No such container: nope"):
                await client.containers.inspect("nope")
            messages = [one.status async for one in await client.images.create(from_image="alpine", tag="3.20")]
            assert messages[-1] == "Status: Downloaded newer image for alpine:3.20"

    asyncio.run(scenario())


def test_both_directions_of_a_process_each_with_its_end() -> None:
    async def scenario() -> None:
        async with in_process() as client:
            id = await _started(client, "sleep", "100")
            config = ExecConfig(cmd=["sort"], attach_stdin=True, attach_stdout=True)
            exec_id = (await client.exec.create(id, config)).id
            async with await client.exec.start(exec_id, ExecStartConfig()) as stream:
                await stream.write(b"b\na\n")
                await stream.close_write()
                assert b"".join([chunk.data async for chunk in stream]) == b"a\nb\n"
            assert (await client.exec.inspect(exec_id)).exit_code == 0

    asyncio.run(scenario())


def test_a_websocket() -> None:
    async def scenario() -> None:
        async with in_process() as client:
            id = await _started(client, "cat", stdin=True)
            async with await client.containers.attach_websocket(id, stream=True, stdin=True, stdout=True) as stream:
                await stream.write(b"hello\n")
                assert b"".join(chunk.data for chunk in await stream.receive()) == b"hello\n"

    asyncio.run(scenario())


def test_a_stream_waits_for_its_reader() -> None:
    produced = 0

    async def endless(scope: object, receive: object, send: Callable[[dict[str, object]], Awaitable[None]]) -> None:
        nonlocal produced
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            produced += 65536
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})

    async def scenario() -> None:
        async with AsyncClient(transport=ApplicationTransport(endless), version="1.44") as client:
            stream = await client.containers.export("x")
            await asyncio.sleep(0.2)
            before = produced
            assert 0 < before < 4 * 1024 * 1024
            taken = 0
            while taken < 8 * 1024 * 1024:
                taken += len(await anext(stream))
            assert before < produced < taken + 4 * 1024 * 1024

    asyncio.run(scenario())


def test_an_upload_and_a_download() -> None:
    async def scenario() -> None:
        async with in_process() as client:
            id = await _started(client, "sh", "-c", "head -c 3000000 /dev/zero > /f; sleep 100")
            await asyncio.sleep(0.2)
            archive = await client.containers.archive(id, path="/f")
            data = b"".join([piece async for piece in archive])
            assert len(data) > 3_000_000
            await client.containers.put_archive(id, _pieces(data), path="/tmp")
            assert (await client.containers.archive_info(id, path="/tmp/f")).size == 3_000_000

    asyncio.run(scenario())


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), 65536):
        yield data[at : at + 65536]


def test_the_client_that_goes_ends_what_it_began() -> None:
    async def scenario() -> None:
        async with MemoryEngine() as engine:
            async with AsyncClient(transport=ApplicationTransport(app(engine))) as client:
                events = await client.system.events()
                id = await _started(client, "sleep", "100")
                assert (await anext(events)).action == "create"
                waiting = asyncio.ensure_future(client.containers.wait(id))
                await asyncio.sleep(0.05)
            with pytest.raises((ConnectionFailed, asyncio.CancelledError)):
                await waiting
            assert engine.parts.events.listeners == 0

    asyncio.run(scenario())


def test_an_application_that_fails() -> None:
    async def broken(scope: object, receive: object, send: object) -> None:
        return

    async def scenario() -> None:
        async with AsyncClient(transport=ApplicationTransport(broken), version="1.44") as client:
            with pytest.raises(ConnectionFailed, match="before an answer came"):
                await client.system.info()

    asyncio.run(scenario())


@pytest.mark.parametrize("headers", [[], [(b"content-length", b"100")]])
def test_an_application_that_fails_within_its_response(headers: list[tuple[bytes, bytes]]) -> None:
    async def cut(scope: object, receive: object, send: Callable[[dict[str, object]], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x" * 10, "more_body": True})

    async def scenario() -> None:
        async with AsyncClient(transport=ApplicationTransport(cut), version="1.44") as client:
            with pytest.raises(ConnectionFailed, match="within an answer"):
                async for _ in await client.containers.export("x"):
                    pass

    asyncio.run(scenario())


def test_a_body_that_fails() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise ValueError("no further files")

    async def scenario() -> None:
        async with in_process() as client:
            async with asyncio.timeout(5):
                with pytest.raises(ValueError, match="no further files"):
                    await anext(await client.builder.build(context=broken()))

    asyncio.run(scenario())


def test_the_wait_for_a_response_begins_after_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine_api.client.call.RESPONSE_TIMEOUT", 0.1)

    async def reading(
        scope: object,
        receive: Callable[[], Awaitable[Mapping[str, object]]],
        send: Callable[[dict[str, object]], Awaitable[None]],
    ) -> None:
        while (await receive())["more_body"]:
            continue
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(0.3)

    async def scenario() -> None:
        async with AsyncClient(transport=ApplicationTransport(reading), version="1.44") as client:
            await client.plugins.create(slow(), name="x")

    asyncio.run(scenario())


def test_an_application_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine_api.client.call.RESPONSE_TIMEOUT", 0.1)

    async def silent(scope: object, receive: object, send: object) -> None:
        await asyncio.sleep(100)

    async def scenario() -> None:
        async with AsyncClient(transport=ApplicationTransport(silent), version="1.44") as client:
            with pytest.raises(ConnectionFailed, match="in time"):
                await client.system.info()

    asyncio.run(scenario())


def test_an_address_and_a_transport_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="not both"):
        AsyncClient("unix:///x", transport=httpx.MockTransport(lambda _: httpx.Response(200)))


def test_bad_requests_are_refused_as_over_sockets() -> None:
    async def scenario() -> None:
        async with in_process() as client:
            with pytest.raises(InvalidParameter, match="no command specified"):
                await client.containers.create(ContainerCreateRequest(image="busybox", entrypoint=[""], cmd=[]))

    asyncio.run(scenario())
