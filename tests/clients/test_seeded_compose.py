"""A project that an engine began with, and the one that docker compose makes of the same file: they are alike."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Docker

PROJECT = """
services:
  store:
    image: busybox
    command: sleep 300
    ports: ["22:22", "127.0.0.1::80/udp", "9090-9091:8080-8081"]
    expose: ["7000/tcp"]
    healthcheck: {test: "true", interval: 1s, retries: 5}
    restart: on-failure:3
    logging: {driver: json-file, options: {max-size: 1m}}
  web:
    image: busybox
    command: ["sleep", "300"]
    scale: 2
    user: "1000"
    working_dir: /tmp
    tty: true
    stdin_open: true
    labels: [own=label]
    environment: {ONE: 1, YES: yes, TRUTH: true}
    networks: {inner: {aliases: [front]}, default: {}}
    depends_on: {store: {condition: service_healthy}}
    volumes: ["kept:/data:ro", /anonymous, {type: tmpfs, target: /m}]
    tmpfs: /t
    stop_grace_period: 3s
    cap_add: [NET_ADMIN]
    extra_hosts: ["other:10.0.0.1"]
    mem_limit: 64m
    cpus: 0.5
  named: {image: busybox, command: sleep 300, container_name: a-name, network_mode: none}
networks:
  inner: {internal: true, labels: {a: b}}
volumes:
  kept: {labels: {c: d}}
"""
_OF_THE_RUN = {"com.docker.compose.config-hash"}


@pytest.fixture
def compose(docker_cli: Docker, tmp_path: Path) -> Iterator[Docker]:
    """The docker command on an engine that began with the project."""
    if docker_cli.run("compose", "version").returncode:
        pytest.skip("there is no docker compose on this machine")
    folder = tmp_path / "My Project"
    folder.mkdir()
    (folder / "compose.yaml").write_text(PROJECT)
    address = f"unix://{tmp_path}/docker.sock"
    words = [sys.executable, "-m", "engine_api", "serve", "--host", address, "--load", str(folder / "compose.yaml")]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert server.stdout.readline().strip() == f"listening on {address}"
    yield Docker(docker_cli.program, address, Path(docker_cli.environment["DOCKER_CONFIG"]))
    server.terminate()
    assert server.wait(20) == 0
    server.stdout.close()


def _told(docker: Docker) -> dict[str, Any]:
    """What is the same of a project each time that it is made."""
    found: dict[str, Any] = {}
    names = docker("ps", "-a", "--format", "{{.Names}}").split()
    for one in json.loads(docker("inspect", *names)):
        config, host = one["Config"], one["HostConfig"]
        for entry in one["NetworkSettings"]["Networks"].values():
            for key in ("EndpointID", "NetworkID", "MacAddress", "IPAddress", "Gateway", "DNSNames", "IPAMConfig"):
                entry.pop(key, None)
        config["Hostname"] = ""
        config["Env"] = sorted(config["Env"])
        config["Labels"] = {key: value for key, value in config["Labels"].items() if key not in _OF_THE_RUN}
        host["Mounts"] = sorted(json.dumps(one, sort_keys=True) for one in host.get("Mounts") or ())
        networks = one["NetworkSettings"]["Networks"]
        found[one["Name"]] = {"Config": config, "HostConfig": host, "Networks": networks}
    for kind in ("network", "volume"):
        for name in docker(kind, "ls", "-q", "--filter", "label=com.docker.compose.project").split():
            one = json.loads(docker(kind, "inspect", name))[0]
            found[one["Name"]] = {key: one.get(key) for key in ("Labels", "Driver", "Internal", "Options")}
    return found


def test_it_is_as_docker_compose_makes_it(compose: Docker, tmp_path: Path) -> None:
    words = ("compose", "--progress", "plain", "-f", str(tmp_path / "My Project" / "compose.yaml"))
    rows = compose(*words, "ps", "--format", "{{.Name}} {{.Service}} {{.State}} {{.Health}}|").split("|")
    assert sorted(row.strip() for row in rows if row.strip()) == [
        "a-name named running",
        "myproject-store-1 store running healthy",
        "myproject-web-1 web running",
        "myproject-web-2 web running",
    ]
    assert compose(*words, "exec", "-T", "web", "sh", "-c", "echo $ONE $YES $TRUTH; pwd").split() == [
        "1",
        "yes",
        "true",
        "/tmp",
    ]
    seeded = _told(compose)
    compose(*words, "down", "-v", "-t", "0", timeout=60)
    assert _told_names(compose) == ""
    compose(*words, "up", "-d", timeout=90)
    made = _told(compose)
    version = compose("compose", "version", "--short").strip().partition("-")[0]
    for one in made.values():
        labels = one.get("Labels") or one["Config"]["Labels"]
        assert labels.pop("com.docker.compose.version") == version
    for one in seeded.values():
        (one.get("Labels") or one["Config"]["Labels"]).pop("com.docker.compose.version")
    assert seeded.keys() == made.keys()
    found = [one for name in made for one in _differences(seeded[name], made[name], name)]
    assert not found, found


def _differences(seeded: Any, made: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    """Where two values differ, with both."""
    if isinstance(seeded, dict) and isinstance(made, dict):
        for key in sorted({*seeded, *made}):
            yield from _differences(seeded.get(key), made.get(key), f"{place}.{key}")
    elif seeded != made:
        yield place, seeded, made


def _told_names(docker: Docker) -> str:
    return docker("ps", "-aq")
