"""A reference server in a thread of its own, for clients that block and clients that do not."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine_api.engines.memory.engine import MemoryEngine
from engine_api.server import app
from engine_api.server.host import Host


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the reference server listens."""
    path: Path = tmp_path_factory.mktemp("client") / "docker.sock"
    ready = threading.Event()
    loops: list[tuple[asyncio.AbstractEventLoop, Host]] = []

    async def serve() -> None:
        async with MemoryEngine() as engine:
            host = Host(app(engine), [f"unix://{path}"])
            loops.append((asyncio.get_running_loop(), host))
            await host.serve(lambda address: ready.set())

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    yield f"unix://{path}"
    loop, host = loops[0]
    loop.call_soon_threadsafe(host.stop)
    thread.join(10)
    assert not thread.is_alive()
