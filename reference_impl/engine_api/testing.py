"""An engine for tests, without Docker: a pytest fixture, and a context manager for everything else.

    def test_it(engine):
        client = docker.from_env()          # DOCKER_HOST is set
        assert client.containers.run("busybox", ["echo", "hello"]) == b"hello\\n"

The server runs in a thread of its own for the whole session; between tests the engine is reset, which takes less than a
millisecond. The fixture is there as soon as the package is installed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pytest

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

    from engine_api.engines.memory.engine import MemoryEngine
    from engine_api.engines.memory.seed.document import Seed
    from engine_api.engines.memory.state import Snapshot
    from engine_api.server.faults import Faults

__all__ = ["RunningEngine", "engine", "engine_session", "running_engine"]

T = TypeVar("T")
Source: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any] | Seed"
"""What can be loaded."""


class RunningEngine:
    """An in-memory engine that clients reach over a unix socket.

    Attributes:
        host: its address, as `DOCKER_HOST` has it.
        memory: the engine itself. Use it in `call` only: it lives on another thread's event loop.
        loop: that event loop.
    """

    _faults: Faults | None = None
    _seeds: Sequence[Source] = ()

    def __init__(
        self,
        host: str,
        memory: MemoryEngine,
        loop: asyncio.AbstractEventLoop,
        faults: Faults | None = None,
        seeds: Sequence[Source] = (),
    ) -> None:
        self.host = host
        self.memory = memory
        self.loop = loop
        self._faults = faults
        self._seeds = seeds

    def call(self, function: Callable[[MemoryEngine], Any]) -> Any:
        """Call a function, or an async one, with the engine on its own loop, and give its result.

        Args:
            function: such as `lambda engine: engine.containers.list(all=True)`.
        """
        import asyncio
        import inspect

        async def run() -> Any:
            result = function(self.memory)
            return await result if inspect.isawaitable(result) else result

        future: Future[Any] = asyncio.run_coroutine_threadsafe(run(), self.loop)
        return future.result()

    def program(self, image: str, **options: Any) -> Callable[[T], T]:
        """Register a program for an image; see `MemoryEngine.program`. It stays over resets."""

        def register(function: T) -> T:
            self.call(lambda engine: engine.program(image, **options)(function))  # type: ignore[type-var]
            return function

        return register

    def fault(self, operation: str, **settings: Any) -> None:
        """Let an operation fail on purpose until the next reset.

        Args:
            operation: its id, such as `ContainerStart`, or a pattern, such as `Image*`.
            settings: `status` and `message`, `delay` in seconds, `cut` in bytes, `times`; see `Fault`.

        Raises:
            ValueError: there is no such operation, or a setting makes no sense.
        """
        from engine_api.server.faults import Fault

        fault = Fault(operation, **settings)
        assert self._faults is not None
        faults = self._faults
        self.call(lambda engine: faults.add(fault))

    def load(self, source: Source, *, project: str | None = None) -> Sequence[str]:
        """Make what a JSON document or a compose file says, until the next reset.

        Args:
            source: the path of a file, or a document as Python has it; see `MemoryEngine.load`.
            project: the project's name, for a compose file. Default: as docker compose has it.

        Returns:
            What was left out, for people to read; mostly nothing.

        Raises:
            SeedError: something in it is wrong, or the engine refuses it.
        """
        left_out: Sequence[str] = self.call(lambda engine: engine.load(source, project=project))
        return left_out

    def snapshot(self) -> Snapshot:
        """All that it has, to go back to with `restore`; faults are no part of it."""
        found: Snapshot = self.call(lambda engine: engine.snapshot())
        return found

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to what an engine was; what ran then is started anew. See `MemoryEngine.restore`."""
        self.call(lambda engine: engine.restore(snapshot))

    def reset(self) -> None:
        """Forget every container, exec, volume and fault, and have what was there at the start."""
        if self._faults is not None:
            self._faults.clear()
        self.call(lambda engine: engine.reset())
        for source in self._seeds:
            self.load(source)


@contextmanager
def running_engine(*, load: Sequence[Source] = (), **options: Any) -> Iterator[RunningEngine]:
    """Run an in-memory engine on a temporary unix socket, in a thread of its own.

    Args:
        load: what it has from the start, and again after each reset: paths of JSON documents and compose files, or
            such documents as Python has them; see `MemoryEngine.load`.
        options: those of `MemoryEngine`: `clock`, `seed`, `catalogue`, `accounts` and so on.

    Raises:
        SeedError: what is to be loaded is wrong.
    """
    import asyncio
    import threading

    from engine_api.engines.memory.engine import MemoryEngine
    from engine_api.openapi import encoded
    from engine_api.server import app
    from engine_api.server.faults import FaultInjector, Faults
    from engine_api.server.host import Host

    ready = threading.Event()
    found: list[tuple[RunningEngine, Host]] = []
    failed: list[BaseException] = []

    async def serve(path: Path) -> None:
        async with MemoryEngine(**options) as memory:
            for source in load:
                await memory.load(source)
            faults = Faults()
            host = Host(app(memory, documents=encoded, around=[FaultInjector(faults)]), [f"unix://{path}"])
            found.append((RunningEngine(f"unix://{path}", memory, asyncio.get_running_loop(), faults, load), host))
            await host.serve(lambda address: ready.set())

    def run(path: Path) -> None:
        try:
            asyncio.run(serve(path))
        except BaseException as error:
            failed.append(error)
        finally:
            ready.set()

    with tempfile.TemporaryDirectory(prefix="engine-api-") as folder:
        thread = threading.Thread(target=run, args=(Path(folder) / "docker.sock",), name="engine-api", daemon=True)
        thread.start()
        ready.wait()
        if failed:
            raise failed[0]
        running, host = found[0]
        try:
            yield running
        finally:
            running.loop.call_soon_threadsafe(host.stop)
            thread.join()


@pytest.fixture(scope="session")
def engine_session() -> Iterator[RunningEngine]:
    """The engine of the session, which `engine` resets."""
    with running_engine() as running:
        yield running


@pytest.fixture
def engine(engine_session: RunningEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningEngine]:
    """An engine that is as new, with `DOCKER_HOST` set to it, and no other variable that could say otherwise."""
    for name in ("DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_HOST", engine_session.host)
    yield engine_session
    engine_session.reset()
