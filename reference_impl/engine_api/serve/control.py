"""Control of the reference engine by HTTP, for tests in any language: what `RunningEngine` does in Python.

    POST   /_control/reset      as at the start: containers, networks, volumes, images, faults
    POST   /_control/load       make what the body says: a JSON document, or a compose file with ?project=NAME
    POST   /_control/snapshot   keep all that there is under ?name=NAME, in place of what had the name
    POST   /_control/restore    go back to what was kept under ?name=NAME; faults stay
    GET    /_control/faults     the faults that are in force
    POST   /_control/faults     put one in force
    DELETE /_control/faults     put all out of force

It is there only where it was asked for, and is as safe as the API itself: who reaches one reaches the other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from engine_api.api.errors import EngineError, InvalidParameter, NotFound
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.seed.document import read_json
from engine_api.engines.memory.seed.sources import Reading, read_compose
from engine_api.engines.memory.state import Snapshot
from engine_api.server.faults import Fault, Faults
from engine_api.server.responses import send_body, send_error
from engine_api.wire.bodies import check_json_type, decode_json, encode_json
from engine_api.wire.media import JSON

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["LIMIT", "PREFIX", "Control", "FaultSettings"]

PREFIX: Final = "/_control/"
"""How the paths of the control API begin."""
LIMIT: Final = 16 * 1024 * 1024
"""How many bytes a body may have."""
_SOURCE: Final = "the body"


class FaultSettings(ApiStruct):
    """A fault on purpose; see `Fault`."""

    operation: str
    """The id of an operation, such as `ContainerStart`, or a pattern, such as `Image*`."""
    status: int | None | UnsetType = UNSET
    """Refuse with this status. Default: null, none."""
    message: str | UnsetType = UNSET
    """What the refusal says."""
    delay: float | UnsetType = UNSET
    """Seconds to wait before anything else. Default: 0."""
    cut: int | None | UnsetType = UNSET
    """Close the connection after so many bytes of the response body. Default: null, never."""
    times: int | None | UnsetType = UNSET
    """How many requests it happens to. Default: null, all."""


class Loaded(ApiStruct):
    """What came of a document."""

    warnings: list[str]
    """What was left out of it, for people to read."""


class Control:
    """An application with the control API in front.

    Args:
        app: the application.
        engine: the engine behind it.
        faults: the faults that happen in it.
        seeds: what the engine has from the start; it has them again after a reset.
        keep: called after each change, before its response.
    """

    def __init__(
        self,
        app: ASGIApp,
        engine: MemoryEngine,
        faults: Faults,
        seeds: Sequence[Path] = (),
        keep: Callable[[], object] = lambda: None,
    ) -> None:
        self._app = app
        self._keep = keep
        self._engine = engine
        self._faults = faults
        self._seeds = seeds
        self._snapshots: dict[str, Snapshot] = {}
        self._actions: dict[tuple[str, str], Callable[[Scope, bytes], Awaitable[object]]] = {
            ("POST", "reset"): self._reset,
            ("POST", "load"): self._load,
            ("POST", "snapshot"): self._snapshot,
            ("POST", "restore"): self._restore,
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        try:
            action = self._actions.get((scope["method"], scope["path"].removeprefix(PREFIX)))
            if action is None:
                raise NotFound("page not found")
            result = await action(scope, await _body(receive))
            if scope["method"] != "GET":
                self._keep()
        except EngineError as error:
            await send_error(send, error, {})
            return
        if result is None:
            await send_body(send, 204, {})
        else:
            await send_body(send, 200, {"Content-Type": JSON}, encode_json(result))

    async def _reset(self, scope: Scope, body: bytes) -> None:
        self._faults.clear()
        await self._engine.reset()
        for path in self._seeds:
            await self._engine.load(path)

    async def _load(self, scope: Scope, body: bytes) -> Loaded:
        media = _header(scope, b"content-type").partition(";")[0].strip().lower()
        if media in ("application/yaml", "application/x-yaml", "text/yaml"):
            reading = read_compose(body, _SOURCE, project=_query(scope, "project"))
        else:
            check_json_type(media)
            reading = Reading(read_json(body, _SOURCE), _SOURCE)
        await self._engine.load(reading)
        return Loaded(warnings=list(reading.warnings))

    async def _snapshot(self, scope: Scope, body: bytes) -> None:
        self._snapshots[_query(scope, "name") or ""] = self._engine.snapshot()

    async def _restore(self, scope: Scope, body: bytes) -> None:
        name = _query(scope, "name") or ""
        if name not in self._snapshots:
            raise NotFound(f"no snapshot has the name {name!r}")
        await self._engine.restore(self._snapshots[name])

    async def _list_faults(self, scope: Scope, body: bytes) -> list[FaultSettings]:
        return [
            FaultSettings(
                operation=fault.operation,
                status=fault.status,
                message=fault.message,
                delay=fault.delay,
                cut=fault.cut,
                times=fault.times,
            )
            for fault in self._faults
        ]

    async def _add_fault(self, scope: Scope, body: bytes) -> None:
        check_json_type(_header(scope, b"content-type"))
        settings = decode_json(body, FaultSettings)
        if settings is None:
            raise InvalidParameter("a fault has an Operation")
        said = {name: getattr(settings, name) for name in settings.__struct_fields__}
        try:
            self._faults.add(Fault(**{name: value for name, value in said.items() if value is not UNSET}))
        except ValueError as error:
            raise InvalidParameter(str(error)) from None

    async def _clear_faults(self, scope: Scope, body: bytes) -> None:
        self._faults.clear()


def _query(scope: Scope, name: str) -> str | None:
    """The first value of a query's key."""
    query: bytes = scope["query_string"]
    found = parse_qs(query.decode("latin-1")).get(name)
    return found[0] if found else None


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


async def _body(receive: Receive) -> bytes:
    found = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise InvalidParameter("the body broke off")
        found += message.get("body", b"")
        if len(found) > LIMIT:
            raise InvalidParameter(f"the body has more than {LIMIT} bytes")
        if not message.get("more_body", False):
            return bytes(found)
