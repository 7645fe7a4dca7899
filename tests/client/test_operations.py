"""Every operation, from a client through a socket to an engine: what the client is given arrives, and what the engine
answers comes back."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine_api.api.engine import RESOURCES, Engine
from engine_api.api.filters import FilterKeys
from engine_api.api.implementation import Arguments, implement
from engine_api.api.operation import Operation
from engine_api.api.struct import ApiStruct
from engine_api.api.system import PingResponse, SystemVersion
from engine_api.api.versions import NEWEST, Version
from engine_api.client import AsyncClient, Client
from engine_api.engines.holding import HoldingEngine
from engine_api.server import app
from engine_api.server.host import Host
from engine_api.versions.projection import prune
from engine_api.wire import queries
from engine_api.wire.bindings import BINDINGS, Argument, Binding, Place, ResponseKind
from engine_api.wire.bodies import decode_json, encode_json
from tests.values import values

FORMS = (
    ResponseKind.EMPTY,
    ResponseKind.JSON,
    ResponseKind.EARLY_JSON,
    ResponseKind.MESSAGES,
    ResponseKind.DOCUMENTS,
    ResponseKind.BYTES,
)
CALLED = [binding for binding in BINDINGS if binding.response in FORMS]
"""The operations whose answers are values, or several of them; streams of processes have tests of their own."""

FEW = settings(
    max_examples=3,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Echo(HoldingEngine):
    """An engine that notes how it is called, and returns `answer`."""

    def __init__(self) -> None:
        self.called: list[tuple[str, dict[str, object]]] = []
        self.answer: Any = SystemVersion()
        self.hold(**{resource.name: implement(resource.protocol, self._note) for resource in RESOURCES})

    async def _note(self, operation: Operation, arguments: Arguments) -> object:
        given = dict(arguments)
        accepted = given.pop("accepted", None)
        if callable(accepted):
            accepted()
        for name, value in given.items():
            if isinstance(value, AsyncIterator):
                given[name] = b"".join([piece async for piece in value])
        if operation.id == "SystemPing":
            return PingResponse()
        self.called.append((operation.id, given))
        return _several(self.answer) if isinstance(self.answer, list) and operation.streams else self.answer


async def _several(answers: list[Any]) -> AsyncIterator[Any]:
    for answer in answers:
        yield answer


def streams(binding: Binding) -> bool:
    return binding.response in (ResponseKind.MESSAGES, ResponseKind.DOCUMENTS, ResponseKind.BYTES)


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Echo, str]]:
    path: Path = tmp_path_factory.mktemp("echo") / "s"
    engine = Echo()
    ready = threading.Event()
    found: list[tuple[asyncio.AbstractEventLoop, Host]] = []

    async def serve() -> None:
        checked: Engine = engine
        host = Host(app(checked), [f"unix://{path}"])
        found.append((asyncio.get_running_loop(), host))
        await host.serve(lambda address: ready.set())

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20)
    with Client(f"unix://{path}") as client:
        client.system.ping()  # for the headers of all answers the server asks for the engine's version, once
    yield engine, f"unix://{path}"
    loop, host = found[0]
    loop.call_soon_threadsafe(host.stop)
    thread.join(20)
    assert not thread.is_alive()


def version_of(binding: Binding) -> Version:
    return min(NEWEST, binding.operation.span.until)


def pruned(value: Any, version: Version) -> Any:
    """A value with no more than a version has."""
    if isinstance(value, list):
        return [pruned(one, version) for one in value]
    if isinstance(value, dict):
        return {key: pruned(one, version) for key, one in value.items()}
    pruner = prune(type(value), version) if isinstance(value, ApiStruct) else None
    if pruner is None:
        return value
    return decode_json(encode_json(pruner(msgspec.json.decode(encode_json(value)))), type(value))


TEXT = "a text/with: odd & things=é"
NAME = "name-1.x_y"
QUERIES: dict[Any, Any] = {bool: True, int: 7, str: TEXT, Sequence[str]: ["one", "two & three"]}


def drawn(data: st.DataObject, argument: Argument, version: Version) -> Any:
    """A value for an argument."""
    kind = argument.kind
    if argument.place is Place.PATH:
        return NAME
    if argument.place is Place.TAR:
        return [b"some ", b"bytes"]
    if argument.place is Place.QUERY:
        if argument.query is queries.FILTERS:
            marks = getattr(argument.parameter.annotation, "__metadata__", ())
            known = next((mark.keys for mark in marks if isinstance(mark, FilterKeys)), ())
            return {str(getattr(key, "value", key)): ["one", "two"] for key in known[:2]}
        if argument.query is queries.UNIX_TIME:
            return "1136073600.000000001"
        if kind in QUERIES:
            return QUERIES[kind]
    if kind is str:
        return NAME
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is not None and origin not in (list, dict):
        kind = (dict if len(arguments) == 2 else list)[arguments if len(arguments) == 2 else arguments[0]]
    return pruned(data.draw(values(kind)), version)


def kept(value: Any) -> Any:
    """A value as it is compared: the bytes of a stream, lists for sequences, JSON for what holds types."""
    if isinstance(value, list) and value and isinstance(value[0], bytes):
        return b"".join(value)
    return msgspec.to_builtins(value) if not isinstance(value, bytes) else value


def default_of(binding: Binding, name: str) -> Any:
    return binding.operation.parameters[name].default


def answer_of(data: st.DataObject, binding: Binding, version: Version) -> Any:
    if binding.response is ResponseKind.EMPTY:
        return None
    if binding.response is ResponseKind.BYTES:
        return [b"one", b"two"]
    kind = list[binding.result] if streams(binding) else binding.result  # type: ignore[name-defined]
    return pruned(data.draw(values(kind)), version)


async def asynchronous(address: str, binding: Binding, version: Version, arguments: dict[str, Any]) -> Any:
    async with AsyncClient(address, version=version) as client:
        given = {
            name: _several(value) if binding.arguments[name].place is Place.TAR else value
            for name, value in arguments.items()
        }
        answer = await getattr(getattr(client, binding.resource), binding.operation.name)(**given)
        return [one async for one in answer] if streams(binding) else answer


def blocking(address: str, binding: Binding, version: Version, arguments: dict[str, Any]) -> Any:
    with Client(address, version=version) as client:
        answer = getattr(getattr(client, binding.resource), binding.operation.name)(**arguments)
        return list(answer) if streams(binding) else answer


@pytest.mark.parametrize("binding", CALLED, ids=lambda binding: binding.operation.id)
def test_what_a_client_is_given_arrives_and_the_answer_comes_back(binding: Binding, echo: tuple[Echo, str]) -> None:
    engine, address = echo
    version = version_of(binding)

    @FEW
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        arguments = {
            name: drawn(data, argument, version)
            for name, argument in binding.arguments.items()
            if argument.place is not Place.LOCAL and version in argument.parameter.span
        }
        engine.answer = answer_of(data, binding, version)
        for call in (blocking, lambda *given: asyncio.run(asynchronous(*given))):
            engine.called.clear()
            answer = call(address, binding, version, arguments)
            [(operation, arrived)] = engine.called
            assert operation == binding.operation.id
            for name, value in arguments.items():  # what is the default need not be sent
                assert kept(arrived.get(name, default_of(binding, name))) == kept(value), name
            for name in arrived.keys() - arguments.keys():
                assert arrived[name] == default_of(binding, name)
            assert kept(answer) == kept(engine.answer)

    holds()
