"""Which connections the clients use, against a server that answers as it is told."""

import asyncio
import gzip
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from engine_api.api.containers import ContainerPathStat
from engine_api.api.errors import EngineError
from engine_api.api.streams import Chunk
from engine_api.api.versions import Version
from engine_api.client import AsyncClient, Client, ConnectionFailed
from engine_api.client.address import EngineAddress
from engine_api.client.transport import AsyncTransport, Transport
from engine_api.wire.pathstat import PATH_STAT, encode_path_stat

PING = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"
PRUNED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
REFUSED = b'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 16\r\n\r\n{"message":"no"}'


@dataclass
class Canned:
    """A server that gives every request the same answer."""

    path: str
    answer: bytes = PING
    closes: bool = False
    """Whether it closes each connection after an answer that did not say so."""
    accepted: int = 0
    closed: int = 0

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is shut."""
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            self._exchange(connection)
        self.closed += 1

    def _exchange(self, connection: socket.socket) -> None:
        buffer = b""
        while data := connection.recv(65536):
            buffer += data
            while b"\r\n\r\n" in buffer:
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                end = self.answer.index(b"\r\n\r\n") + 4 if head.startswith(b"HEAD") else None
                connection.sendall(self.answer[:end])
                if self.closes:
                    return


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Canned]:
    path = os.fspath(tmp_path / "canned.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        canned = Canned(path)
        thread = threading.Thread(target=canned.serve, args=(listener,))
        thread.start()
        yield canned
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        assert not thread.is_alive()


@dataclass
class Calls:
    """The same few calls of either client."""

    ping: Callable[[], object]
    ping_head: Callable[[], object]
    prune: Callable[[], object]
    logs: Callable[[], object]
    archive: Callable[[], bytes]


def read_logs(client: Client) -> list[Chunk]:
    with client.containers.logs("c", stdout=True) as output:
        return list(output)


async def read_logs_asynchronously(client: AsyncClient) -> list[Chunk]:
    async with await client.containers.logs("c", stdout=True) as output:
        return [chunk async for chunk in output]


async def read_archive_asynchronously(client: AsyncClient) -> bytes:
    return b"".join([piece async for piece in await client.containers.archive("c", path="/")])


@contextmanager
def blocking(path: str) -> Iterator[Calls]:
    with Client(f"unix://{path}", version=Version(1, 44)) as client:
        yield Calls(
            client.system.ping,
            client.system.ping_head,
            client.volumes.prune,
            lambda: read_logs(client),
            lambda: client.containers.archive("c", path="/").read(),
        )


@contextmanager
def asynchronous(path: str) -> Iterator[Calls]:
    with asyncio.Runner() as runner:
        client = AsyncClient(f"unix://{path}", version=Version(1, 44))
        yield Calls(
            lambda: runner.run(client.system.ping()),
            lambda: runner.run(client.system.ping_head()),
            lambda: runner.run(client.volumes.prune()),
            lambda: runner.run(read_logs_asynchronously(client)),
            lambda: runner.run(read_archive_asynchronously(client)),
        )
        runner.run(client.aclose())


Opened = Callable[[str], AbstractContextManager[Calls]]
clients = pytest.mark.parametrize("opened", [blocking, asynchronous])


@clients
def test_a_connection_serves_one_call_after_the_other(server: Canned, opened: Opened) -> None:
    with opened(server.path) as calls:
        for _ in range(3):
            calls.ping()
            calls.ping_head()
        server.answer = PRUNED
        calls.prune()
        server.answer = REFUSED
        with pytest.raises(EngineError, match="no"):
            calls.ping()
        server.answer = PING
        calls.ping()
        assert server.accepted == 1


@clients
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nOK", id="says so"),
        pytest.param(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nOK", id="is of HTTP/1.0"),
        pytest.param(
            PING + b"HTTP/1.1 200 OK\r\nApi-Version: 9.9\r\nContent-Length: 1\r\n\r\nX", id="has another behind"
        ),
        pytest.param(PING + b"surplus", id="has something behind"),
    ],
)
def test_a_connection_whose_answer_does_not_allow_it_is_not_used_again(
    server: Canned, opened: Opened, answer: bytes
) -> None:
    server.answer = answer
    with opened(server.path) as calls:
        first = calls.ping()
        assert [calls.ping(), calls.ping()] == [first, first]
        assert server.accepted == 3


@clients
def test_a_connection_that_was_closed_while_idle_is_not_used(server: Canned, opened: Opened) -> None:
    """Not even for requests that must not be sent twice."""
    server.closes = True
    server.answer = PRUNED
    with opened(server.path) as calls:
        for count in range(1, 6):
            calls.prune()
            while server.closed < count:
                time.sleep(0.001)
        assert server.accepted == 5


@clients
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        pytest.param(b"\x07\0\0\0\0\0\0\x01x", "not a frame header", id="unknown stream"),
        pytest.param(b"\x01\0\0\0\xff\xff\xff\xffx", "4294967294 bytes before the end", id="length that lies"),
        pytest.param(b"\x01\0\0\0\0\0\0\x04out\n\x01\0\0", "ended within a frame header", id="half a header"),
    ],
)
def test_a_stream_whose_frames_are_none_is_an_error(server: Canned, opened: Opened, body: bytes, problem: str) -> None:
    head = b"Content-Type: application/vnd.docker.multiplexed-stream\r\nContent-Length: %d" % len(body)
    server.answer = b"HTTP/1.1 200 OK\r\n%s\r\n\r\n%s" % (head, body)
    with opened(server.path) as calls, pytest.raises(ConnectionFailed, match=problem):
        calls.logs()


def compressed(body: bytes) -> bytes:
    stat = encode_path_stat(ContainerPathStat(name="/", size=0, mode=0, mtime="2026-01-02T03:04:05Z", link_target=""))
    head = f"{PATH_STAT}: {stat}\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}"
    return f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body


@clients
def test_an_archive_that_comes_compressed(server: Canned, opened: Opened) -> None:
    server.answer = compressed(gzip.compress(b"files " * 1000))
    with opened(server.path) as calls:
        assert calls.archive() == b"files " * 1000


@clients
def test_an_archive_whose_compression_is_damaged_is_an_error(server: Canned, opened: Opened) -> None:
    server.answer = compressed(b"no gzip at all")
    with opened(server.path) as calls, pytest.raises(ConnectionFailed, match="incorrect header check"):
        calls.archive()


def test_an_engine_that_does_not_answer(server: Canned) -> None:
    server.answer = b""
    address = EngineAddress.parse(f"unix://{server.path}")
    with httpx.Client(transport=Transport(address)) as client, pytest.raises(httpx.ReadTimeout):
        client.get("http://docker/_ping", timeout=0.1)

    async def scenario() -> None:
        async with httpx.AsyncClient(transport=AsyncTransport(address)) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get("http://docker/_ping", timeout=0.1)

    asyncio.run(scenario())


def test_a_quiet_answer_has_all_the_time_it_likes(server: Canned) -> None:
    """The time to answer ends with the head."""
    server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nOK"
    address = EngineAddress.parse(f"unix://{server.path}")

    async def scenario() -> None:
        async with (
            httpx.AsyncClient(transport=AsyncTransport(address)) as client,
            client.stream("GET", "http://docker/_ping", timeout=0.1) as response,
        ):
            pieces = response.aiter_raw()
            assert await anext(pieces) == b"OK"
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(pieces), 0.4)

    asyncio.run(scenario())


def test_a_connection_is_not_used_on_another_loop(server: Canned) -> None:
    client = AsyncClient(f"unix://{server.path}", version="1.44")
    with asyncio.Runner() as one, asyncio.Runner() as other:
        for runner in (one, other):
            runner.run(client.system.ping())
        other.run(client.aclose())
        one.run(asyncio.sleep(0))
    assert server.accepted == 2


def test_a_connection_whose_request_was_not_sent_to_its_end_is_not_used_again(server: Canned) -> None:
    server.answer = REFUSED

    async def body() -> AsyncIterator[bytes]:
        while True:
            yield b"\0" * 65536
            await asyncio.sleep(0.01)

    async def scenario() -> None:
        async with AsyncClient(f"unix://{server.path}", version="1.44") as client:
            for _ in range(2):
                with pytest.raises(EngineError, match="no"):
                    await client.containers.put_archive("c", body(), path="/")

    asyncio.run(scenario())
    assert server.accepted == 2


def test_few_idle_connections_are_kept(server: Canned) -> None:
    async def scenario() -> None:
        before = len(os.listdir("/proc/self/fd"))
        async with AsyncClient(f"unix://{server.path}", version="1.44") as client:
            await asyncio.gather(*[client.system.ping() for _ in range(60)])
            assert server.accepted == 60
            for _ in range(100):  # the server, on other threads, closes its ends a little later
                if len(os.listdir("/proc/self/fd")) <= before + 40:
                    break
                await asyncio.sleep(0.02)
            assert len(os.listdir("/proc/self/fd")) <= before + 40

    asyncio.run(scenario())


def test_threads_share_a_client(server: Canned) -> None:
    failures: list[ConnectionFailed] = []
    with Client(f"unix://{server.path}", version="1.44") as client:

        def work() -> None:
            try:
                for _ in range(50):
                    client.system.ping()
            except ConnectionFailed as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert failures == []
    assert server.accepted <= 60
