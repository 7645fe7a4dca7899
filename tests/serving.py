"""A reference server in a thread of its own, and connections on which a test writes bytes as it likes."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from engine_api.api.versions import Version
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.openapi import encoded
from engine_api.server import app
from engine_api.server.addresses import TlsFiles
from engine_api.server.app import JSON_LIMIT
from engine_api.server.exchange import Around
from engine_api.server.host import Host
from engine_api.server.limits import Limits
from engine_api.testing import RunningEngine

PATIENCE = 20.0  # seconds, for what takes milliseconds on a machine with nothing else to do


@dataclass
class Served(RunningEngine):
    """A server that runs, and where."""

    memory: MemoryEngine
    addresses: list[str]
    loop: asyncio.AbstractEventLoop
    server: Host
    _faults: None = None

    @property
    def address(self) -> str:
        """The first address."""
        return self.addresses[0]

    def connect(self, **options: Any) -> "Raw":
        """A connection to the first address."""
        return Raw(self.address, **options)

    def ask(self, method: str, target: str, body: bytes | None = None, **headers: str) -> "Answer":
        """One request on a connection of its own; header names are written with `_` for `-`."""
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost", "Connection: close"]
        if body is not None:
            headers.setdefault("Content_Type", "application/json")
            headers.setdefault("Content_Length", str(len(body)))
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        with self.connect() as connection:
            connection.send("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))
            return connection.answer(method)

    def settled(self) -> tuple[int, int]:
        """Tasks on the server's loop, and open connections, once no connection is left or 20 seconds are over.

        Processes in containers come and go as tasks, so it is the fewest of several looks.
        """

        async def count() -> tuple[int, int]:
            for _ in range(round(PATIENCE / 0.01)):
                if not self.server.connections:
                    break
                await asyncio.sleep(0.01)
            tasks = len(asyncio.all_tasks())
            for _ in range(20):
                await asyncio.sleep(0.01)
                tasks = min(tasks, len(asyncio.all_tasks()))
            return tasks, len(self.server.connections)

        return asyncio.run_coroutine_threadsafe(count(), self.loop).result()

    def returns_to(self, before: tuple[int, int]) -> None:
        """See that tasks and connections become as few again as `settled` found them before, within 20 seconds."""

        async def wait() -> tuple[int, int]:
            end = self.loop.time() + PATIENCE
            while True:
                tasks = len(asyncio.all_tasks()) - before[0]
                connections = len(self.server.connections) - before[1]
                if (tasks <= 0 and connections <= 0) or self.loop.time() > end:
                    return max(tasks, 0), max(connections, 0)
                await asyncio.sleep(0.01)

        left = asyncio.run_coroutine_threadsafe(wait(), self.loop).result()
        assert left == (0, 0), "{} tasks and {} connections are left".format(*left)


@contextmanager
def serving(
    addresses: Sequence[str],
    *,
    limits: Limits | None = None,
    tls: TlsFiles | None = None,
    insecure: bool = False,
    json_limit: int | None = None,
    release: str | None = None,
    around: Sequence[Around] = (),
    documents: Callable[[Version], bytes] | None = encoded,
    wrap: Callable[[Any], Any] = lambda application: application,
    **options: Any,
) -> Iterator[Served]:
    """Run a server until the block ends, which its shutdown must let happen within seconds."""
    ready = threading.Event()
    found: list[Served] = []
    failed: list[BaseException] = []

    async def serve() -> None:
        async with MemoryEngine(**options) as memory:
            application = app(
                memory, release=release, json_limit=json_limit or JSON_LIMIT, documents=documents, around=around
            )
            host = Host(wrap(application), addresses, limits=limits, tls=tls, insecure=insecure)

            async with host:
                loop = asyncio.get_running_loop()
                found.append(Served(memory, [str(one) for one in host.addresses], loop, host))
                ready.set()
                await host.stopped()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            failed.append(error)
        ready.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    if failed:
        raise failed[0]
    try:
        yield found[0]
    finally:
        found[0].loop.call_soon_threadsafe(found[0].server.stop)
        thread.join(15)
        assert not thread.is_alive(), "the server does not end"
    if failed:
        raise failed[0]


@dataclass
class Answer:
    """An answer as it came."""

    status: int
    reason: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def message(self) -> str:
        """What an error says, in the engine's form and nothing beside it."""
        assert self.headers["content-type"] == "application/json", (self.headers, self.body)
        value = json.loads(self.body)
        assert list(value) == ["message"], value
        text: str = value["message"]
        assert text
        assert "Traceback" not in text
        return text

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


class Raw:
    """A connection."""

    def __init__(self, address: str, *, timeout: float = 10, tls: ssl.SSLContext | None = None) -> None:
        scheme, _, rest = address.partition("://")
        if scheme == "unix":
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(timeout)
            self.socket.connect(rest)
        else:
            host, _, port = rest.rpartition(":")
            self.socket = socket.create_connection((host.strip("[]"), int(port)), timeout)
        if tls is not None:
            try:
                self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
            except BaseException:
                self.socket.close()
                raise
        self.unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.socket.sendall(data)

    def end(self) -> None:
        """End this direction."""
        self.socket.shutdown(socket.SHUT_WR)

    def more(self) -> bool:
        """Whether more came."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self.unread += data
        return bool(data)

    def until(self, end: bytes) -> bytes:
        """What came up to and with `end`."""
        while end not in self.unread:
            assert self.more(), f"{end!r} did not come, but {self.unread!r}"
        at = self.unread.index(end) + len(end)
        found, self.unread = self.unread[:at], self.unread[at:]
        return found

    def rest(self) -> bytes:
        """All that comes until the other side ends."""
        while self.more():
            pass
        found, self.unread = self.unread, b""
        return found

    def exactly(self, size: int) -> bytes:
        """So many bytes."""
        while len(self.unread) < size:
            assert self.more(), f"{size} bytes did not come, but {self.unread!r}"
        found, self.unread = self.unread[:size], self.unread[size:]
        return found

    def answer(self, method: str = "GET") -> Answer:
        """The next answer, with its body unless the connection was upgraded."""
        first, *lines = self.until(b"\r\n\r\n").decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        _, status, reason = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        found = Answer(int(status), reason, headers)
        if method == "HEAD" or found.status in (101, 204, 304):
            return found
        if "content-length" in headers:
            found.body = self.exactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            while size := int(self.until(b"\r\n"), 16):
                found.body += self.exactly(size)
                assert self.exactly(2) == b"\r\n"
            assert self.exactly(2) == b"\r\n"
        elif found.status != 200 or headers.get("content-type") != "application/vnd.docker.raw-stream":
            found.body = self.rest()
        return found
