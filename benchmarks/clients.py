"""Clients side by side, on the same server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from typing import Any, cast

import aiodocker
import docker

from benchmarks.measure import Figure, rounds, say, throughput
from benchmarks.servers import LABEL, Target
from engine_api.api import ContainerCreateRequest
from engine_api.client import AsyncClient, Client

__all__ = ["measure"]

_REQUEST = ContainerCreateRequest(image="busybox", cmd=["true"], labels={LABEL: "1"})
_CONFIG: dict[str, Any] = {"Image": "busybox", "Cmd": ["true"], "Labels": {LABEL: "1"}}


def measure(name: str, target: Target, *, seconds: float, repeats: int, reading: float) -> dict[str, dict[str, Figure]]:
    """All measurements of clients on one server.

    Args:
        name: what to call it.
        target: the server.
        seconds: the length of one turn.
        repeats: how many turns each has.
        reading: how many seconds each reads the log for at the most.
    """
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

    def ours_log(until: float) -> int:
        total = 0
        with ours.containers.logs(logger, stdout=True) as output:
            for chunk in output:
                total += len(chunk.data)
                if time.perf_counter() > until:
                    break
        return total

    def theirs_log(until: float) -> int:
        total = 0
        for data in theirs.logs(logger, stdout=True, stream=True):
            total += len(data)
            if time.perf_counter() > until:
                break
        return total

    async def ours_log_async(until: float) -> int:
        total = 0
        async with await ours_async.containers.logs(logger, stdout=True) as output:
            async for chunk in output:
                total += len(chunk.data)
                if time.perf_counter() > until:
                    break
        return total

    async def theirs_log_async(until: float) -> int:
        total = 0
        lines = theirs_async.containers.container(logger).log(stdout=True, follow=True)
        async with aclosing(cast("AsyncGenerator[str]", lines)) as output:
            async for text in output:
                total += len(text)
                if time.perf_counter() > until:
                    break
        return total

    def run(read: Callable[[float], Coroutine[Any, Any, int]]) -> Callable[[float], int]:
        return lambda until: loop.run_until_complete(read(until))

    names = ("Client", "docker-py", "AsyncClient", "aiodocker")

    def compare(*calls: Callable[[], Any] | None) -> dict[str, Figure]:
        peers = {name: call for name, call in zip(names, calls, strict=True) if call is not None}
        return rounds(peers, dict.fromkeys(peers, time.process_time), seconds=seconds, repeats=repeats)

    cases: dict[str, tuple[Callable[[], Any] | None, ...]] = {
        "ping": (ours.system.ping, theirs.ping, waiting(lambda: ours_async.system.ping()), None),
        "version": (
            ours.system.version,
            theirs.version,
            waiting(lambda: ours_async.system.version()),
            waiting(lambda: theirs_async.version()),
        ),
        f"list of {len(target.containers)}": (
            lambda: ours.containers.list(all=True),
            lambda: theirs.containers(all=True),
            waiting(lambda: ours_async.containers.list(all=True)),
            waiting(lambda: theirs_async.containers.list(all=True)),
        ),
        "inspect": (
            lambda: ours.containers.inspect(one),
            lambda: theirs.inspect_container(one),
            waiting(lambda: ours_async.containers.inspect(one)),
            waiting(lambda: theirs_async.containers.get(one)),
        ),
        "create and remove": (
            ours_create,
            theirs_create,
            waiting(ours_create_async),
            waiting(theirs_create_async),
        ),
    }
    found: dict[str, dict[str, Figure]] = {}
    try:
        for what, calls in cases.items():
            say(f"clients on {name}: {what}")
            found[what] = compare(*calls)
        say(f"clients on {name}: log stream")
        readers = (ours_log, theirs_log, run(ours_log_async), run(theirs_log_async))
        found["log stream"] = throughput(dict(zip(names, readers, strict=True)), seconds=reading)
        return found
    finally:
        ours.close()
        theirs.close()
        loop.run_until_complete(ours_async.aclose())
        loop.run_until_complete(theirs_async.close())
        loop.close()
