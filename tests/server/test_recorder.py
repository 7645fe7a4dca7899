"""What `engine-api serve --record` writes."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine_api.diff.uses import read_uses
from engine_api.server.recorder import Recorder
from tests.serving import Served, serving

SECRET = "hunter2"


@pytest.fixture
def file() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def recorded(file: io.StringIO, tmp_path: Path) -> Iterator[Served]:
    with serving([f"unix://{tmp_path}/docker.sock"], around=[Recorder(file)]) as served:
        yield served


def lines(file: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.getvalue().splitlines()]


def test_names_are_written_and_values_are_not(recorded: Served, file: io.StringIO) -> None:
    body = {
        "image": "busybox",
        "Env": [f"PASSWORD={SECRET}"],
        "Labels": {SECRET: SECRET},
        "HostConfig": {"Memory": 8388608, "Mounts": [{"Type": "volume", "Source": SECRET, "Target": "/x"}]},
        "NetworkingConfig": {"EndpointsConfig": {SECRET: {"Aliases": [SECRET]}}},
    }
    answer = recorded.ask("POST", f"/v1.44/containers/create?name={SECRET}&teapot={SECRET}", json.dumps(body).encode())
    assert lines(file) == [
        {
            "operation": "ContainerCreate",
            "version": "1.44",
            "status": answer.status,
            "uses": [
                "Image",
                "Env",
                "Labels{}",
                "HostConfig.Memory",
                "HostConfig.Mounts[].Type=volume",
                "HostConfig.Mounts[].Source",
                "HostConfig.Mounts[].Target",
                "NetworkingConfig.EndpointsConfig{}.Aliases",
                "?name",
            ],
        }
    ]


def test_credentials_are_not_written(recorded: Served, file: io.StringIO) -> None:
    recorded.ask("POST", "/v1.44/images/create?fromImage=busybox", X_Registry_Auth=SECRET)
    assert lines(file)[0]["uses"] == ["?fromImage", "X-Registry-Auth"]
    recorded.ask("POST", "/v1.44/images/create?fromImage=busybox", Authorization=SECRET)
    assert SECRET not in file.getvalue()


def test_filters_are_written_by_their_keys(recorded: Served, file: io.StringIO) -> None:
    recorded.ask("GET", '/containers/json?all=1&filters={"name":["x"],"label":["a=b"],"teapot":["x"]}')
    recorded.ask("GET", "/containers/json?filters=[")
    assert lines(file) == [
        {"operation": "ContainerList", "status": 400, "uses": ["?all", "?filters=name", "?filters=label"]},
        {"operation": "ContainerList", "status": 400, "uses": ["?filters"]},
    ]


def test_the_same_use_is_written_once(recorded: Served, file: io.StringIO) -> None:
    for _ in range(3):
        recorded.ask("GET", "/v1.44/info")
    recorded.ask("GET", "/v1.43/info")
    recorded.ask("GET", "/teapot")
    assert [line["version"] for line in lines(file)] == ["1.44", "1.43"]


def test_a_body_that_is_no_json(recorded: Served, file: io.StringIO) -> None:
    recorded.ask("POST", "/v1.44/containers/create", b"{")
    assert lines(file) == [{"operation": "ContainerCreate", "version": "1.44", "status": 400}]


def test_a_diff_reads_it(recorded: Served, file: io.StringIO) -> None:
    recorded.ask("POST", "/v1.41/containers/create", b'{"HostConfig": {"KernelMemory": 1}}')
    read_uses(file.getvalue(), "file")
    done = subprocess.run(
        [sys.executable, "-m", "engine_api", "diff", "1.41", "1.42", "--uses", "-", "--format", "json"],
        input=file.getvalue(),
        capture_output=True,
        text=True,
    )
    paths = {entry["path"] for entry in json.loads(done.stdout)["entries"]}
    assert "HostConfig.KernelMemory" in paths
    assert "HostConfig.ConsoleSize" not in paths


def test_an_operation_that_the_version_has_no_more_is_written(recorded: Served, file: io.StringIO) -> None:
    assert recorded.ask("GET", "/v1.24/plugins/web").status == 404
    assert recorded.ask("GET", "/v1.44/plugins/web").message == "page not found"
    assert [(line["operation"], line["version"], line["status"]) for line in lines(file)] == [
        ("PluginInspectV124", "1.24", 404),
        ("PluginInspectV124", "1.44", 404),
    ]


def test_connections_that_are_taken_over_are_written(recorded: Served, file: io.StringIO) -> None:
    created = recorded.ask("POST", "/v1.44/containers/create", b'{"Image": "busybox", "Cmd": ["true"]}')
    recorded.ask("POST", f"/v1.44/containers/{created.json['Id']}/start")
    with recorded.connect() as connection:
        connection.send(
            f"POST /v1.44/containers/{created.json['Id']}/attach?stream=1&stdout=1 HTTP/1.1\r\n"
            "Host: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n".encode()
        )
        assert connection.until(b"\r\n\r\n").startswith(b"HTTP/1.1 101")
    assert lines(file)[-1] == {
        "operation": "ContainerAttach",
        "version": "1.44",
        "status": 101,
        "uses": ["?stream", "?stdout"],
    }
