"""`engine-api serve --state` in a process that can be killed and is there again at once."""

import contextlib
import multiprocessing
import os
import signal
import socket
import sys
import time
from pathlib import Path

import docker

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["engine_api.cli", "engine_api.engines.memory.engine", "engine_api.server.host", "engine_api.server"]
)


def _serve(arguments: list[str], log: str) -> None:
    from engine_api.cli import main

    with open(log, "a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        sys.exit(main(arguments))


class Killable:
    """The command, which keeps its state in a folder.

    Args:
        folder: where the state, the socket and what the command prints are.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self.state = folder / "state"
        self.socket = folder / "docker.sock"
        self.log = folder / "log"
        self._options = options

    def start(self) -> docker.APIClient:
        """Start it, and give a client of it."""
        self.socket.unlink(missing_ok=True)
        arguments = ["serve", "--host", f"unix://{self.socket}", "--state", str(self.state), *self._options]
        self._process = _CONTEXT.Process(target=_serve, args=(arguments, str(self.log)))
        self._process.start()
        until = time.monotonic() + 30
        while True:
            with socket.socket(socket.AF_UNIX) as one, contextlib.suppress(OSError):
                one.connect(str(self.socket))
                return self.client()
            assert self._process.is_alive(), self.log.read_text()
            assert time.monotonic() < until
            time.sleep(0.005)

    def client(self) -> docker.APIClient:
        """A client of it."""
        return docker.APIClient(f"unix://{self.socket}", version="1.44", timeout=30)

    def kill(self) -> None:
        """Kill it as it stands."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end."""
        self._end(signal.SIGTERM)
        assert self._process.exitcode == 0, self.log.read_text()

    def _end(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)
        self._process.join(30)
        assert not self._process.is_alive()
