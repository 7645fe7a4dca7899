"""Runs an example for a reader: with changed requests, on a fresh reference engine, reported step by step.

Steps are reported as events, which are JSON objects. In a browser, the engine runs in the same process; a server sends
each event as a line.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Final

from engine_api.api.versions import NEWEST, OLDEST, VERSIONS, Version
from engine_api.conformance.inprocess import InProcess
from engine_api.conformance.run import Result, run
from engine_api.conformance.target import Connection, Response
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.machine.clock import SystemClock
from engine_api.engines.memory.machine.host import ENGINE_VERSION
from engine_api.server import app
from engine_api.spec.divergences import EngineIdentity
from engine_api.spec.exchange import Example, ExpectedResponse, Fence, Request, Transcript, examples_of, http_step
from engine_api.spec.pages import attributes, changes_page, page
from engine_api.spec.pattern import NotationError
from engine_api.wire.frames import FrameDecoder, FrameError

__all__ = ["example_named", "requests_of", "trial"]

Event = dict[str, object]

_ENGINE: Final = EngineIdentity("reference", ENGINE_VERSION, OLDEST, NEWEST)
_SHOWN: Final = 64 * 1024
"""Characters of a response that are reported; the rest is discarded."""


def example_named(name: str, version: Version) -> Example:
    """Return the example of a page and heading, such as `containers#list-running`, as of a version.

    Raises:
        KeyError: the example does not exist.
    """
    where, _, id = name.partition("#")
    try:
        if where.endswith("/changes"):
            source = changes_page(Version.parse(where.partition("/")[0]))
        else:
            source = page(where, version)
        return next(one for one in examples_of(source) if one.id == id)
    except (FileNotFoundError, StopIteration, ValueError):
        raise KeyError(name) from None


def requests_of(example: Example) -> list[str]:
    """Return the requests of an example as editable text."""
    return [_text(step) for step in example.steps if isinstance(step, Request)]


def _text(request: Request) -> str:
    lines = [f"{request.method} {request.path}", *(f"{name}: {value}" for name, value in request.headers)]
    return "\n".join(lines) + (f"\n\n{request.body}" if request.body else "")


def _changed(example: Example, texts: Sequence[str], version: Version) -> Example:
    """Return the example with other requests, whose paths may have a version prefix.

    Raises:
        NotationError: a request is malformed, or the number of requests differs.
    """
    own = [step for step in example.steps if isinstance(step, Request)]
    if len(own) != len(texts):
        raise NotationError(f"the example has {len(own)} requests, not {len(texts)}")
    made: dict[int, Request] = {}
    for request, text in zip(own, texts, strict=True):
        lines = text.replace("\r\n", "\n").strip("\n").split("\n")
        own_prefix = f" /v{version}/"
        raw = request.raw
        if not raw and own_prefix in lines[0]:
            lines[0] = lines[0].replace(own_prefix, " /", 1)
        elif re.match(r"[A-Z]+ /v\d", lines[0]):
            raw = True
        marks = " ".join(word for word, there in (("raw", raw), ("begin", request.begin)) if there)
        step = http_step(Fence("http", request.line, lines), attributes(marks))
        if not isinstance(step, Request):
            raise NotationError(f"{lines[0]!r} begins no request")
        made[id(request)] = step
    return replace(example, steps=tuple(made.get(id(step), step) for step in example.steps))


class _Reporter:
    """Reports the steps of a run as events."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[Event | None] = asyncio.Queue()
        self.exchange = -1

    def report(self, kind: str, **rest: object) -> None:
        """Queue an event."""
        self.events.put_nowait({"event": kind, **rest})

    def sends(self, request: Request, text: str) -> None:
        """See `Watch`."""
        self.exchange += 1
        hidden = ("Host: engine", "Connection: close", "Content-Length: ")
        lines = [line for line in text.split("\r\n") if not line.startswith(hidden)]
        self.report("request", exchange=self.exchange, text="\n".join(lines).rstrip().replace(" HTTP/1.1", "", 1))

    def wraps(self, connection: Connection) -> Connection:
        """See `Watch`."""
        return _Heard(connection, self, self.exchange)

    def judges(self, step: ExpectedResponse | Transcript, problems: Sequence[str], difference: str) -> None:
        """See `Watch`."""
        self.report("verdict", holds=not problems, problems=list(problems), difference=difference)


