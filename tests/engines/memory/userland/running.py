"""Runs a script in the simulated userland."""

import asyncio

from engine_api.engines.memory.machine.clock import LoopClock
from engine_api.engines.memory.machine.virtual_time import run
from engine_api.engines.memory.userland.commands import applets
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.images import busybox
from engine_api.engines.memory.userland.pipes import Pipe, PipeReader, Sink
from engine_api.engines.memory.userland.process import Sandbox
from engine_api.engines.memory.userland.programs import User
from engine_api.engines.memory.userland.shell import sh


def execute(
    script: str, stdin: bytes = b"", *, virtual: bool = True, folder: str = "/", umask: int | None = None
) -> tuple[str, int]:
    """What it prints on both outputs, and its exit code."""

    async def scenario() -> tuple[str, int]:
        output = bytearray()

        async def write(data: bytes) -> None:
            output.extend(data)

        filesystem = FileSystem(busybox())
        filesystem.mkdir(folder, parents=True)
        sandbox = Sandbox(filesystem, LoopClock(), {**applets(), "sh": sh}, hostname="host", umask=umask)
        pipe = Pipe()
        if stdin:
            pipe.feed(stdin)
        pipe.end()
        process = sandbox.start(
            ["sh", "-c", script],
            env={
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOSTNAME": "host",
                "HOME": "/root",
            },
            cwd=folder,
            user=User(),
            stdin=PipeReader(pipe),
            stdout=Sink(write),
            stderr=Sink(write),
        )
        code = await process.wait()
        await sandbox.close()
        assert len(asyncio.all_tasks()) == 1
        return output.decode("latin-1"), code

    return run(scenario()) if virtual else asyncio.run(scenario())
