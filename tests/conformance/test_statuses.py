"""Every status that `engine-api openapi` documents of an operation is provoked, in every version: by an example of the
pages, or by one of the provocations below. What nothing provokes stands in `OUT_OF_REACH`, with the reason.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pytest

from engine_api.api.errors import InternalError
from engine_api.api.operation import Operation
from engine_api.api.versions import VERSIONS, Version
from engine_api.conformance.inprocess import InProcess
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.wrapping import Call, WrappingEngine
from engine_api.openapi import document
from engine_api.server import app
from engine_api.spec.exchange import Example, ExpectedResponse, Request, examples_of
from engine_api.spec.pages import changes_page, page, page_names
from engine_api.versions.uses import match
from engine_api.wire import bindings
from engine_api.wire.bindings import BINDINGS, Binding, Place
from engine_api.wire.paths import fill
from engine_api.wire.websocket import VERSION as WEBSOCKET_VERSION
from engine_api.wire.websocket import new_key

Status = tuple[str, int]
"""An operation's id and a status."""

_IN_A_SWARM: Final = "a swarm; the reference engine has none, and engines outside one answer 503"
_PLUGIN: Final = "a plugin that is installed; the reference engine has none and runs none"
_EXPERIMENTAL: Final = "experimental features, which are off on all engines that were asked: they answer 501"
OUT_OF_REACH: Final = {
    ("Swarm*", "200 404"): _IN_A_SWARM,
    ("SwarmUnlock", "400"): _IN_A_SWARM,
    ("SwarmInit", "503"): _IN_A_SWARM,
    ("SwarmJoin", "503"): _IN_A_SWARM,
    ("Node*", "200 404"): _IN_A_SWARM,
    ("Service*", "200 201 403 404 409"): _IN_A_SWARM,
    ("ServiceCreate", "400"): _IN_A_SWARM,
    ("SecretCreate", "400"): _IN_A_SWARM,
    ("SecretDelete", "400"): _IN_A_SWARM,
    ("ConfigCreate", "400"): _IN_A_SWARM,
    ("ConfigDelete", "400"): _IN_A_SWARM,
    ("Task*", "200 404"): _IN_A_SWARM,
    ("Secret*", "200 201 204 404 409"): _IN_A_SWARM,
    ("Config*", "200 201 204 404 409"): _IN_A_SWARM,
    ("VolumeUpdate", "200 400 404"): _IN_A_SWARM,
    ("VolumeCreate", "409"): "a second driver of volumes, which only a plugin gives",
    ("PluginPull", "200 409"): "a registry with a plugin, and an engine that runs it",
    ("PluginUpgrade", "200 409"): _PLUGIN,
    ("PluginDelete", "200 409"): _PLUGIN,
    ("PluginEnable", "200 409"): _PLUGIN,
    ("PluginDisable", "200 409"): _PLUGIN,
    ("PluginSet", "204 409"): _PLUGIN,
    ("PluginInspect", "200"): _PLUGIN,
    ("PluginPush", "200"): _PLUGIN,
    ("PluginCreate", "204 409"): "an engine that runs plugins",
    ("PluginInspectV124", "200"): "engine 1.12; those of today say 404 to the path",
    ("Checkpoint*", "200 201 204 404 409"): _EXPERIMENTAL,
    ("Grpc", "101"): "BuildKit, which the reference engine does not have",
    ("ImageAttestations", "501"): "an engine whose image store keeps no attestations; the reference engine's does",
}
"""What nothing here provokes: patterns of operations, their statuses, and what it would take."""


@cache
def documented(version: Version) -> frozenset[Status]:
    """What the document of a version tells."""
    return frozenset(
        (operation["operationId"], int(status))
        for own in document(version)["paths"].values()
        for operation in own.values()
        for status in operation["responses"]
    )


@cache
def shown(version: Version) -> frozenset[Status]:
    """What the examples of a version's pages provoke; that they hold is what `make test` runs them for."""
    pages = [page(name, version) for name in page_names()]
    pages += [changes_page(each) for each in VERSIONS]
    return frozenset(
        status
        for each in pages
        for example in examples_of(each)
        if (example.version or each.version) == version
        for status in _answered(example)
    )


