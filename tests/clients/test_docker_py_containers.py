"""docker-py, unmodified, on containers that are there (each test was run on docker 28.5 too)."""

import io
import socket
import tarfile
from typing import Any

import docker
import docker.errors
import pytest
import websocket

# docker-py leaves sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


def test_pause_rename_update_restart(client: Any, name: str) -> None:
    container = client.containers.run("busybox", ["sleep", "1000"], name=name, detach=True)
    container.pause()
    container.reload()
    assert container.status == "paused"
    with pytest.raises(docker.errors.APIError, match="already paused"):
        container.pause()
    container.unpause()
    assert container.update(cpu_shares=512) == {"Warnings": None}
    container.restart(timeout=0)
    container.rename(f"{name}-new")
    container.reload()
    assert (container.name, container.status) == (f"{name}-new", "running")
    assert container.attrs["HostConfig"]["CpuShares"] == 512


def test_top_and_stats(client: Any, name: str) -> None:
    container = client.containers.run("busybox", ["sleep", "1000"], name=name, detach=True)
    table = container.top(ps_args="-o pid,args")
    assert table["Titles"] == ["PID", "COMMAND"]
    assert [row[1] for row in table["Processes"]] == ["sleep 1000"]
    once = container.stats(stream=False)
    assert once["name"] == f"/{name}"
    assert once["cpu_stats"]["cpu_usage"]["total_usage"] >= once["precpu_stats"]["cpu_usage"]["total_usage"] > 0
    samples = container.stats(decode=True)
    first, second = next(samples), next(samples)
    assert second["preread"] == first["read"]
    samples.close()


def test_diff_archives_and_export(client: Any, name: str) -> None:
    container = client.containers.run("busybox", ["sh", "-c", "echo hi > /new; sleep 1000"], name=name, detach=True)
    assert container.exec_run(["sh", "-c", "while ! test -s /new; do sleep 0.05; done"]).exit_code == 0
    assert container.diff() == [{"Path": "/new", "Kind": 1}]
    pieces, stat = container.get_archive("/new")
    assert (stat["name"], stat["size"], stat["linkTarget"]) == ("new", 3, "")
    packed = b"".join(pieces)
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        assert tar.extractfile("new").read() == b"hi\n"  # type: ignore[union-attr]
    assert container.put_archive("/tmp", packed) is True
    assert container.exec_run(["cat", "/tmp/new"]).output == b"hi\n"
    with pytest.raises(docker.errors.NotFound, match="Could not find the file /nothing"):
        container.get_archive("/nothing")
    with tarfile.open(fileobj=io.BytesIO(b"".join(container.export()))) as tar:
        assert "tmp/new" in tar.getnames()


def test_prune_of_containers(client: Any, name: str) -> None:
    made = client.containers.create("busybox", ["true"], name=name, labels={"of": name})
    found = client.containers.prune(filters={"label": f"of={name}"})
    assert found == {"ContainersDeleted": [made.id], "SpaceReclaimed": 0}


def test_a_websocket_library_attaches(client: Any, docker_host: str, name: str) -> None:
    """docker-py has no websockets over unix sockets; the library that it uses has them."""
    script = "while read x; do echo got $x; done"
    container = client.containers.create("busybox", ["sh", "-c", script], name=name, stdin_open=True)
    container.start()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(docker_host.removeprefix("unix://"))
        url = f"ws://docker/v1.41/containers/{name}/attach/ws?stream=1&stdin=1&stdout=1"
        found = websocket.create_connection(url, socket=connection)
        found.send("hello\n")
        assert found.recv() == b"got hello\n"
        found.close()
