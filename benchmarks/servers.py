"""Servers side by side, driven by the same few lines on a socket."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure, process_time, rounds, say, throughput

__all__ = ["Target", "measure", "measure_state", "our_server", "prepared"]

LABEL = "docker-engine-api.benchmark"
_PATIENCE = 300.0
"""Seconds after which a server is given up that does not answer."""
LINE = "The quick brown fox jumps over the lazy dog, and on."


class Target:
    """A server on a unix socket, spoken to with one connection that is kept.

    Raises:
        SystemExit: it does not answer, or has no image `busybox`.
    """

    def __init__(self, host: str) -> None:
        if not host.startswith("unix://"):
            raise SystemExit(f"benchmarks: {host}: only unix sockets can be measured alike")
        self.host = host
        self._path = host.removeprefix("unix://")
        self.containers: list[str] = []
        self.logger = ""
        try:
            self._socket = self._connect()
        except OSError as error:
            raise SystemExit(f"benchmarks: {host}: {error.strerror}") from None
        credentials = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        self.pid: int = struct.unpack("3i", credentials)[0]
        if self.ask("GET", "/images/busybox/json")[0] != 200:
            raise SystemExit(f"benchmarks: {host} has no image busybox")

    def _connect(self) -> socket.socket:
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(_PATIENCE)
        made.connect(self._path)
        return made

    def close(self) -> None:
        """Remove what was made, and hang up."""
        for identifier in [*self.containers, *([self.logger] if self.logger else [])]:
            self.ask("DELETE", f"/containers/{identifier}?force=1&v=1")
        self._socket.close()

    def ask(self, method: str, target: str, body: Any = None) -> tuple[int, bytes]:
        """One request on the kept connection: the status and the body."""
        data = b"" if body is None else json.dumps(body).encode()
        kind = "Content-Type: application/json\r\n" if body is not None else ""
        head = f"{method} {target} HTTP/1.1\r\nHost: d\r\n{kind}Content-Length: {len(data)}\r\n\r\n"
        try:
            self._socket.sendall(head.encode() + data)
            buffer = self._more(b"")
        except ConnectionError:  # it was idle for too long
            self._socket.close()
            self._socket = self._connect()
            self._socket.sendall(head.encode() + data)
            buffer = self._more(b"")
        while (end := buffer.find(b"\r\n\r\n")) < 0:
            buffer = self._more(buffer)
        head_bytes, buffer = buffer[:end].lower(), buffer[end + 4 :]
        status = int(head_bytes[9:12])
        at = head_bytes.find(b"content-length:")
        if at >= 0:
            size = int(head_bytes[at + 15 :].split(b"\r\n", 1)[0])
            while len(buffer) < size:
                buffer = self._more(buffer)
            return status, buffer
        if b"transfer-encoding: chunked" not in head_bytes:
            return status, b""
        found = b""
        while True:
            while b"\r\n" not in buffer:
                buffer = self._more(buffer)
            line, _, buffer = buffer.partition(b"\r\n")
            size = int(line, 16)
            while len(buffer) < size + 2:
                buffer = self._more(buffer)
            found, buffer = found + buffer[:size], buffer[size + 2 :]
            if not size:
                return status, found

    def _more(self, buffer: bytes) -> bytes:
        data = self._socket.recv(1 << 18)
        if not data:
            raise ConnectionError(f"{self.host} hung up")
        return buffer + data

    def create(self, command: list[str], **options: Any) -> str:
        """A container with our label."""
        status, body = self.ask(
            "POST", "/containers/create", {"Image": "busybox", "Cmd": command, "Labels": {LABEL: "1"}, **options}
        )
        if status != 201:
            raise SystemExit(f"benchmarks: {self.host}: {body.decode(errors='replace').strip()}")
        identifier: str = json.loads(body)["Id"]
        return identifier

    def create_and_remove(self) -> None:
        """One container more, and less."""
        identifier = self.create(["true"])
        status, _ = self.ask("DELETE", f"/containers/{identifier}")
        assert status == 204, status

    def fill(self, containers: int, megabytes: int) -> None:
        """Make the containers to list, and the one with the log, if it is to have any."""
        for _ in range(containers):
            self.containers.append(self.create(["true"]))
        if not megabytes:
            return
        script = f"yes '{LINE}' | head -c {megabytes * 1_000_000}"
        self.logger = self.create(["sh", "-c", script], HostConfig={"LogConfig": {"Type": "json-file"}})
        assert self.ask("POST", f"/containers/{self.logger}/start")[0] == 204
        assert json.loads(self.ask("POST", f"/containers/{self.logger}/wait")[1])["StatusCode"] == 0

    def read_log(self, until: float) -> int:
        """Read the log as it comes, without a look at it; how many bytes came, frames and all."""
        total = 0
        with self._connect() as one:
            one.sendall(f"GET /containers/{self.logger}/logs?stdout=1 HTTP/1.0\r\nHost: d\r\n\r\n".encode())
            while (data := one.recv(1 << 20)) and time.perf_counter() < until:
                total += len(data)
        return total


@contextmanager
def our_server(*, keeping: bool = False) -> Iterator[str]:
    """`engine-api serve`, as a user runs it; gives its address.

    Args:
        keeping: whether it keeps its state in a directory.
    """
    with tempfile.TemporaryDirectory() as folder:
        address = f"unix://{Path(folder) / 'docker.sock'}"
        options = ["--state", f"{folder}/state"] if keeping else []
        process = subprocess.Popen(
            [sys.executable, "-m", "engine_api", "serve", "--host", address, *options],
            stdout=subprocess.PIPE,
            env=os.environ,
        )
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield address
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()


@contextmanager
def prepared(host: str, containers: int, megabytes: int) -> Iterator[Target]:
    """A server with what the measurements need; it is removed again."""
    target = Target(host)
    try:
        say(f"making {containers} containers and a log of {megabytes} MB on {host}")
        if others := len(json.loads(target.ask("GET", "/containers/json?all=1")[1])):
            say(f"{host} has {others} containers already, which its lists tell, too")
        target.fill(containers, megabytes)
        yield target
    finally:
        say(f"removing them from {host}")
        target.close()


def measure(
    targets: dict[str, Target], *, seconds: float, repeats: int, reading: float
) -> dict[str, dict[str, Figure]]:
    """All measurements of servers.

    Args:
        targets: the servers.
        seconds: the length of one turn.
        repeats: how many turns each has.
        reading: how many seconds each log is read for at the most.
    """

    count = len(next(iter(targets.values())).containers)
    cases: dict[str, Callable[[Target], object]] = {
        "ping": lambda target: target.ask("GET", "/_ping"),
        f"list of {count}": lambda target: target.ask("GET", "/containers/json?all=1"),
        "inspect": lambda target: target.ask("GET", f"/containers/{target.containers[0]}/json"),
        "create and remove": lambda target: target.create_and_remove(),
    }
    found = {what: _each(targets, what, call, seconds, repeats) for what, call in cases.items()}
    say("servers: log stream")
    found["log stream"] = throughput({name: target.read_log for name, target in targets.items()}, seconds=reading)
    return found


def measure_state(*, containers: int, seconds: float, repeats: int) -> dict[str, dict[str, Figure]]:
    """What it costs our server to keep its state, alone and beside other containers."""
    with ExitStack() as stack:
        targets = {
            name: stack.enter_context(prepared(stack.enter_context(our_server(keeping=keeping)), 1, 0))
            for name, keeping in (("with --state", True), ("without", False))
        }
        found = {}
        for count in (1, containers):
            for target in targets.values():
                target.fill(count - len(target.containers), 0)
            what = f"create and remove, beside {count}"
            found[what] = _each(targets, what, Target.create_and_remove, seconds, repeats)
        return found


def _each(
    targets: dict[str, Target], what: str, call: Callable[[Target], object], seconds: float, repeats: int
) -> dict[str, Figure]:
    say(f"servers: {what}")
    return rounds(
        {name: lambda t=target: call(t) and None for name, target in targets.items()},  # type: ignore[misc]
        {name: lambda p=target.pid: process_time(p) for name, target in targets.items()},  # type: ignore[misc]
        seconds=seconds,
        repeats=repeats,
    )