def _answered(example: Example) -> Iterator[Status]:
    begun: list[Request] = []
    request: Request | None = None
    for step in example.steps:
        if isinstance(step, Request):
            request = step
            if step.begin:
                begun.append(step)
        elif isinstance(step, ExpectedResponse):
            request = begun.pop(0) if step.end else request
            assert request is not None
            path = unquote(urlsplit(request.path).path)
            found = match(request.method, path if not request.raw else re.sub(r"^/v\{?\w[\w.]*\}?", "", path))
            if found is not None:
                yield found[0].operation.id, step.status


# What provokes the rest.


@dataclass
class Client:
    """Asks an engine in the same event loop, and notes what it answered."""

    engine: Any
    version: Version
    seen: list[Status] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._target = InProcess(app(self.engine))

    async def ask(self, verb: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request; what is given back is the answer, read as JSON if it is some."""
        data = b"" if body is None else json.dumps(body).encode()
        lines = {"Host": "engine", "Content-Length": str(len(data)), "Content-Type": "application/json"}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        found = match(verb, path.partition("?")[0])
        assert found is not None, path
        async with await self._target.connect() as connection:
            await connection.send(f"{verb} /v{self.version}{path} HTTP/1.1\r\n{head}\r\n".encode() + data)
            response = await connection.response(verb)
            content = await response.read()
        self.seen.append((found[0].operation.id, response.status))
        return json.loads(content) if content.startswith((b"{", b"[")) else content.decode("latin-1").strip()


Provocation = Callable[[Client], Awaitable[None]]
PROVOCATIONS: Final[dict[Status, Provocation]] = {}


def provokes(*statuses: Status) -> Callable[[Provocation], Provocation]:
    """What a function provokes, which is called with a client of a new engine whose registry wants credentials."""

    def register(function: Provocation) -> Provocation:
        PROVOCATIONS.update(dict.fromkeys(statuses, function))
        return function

    return register


@provokes(("ContainerPrune", 409), ("ImagePrune", 409), ("NetworkPrune", 409), ("VolumePrune", 409))
async def two_prunes_at_once(client: Client) -> None:
    """Docker 20.10, 26.1 and 28.5 refuse the second with these words, if the first has not ended."""
    for kind in ("containers", "images", "networks", "volumes"):
        answers = await asyncio.gather(*(client.ask("POST", f"/{kind}/prune") for _ in range(2)))
        assert {"message": "a prune operation is already running"} in answers


@provokes(("ImageCommit", 409), ("ContainerExport", 409))
async def used_while_it_is_removed(client: Client) -> None:
    """Docker 28.5 and 26.1 refuse both with these words while the removal takes its time."""
    for verb, path, what in (
        ("POST", "/commit?container={}&pause=0", "commit"),
        ("GET", "/containers/{}/export", "export"),
    ):
        made = await client.ask("POST", "/containers/create", {"Image": "busybox", "Cmd": ["sleep", "300"]})
        await client.ask("POST", f"/containers/{made['Id']}/start")

        async def later(steps: int, verb: str = verb, path: str = path.format(made["Id"])) -> Any:
            for _ in range(steps):
                await asyncio.sleep(0)
            return await client.ask(verb, path)

        _, *answers = await asyncio.gather(
            client.ask("DELETE", f"/containers/{made['Id']}?force=1"), *(later(steps) for steps in range(20))
        )
        assert {"message": f"You cannot {what} container {made['Id']} which is being removed"} in answers


@provokes(("NetworkInspect", 400))
async def a_prefix_of_several_networks(client: Client) -> None:
    """Of seventeen IDs, two begin with the same digit."""
    digits = [(await client.ask("POST", "/networks/create", {"Name": f"n{number}"}))["Id"][0] for number in range(17)]
    digit = next(digit for digit in digits if digits.count(digit) > 1)
    refused = await client.ask("GET", f"/networks/{digit}")
    assert re.fullmatch(rf"\d+ matches found based on ID prefix: network {digit} is ambiguous", refused["message"])


@provokes(("VolumeCreate", 404))
async def a_volume_of_an_unknown_driver(client: Client) -> None:
    """Docker 20.10, 26.1 and 28.5 say so after looking for a plugin for a quarter of a minute."""
    refused = await client.ask("POST", "/volumes/create", {"Name": "data", "Driver": "nosuch"})
    assert refused == {
        "message": 'create data: error looking up volume plugin nosuch: plugin "nosuch" not found',
    }


@provokes(("DistributionInspect", 401))
async def a_registry_that_wants_credentials(client: Client) -> None:
    """Engines before 29 say the same with the status 500."""
    refused = await client.ask("GET", "/distribution/private:1/json")
    assert refused == {"message": "no basic auth credentials"}


class Failing(WrappingEngine):
    """An engine that fails at an operation, once the server knows what it is."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(MemoryEngine(seed=1))
        self._binding = binding
        self.fails = False

    async def around(self, operation: Operation, arguments: dict[str, object], call: Call) -> object:
        if self.fails and operation == self._binding.operation:
            raise InternalError("the disk is full")
        return await call()


def least(binding: Binding, version: Version) -> tuple[str, Any, dict[str, str]]:
    """The path, body and headers of the shortest request that an operation takes."""
    wanted = {name: "1" for name, own in binding.arguments.items() if own.place is Place.PATH}
    query = [
        f"{own.name}=1"
        for own in binding.arguments.values()
        if own.place is Place.QUERY and own.parameter.required and version in own.parameter.span
    ]
    body: Any = None
    if binding.json_argument is not None:
        body = [] if str(binding.json_argument.kind).startswith("list") else {}
    headers = {}
    if binding.response is bindings.ResponseKind.WEBSOCKET:
        headers = {"Upgrade": "websocket", "Sec_WebSocket_Version": WEBSOCKET_VERSION, "Sec_WebSocket_Key": new_key()}
    elif binding.response is bindings.ResponseKind.DUPLEX:
        headers = {"Upgrade": binding.upgrade}
    if headers:
        headers["Connection"] = "Upgrade"
    return fill(binding.path, wanted) + ("?" + "&".join(query) if query else ""), body, headers


def versions_of(status: Status) -> list[Version]:
    """The oldest and the newest version that documents a status."""
    found = [version for version in VERSIONS if status in documented(version)]
    return sorted({found[0], found[-1]}) if found else []


@pytest.mark.parametrize("binding", BINDINGS, ids=lambda binding: binding.operation.id)
def test_an_engine_that_fails(binding: Binding) -> None:
    status = (binding.operation.id, 500)
    for version in versions_of(status):
        engine = Failing(binding)
        client = Client(engine, version)
        path, body, headers = least(binding, version)

        async def scenario(
            client: Client = client,
            engine: Failing = engine,
            path: str = path,
            body: Any = body,
            headers: dict[str, str] = headers,
        ) -> Any:
            await client.ask("GET", "/_ping")
            engine.fails = True
            return await client.ask(binding.verb, path, body, **headers)

        answer = asyncio.run(scenario())
        assert client.seen[1:] == [status]
        words = "the disk is full"
        assert answer in ({"message": words}, words) or (binding.verb == "HEAD" and answer == "")


@pytest.mark.parametrize("status", PROVOCATIONS, ids=lambda status: f"{status[0]}-{status[1]}")
def test_what_is_provoked_here(status: Status) -> None:
    assert versions_of(status)
    for version in versions_of(status):

        async def scenario(version: Version = version) -> list[Status]:
            async with MemoryEngine(seed=1, accounts={"user": "secret"}) as engine:
                client = Client(engine, version)
                await PROVOCATIONS[status](client)
                return client.seen

        assert status in asyncio.run(scenario())


def _reason(status: Status) -> str | None:
    return next(
        (
            reason
            for (pattern, statuses), reason in OUT_OF_REACH.items()
            if fnmatchcase(status[0], pattern) and str(status[1]) in statuses.split()
        ),
        None,
    )


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_every_documented_status_is_provoked(version: Version) -> None:
    left = {
        status
        for status in documented(version) - shown(version) - PROVOCATIONS.keys()
        if status[1] != 500 and _reason(status) is None
    }
    assert not left, "neither an example nor a provocation shows these"


def test_nothing_is_out_of_reach_that_is_shown() -> None:
    known = {status for version in VERSIONS for status in documented(version)}
    for status in known:
        if _reason(status) is not None and status[1] != 500:
            assert status not in PROVOCATIONS
            assert any(status in documented(each) and status not in shown(each) for each in VERSIONS), status
    for pattern, statuses in OUT_OF_REACH:
        for code in statuses.split():
            assert any(fnmatchcase(name, pattern) and str(one) == code for name, one in known), (pattern, code)
