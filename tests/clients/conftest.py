"""Unmodified clients against `engine-api serve`, or against the engine that TEST_DOCKER_HOST names."""

import gc
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

REGISTRY = os.environ.get("TEST_REGISTRY", "registry.example")
"""A registry that the engine under test reaches."""

needs_registry = pytest.mark.skipif(
    "TEST_DOCKER_HOST" in os.environ and "TEST_REGISTRY" not in os.environ, reason="TEST_REGISTRY names no registry"
)
needs_hub = pytest.mark.skipif("TEST_DOCKER_HOST" in os.environ, reason="the engine under test may have no registry")


@contextmanager
def served(socket: Path, *options: str) -> Iterator[str]:
    """Run `engine-api serve` on a socket and return its address."""
    address = f"unix://{socket}"
    server = subprocess.Popen(
        [sys.executable, "-m", "engine_api", "serve", "--host", address, *options], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    assert address in line, line
    yield address
    server.terminate()
    assert server.wait(20) == 0
    server.stdout.close()


@pytest.fixture(scope="session")
def docker_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the engine under test."""
    given = os.environ.get("TEST_DOCKER_HOST")
    if given:
        yield given
        return
    with served(tmp_path_factory.mktemp("engine") / "docker.sock") as address:
        yield address


@pytest.fixture
def name() -> str:
    """A name for a container that no other test uses."""
    return f"t-{uuid.uuid4().hex[:10]}"


@pytest.fixture(scope="session")
def docker_cli(docker_host: str, tmp_path_factory: pytest.TempPathFactory) -> "Docker":
    """The docker command, set up for the engine under test."""
    program = shutil.which("docker")
    if program is None:
        pytest.skip("there is no docker command on this machine")
    return Docker(program, docker_host, tmp_path_factory.mktemp("docker-config"))


@pytest.fixture
def client(docker_host: str, name: str) -> Iterator[Any]:
    """docker-py's; the containers and the images go afterwards that have the test's name."""
    docker = pytest.importorskip("docker")
    client = docker.DockerClient(base_url=docker_host, timeout=30)
    yield client
    for container in client.containers.list(all=True, filters={"name": name}):
        container.remove(force=True, v=True)
    for image in client.images.list():
        for tag in image.tags:
            if name in tag:
                client.images.remove(tag, force=True)
    client.close()
    gc.collect()


class Docker:
    """Runs the docker command."""

    def __init__(self, program: str, host: str, config: Path) -> None:
        self.program = program
        self.environment = {"PATH": os.environ["PATH"], "DOCKER_HOST": host, "DOCKER_CONFIG": str(config)}

    def run(
        self, *arguments: str, input: bytes | None = None, timeout: float = 30
    ) -> subprocess.CompletedProcess[bytes]:
        """Run it to its end, whatever its exit code."""
        return subprocess.run(
            [self.program, *arguments],
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            env=self.environment,
            timeout=timeout,
        )

    def __call__(self, *arguments: str, input: bytes | None = None, timeout: float = 30) -> str:
        """Run it and give what it printed; it must succeed."""
        done = self.run(*arguments, input=input, timeout=timeout)
        assert done.returncode == 0, (arguments, done.returncode, done.stdout, done.stderr)
        return done.stdout.decode()

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start it, with pipes."""
        return subprocess.Popen(
            [self.program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
        )
