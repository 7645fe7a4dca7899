"""Runs an example against an engine at a version."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import difflib
import json
import re
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, quote, urlsplit

from engine_api.api.streams import StreamName
from engine_api.api.versions import Version
from engine_api.examples.divergences import Engine, divergences_of
from engine_api.examples.exchange import Answer, Example, Move, Request, Transcript, shown_tar, tar_of
from engine_api.examples.given import Condition, conditions_of
from engine_api.examples.pattern import REST, Captures, NotationError, insert, match, match_text, parse, render
from engine_api.examples.target import Connection, ConnectionFailed, Response, Target
from engine_api.examples.websockets import Messages
from engine_api.wire.compression import expanded
from engine_api.wire.frames import FrameDecoder, FrameError
from engine_api.wire.websocket import WebsocketError

__all__ = ["Judge", "Outcome", "Result", "Watch", "run"]

DEADLINE: Final = 40.0
"""Seconds that an example may take."""
_CLEAN_UP: Final = 30.0
_BASE64: Final = "base64 "
"""Before the value of a header that is JSON in base64, and is shown as JSON."""
_PRUNE_TRIES: Final = 50
_PRUNE_PAUSE: Final = 0.2
_NAMING: Final = ("/images/create", "/tag", "/commit")
"""The ends of the paths that give an image a name, by `repo`."""
_HEAD_START: Final = 0.5
"""Seconds that a request that is only begun has to be taken up before the next is sent."""

Judge = Callable[[Request, int, bytes], Sequence[str]]
"""Says what else is wrong with an answer: request, status, body."""


class Watch(Protocol):
    """Is told what goes on while an example runs, and so that all of it does, a failure does not end the run."""

    def sends(self, request: Request, text: str) -> None:
        """A request is about to be sent; the text is the request as it goes out."""
        ...

    def wraps(self, connection: Connection) -> Connection:
        """The connection of that request; what is given back is used instead."""
        ...

    def judges(self, step: Answer | Transcript, problems: Sequence[str], difference: str) -> None:
        """An answer or a stream came to its end: what is wrong with it, and a unified diff, if there is one."""
        ...


class Result(Enum):
    """What came of an example."""

    HOLDS = "holds"
    DIVERGES = "diverges as documented"
    FAILS = "fails"
    NOT_RUN = "not run"


@dataclass
class Outcome:
    """What came of an example, and why."""

    example: Example
    version: Version
    result: Result
    message: str = ""


class _CannotRun(Exception):
    """What the example needs cannot be had."""


class _Failed(Exception):
    """The engine did otherwise."""


@dataclass
class _Made:
    """What an example made, to be deleted after it."""

    containers: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)


async def run(
    example: Example,
    version: Version,
    target: Target,
    engine: Engine,
    *,
    suffix: str = "",
    judge: Judge | None = None,
    clean: bool = True,
    root: Path | None = None,
    watch: Watch | None = None,
    registry: str | None = None,
) -> Outcome:
    """Run an example; never raises, never takes longer than `DEADLINE`, and deletes what it made.

    Args:
        example: the example.
        version: the version of the API that is asked for.
        target: where the engine is.
        engine: what it is.
        suffix: added to the names that the example gives to things.
        judge: says what else is wrong with an answer.
        clean: whether to delete what was made.
        root: the folder of the pages. Default: the project's.
        watch: is told what goes on.
        registry: the host and port of a registry that the engine reaches, for the examples that need one that takes
            images; it stands in place of the one that they name.
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
    except _CannotRun as error:
        outcome = Outcome(example, version, Result.NOT_RUN, str(error))
    except (_Failed, NotationError, ConnectionFailed, FrameError, WebsocketError, OSError) as error:
        outcome = Outcome(example, version, Result.FAILS, running.report(str(error) or type(error).__name__))
    except TimeoutError:
        words = f"the engine did not go on within {DEADLINE:g} s"
        outcome = Outcome(example, version, Result.FAILS, running.report(words))
    finally:
        for connection in running.connections:
            with contextlib.suppress(Exception):
                await connection.aclose()
        if clean:
            with contextlib.suppress(TimeoutError, ConnectionFailed, OSError):
                async with asyncio.timeout(_CLEAN_UP):
                    await running.clean_up()
    return outcome


