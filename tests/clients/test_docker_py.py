"""docker-py, unmodified, does what it does on a real engine (each test was run on docker 28.5 too)."""

import io
import os
import re
import tarfile
import time
from collections.abc import Iterator
from typing import Any

import docker
import docker.errors
import pytest

# docker-py leaves sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


def test_ping_version_info(client: Any) -> None:
    assert client.ping() is True
    assert client.version()["Os"] == "linux"
    assert client.info()["OSType"] == "linux"


def test_negotiated_version_is_no_newer_than_the_engines(client: Any) -> None:
    assert tuple(map(int, client.api._version.split("."))) <= tuple(map(int, client.version()["ApiVersion"].split(".")))


def test_run_gives_the_output(client: Any, name: str) -> None:
    assert client.containers.run("busybox", ["echo", "hello"], name=name, remove=True) == b"hello\n"


def test_run_raises_for_an_exit_code(client: Any, name: str) -> None:
    with pytest.raises(docker.errors.ContainerError) as caught:
        client.containers.run("busybox", ["sh", "-c", "echo no >&2; exit 3"], name=name)
    assert caught.value.exit_status == 3
    stderr: object = caught.value.stderr
    assert stderr == b"no\n"


def test_a_missing_container_is_not_found(client: Any, name: str) -> None:
    with pytest.raises(docker.errors.NotFound, match=f"No such container: {name}"):
        client.containers.get(name)


def test_life_of_a_container(client: Any, name: str) -> None:
    container = client.containers.create("busybox", ["sleep", "300"], name=name, labels={"of": name})
    assert container.status == "created"
    container.start()
    container.reload()
    assert container.status == "running"
    assert container.attrs["State"]["Running"] is True
    assert container.image.tags == ["busybox:latest"]
    assert [c.name for c in client.containers.list(filters={"label": f"of={name}"})] == [name]
    container.kill()
    assert container.wait() == {"StatusCode": 137}
    container.reload()
    assert container.status == "exited"
    container.remove()
    assert client.containers.list(all=True, filters={"label": f"of={name}"}) == []


def test_logs_in_every_way(client: Any, name: str) -> None:
    container = client.containers.run(
        "busybox", ["sh", "-c", "echo out; echo err >&2; sleep 0.5; echo end"], name=name, detach=True
    )
    assert b"".join(container.logs(stream=True, follow=True)).count(b"\n") == 3
    assert container.logs(stdout=True, stderr=False) == b"out\nend\n"
    assert container.logs(stdout=False, stderr=True) == b"err\n"
    assert container.logs(tail=1) == b"end\n"
    assert re.match(rb"\d{4}-\d\d-\d\dT[\d:.]+Z end\n", container.logs(tail=1, timestamps=True))


def test_exec(client: Any, name: str) -> None:
    container = client.containers.run("busybox", ["sleep", "300"], name=name, detach=True)
    assert container.exec_run(["echo", "hi"]) == (0, b"hi\n")
    assert container.exec_run(["sh", "-c", "exit 5"]).exit_code == 5
    assert container.exec_run(["sh", "-c", "echo o; echo e >&2"], demux=True).output == (b"o\n", b"e\n")
    assert container.exec_run("echo tty", tty=True).output == b"tty\r\n"
    assert b"".join(container.exec_run(["seq", "3"], stream=True).output) == b"1\n2\n3\n"
    identifier = client.api.exec_create(name, ["sh", "-c", "echo later"])["Id"]
    assert client.api.exec_inspect(identifier)["Running"] is False
    client.api.exec_start(identifier, detach=True)
    deadline = time.monotonic() + 10
    while client.api.exec_inspect(identifier)["ExitCode"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert client.api.exec_inspect(identifier)["ExitCode"] == 0


def test_exec_socket_carries_both_directions(client: Any, name: str) -> None:
    container = client.containers.run("busybox", ["sleep", "300"], name=name, detach=True)
    _, socket = container.exec_run(["cat"], stdin=True, socket=True)
    socket._sock.sendall(b"over there\n")
    socket._sock.shutdown(1)
    data = b""
    while chunk := socket._sock.recv(4096):
        data += chunk
    assert data == b"\x01\0\0\0\0\0\0\x0bover there\n"
    socket.close()


def test_attach_and_resize(client: Any, name: str) -> None:
    container = client.containers.create(
        "busybox", ["sh", "-c", "stty size; read x; stty size"], name=name, tty=True, stdin_open=True
    )
    output = container.attach(stream=True, logs=True)
    container.start()
    container.resize(40, 100)
    first = next(output)
    assert b"\r\n" in first
    socket = container.attach_socket(params={"stdin": 1, "stream": 1})
    socket._sock.sendall(b"\n")
    rest = b"".join(output)
    assert rest.endswith(b"40 100\r\n")
    socket.close()
    assert container.wait()["StatusCode"] == 0


def test_stop_with_a_time(client: Any, name: str) -> None:
    container = client.containers.run("busybox", ["sleep", "300"], name=name, detach=True)
    container.stop(timeout=0)
    assert container.wait()["StatusCode"] == 137


def test_conflicts_are_told(client: Any, name: str) -> None:
    client.containers.create("busybox", name=name)
    with pytest.raises(docker.errors.APIError, match="is already in use by container") as caught:
        client.containers.create("busybox", name=name)
    assert caught.value.status_code == 409


def test_a_missing_image_is_not_found(client: Any, name: str) -> None:
    with pytest.raises(docker.errors.ImageNotFound, match="No such image"):
        client.images.get(f"{name}:none")
    with pytest.raises(docker.errors.ImageNotFound):
        client.containers.create(f"{name}:none")


def test_images(client: Any, name: str) -> None:
    assert "busybox:latest" in client.images.get("busybox").tags
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo("motd")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"hi\n"))
    client.api.import_image_from_data(buffer.getvalue(), repository=name, tag="made")
    image = client.images.get(f"{name}:made")
    assert image.tags == [f"{name}:made"]
    assert f"{name}:made" in [tag for i in client.images.list() for tag in i.tags]
    assert client.images.list(filters={"reference": f"{name}:*"})[0].id == image.id
    client.images.remove(f"{name}:made")
    assert client.images.list(name) == []


