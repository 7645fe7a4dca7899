"""Clients side by side, on the same server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiodocker
import docker

from benchmarks.measure import Figure, rounds, throughput
from benchmarks.servers import LABEL, Target
from engine_api.api import ContainerCreateRequest
from engine_api.client import AsyncClient, Client

__all__ = ["measure"]

_REQUEST = ContainerCreateRequest(image="busybox", cmd=["true"], labels={LABEL: "1"})
_CONFIG: dict[str, Any] = {"Image": "busybox", "Cmd": ["true"], "Labels": {LABEL: "1"}}


def measure(target: Target, *, seconds: float, repeats: int) -> dict[str, dict[str, Figure]]:
    """All measurements of clients on one server."""
    loop = asyncio.new_event_loop()
    ours = Client(target.host)
    theirs = docker.APIClient(target.host, timeout=600)
    ours_async = AsyncClient(target.host)

    async def open_aiodocker() -> aiodocker.Docker:
        return aiodocker.Docker(url=target.host)

    theirs_async = loop.run_until_complete(open_aiodocker())
    one, logger = target.containers[0], target.logger

    def waiting(call: Callable[[], Awaitable[Any]]) -> Callable[[], Any]:
        async def run() -> Any:
            return await call()

        return lambda: loop.run_until_complete(run())

    def ours_create() -> None:
        ours.containers.delete(ours.containers.create(_REQUEST).id)

    def theirs_create() -> None:
        theirs.remove_container(theirs.create_container("busybox", ["true"], labels={LABEL: "1"})["Id"])

    async def ours_create_async() -> None:
        created = await ours_async.containers.create(_REQUEST)
        await ours_async.containers.delete(created.id)

    async def theirs_create_async() -> None:
        created = await theirs_async.containers.create(_CONFIG)
        await created.delete()

    def ours_log() -> int:
        with ours.containers.logs(logger, stdout=True) as output:
            return sum(len(chunk.data) for chunk in output)

    async def ours_log_async() -> int:
        total = 0
        async with await ours_async.containers.logs(logger, stdout=True) as output:
            async for chunk in output:
                total += len(chunk.data)
        return total

    def theirs_log() -> int:
        return sum(len(data) for data in theirs.logs(logger, stdout=True, stream=True))

    async def theirs_log_async() -> int:
        container = theirs_async.containers.container(logger)
        total = 0
        async for text in container.log(stdout=True, follow=True):
            total += len(text)
        return total

    names = ("Client", "docker-py", "AsyncClient", "aiodocker")

    def compare(*calls: Callable[[], Any] | None) -> dict[str, Figure]:
        peers = {name: call for name, call in zip(names, calls, strict=True) if call is not None}
        return rounds(peers, dict.fromkeys(peers, time.process_time), seconds=seconds, repeats=repeats)

    try:
        return {
            "ping": compare(ours.system.ping, theirs.ping, waiting(lambda: ours_async.system.ping()), None),
            "version": compare(
                ours.system.version,
                theirs.version,
                waiting(lambda: ours_async.system.version()),
                waiting(lambda: theirs_async.version()),
            ),
            f"list of {len(target.containers)}": compare(
                lambda: ours.containers.list(all=True),
                lambda: theirs.containers(all=True),
                waiting(lambda: ours_async.containers.list(all=True)),
                waiting(lambda: theirs_async.containers.list(all=True)),
            ),
            "inspect": compare(
                lambda: ours.containers.inspect(one),
                lambda: theirs.inspect_container(one),
                waiting(lambda: ours_async.containers.inspect(one)),
                waiting(lambda: theirs_async.containers.get(one)),
            ),
            "create and remove": compare(
                ours_create, theirs_create, waiting(ours_create_async), waiting(theirs_create_async)
            ),
            "log stream": throughput(
                dict(
                    zip(names, (ours_log, theirs_log, waiting(ours_log_async), waiting(theirs_log_async)), strict=True)
                ),
                repeats=1,
            ),
        }
    finally:
        ours.close()
        theirs.close()
        loop.run_until_complete(ours_async.aclose())
        loop.run_until_complete(theirs_async.close())
        loop.close()