class _Run:
    def __init__(
        self,
        example: Example,
        version: Version,
        target: Target,
        engine: Engine,
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
        self.registry = registry
        self.conditions = conditions_of(example.given)
        self._hosts = [condition.name for condition in self.conditions if condition.kind == "registry at"]
        names = _names(example, self.conditions) if suffix else set()
        self._names = re.compile(r"(?<![\w{-])(?:" + "|".join(map(re.escape, sorted(names))) + r")(?![\w-])")
        self._suffix = suffix if names else ""
        self.captures: Captures = {"api": str(version)}
        self.connections: list[Connection] = []
        self.made = _Made()
        self._before: set[str] = set()
        self.diverged: list[str] = []
        self.place = example.line
        self.index = 0

    def own(self, text: str) -> str:
        """A text with the example's names as they are on this engine."""
        if self.registry:
            for host in self._hosts:
                text = text.replace(host, self.registry)
        return self._names.sub(lambda found: found[0] + self._suffix, text) if self._suffix else text

    def report(self, problem: str) -> str:
        """A failure with its place."""
        place = f"{self.place.file.parent.name}/{self.place.file.name}:{self.place.number}"
        return f"{place}: {self.example.title} (v{self.version}, {self.engine})\n{problem}"

    # Before and after

    async def _ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} /v{self.version}{path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        elif method == "POST":
            head += "Content-Length: 0\r\n"
        async with await self.target.connect() as connection:
            await connection.send(head.encode() + b"\r\n" + data)
            response = await connection.response(method)
            return response.status, await response.read()

    async def _make(self, condition: Condition) -> None:
        match condition.kind:
            case "image":
                await self._need_image(condition.name)
            case "no image":
                status, _ = await self._ask("GET", f"/images/{condition.name}/json")
                if status != 404:
                    raise _CannotRun(f"the engine has an image {condition.name}, which must not be there")
            case "registry":
                await self._need_registry(condition.name)
            case "registry at":
                if self.registry is None and self.engine.product != "reference":
                    raise _CannotRun("no registry was given that the engine reaches")
            case "imported":
                await self._import(self.own(condition.name))
            case "network":
                await self._network(condition)
            case "volume":
                await self._volume(condition)
            case "exec":
                await self._prepare_exec(condition)
            case _:
                await self._container(condition)

    async def _need_image(self, name: str) -> None:
        status, _ = await self._ask("GET", f"/images/{name}/json")
        if status == 200:
            return
        status, body = await self._pull(name)
        if status != 200:
            raise _CannotRun(f"the image {name} is not there, and cannot be pulled: {_message(body)}")
        self.made.images.append(name)

    async def _need_registry(self, name: str) -> None:
        there, _ = await self._ask("GET", f"/images/{name}/json")
        if there == 200 and self.engine.product != "reference":
            raise _CannotRun(f"the engine has an image {name} already")
        if self.engine.product == "reference":
            return
        status, body = await self._pull(name)
        if status != 200:
            raise _CannotRun(f"the engine reaches no registry with {name}: {_message(body)}")
        await self._ask("DELETE", f"/images/{name}")

    async def _pull(self, name: str) -> tuple[int, bytes]:
        image, _, tag = name.partition(":")
        status, body = await self._ask("POST", f"/images/create?fromImage={quote(image)}&tag={tag or 'latest'}")
        return (500, body) if b'"errorDetail"' in body else (status, body)

    async def _import(self, name: str) -> None:
        archive = tar_of("tar:\n  hello: hello\\n")
        assert archive is not None
        repo, _, tag = name.partition(":")
        head = (
            f"POST /v{self.version}/images/create?fromSrc=-&repo={repo}&tag={tag or 'latest'} HTTP/1.1\r\n"
            f"Host: engine\r\nContent-Type: application/x-tar\r\nContent-Length: {len(archive)}\r\n\r\n"
        )
        async with await self.target.connect() as connection:
            await connection.send(head.encode() + archive)
            response = await connection.response()
            body = await response.read()
        if response.status != 200:
            raise _CannotRun(f"an image cannot be imported: {_message(body)}")
        self.made.images.append(name)

    async def _network(self, condition: Condition) -> None:
        name = self.own(condition.name)
        pools = [{"Subnet": condition.subnet}] if condition.subnet else []
        config = {"Name": name, "Labels": dict(condition.labels), "IPAM": {"Config": pools}}
        status, body = await self._ask("POST", "/networks/create", config)
        if status != 201:
            raise _CannotRun(f"the network {name} cannot be created: {_message(body)}")
        self.captures[condition.name] = identifier = json.loads(body)["Id"]
        self.made.networks.append(identifier)

    async def _volume(self, condition: Condition) -> None:
        name = self.own(condition.name)
        config: dict[str, object] = {"Name": name}
        if condition.labels:
            config["Labels"] = dict(condition.labels)
        status, body = await self._ask("POST", "/volumes/create", config)
        if status != 201:
            raise _CannotRun(f"the volume {name} cannot be created: {_message(body)}")
        self.made.volumes.append(name)

    async def _container(self, condition: Condition) -> None:
        image = self.own(condition.image)
        await self._need_image(image)
        config: dict[str, object] = {
            "Image": image,
            "Cmd": list(condition.command),
            "Tty": condition.tty,
            "OpenStdin": condition.stdin,
            "StdinOnce": condition.stdin,
            "AttachStdin": condition.stdin,
            "AttachStdout": condition.attached,
            "AttachStderr": condition.attached,
            "Labels": dict(condition.labels),
        }
        if condition.network:
            config["HostConfig"] = {"NetworkMode": self.own(condition.network)}
        name = self.own(condition.name)
        status, body = await self._ask("POST", f"/containers/create?name={name}", config)
        if status != 201:
            raise _CannotRun(f"the container {name} cannot be created: {_message(body)}")
        self.captures[condition.name] = identifier = json.loads(body)["Id"]
        self.made.containers.append(identifier)
        if condition.kind == "created":
            return
        status, body = await self._ask("POST", f"/containers/{name}/start")
        if status != 204:
            raise _CannotRun(f"the container {name} cannot be started: {_message(body)}")
        if condition.kind == "exited":
            await self._ask("POST", f"/containers/{name}/wait")
            await self._listed_as_exited(identifier)

    async def _listed_as_exited(self, identifier: str) -> None:
        """Wait until lists have it, too; engines update them a little later."""
        query = quote(json.dumps({"id": [identifier], "status": ["exited"]}))
        for _ in range(100):
            _, body = await self._ask("GET", f"/containers/json?all=1&filters={query}")
            if body.strip() not in (b"[]", b"null"):
                return
            await asyncio.sleep(0.02)

    async def _prepare_exec(self, condition: Condition) -> None:
        config = {
            "Cmd": list(condition.command),
            "Tty": condition.tty,
            "AttachStdin": condition.stdin,
            "AttachStdout": True,
            "AttachStderr": True,
        }
        status, body = await self._ask("POST", f"/containers/{self.own(condition.container)}/exec", config)
        if status != 201:
            raise _CannotRun(f"the exec cannot be created: {_message(body)}")
        self.captures[condition.name] = json.loads(body)["Id"]

    async def clean_up(self) -> None:
        """Delete what was made."""
        for identifier in self.made.containers:
            await self._ask("DELETE", f"/containers/{identifier}?force=1&v=1")
        for identifier in self.made.networks:
            await self._ask("DELETE", f"/networks/{identifier}")
        for name in self.made.volumes:
            await self._ask("DELETE", f"/volumes/{name}?force=1")
        for name in self.made.images:
            await self._ask("DELETE", f"/images/{name}?force=1")

    # The exchanges

    async def all(self) -> None:
        """All that the example has."""
        for condition in self.conditions:
            await self._make(condition)
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
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_HEAD_START):
                            await connection.head()
            elif isinstance(step, Answer):
                if step.end:
                    request, connection = begun.pop(0)
                assert request is not None
                assert connection is not None
                response = await connection.response(request.method)
                for _ in range(_PRUNE_TRIES):
                    if response.status != 409 or step.status == 409 or not _is_prune(request):
                        break
                    # Another prune is running; engines do one at a time.
                    await asyncio.sleep(_PRUNE_PAUSE)
                    connection = await self._send(request)
                    response = await connection.response(request.method)
                follows = self._transcript_follows(step)
                await self._judge_answer(request, step, response, follows)
                self.index += 1
            else:
                assert response is not None
                try:
                    await self._follow(step, response)
                except _Failed as error:
                    self._fail(step, [str(error)])
                else:
                    if self.watch is not None:
                        self.watch.judges(step, (), "")

    def _transcript_follows(self, step: Answer) -> bool:
        at = self.example.steps.index(step) + 1
        return at < len(self.example.steps) and isinstance(self.example.steps[at], Transcript)

    async def _send(self, request: Request) -> Connection:
        path = insert(self.own(request.path), self.captures)
        if not request.raw:
            path = f"/v{self.version}{path}"
        headers = [(name, insert(self.own(value), self.captures)) for name, value in request.headers]
        archive = tar_of(self.own(request.body))
        text = insert(self.own(request.body), self.captures) if archive is None else ""
        body = text.encode() if archive is None else archive
        names = {name.lower() for name, _ in headers}
        if "host" not in names:
            headers.insert(0, ("Host", "engine"))
        if (body or request.method in ("POST", "PUT")) and not names & {"content-length", "transfer-encoding"}:
            headers.append(("Content-Length", str(len(body))))
        if "connection" not in names:
            headers.append(("Connection", "close"))
        head = f"{request.method} {_encoded(path)} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers)
        await self._note_image(path)
        if request.path.partition("?")[0] == "/build":
            await self._note_tags(path)
        connection = await self.target.connect()
        if self.watch is not None:
            self.watch.sends(request, f"{head}\n{text}" if archive is None else f"{head}\n{request.body}")
            connection = self.watch.wraps(connection)
        self.connections.append(connection)
        await connection.send(head.encode() + b"\r\n" + body)
        return connection

    async def _note_image(self, path: str) -> None:
        """Note an image that a request is about to make; one that is there already is not ours to delete."""
        parts = urlsplit(path)
        if not parts.path.endswith(_NAMING):
            return
        query = dict(parse_qsl(parts.query))
        name = query.get("repo") or query.get("fromImage")
        if name:
            full = f"{name}:{query['tag']}" if query.get("tag") else name
            status, _ = await self._ask("GET", f"/images/{quote(full)}/json")
            if status == 404:
                self.made.images.append(full)

    def _note_made(self, request: Request, response: Response, body: bytes) -> None:
        """Note what an answer says was made."""
        path = urlsplit(request.path).path
        kinds = (
            ("/containers/create", "Id", self.made.containers),
            ("/networks/create", "Id", self.made.networks),
            ("/volumes/create", "Name", self.made.volumes),
            ("/commit", "Id", self.made.images),
        )
        for end, key, made in kinds:
            if response.status == 201 and path.endswith(end):
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    made.append(json.loads(body)[key])
        if response.status == 200 and path.endswith("/images/load"):
            self.made.images += re.findall(r"Loaded image: (\S+?)\\n", body.decode("utf-8", "replace"))

    async def _note_tags(self, path: str) -> None:
        """Note the names that a build is about to give, and what is there before it."""
        for name, value in parse_qsl(urlsplit(path).query):
            if name == "t":
                status, _ = await self._ask("GET", f"/images/{quote(value)}/json")
                if status == 404:
                    self.made.images.append(value)
        status, body = await self._ask("GET", "/images/json?all=1")
        if status != 200:
            raise _CannotRun(f"the images cannot be listed: {_message(body)}")
        self._before = {image["Id"] for image in json.loads(body)}

    def _note_build(self, request: Request, body: bytes) -> None:
        """Note the images and containers that a build has left, the last first."""
        if request.path.partition("?")[0] != "/build":
            return
        text = body.decode("utf-8", "replace")
        self.made.containers += re.findall(r"Running in ([0-9a-f]{12})", text)
        found = re.findall(r" (?:--->|---\\u003e) ([0-9a-f]{12})\\n|sha256:([0-9a-f]{12})", text)
        for identifier in dict.fromkeys(short or other for short, other in reversed(found)):
            if not any(known.startswith(f"sha256:{identifier}") for known in self._before):
                self.made.images.append(identifier)

    async def _judge_answer(self, request: Request, answer: Answer, response: Response, follows: bool) -> None:
        body = b"" if follows else expanded(await response.read(), response.header("Content-Encoding"))
        self._note_made(request, response, body)
        self._note_build(request, body)
        trial = dict(self.captures)
        problems = self._compare(answer, response, body, trial, follows)
        if problems:
            for other in divergences_of(self.example.name, self.engine, self.version, self.root):
                if other.index not in (None, self.index + 1):
                    continue
                for instead in other.answers:
                    again = dict(self.captures)
                    if isinstance(instead, Answer) and not self._compare(instead, response, body, again, follows):
                        self.captures = again
                        self.diverged.append(other.id)
                        return
            self._fail(answer, problems, self._difference(answer, response, body))
            return
        self.captures = trial
        if self.judge is not None and not follows:
            wrong = self.judge(request, response.status, body)
            if wrong:
                raise _Failed("\n".join(wrong))
        if self.watch is not None:
            self.watch.judges(answer, (), "")

    def _fail(self, step: Answer | Transcript, problems: Sequence[str], difference: str = "") -> None:
        """Tell of a failure: to who watches, or by ending the run."""
        text = "\n".join((*problems, difference) if difference else problems)
        if self.watch is None:
            raise _Failed(text)
        self.watch.judges(step, problems, difference)
        self.failed.append(self.report(text))

    def _compare(self, answer: Answer, response: Response, body: bytes, captures: Captures, follows: bool) -> list[str]:
        problems: list[str] = []
        if response.status != answer.status:
            problems.append(f"status {answer.status} is expected, not {response.status}")
        if answer.reason and not match_text(answer.reason, response.reason, captures):
            problems.append(f"the reason {answer.reason!r} is expected, not {response.reason!r}")
        for name, value in answer.headers:
            got = response.header(name)
            if value == "absent":
                if got is not None:
                    problems.append(f"the header {name} must not be there, but is {got!r}")
            elif got is None:
                problems.append(f"the header {name} is missing")
            elif value.startswith(_BASE64):
                problems += self._compare_base64(name, self.own(value.removeprefix(_BASE64)), got, captures)
            elif value != "..." and not match_text(self.own(value), got, captures):
                problems.append(f"the header {name} must be {value!r}, not {got!r}")
        if problems or follows:
            return problems
        return self._compare_body(answer, body, captures)

    def _compare_base64(self, name: str, value: str, got: str, captures: Captures) -> list[str]:
        try:
            document = json.loads(base64.b64decode(got))
        except ValueError:
            return [f"the header {name} must be JSON in base64, not {got!r}"]
        return match(parse(value), document, captures, f"the header {name}")

    def _compare_body(self, answer: Answer, body: bytes, captures: Captures) -> list[str]:
        if answer.body == "...":
            return []
        if not answer.body:
            return [] if not body else [f"no body is expected, but there is {_shown(body)}"]
        if answer.body.startswith("tar:\n"):
            try:
                text = shown_tar(body)
            except tarfile.TarError:
                return [f"a tar is expected, not {_shown(body)}"]
            return [] if match_text(self.own(answer.body), text, captures) else [f"the tar has {text!r}"]
        stream = answer.stream
        if stream is not None:
            try:
                got = _pieces(body, raw=stream[0][0] == "raw")
            except FrameError as error:
                return [str(error)]
            if len(got) != len(stream) or any(
                label != name or not match_text(self.own(text), other, captures)
                for (label, text), (name, other) in zip(stream, got, strict=True)
            ):
                return [f"the stream {stream!r} is expected, not {got!r}"]
            return []
        documents = answer.documents
        if documents is None:
            text = body.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n")
            if match_text(self.own(answer.body), text, captures):
                return []
            return [f"the text {answer.body!r} is expected, not {text!r}"]
        try:
            found = _documents(body)
        except ValueError:
            return [f"JSON is expected, not {_shown(body)}"]
        documents = [parse(self.own(render(document))) for document in documents]
        if len(documents) == 1 and documents[0] is not REST and len(found) == 1:
            return match(documents[0], found[0], captures)
        return match(documents, found, captures, "documents")

    def _difference(self, answer: Answer, response: Response, body: bytes) -> str:
        shown = {name.lower() for name, _ in answer.headers}
        lines = [f"{response.status} {response.reason}"]
        lines += [f"{name}: {value}" for name, value in response.headers if name.lower() in shown]
        if body:
            lines.append("")
            try:
                lines += [json.dumps(document, indent=2) for document in _documents(body)]
            except ValueError:
                lines.append(_shown(body))
        expected = answer.text.splitlines()
        with contextlib.suppress(NotationError):
            documents = answer.documents
            if documents is not None:
                head = answer.text.partition("\n\n")[0].splitlines()
                expected = [*head, "", *(line for d in documents for line in _pretty(d).splitlines())]
        got = [part for line in lines for part in line.splitlines() or [""]]
        return "\n".join(difflib.unified_diff(expected, got, "expected", "got", lineterm="", n=2))

    # Streams

    async def _follow(self, transcript: Transcript, response: Response) -> None:
        if (response.header("Upgrade") or "").lower() == "websocket":
            await self._follow_websocket(transcript, Messages(response))
            return
        reader = _StreamReader(
            response, raw=all(m.stream == "raw" for m in transcript.moves if not m.sends and not m.end)
        )
        for move in transcript.moves:
            self.place = move.line
            if move.sends:
                if move.end:
                    await response.connection.half_close()
                else:
                    await response.connection.send(insert(self.own(move.text), self.captures).encode("latin-1"))
            elif move.end:
                rest = await reader.rest()
                if rest:
                    raise _Failed(f"the end is expected, but there is {rest!r}")
            else:
                await self._expect(reader, move)

    async def _follow_websocket(self, transcript: Transcript, messages: Messages) -> None:
        for move in transcript.moves:
            self.place = move.line
            text = insert(self.own(move.text), self.captures)
            if move.sends:
                await messages.send(None if move.end else move.stream, text.encode("latin-1"))
                continue
            kind, got = await messages.next()
            if kind != (None if move.end else move.stream):
                expected = "the end" if move.end else f"a {move.stream} message"
                raise _Failed(f"{expected} is expected, not {kind or 'the end'}: {got!r}")
            if not move.end and not match_text(text, got, self.captures):
                raise _Failed(f"{text!r} is expected, not {got!r}")

    async def _expect(self, reader: _StreamReader, move: Move) -> None:
        text = insert(self.own(move.text), self.captures)
        if "{" in text or "..." in text:
            got = await reader.line(move.stream)
            if not match_text(text, got, self.captures):
                raise _Failed(f"{move.stream}: {text!r} is expected, not {got!r}")
        else:
            got = await reader.take(move.stream, len(text.encode("utf-8")))
            if got != text:
                raise _Failed(f"{move.stream}: {text!r} is expected, not {got!r}")


