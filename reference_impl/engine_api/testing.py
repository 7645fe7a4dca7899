"""An engine for tests, without Docker: a pytest fixture, and a context manager for everything else.

    def test_it(engine):
        client = docker.from_env()          # DOCKER_HOST is set
        assert client.containers.run("busybox", ["echo", "hello"]) == b"hello\\n"

The server runs in its own thread for the whole session. The engine is reset between tests, which takes less than a
millisecond. Installing the package registers the fixture.
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
"""A path, a document, or a seed."""


class RunningEngine:
    """An in-memory engine that clients reach over a unix socket.

    Attributes:
        host: the address, as in `DOCKER_HOST`.
        memory: the engine. Use it only in `call`, since it runs in the event loop of another thread.
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
        """Call a function with the engine in its event loop, and return the result.

        Args:
            function: a function or coroutine function, such as `lambda engine: engine.containers.list(all=True)`.
        """
        import asyncio
        import inspect

        async def run() -> Any:
            result = function(self.memory)
            return await result if inspect.isawaitable(result) else result

        future: Future[Any] = asyncio.run_coroutine_threadsafe(run(), self.loop)
        return future.result()

    def program(self, image: str, **options: Any) -> Callable[[T], T]:
        """Register a program for an image; see `MemoryEngine.program`. Resets keep programs."""

        def register(function: T) -> T:
            self.call(lambda engine: engine.program(image, **options)(function))  # type: ignore[type-var]
            return function

        return register

    def fault(self, operation: str, **settings: Any) -> None:
        """Make an operation fail until the next reset.

        Args:
            operation: the operation's ID, such as `ContainerStart`, or a pattern, such as `Image*`.
            settings: `status` and `message`, `delay` in seconds, `cut` in bytes, `times`; see `Fault`.

        Raises:
            ValueError: no operation has this name, or a setting is invalid.
        """
        from engine_api.server.faults import Fault

        fault = Fault(operation, **settings)
        assert self._faults is not None
        faults = self._faults
        self.call(lambda engine: faults.add(fault))

    def load(self, source: Source, *, project: str | None = None) -> Sequence[str]:
        """Create what a JSON document or a compose file describes, until the next reset.

        Args:
            source: the path of a file, or a document as Python values; see `MemoryEngine.load`.
            project: the name of the project of a compose file. Default: as in `docker compose`.

        Returns:
            Warnings about keys that were ignored; usually empty.

        Raises:
            SeedError: the document is invalid, or the engine refuses it.
        """
        left_out: Sequence[str] = self.call(lambda engine: engine.load(source, project=project))
        return left_out

    def snapshot(self) -> Snapshot:
        """Return the state of the engine for `restore`; faults are not part of the state."""
        found: Snapshot = self.call(lambda engine: engine.snapshot())
        return found

    def restore(self, snapshot: Snapshot) -> None:
        """Restore the state of a snapshot; running containers are started again. See `MemoryEngine.restore`."""
        self.call(lambda engine: engine.restore(snapshot))

    def reset(self) -> None:
        """Delete all state and faults, and load the initial documents again."""
        if self._faults is not None:
            self._faults.clear()
        self.call(lambda engine: engine.reset())
        for source in self._seeds:
            self.load(source)


@contextmanager
def running_engine(*, load: Sequence[Source] = (), **options: Any) -> Iterator[RunningEngine]:
    """Run an in-memory engine on a temporary unix socket, in its own thread.

    Args:
        load: initial state, which each reset restores: paths of JSON documents and compose files, or documents as
            Python values; see `MemoryEngine.load`.
        options: options of `MemoryEngine`: `clock`, `seed`, `catalogue`, `accounts` and so on.

    Raises:
        SeedError: a document is invalid.
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
    """Return the engine of the session, which `engine` resets."""
    with running_engine() as running:
        yield running


@pytest.fixture
def engine(engine_session: RunningEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningEngine]:
    """Return an engine in its initial state; `DOCKER_HOST` has its address, and related variables are unset."""
    for name in ("DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_HOST", engine_session.host)
    yield engine_session
    engine_session.reset()
