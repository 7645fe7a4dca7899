"""Clients side by side, on the same server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
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


class _Peers:
    """The clients that are compared, on one server."""

    names = ("Client", "docker-py", "AsyncClient", "aiodocker")

    def __init__(self, target: Target) -> None:
        self.target = target
        self.loop = asyncio.new_event_loop()
        self.ours = Client(target.host)
        self.theirs = docker.APIClient(target.host, timeout=600)
        self.ours_async = AsyncClient(target.host)
        self.theirs_async = self.loop.run_until_complete(self._open_aiodocker())

    async def _open_aiodocker(self) -> aiodocker.Docker:
        return aiodocker.Docker(url=self.target.host)

    def waiting(self, call: Callable[[], Awaitable[Any]]) -> Callable[[], Any]:
        """Return a blocking form of an asynchronous call."""

        async def run() -> Any:
            return await call()

        return lambda: self.loop.run_until_complete(run())

    def cases(self) -> dict[str, tuple[Callable[[], Any] | None, ...]]:
        """Return the calls of each measurement, in the order of `names`; None for a client that lacks it."""
        ours, theirs, ours_async, theirs_async = self.ours, self.theirs, self.ours_async, self.theirs_async
        one = self.target.containers[0]
        return {
            "ping": (ours.system.ping, theirs.ping, self.waiting(lambda: ours_async.system.ping()), None),
            "version": (
                ours.system.version,
                theirs.version,
                self.waiting(lambda: ours_async.system.version()),
                self.waiting(lambda: theirs_async.version()),
            ),
            f"list of {len(self.target.containers)}": (
                lambda: ours.containers.list(all=True),
                lambda: theirs.containers(all=True),
                self.waiting(lambda: ours_async.containers.list(all=True)),
                self.waiting(lambda: theirs_async.containers.list(all=True)),
            ),
            "inspect": (
                lambda: ours.containers.inspect(one),
                lambda: theirs.inspect_container(one),
                self.waiting(lambda: ours_async.containers.inspect(one)),
                self.waiting(lambda: theirs_async.containers.get(one)),
            ),
            "create and remove": (
                lambda: ours.containers.delete(ours.containers.create(_REQUEST).id),
                lambda: theirs.remove_container(
                    theirs.create_container("busybox", ["true"], labels={LABEL: "1"})["Id"]
                ),
                self.waiting(self._create_async),
                self.waiting(self._create_aiodocker),
            ),
        }

    async def _create_async(self) -> None:
        created = await self.ours_async.containers.create(_REQUEST)
        await self.ours_async.containers.delete(created.id)

    async def _create_aiodocker(self) -> None:
        created = await self.theirs_async.containers.create(_CONFIG)
        await created.delete()

    def readers(self) -> dict[str, Callable[[float], int]]:
        """Return what reads the log until a time, and returns how many bytes it read, by the client's name."""
        return {
            "Client": self._log,
            "docker-py": self._log_docker_py,
            "AsyncClient": lambda until: self.loop.run_until_complete(self._log_async(until)),
            "aiodocker": lambda until: self.loop.run_until_complete(self._log_aiodocker(until)),
        }

    def _log(self, until: float) -> int:
        total = 0
        with self.ours.containers.logs(self.target.logger, stdout=True) as output:
            for chunk in output:
                total += len(chunk.data)
                if time.perf_counter() > until:
                    break
        return total

    def _log_docker_py(self, until: float) -> int:
        total = 0
        for data in self.theirs.logs(self.target.logger, stdout=True, stream=True):
            total += len(data)
            if time.perf_counter() > until:
                break
        return total

    async def _log_async(self, until: float) -> int:
        total = 0
        async with await self.ours_async.containers.logs(self.target.logger, stdout=True) as output:
            async for chunk in output:
                total += len(chunk.data)
                if time.perf_counter() > until:
                    break
        return total

    async def _log_aiodocker(self, until: float) -> int:
        total = 0
        lines = self.theirs_async.containers.container(self.target.logger).log(stdout=True, follow=True)
        async with aclosing(cast("AsyncGenerator[str]", lines)) as output:
            async for text in output:
                total += len(text)
                if time.perf_counter() > until:
                    break
        return total

    def close(self) -> None:
        """Close every client."""
        self.ours.close()
        self.theirs.close()
        self.loop.run_until_complete(self.ours_async.aclose())
        self.loop.run_until_complete(self.theirs_async.close())
        self.loop.close()


def measure(name: str, target: Target, *, seconds: float, repeats: int, reading: float) -> dict[str, dict[str, Figure]]:
    """Return all measurements of clients on one server.

    Args:
        name: what to call it.
        target: the server.
        seconds: the length of one turn.
        repeats: how many turns each has.
        reading: how many seconds each reads the log for at the most.
    """
    peers = _Peers(target)
    found: dict[str, dict[str, Figure]] = {}
    try:
        for what, calls in peers.cases().items():
            say(f"clients on {name}: {what}")
            able = {peer: call for peer, call in zip(peers.names, calls, strict=True) if call is not None}
            clocks = dict.fromkeys(able, time.process_time)
            found[what] = rounds(able, clocks, seconds=seconds, repeats=repeats)
        say(f"clients on {name}: log stream")
        found["log stream"] = throughput(peers.readers(), seconds=reading)
        return found
    finally:
        peers.close()
