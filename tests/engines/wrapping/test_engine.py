"""An engine around another one."""

import pytest

from engine_api.api.containers import ContainerCreateRequest, ContainerWaitResponse
from engine_api.api.engine import RESOURCES
from engine_api.api.errors import Forbidden, NotFound
from engine_api.api.operation import Operation
from engine_api.api.volumes import VolumeCreateRequest
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.wrapping import Call, WrappingEngine


@pytest.mark.anyio
async def test_every_operation_passes_through_the_function() -> None:
    class Refusing(WrappingEngine):
        async def around(self, operation: Operation, arguments: dict[str, object], call: Call) -> object:
            seen.append(operation.id)
            raise Forbidden(operation.id)

    seen: list[str] = []
    engine = Refusing(MemoryEngine(seed=1))
    operations = [operation for resource in RESOURCES for operation in resource.operations]
    for operation in operations:
        with pytest.raises(Forbidden, match=operation.id):
            await getattr(getattr(engine, operation.resource), operation.name)()
    assert seen == [operation.id for operation in operations]


@pytest.mark.anyio
async def test_arguments_come_by_their_names_and_may_be_changed() -> None:
    class Renaming(WrappingEngine):
        async def around(self, operation: Operation, arguments: dict[str, object], call: Call) -> object:
            seen.append(dict(arguments))
            if operation.id == "ContainerCreate":
                arguments["name"] = "other"
            return await call()

    seen: list[dict[str, object]] = []
    async with MemoryEngine(seed=1) as memory:
        engine = Renaming(memory)
        request = ContainerCreateRequest(image="busybox")
        created = await engine.containers.create(request, name="web")
        assert seen == [{"config": request, "name": "web"}]
        assert (await engine.containers.inspect("other")).id == created.id
        with pytest.raises(NotFound):
            await engine.containers.inspect(id="web")


@pytest.mark.anyio
async def test_a_result_may_be_replaced_and_a_call_left_out() -> None:
    class Waiting(WrappingEngine):
        async def around(self, operation: Operation, arguments: dict[str, object], call: Call) -> object:
            return ContainerWaitResponse(status_code=7) if operation.id == "ContainerWait" else await call()

    engine = Waiting(MemoryEngine(seed=1))
    assert (await engine.containers.wait("none")).status_code == 7


@pytest.mark.anyio
async def test_resources_are_looked_up_at_each_call() -> None:
    async with MemoryEngine(seed=1) as memory:
        engine = WrappingEngine(memory)
        await engine.volumes.create(VolumeCreateRequest(name="data"))
        assert (await engine.volumes.list()).volumes
        await memory.reset()
        assert not (await engine.volumes.list()).volumes


@pytest.mark.anyio
async def test_wrapped_engines_can_be_wrapped() -> None:
    class Noting(WrappingEngine):
        async def around(self, operation: Operation, arguments: dict[str, object], call: Call) -> object:
            order.append(self)
            return await call()

    order: list[object] = []
    inner = Noting(MemoryEngine(seed=1))
    outer = Noting(inner)
    await outer.system.ping()
    assert order == [outer, inner]
