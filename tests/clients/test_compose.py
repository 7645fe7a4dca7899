"""docker compose, unmodified: two services, a network, a volume, one waits until the other is healthy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import Docker

PROJECT = """
services:
  store:
    image: busybox
    command: sh -c "echo storing; sleep 0.5; touch /data/ready; exec sleep 300"
    volumes: [kept:/data]
    networks: [inner]
    healthcheck:
      test: test -f /data/ready
      interval: 1s
      retries: 20
  web:
    image: busybox
    command: sh -c "ls /data; echo serving; exec sleep 300"
    environment: {COLOUR: red}
    volumes: [kept:/data:ro]
    networks:
      inner:
        aliases: [front]
    depends_on:
      store: {condition: service_healthy}
networks:
  inner: {}
volumes:
  kept: {}
"""


@pytest.fixture
def project(docker_cli: Docker, name: str, tmp_path: Path) -> Iterator["Project"]:
    if docker_cli.run("compose", "version").returncode:
        pytest.skip("there is no docker compose on this machine")
    (tmp_path / "compose.yaml").write_text(PROJECT)
    found = Project(docker_cli, name, tmp_path / "compose.yaml")
    yield found
    docker_cli.run(*found.words("down", "-v", "-t", "0"), timeout=60)


class Project:
    """Runs compose for one project."""

    def __init__(self, docker: Docker, name: str, file: Path) -> None:
        self.docker = docker
        self.name = name
        self.file = file

    def words(self, *arguments: str) -> tuple[str, ...]:
        """The arguments of the docker command."""
        return ("compose", "--ansi", "never", "--progress", "plain", "-p", self.name, "-f", str(self.file), *arguments)

    def __call__(self, *arguments: str) -> str:
        """Run a command that must succeed."""
        return self.docker(*self.words(*arguments), timeout=90)


def test_a_project_comes_up_is_used_and_goes_down(project: Project, docker_cli: Docker) -> None:
    project("up", "-d", "--quiet-pull")
    rows = project("ps", "--format", "{{.Service}} {{.State}} {{.Health}}|").split("|")
    assert sorted(row.strip() for row in rows if row.strip()) == ["store running healthy", "web running"]
    logs = project("logs", "--no-color", "--no-log-prefix").replace("\x1b[2K", "")
    assert sorted(logs.split()) == ["ready", "serving", "storing"]
    assert project("exec", "-T", "web", "sh", "-c", "echo $COLOUR").strip() == "red"
    assert docker_cli.run(*project.words("exec", "-T", "web", "touch", "/data/x")).returncode != 0
    assert project("exec", "-T", "store", "cat", "/etc/hostname").strip()
    labels = ("--filter", f"label=com.docker.compose.project={project.name}")
    assert docker_cli("network", "ls", *labels, "--format", "{{.Name}}").strip() == f"{project.name}_inner"
    assert docker_cli("volume", "ls", *labels, "--format", "{{.Name}}").strip() == f"{project.name}_kept"
    again = project("up", "-d")
    assert "Recreated" not in again
    project("restart", "-t", "0", "web")
    project("down", "-v", "-t", "0")
    for command in (["ps", "-aq"], ["network", "ls", "-q"], ["volume", "ls", "-q"]):
        assert docker_cli(*command, *labels) == ""


def test_run_carries_the_exit_code(project: Project, docker_cli: Docker) -> None:
    done = docker_cli.run(
        *project.words("run", "--rm", "--no-deps", "-T", "web", "sh", "-c", "echo one; exit 4"), timeout=60
    )
    assert (done.stdout, done.returncode) == (b"one\n", 4)


def test_in_the_foreground_it_ends_with_the_last_service(project: Project) -> None:
    project.file.write_text("services:\n  job:\n    image: busybox\n    command: echo done\n")
    for _ in range(3):
        printed = project("up", "--quiet-pull")
        assert "job-1  | done" in printed
        assert "job-1 exited with code 0" in printed