@pytest.mark.skipif("TEST_DOCKER_HOST" in os.environ, reason="the engine under test may have no registry")
def test_pull(client: Any) -> None:
    image = client.images.pull("nginx", tag="1.27")
    assert image.tags == ["nginx:1.27"]
    messages = list(client.api.pull("nginx", tag="1.27", stream=True, decode=True))
    assert messages[-1]["status"] == "Status: Image is up to date for nginx:1.27"
    client.images.remove("nginx:1.27")


@pytest.fixture
def network(client: Any, name: str) -> Iterator[Any]:
    made = client.networks.create(f"{name}-net", labels={"of": name})
    yield made
    for container in client.containers.list(all=True, filters={"name": name}):
        container.remove(force=True, v=True)
    for left in client.networks.list(names=[f"{name}-net"]):
        left.remove()


def test_networks(client: Any, name: str, network: Any) -> None:
    assert network.attrs["Driver"] == "bridge"
    assert [one.id for one in client.networks.list(filters={"label": f"of={name}"})] == [network.id]
    assert client.networks.get(network.id[:12]).name == network.name
    container = client.containers.run("busybox", ["sleep", "300"], name=name, network=network.name, detach=True)
    network.reload()
    assert network.containers == [container]
    with pytest.raises(docker.errors.APIError, match="has active endpoints"):
        network.remove()
    network.disconnect(container)
    network.connect(container, aliases=["www"])
    container.reload()
    assert "www" in container.attrs["NetworkSettings"]["Networks"][network.name]["Aliases"]
    network.disconnect(container)
    network.remove()
    with pytest.raises(docker.errors.NotFound, match=f"network {network.id} not found"):
        network.reload()


def test_pools_of_addresses(client: Any, name: str) -> None:
    pool = docker.types.IPAMPool(subnet="10.125.1.0/24", gateway="10.125.1.254")
    made = client.networks.create(f"{name}-net", ipam=docker.types.IPAMConfig(pool_configs=[pool]))
    try:
        container = client.containers.run("busybox", ["sleep", "300"], name=name, network=made.name, detach=True)
        container.reload()
        place = container.attrs["NetworkSettings"]["Networks"][made.name]
        assert (place["IPAddress"], place["Gateway"]) == ("10.125.1.1", "10.125.1.254")
        container.remove(force=True)
    finally:
        made.remove()


def test_prune_networks(client: Any, name: str, network: Any) -> None:
    assert client.networks.prune(filters={"label": f"of={name}"}) == {"NetworksDeleted": [network.name]}


def test_ports(client: Any, name: str) -> None:
    container = client.containers.run("busybox", ["sleep", "300"], name=name, ports={"80/tcp": None}, detach=True)
    container.reload()
    assert all(int(one["HostPort"]) >= 32768 for one in container.ports["80/tcp"])


def test_volumes(client: Any, name: str) -> None:
    volume = client.volumes.create(name, labels={"a": "b"})
    try:
        assert client.volumes.get(name).attrs["Labels"] == {"a": "b"}
        assert [one.name for one in client.volumes.list(filters={"name": name})] == [name]
        where = {name: {"bind": "/data", "mode": "rw"}}
        client.containers.run("busybox", ["sh", "-c", "echo hello > /data/x"], volumes=where, remove=True, name=name)
        output = client.containers.run("busybox", ["cat", "/data/x"], volumes=where, remove=True, name=name)
        assert output == b"hello\n"
    finally:
        volume.remove()
    with pytest.raises(docker.errors.NotFound):
        client.volumes.get(name)


def test_events_and_disk_usage(client: Any, name: str) -> None:
    client.containers.create("busybox", name=name)
    time.sleep(1.1)
    until = int(time.time())
    told = list(client.events(since=1, until=until, filters={"container": name}, decode=True))
    assert [event["Action"] for event in told] == ["create"]
    usage = client.df()
    assert any(f"/{name}" in container["Names"] for container in usage["Containers"])
