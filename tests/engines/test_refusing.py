"""An engine that refuses everything has everything, and so does one that is made from it."""

import httpx
import pytest

from engine_api.api.engine import Engine
from engine_api.api.errors import NotFound, NotImplementedByEngine
from engine_api.api.system import PingResponse, System, SystemVersion
from engine_api.api.volumes import Volumes
from engine_api.engines.refusing import RefusingEngine, refusing
from engine_api.server import app
from engine_api.wire.bindings import BINDINGS


async def _inspect(self: object, name: str) -> object:
    raise NotFound(f"get {name}: no such volume")


async def _ping(self: object) -> PingResponse:
    return PingResponse(api_version="1.55")


async def _version(self: object) -> SystemVersion:
    return SystemVersion(version="1", api_version="1.55")


class _Own(RefusingEngine):
    system: System = refusing(System, own={"ping": _ping, "version": _version})
    volumes: Volumes = refusing(Volumes, own={"inspect": _inspect})


@pytest.mark.anyio
async def test_every_operation_is_refused_by_name() -> None:
    engine: Engine = RefusingEngine()
    for binding in BINDINGS:
        resource = binding.method.__qualname__.partition(".")[0].lower()
        with pytest.raises(NotImplementedByEngine, match=f"operation {binding.operation.id}$"):
            await getattr(getattr(engine, resource), binding.operation.name)()


@pytest.mark.anyio
async def test_what_is_put_in_is_done() -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app(_Own())), base_url="http://engine") as client:
        answer = await client.get("/v1.44/volumes/one")
        assert (answer.status_code, answer.json()) == (404, {"message": "get one: no such volume"})
        answer = await client.get("/v1.44/volumes")
        assert answer.status_code == 501
        assert answer.json() == {"message": "this engine does not have the operation VolumeList"}
