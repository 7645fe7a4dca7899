"""An engine that refuses everything has everything, and so does one that is made from it."""

import httpx
import pytest

from engine_api.api.engine import RESOURCES, Engine
from engine_api.api.errors import NotFound, NotImplementedByEngine
from engine_api.api.implementation import refusing
from engine_api.api.system import PingResponse, System, SystemVersion
from engine_api.api.volumes import Volumes
from engine_api.server import app


async def _inspect(self: object, name: str) -> object:
    raise NotFound(f"get {name}: no such volume")


async def _ping(self: object) -> PingResponse:
    return PingResponse(api_version="1.55")


async def _version(self: object) -> SystemVersion:
    return SystemVersion(version="1", api_version="1.55")


class _Nothing(Engine):
    """An engine that defines no resource."""


class _Own(Engine):
    system: System = refusing(System, own={"ping": _ping, "version": _version})
    volumes: Volumes = refusing(Volumes, own={"inspect": _inspect})


@pytest.mark.anyio
async def test_every_operation_is_refused_by_name() -> None:
    engine = _Nothing()
    for resource in RESOURCES:
        for operation in resource.operations:
            with pytest.raises(NotImplementedByEngine, match=f"operation {operation.id}$"):
                await getattr(getattr(engine, resource.name), operation.name)()


@pytest.mark.anyio
async def test_what_is_put_in_is_done() -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app(_Own())), base_url="http://engine") as client:
        answer = await client.get("/v1.44/volumes/one")
        assert (answer.status_code, answer.json()) == (404, {"message": "get one: no such volume"})
        answer = await client.get("/v1.44/volumes")
        assert answer.status_code == 501
        assert answer.json() == {"message": "this engine does not have the operation VolumeList"}
