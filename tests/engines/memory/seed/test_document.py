"""An engine that begins with what a JSON document says."""

import json
from pathlib import Path
from typing import Any

import docker
import pytest

from engine_api.engines.memory.seed.document import SeedError
from engine_api.testing import RunningEngine, running_engine

DOCUMENT: dict[str, Any] = {
    "Images": [
        {
            "Reference": "my/app:1",
            "Config": {
                "Cmd": ["sh", "-c", "cat /etc/motd; exec sleep 300"],
                "Env": ["A=1"],
                "ExposedPorts": {"80/tcp": {}},
            },
            "Files": {"/etc/motd": "hello\n", "/bin/tool": {"Base64": "AAE=", "Mode": "755"}},
        }
    ],
    "Networks": [{"Name": "back", "Labels": {"tier": "two"}}],
    "Volumes": [{"Name": "data", "Files": {"/a/b": "kept"}}],
    "Containers": [
        {
            "Name": "web",
            "Image": "my/app:1",
            "HostConfig": {"NetworkMode": "back", "Binds": ["data:/data"]},
            "Files": {"/data/own": "also"},
        },
        {"Name": "job", "Image": "redis:7", "Cmd": ["sh", "-c", "exit 3"], "State": "exited", "ExitCode": 3},
        {"Name": "new", "Image": "busybox", "State": "created"},
        {"Name": "still", "Image": "busybox", "Cmd": ["sleep", "300"], "State": "paused"},
        {
            "Name": "well",
            "Image": "busybox",
            "Cmd": ["sleep", "300"],
            "Healthcheck": {"Test": ["CMD", "true"], "Interval": 50_000_000},
            "State": "healthy",
        },
    ],
}


def _states(client: docker.DockerClient) -> dict[str, str]:
    return {str(one.name): one.status for one in client.containers.list(all=True)}


def test_clients_find_what_the_document_says(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(DOCUMENT))
    with running_engine(load=[path]) as engine:
        client = docker.DockerClient(base_url=engine.host)
        expected = {"web": "running", "job": "exited", "new": "created", "still": "paused", "well": "running"}
        assert _states(client) == expected
        web = client.containers.get("web")
        assert web.exec_run("cat /data/a/b /data/own").output == b"keptalso"
        assert web.exec_run("stat -c %a /bin/tool").output == b"755\n"
        assert web.logs() == b"hello\n"
        assert "A=1" in web.attrs["Config"]["Env"]
        assert any(entry.startswith("PATH=") for entry in web.attrs["Config"]["Env"])
        assert "80/tcp" in web.attrs["NetworkSettings"]["Ports"]
        assert client.networks.get("back").attrs["Labels"] == {"tier": "two"}
        assert client.containers.get("job").attrs["State"]["ExitCode"] == 3
        assert client.containers.get("well").attrs["State"]["Health"]["Status"] == "healthy"
        client.containers.get("web").remove(force=True)
        client.images.remove("my/app:1")
        assert client.images.pull("my/app", tag="1").attrs["Config"]["Cmd"][0] == "sh"
        engine.reset()
        assert _states(client) == expected
        client.close()


def test_what_a_test_loads_is_gone_after_a_reset(engine: RunningEngine) -> None:
    assert engine.load(DOCUMENT) == ()
    client = docker.from_env()
    assert len(_states(client)) == 5
    engine.reset()
    assert _states(client) == {}
    assert "my/app:1" not in [tag for image in client.images.list() for tag in image.tags]
    client.close()


def test_a_program_of_ones_own_gets_further_files() -> None:
    with running_engine() as engine:

        @engine.program("my/reader")
        async def reader(process: Any) -> int:
            await process.print(process.fs.read("/etc/settings").decode())
            return 0

        engine.load(
            {
                "Images": [{"Reference": "my/reader", "Files": {"/etc/settings": "fast"}}],
                "Containers": [{"Name": "reader", "Image": "my/reader", "State": "exited"}],
            }
        )
        client = docker.DockerClient(base_url=engine.host)
        assert client.containers.get("reader").logs() == b"fast\n"
        client.close()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1, column 2: Expecting property name"),
        ('{"Images": [], "Images": []}', '"Images" is there twice in one object'),
        ('{"Container": []}', 'there is no "Container"'),
        ("[]", "Expected `object`, got `array`"),
        ('{"Containers": [{"image": "x"}]}', 'Containers[0]: there is no "image"; it is written Image'),
        ('{"Containers": [{"Image": 3}]}', "Containers[0].Image: Expected `str`, got `int`"),
        ('{"Containers": [{"Image": "x", "State": "up"}]}', "Containers[0].State: Invalid enum value 'up'"),
        (
            '{"Containers": [{"Image": "x", "HostConfig": {"Bind": []}}]}',
            'Containers[0].HostConfig: there is no "Bind"',
        ),
        ('{"Volumes": [{"Name": "v", "Files": {"x": ""}}]}', 'Volumes[0].Files["x"]: the path is not absolute'),
        ('{"Volumes": [{"Name": "v", "Files": {"/x": {}}}]}', 'Volumes[0].Files["/x"]: give either Text or Base64'),
        ('{"Volumes": [{"Name": "v", "Files": {"/x": {"Base64": "?"}}}]}', "Base64 is malformed"),
        ('{"Images": [{"Reference": "UP"}]}', "image UP: invalid reference format"),
        ('{"Networks": [{"Name": "bridge"}]}', "network bridge: operation is not permitted"),
        (
            '{"Containers": [{"Name": "c1", "Image": "busybox", "State": "healthy"}]}',
            "container c1: it has no health check",
        ),
        (
            '{"Containers": [{"Name": "c2", "Image": "busybox", "Cmd": ["false"], "State": "exited", "ExitCode": 0}]}',
            "container c2: it ended with exit code 1, not 0",
        ),
        ('{"Containers": [{"Image": "busybox", "Cmd": ["/none"]}]}', "Containers[0]: failed to create task"),
    ],
)
def test_errors_name_the_place(engine: RunningEngine, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "seed.json"
    path.write_text(text)
    with pytest.raises(SeedError) as caught:
        engine.load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert says in message
    assert "\n" not in message


def test_files_that_cannot_be_read(engine: RunningEngine, tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="No such file"):
        engine.load(tmp_path / "none.json")
    (tmp_path / "seed.txt").write_text("{}")
    with pytest.raises(SeedError, match="neither in .json nor in .yaml"):
        engine.load(tmp_path / "seed.txt")