class _StreamReader:
    """Reads the pieces of a stream that was taken over."""

    def __init__(self, response: Response, *, raw: bool) -> None:
        self._response = response
        self._decoder = None if raw else FrameDecoder()
        self._pieces: list[tuple[str, bytearray]] = []
        self._ended = False

    async def _more(self) -> bool:
        if self._ended:
            return False
        data = await self._response.more()
        if not data:
            self._ended = True
            if self._decoder is not None:
                self._decoder.end()
            return False
        if self._decoder is None:
            self._add("raw", data)
        else:
            for chunk in self._decoder.feed(data):
                self._add(_LABELS[chunk.stream], chunk.data)
        return True

    def _add(self, label: str, data: bytes) -> None:
        if self._pieces and self._pieces[-1][0] == label:
            self._pieces[-1][1].extend(data)
        else:
            self._pieces.append((label, bytearray(data)))

    async def take(self, label: str, size: int) -> str:
        """That many bytes of a stream, or less if another stream or the end comes before."""
        while not self._pieces or (len(self._pieces) == 1 and len(self._pieces[0][1]) < size):
            if not await self._more():
                break
        if not self._pieces:
            return ""
        name, data = self._pieces[0]
        if name != label:
            return f"({name}) {data.decode('utf-8', 'replace')}"
        taken = bytes(data[:size])
        del data[:size]
        if not data:
            self._pieces.pop(0)
        return taken.decode("utf-8", "replace")

    async def line(self, label: str) -> str:
        """A line of a stream, with its end."""
        while not self._pieces or (len(self._pieces) == 1 and b"\n" not in self._pieces[0][1]):
            if not await self._more():
                break
        size = self._pieces[0][1].find(b"\n") + 1 if self._pieces else 0
        return await self.take(label, size or 1 << 20)

    async def rest(self) -> list[tuple[str, str]]:
        """All up to the end."""
        while await self._more():
            continue
        return [(name, data.decode("utf-8", "replace")) for name, data in self._pieces]


