"""Runs an example against an engine at a version."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote, urlsplit

from engine_api.api.versions import Version
from engine_api.conformance.comparison import compare, difference
from engine_api.conformance.naming import Naming
from engine_api.conformance.preparation import CannotRun, Preparation
from engine_api.conformance.target import Connection, ConnectionFailed, Response, Target
from engine_api.conformance.transcripts import Failed, Follower
from engine_api.spec.divergences import EngineIdentity, divergences_of
from engine_api.spec.exchange import Example, ExpectedResponse, Request, Transcript, tar_of
from engine_api.spec.given import conditions_of
from engine_api.spec.pages import Line
from engine_api.spec.pattern import Captures, NotationError, insert
from engine_api.wire.compression import expanded
from engine_api.wire.frames import FrameError
from engine_api.wire.websocket import WebsocketError

__all__ = ["Judge", "Outcome", "Result", "Watch", "run"]

DEADLINE: Final = 40.0
"""Seconds that an example may take."""
_CLEAN_UP: Final = 30.0
_PRUNE_TRIES: Final = 50
_PRUNE_PAUSE: Final = 0.2
_HEAD_START: Final = 0.5
"""Seconds to wait for the response to a request marked `begin` before the next request is sent."""

Judge = Callable[[Request, int, bytes], Sequence[str]]
"""Returns what else is wrong with a response, by request, status and body."""


class Watch(Protocol):
    """Observes the run of an example. With an observer, a failure does not end the run."""

    def sends(self, request: Request, text: str) -> None:
        """Observe a request before it is sent; `text` is the request on the wire."""
        ...

    def wraps(self, connection: Connection) -> Connection:
        """Return the connection to use for that request: the given one, or one around it."""
        ...

    def judges(self, step: ExpectedResponse | Transcript, problems: Sequence[str], difference: str) -> None:
        """Observe what is wrong with a response or a stream, and a unified diff, which may be empty."""
        ...


class Result(Enum):
    """The result of an example."""

    HOLDS = "holds"
    DIVERGES = "diverges as documented"
    FAILS = "fails"
    NOT_RUN = "not run"


@dataclass
class Outcome:
    """The result of an example, with a message that says why."""

    example: Example
    version: Version
    result: Result
    message: str = ""


async def run(
    example: Example,
    version: Version,
    target: Target,
    engine: EngineIdentity,
    *,
    suffix: str = "",
    judge: Judge | None = None,
    clean: bool = True,
    root: Path | None = None,
    watch: Watch | None = None,
    registry: str | None = None,
) -> Outcome:
    """Run an example, and return its outcome. Never raises, and ends after `DEADLINE`.

    Args:
        example: the example.
        version: API version of the requests.
        target: opens connections to the engine.
        engine: product and release of the engine, which select documented divergences.
        suffix: suffix of the names of containers, images, networks and volumes.
        judge: returns what else is wrong with a response.
        clean: whether to delete what the example created.
        root: the folder of the pages. Default: the project's.
        watch: observes the run.
        registry: host and port of a registry that the engine can push to; replaces the registry in examples.
    """
    try:
        running = _Run(example, example.version or version, target, engine, suffix, judge, root, watch, registry)
    except NotationError as error:
        return Outcome(example, version, Result.FAILS, f"{example.line.file.name}:{example.line.number}: {error}")
    try:
        async with asyncio.timeout(DEADLINE):
            await running.all()
        result = Result.FAILS if running.failed else Result.DIVERGES if running.diverged else Result.HOLDS
        outcome = Outcome(example, version, result, "\n".join(running.failed) or ", ".join(running.diverged))
    except CannotRun as error:
        outcome = Outcome(example, version, Result.NOT_RUN, str(error))
    except TimeoutError:  # which is an OSError, too
        words = f"the engine did not go on within {DEADLINE:g} s"
        outcome = Outcome(example, version, Result.FAILS, running.report(words))
    except (Failed, NotationError, ConnectionFailed, FrameError, WebsocketError, OSError) as error:
        outcome = Outcome(example, version, Result.FAILS, running.report(str(error) or type(error).__name__))
    finally:
        for connection in running.connections:
            with contextlib.suppress(Exception):
                await connection.aclose()
        if clean:
            with contextlib.suppress(TimeoutError, ConnectionFailed, CannotRun, OSError):
                async with asyncio.timeout(_CLEAN_UP):
                    await running.preparation.clean_up()
    return outcome


class _Run:
    def __init__(
        self,
        example: Example,
        version: Version,
        target: Target,
        engine: EngineIdentity,
        suffix: str,
        judge: Judge | None,
        root: Path | None,
        watch: Watch | None,
        registry: str | None,
    ) -> None:
        self.example = example
        self.version = version
        self.target = target
        self.engine = engine
        self.judge = judge
        self.root = root
        self.watch = watch
        self.failed: list[str] = []
        self.conditions = conditions_of(example.given)
        self._naming = Naming(example, self.conditions, suffix, registry)
        self.captures: Captures = {"api": str(version)}
        self.connections: list[Connection] = []
        self.preparation = Preparation(self.version, target, engine, self._naming.own, self.captures, registry, suffix)
        self.diverged: list[str] = []
        self.place = example.line
        self.index = 0

    def _filled(self, text: str) -> str:
        """Return a string with the names of this run and with captured values inserted."""
        return insert(self._naming.own(text), self.captures)

    def _at(self, line: Line) -> None:
        self.place = line

    def report(self, problem: str) -> str:
        """Return a problem with the place of the step."""
        place = f"{self.place.file.parent.name}/{self.place.file.name}:{self.place.number}"
        return f"{place}: {self.example.title} (v{self.version}, {self.engine})\n{problem}"

    async def all(self) -> None:
        """Create what is given, and run each step."""
        for condition in self.conditions:
            await self.preparation.make(condition)
        begun: list[tuple[Request, Connection]] = []
        request: Request | None = None
        connection: Connection | None = None
        response: Response | None = None
        for step in self.example.steps:
            self.place = step.line
            if isinstance(step, Request):
                request, connection = step, await self._send(step)
                if step.begin:
                    begun.append((request, connection))
                    await self._wait_for_head(connection)
            elif isinstance(step, ExpectedResponse):
                if step.end:
                    request, connection = begun.pop(0)
                assert request is not None
                assert connection is not None
                response = await self._response(request, step, connection)
                await self._judge_response(request, step, response, self._transcript_follows(step))
                self.index += 1
            else:
                assert response is not None
                await self._follow(step, response)

    async def _wait_for_head(self, connection: Connection) -> None:
        """Wait for the head of a response that others are sent before, if it comes soon."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HEAD_START):
                await connection.head()

    async def _response(self, request: Request, expected: ExpectedResponse, connection: Connection) -> Response:
        """Return the response to a request; another prune may be running, and engines do one at a time."""
        response = await connection.response(request.method)
        for _ in range(_PRUNE_TRIES):
            if response.status != 409 or expected.status == 409 or not _is_prune(request):
                break
            await asyncio.sleep(_PRUNE_PAUSE)
            connection = await self._send(request)
            response = await connection.response(request.method)
        return response

    async def _follow(self, transcript: Transcript, response: Response) -> None:
        try:
            await Follower(self._filled, self.captures, self._at).follow(transcript, response)
        except Failed as error:
            self._fail(transcript, [str(error)])
        else:
            if self.watch is not None:
                self.watch.judges(transcript, (), "")

    def _transcript_follows(self, step: ExpectedResponse) -> bool:
        at = self.example.steps.index(step) + 1
        return at < len(self.example.steps) and isinstance(self.example.steps[at], Transcript)

    async def _send(self, request: Request) -> Connection:
        path = self._filled(request.path)
        if not request.raw:
            path = f"/v{self.version}{path}"
        headers = [(name, self._filled(value)) for name, value in request.headers]
        archive = tar_of(self._naming.own(request.body))
        text = self._filled(request.body) if archive is None else ""
        body = text.encode() if archive is None else archive
        names = {name.lower() for name, _ in headers}
        if "host" not in names:
            headers.insert(0, ("Host", "engine"))
        if (body or request.method in ("POST", "PUT")) and not names & {"content-length", "transfer-encoding"}:
            headers.append(("Content-Length", str(len(body))))
        if "connection" not in names:
            headers.append(("Connection", "close"))
        head = f"{request.method} {_encoded(path)} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers)
        await self.preparation.note_image(path)
        if request.path.partition("?")[0] == "/build":
            await self.preparation.note_tags(path)
        connection = await self.target.connect()
        if self.watch is not None:
            self.watch.sends(request, f"{head}\n{text}" if archive is None else f"{head}\n{request.body}")
            connection = self.watch.wraps(connection)
        self.connections.append(connection)
        await connection.send(head.encode() + b"\r\n" + body)
        return connection

    async def _judge_response(
        self, request: Request, expected: ExpectedResponse, response: Response, follows: bool
    ) -> None:
        body = b"" if follows else expanded(await response.read(), response.header("Content-Encoding"))
        self.preparation.note_made(request, response, body)
        self.preparation.note_build(request, body)
        seen = None if follows else body
        trial = dict(self.captures)
        problems = compare(expected, response, seen, self._naming.own, trial)
        if problems:
            for other in divergences_of(self.example.name, self.engine, self.version, self.root):
                if other.index not in (None, self.index + 1):
                    continue
                for instead in other.responses:
                    again = dict(self.captures)
                    if isinstance(instead, ExpectedResponse) and not compare(
                        instead, response, seen, self._naming.own, again
                    ):
                        self.captures = again
                        self.diverged.append(other.id)
                        return
            self._fail(expected, problems, difference(expected, response, body))
            return
        self.captures = trial
        if self.judge is not None and not follows:
            wrong = self.judge(request, response.status, body)
            if wrong:
                raise Failed("\n".join(wrong))
        if self.watch is not None:
            self.watch.judges(expected, (), "")

    def _fail(self, step: ExpectedResponse | Transcript, problems: Sequence[str], difference: str = "") -> None:
        """Report a failure to the observer, or end the run."""
        text = "\n".join((*problems, difference) if difference else problems)
        if self.watch is None:
            raise Failed(text)
        self.watch.judges(step, problems, difference)
        self.failed.append(self.report(text))


def _encoded(path: str) -> str:
    return quote(path, safe="/:?#[]@!$&'()*+,;=%~-._")


def _is_prune(request: Request) -> bool:
    return urlsplit(request.path).path.endswith("/prune")