class _Heard(Connection):
    """A connection that reports its response as it arrives."""

    def __init__(self, connection: Connection, reporter: _Reporter, exchange: int) -> None:
        self._connection = connection
        self._reporter = reporter
        self._exchange = exchange
        self._decoder: FrameDecoder | None = None
        self._reported = 0
        self._taken = False
        self._first = True
        self._guess = False

    async def __aenter__(self) -> _Heard:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._connection.aclose()

    async def send(self, data: bytes) -> None:
        if not self._first:
            self._report("sent", "stdin", data.decode("utf-8", "replace"))
        self._first = False
        await self._connection.send(data)

    async def half_close(self) -> None:
        self._reporter.report("end", exchange=self._exchange)
        await self._connection.half_close()

    async def head(self) -> None:
        await self._connection.head()

    async def response(self, method: str = "GET") -> Response:
        found = await self._connection.response(method)
        kind = found.header("Content-Type") or ""
        framed = kind == "application/vnd.docker.multiplexed-stream"
        raw = kind == "application/vnd.docker.raw-stream"
        self._decoder = FrameDecoder() if framed else None
        hidden = ("transfer-encoding", "date")
        headers = [[name, value] for name, value in found.headers if name.lower() not in hidden]
        self._reporter.report(
            "answer", exchange=self._exchange, status=found.status, reason=found.reason, headers=headers
        )
        # Older versions name no type for frames: what looks like one is one.
        self._guess = raw and not framed
        return Response(found.status, found.reason, found.headers, self)

    async def more(self) -> bytes:
        data = await self._connection.more()
        if self._guess and data:
            self._guess = False
            if data[0] in (0, 1, 2) and data[1:4] == b"\0\0\0":
                self._decoder = FrameDecoder()
        if self._decoder is None:
            self._report("got", "", data.decode("utf-8", "replace"))
        else:
            try:
                for chunk in self._decoder.feed(data):
                    self._report("got", chunk.stream.name.lower(), chunk.data.decode("utf-8", "replace"))
            except FrameError:
                self._report("got", "", data.decode("utf-8", "replace"))
        return data

    def _report(self, kind: str, stream: str, text: str) -> None:
        left = _SHOWN - self._reported
        self._reported += len(text)
        if text and left > 0:
            self._reporter.report(kind, exchange=self._exchange, stream=stream, text=text[:left])


async def trial(name: str, version: str, requests: Sequence[str] | None = None) -> AsyncIterator[Event]:
    """Run an example and yield its steps as events.

    Events are `given` (`text`), `request` (`exchange`, `text`), `answer` (`exchange`, `status`, `reason`, `headers`),
    `got` and `sent` (`exchange`, `stream`, `text`), `end` of the client's direction, `verdict` (`holds`, `problems`,
    `difference`), and at the end `result` (`result`, `message`).

    Args:
        name: page and heading, such as `containers#list-running`.
        version: version of the API, such as `1.44`.
        requests: the requests to send instead of the example's. Default: the example's.

    Raises:
        KeyError: the example does not exist.
    """
    spoken = Version.parse(version)
    if spoken not in VERSIONS:
        raise KeyError(version)
    example = example_named(name, spoken)
    reporter = _Reporter()
    for given in example.given:
        reporter.report("given", text=given)

    async def work() -> None:
        try:
            chosen = example if requests is None else _changed(example, requests, example.version or spoken)
            async with MemoryEngine(clock=SystemClock()) as engine:
                outcome = await run(chosen, spoken, InProcess(app(engine)), _ENGINE, clean=False, watch=reporter)
            reporter.report("result", result=outcome.result.name.lower(), message=outcome.message)
        except NotationError as error:
            reporter.report("result", result=Result.FAILS.name.lower(), message=str(error))
        finally:
            reporter.events.put_nowait(None)

    task = asyncio.get_running_loop().create_task(work())
    try:
        while (event := await reporter.events.get()) is not None:
            yield event
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def lines(name: str, version: str, requests: Sequence[str] | None = None) -> AsyncIterator[str]:
    """Yield the events of `trial` as lines of JSON."""
    async for event in trial(name, version, requests):
        yield json.dumps(event, ensure_ascii=False) + "\n"