_LABELS: Final = {
    StreamName.STDIN: "stdin",
    StreamName.STDOUT: "stdout",
    StreamName.STDERR: "stderr",
    StreamName.SYSTEM_ERROR: "system error",
}


def _pieces(body: bytes, *, raw: bool) -> list[tuple[str, str]]:
    if raw:
        return [("raw", body.decode("utf-8", "replace"))]
    decoder = FrameDecoder()
    chunks = decoder.feed(body)
    decoder.end()
    found: list[tuple[str, bytearray]] = []
    for chunk in chunks:
        label = _LABELS[chunk.stream]
        if found and found[-1][0] == label:
            found[-1][1].extend(chunk.data)
        else:
            found.append((label, bytearray(chunk.data)))
    return [(label, data.decode("utf-8", "replace")) for label, data in found]


def _documents(body: bytes) -> list[Any]:
    text = body.decode("utf-8")
    decoder = json.JSONDecoder()
    found: list[Any] = []
    at = 0
    while at < len(text):
        if text[at] in " \r\n\t":
            at += 1
            continue
        value, at = decoder.raw_decode(text, at)
        found.append(value)
    if not found:
        raise ValueError("no document")
    return found


def _encoded(path: str) -> str:
    return quote(path, safe="/:?#[]@!$&'()*+,;=%~-._")


