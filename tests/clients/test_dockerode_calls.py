"""The calls of dockerode that the pages show: an example holds as well when its requests are made by them."""

import asyncio
import base64
import itertools
import json
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self

import pytest

from engine_api.api.versions import NEWEST, OLDEST, Version
from engine_api.conformance.reference import REFERENCE
from engine_api.conformance.run import Result, run
from engine_api.conformance.sockets import SocketTarget
from engine_api.conformance.target import Connection, Response
from engine_api.site.tabs import javascript
from engine_api.spec.exchange import Example, ExpectedResponse, Request, Transcript, examples_of
from engine_api.spec.pages import page, page_names
from engine_api.testing import RunningEngine
from tests.npm import installed


class Dockerode:
    """A process that makes calls of dockerode."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._numbers = itertools.count()
        self._waiting: dict[str, Future[dict[str, Any]]] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            self._waiting.pop(told["id"]).set_result(told)
        for left in self._waiting.values():
            left.set_exception(OSError("dockerode ended"))

    def ask(self, host: str, version: Version, call: str) -> "Future[dict[str, Any]]":
        """Make a call; gives what the engine answered."""
        id = str(next(self._numbers))
        found: Future[dict[str, Any]] = Future()
        self._waiting[id] = found
        assert self._process.stdin is not None
        job = {"id": id, "socket": host.removeprefix("unix://"), "version": str(version), "call": call}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return found


@pytest.fixture(scope="module")
def dockerode() -> Iterator[Dockerode]:
    """The process."""
    folder = installed("dockerode", "5.0.1")
    process = subprocess.Popen(
        ["node", str(Path(__file__).parent / "dockerode_calls.js")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "NODE_PATH": str(folder / "node_modules")},
    )
    yield Dockerode(process)
    process.communicate(timeout=20)


class Called(Connection):
    """A request that dockerode makes in place of what is sent."""

    def __init__(self, connection: Connection, watch: "Calls", call: str) -> None:
        self._connection = connection
        self._watch = watch
        self._call = call
        self._answer: asyncio.Future[dict[str, Any]] | None = None
        self._body = b""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._connection.aclose()

    async def send(self, data: bytes) -> None:
        self._answer = asyncio.wrap_future(self._watch.ask(self._call))

    async def half_close(self) -> None:
        pass

    async def head(self) -> None:
        assert self._answer is not None
        await asyncio.shield(self._answer)

    async def response(self, method: str = "GET") -> Response:
        assert self._answer is not None
        told = await self._answer
        assert "status" in told, (self._call, told)
        assert told["failed"] in (None, told["status"]), (self._call, told)
        self._body = base64.b64decode(told["body"])
        headers = list(zip(told["headers"][::2], told["headers"][1::2], strict=True))
        return Response(told["status"], told["reason"], headers, self)

    async def more(self) -> bytes:
        found, self._body = self._body, b""
        return found


class Calls:
    """Lets dockerode make what requests of an example it can make; see `Watch`."""

    def __init__(self, dockerode: Dockerode, host: str, version: Version) -> None:
        self._dockerode = dockerode
        self._host = host
        self._version = version
        self._call: str | None = None
        self.made: list[str] = []

    def ask(self, call: str) -> "Future[dict[str, Any]]":
        """Make a call."""
        self.made.append(call)
        return self._dockerode.ask(self._host, self._version, call)

    def sends(self, request: Request, text: str) -> None:
        head, _, body = text.partition("\r\n\n")
        path = head.split(" ")[1].removeprefix(f"/v{self._version}")
        shown = javascript(Request(request.method, path, request.headers, body, request.line, request.raw))
        self._call = shown[0] if shown is not None else None

    def wraps(self, connection: Connection) -> Connection:
        return connection if self._call is None else Called(connection, self, self._call)

    def judges(self, step: ExpectedResponse | Transcript, problems: Sequence[str], difference: str) -> None:
        pass


def calls(example: Example) -> tuple[str, ...]:
    """The calls that the page shows for an example."""
    shown = [javascript(step) for step in example.steps if isinstance(step, Request)]
    return tuple(line for lines in shown if lines is not None for line in lines)


def cases() -> Iterator[Any]:
    """The examples with calls, of the newest version, and those of the oldest whose calls are others."""
    known: set[tuple[str, ...]] = set()
    for version in (NEWEST, OLDEST):
        for name in page_names():
            for example in examples_of(page(name, version)):
                made = calls(example)
                if made and (version == NEWEST or made not in known):
                    known.add(made)
                    yield pytest.param(example, version, id=f"{example.name}-{version}")


@pytest.mark.parametrize(("example", "version"), list(cases()))
def test_the_example_holds(example: Example, version: Version, engine: RunningEngine, dockerode: Dockerode) -> None:
    watch = Calls(dockerode, engine.host, version)
    outcome = asyncio.run(run(example, version, SocketTarget(engine.host), REFERENCE, watch=watch))
    assert outcome.result is Result.HOLDS, (outcome.message, watch.made)
    assert watch.made
