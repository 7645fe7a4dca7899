"""testcontainers, unmodified, with a program of our own in place of a database."""

from typing import Any

import pytest

from engine_api.testing import RunningEngine

pytest.importorskip("testcontainers", reason="testcontainers is not installed")


def test_a_fake_postgres_is_waited_for_and_used(engine: RunningEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)

    @engine.program("postgres:16", ports=["5432/tcp"], env={"PGDATA": "/var/lib/postgresql/data"})
    async def postgres(process: Any) -> int:
        await process.print("user is", process.env["POSTGRES_USER"])
        await process.print("database system is ready to accept connections")
        async for _ in process.signals():
            await process.print("shutting down")
            return 0
        return 1

    ready = LogMessageWaitStrategy("database system is ready to accept connections")
    with DockerContainer("postgres:16").with_env("POSTGRES_USER", "me").waiting_for(ready) as container:
        stdout, _ = container.get_logs()
        assert b"user is me" in stdout
        code, output = container.exec(["sh", "-c", "echo $PGDATA; exit 3"])
        assert (code, output) == (3, b"/var/lib/postgresql/data\n")
        wrapped = container.get_wrapped_container()
        assert wrapped.status in ("created", "running")
    assert engine.call(lambda memory: memory.containers.list(all=True)) == []