def _pretty(document: Any) -> str:
    if isinstance(document, dict):
        items = [f'  "{key}": {render(value)},' if key != "..." else "  ...," for key, value in document.items()]
        return "\n".join(["{", *items, "}"]) if items else "{}"
    return render(document)


_PREDEFINED: Final = ("bridge", "host", "none", "default")
"""Names of networks that an example means as they are."""


def _names(example: Example, conditions: Sequence[Condition]) -> set[str]:
    """The names that an example gives to containers, networks, volumes and images."""
    names = {c.name for c in conditions if c.kind in ("created", "running", "exited", "network", "volume")}
    names |= {c.name.partition(":")[0] for c in conditions if c.kind == "imported"}
    for step in example.steps:
        if isinstance(step, Request):
            parts = urlsplit(step.path)
            query = dict(parse_qsl(parts.query))
            naming = parts.path.endswith(("/containers/create", "/rename"))
            if naming and re.fullmatch(r"/?[\w.-]+", query.get("name", "")):
                names.add(query["name"].lstrip("/"))
            if parts.path == "/build":
                tags = (value.partition(":")[0] for key, value in parse_qsl(parts.query) if key == "t")
                names.update(tag for tag in tags if re.fullmatch(r"[a-z0-9_-]+", tag))
            if parts.path.endswith(_NAMING) and re.fullmatch(r"(?!sha256$)[a-z0-9_./-]+", query.get("repo", "")):
                names.add(query["repo"].rpartition("/")[2])
            names.update(re.findall(r'"RepoTags": ?\["([a-z0-9_-]+):', step.body))
            named = re.search(r'"Name": *"([a-z][\w.-]*)"', step.body)
            creates = parts.path.endswith(("/networks/create", "/volumes/create"))
            if creates and named and named[1] not in _PREDEFINED:
                names.add(named[1])
    return names


def _is_prune(request: Request) -> bool:
    return urlsplit(request.path).path.endswith("/prune")


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return _shown(body)


def _shown(body: bytes) -> str:
    return repr(body[:400])
