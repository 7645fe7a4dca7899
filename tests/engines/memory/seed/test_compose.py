"""Compose files: what is read of them, what is said of the rest."""

from pathlib import Path
from typing import Any

import docker
import pytest

from engine_api.engines.memory.seed.composefile import project_name
from engine_api.engines.memory.seed.document import SeedError
from engine_api.engines.memory.seed.variables import interpolate, read_variables
from engine_api.testing import RunningEngine


def _load(engine: RunningEngine, folder: Path, text: str) -> Any:
    (folder / "compose.yaml").write_text(text)
    return engine.load(folder / "compose.yaml", project="p")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("services: [", "line 1, column 12"),
        ("services: {a: {image: x}, a: {image: x}}", "a is there twice"),
        ("name: x", "services: there are none"),
        ("service: {}", "service: it is not known"),
        ("services: {a: {}}", "services.a: it has no image"),
        ("services: {a: {build: .}}", "services.a.build: a seed builds no images"),
        ("services: {a: {image: x, secrets: [s]}}", "services.a.secrets: a seed has no secrets"),
        ("services: {a: {image: x, extends: b}}", "services.a.extends: a seed does not extend"),
        ("services: {a: {image: x, prots: []}}", "services.a.prots: it is not known"),
        ("services: {a: {image: x, ports: [http]}}", "services.a.ports[0]: it is no port"),
        ("services: {a: {image: x, ports: ['1-3:1-2']}}", "services.a.ports[0]: the ranges"),
        ("services: {a: {image: x, tty: maybe}}", "services.a.tty: it is neither true nor false"),
        ("services: {a: {image: x, mem_limit: big}}", "services.a.mem_limit: it is no size"),
        ("services: {a: {image: x, stop_grace_period: 3}}", "services.a.stop_grace_period: time: missing unit"),
        ("services: {a: {image: x, volumes: [v:/v]}}", "services.a.volumes[0]: v is none of the volumes"),
        ("services: {a: {image: x, networks: [n]}}", "services.a.networks[0]: n is none of the networks"),
        ("services: {a: {image: x, depends_on: [b]}}", "services.a.depends_on[0]: there is no service b"),
        ("services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}", "services: "),
        ("services: {a: {image: x, container_name: c, scale: 2}}", "services.a.container_name: a service of several"),
        ("services: {a: {image: 'x:${TAG:?no tag}'}}", "services.a.image: the variable TAG must be set: no tag"),
        ("services: {a: {image: x}}\nsecrets: {s: {file: f}}", "secrets: a seed has no such thing"),
        ("services: {a: {image: x, env_file: none.env}}", "none.env: there is no such file"),
        ("services: {a: {image: x, networks: [n]}}\nnetworks: {n: {external: true}}", "network n not found"),
    ],
)
def test_errors_name_the_place(engine: RunningEngine, tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SeedError) as caught:
        _load(engine, tmp_path, text)
    assert says in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_not_understood_is_said(engine: RunningEngine, tmp_path: Path) -> None:
    text = """
services:
  a:
    image: busybox
    command: sleep 300
    links: [b]
    deploy: {replicas: 2, update_config: {}}
    environment: {X: "${NOT_SET_ANYWHERE}"}
    x-own: nobody's
"""
    source = str(tmp_path / "compose.yaml")
    assert sorted(set(_load(engine, tmp_path, text))) == [
        f"{source}: services.a.deploy.update_config: left out; a seed does not understand it",
        f"{source}: services.a.environment.X: the variable NOT_SET_ANYWHERE is not set, and taken for empty",
        f"{source}: services.a.links: left out; a seed does not understand it",
    ]
    client = docker.from_env()
    assert sorted(str(one.name) for one in client.containers.list()) == ["p-a-1", "p-a-2"]
    client.close()


def test_a_service_waits_for_what_it_needs(
    engine: RunningEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_SHELL", "there")
    (tmp_path / ".env").write_text("TAG=1.36\n")
    (tmp_path / "own.env").write_text("# settings\nONE='a b'\nTWO=2 # two\n")
    text = """
services:
  app:
    image: busybox:${TAG}
    command: sh -c "cat /d/made; env"
    env_file: own.env
    environment: [OF_THE_SHELL, NOT_THERE_AT_ALL, TWO=3]
    volumes: ["d:/d:ro"]
    depends_on:
      make: {condition: service_completed_successfully}
  make: {image: busybox, command: ["sh", "-c", "sleep 0.2; echo made > /d/made"], volumes: [d:/d]}
  never: {image: busybox, profiles: [debug]}
volumes: {d: {}}
"""
    assert _load(engine, tmp_path, text) == []
    client = docker.from_env()
    app = client.containers.get("p-app-1")
    app.wait()
    lines = app.logs().decode().splitlines()
    assert lines[0] == "made"
    assert {"ONE=a b", "TWO=3", "OF_THE_SHELL=there"} <= set(lines)
    assert not any(line.startswith("NOT_THERE") for line in lines)
    assert app.attrs["Config"]["Image"] == "busybox:1.36"
    assert client.containers.get("p-make-1").attrs["State"]["ExitCode"] == 0
    assert len(client.containers.list(all=True)) == 2
    client.close()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A ${A} $$A", "x x $A"),
        ("${B:-y} ${B-y} ${E:-y} ${E-y}", "y y y "),
        ("${A:+y} ${B+y}", "y "),
        ("${B:-${A}z}", "xz"),
        ("${NONE}", ""),
    ],
)
def test_variables(text: str, value: str) -> None:
    assert interpolate(text, {"A": "x", "E": ""}, lambda name: None) == value


@pytest.mark.parametrize("text", ["$", "${", "${A", "${A!}", "$1", "${B:?}"])
def test_malformed_variables(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        interpolate(text, {}, lambda name: None)


def test_environment_files() -> None:
    assert read_variables("A=1\n\n# no\nexport B = 'x # y' # z\nC=\n") == {"A": "1", "B": "x # y", "C": ""}
    with pytest.raises(ValueError, match="line 1 is no NAME=VALUE"):
        read_variables("what")


def test_names_of_projects() -> None:
    assert project_name(Path("/a/My Project_1.2")) == "myproject_12"
    assert project_name(Path("/a/_x")) == "x"
