"""The blocking client against the reference server."""

import contextlib
import io
import tarfile
from typing import Any

import pytest

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import Conflict, Forbidden, InvalidParameter, NotFound, NotModified, Unavailable
from engine_api.api.exec import ExecConfig, ExecStartConfig
from engine_api.api.hostconfig import HostConfig
from engine_api.api.mounts import Mount
from engine_api.api.networks import NetworkConnectRequest, NetworkCreateRequest, NetworkDisconnectRequest
from engine_api.api.streams import StreamName
from engine_api.api.struct import UNSET
from engine_api.api.versions import NEWEST, Version
from engine_api.api.volumes import VolumeCreateRequest, VolumeUpdateRequest
from engine_api.client import Client, ConnectionFailed, UnsupportedByVersion


def run(client: Client, name: str, *command: str, **more: Any) -> str:
    made = client.containers.create(ContainerCreateRequest(image="busybox", cmd=list(command), **more), name=name)
    client.containers.start(made.id)
    return made.id


def test_negotiates_the_newest_that_both_speak(address: str) -> None:
    with Client(address) as client:
        assert client.version() == NEWEST
        assert client.system.ping().api_version == str(NEWEST)
        assert client.system.ping_head().os_type == "linux"
        assert client.system.version().api_version == str(NEWEST)
        assert client.system.info().os_type == "linux"


def test_the_life_of_a_container(client: Client, name: str) -> None:
    run(client, name, "sh", "-c", "echo out; echo err >&2; exit 3")
    assert client.containers.wait(name).status_code == 3
    with client.containers.logs(name, stdout=True, stderr=True) as output:
        assert {(chunk.stream, chunk.data) for chunk in output} == {
            (StreamName.STDOUT, b"out\n"),
            (StreamName.STDERR, b"err\n"),
        }
    assert [one.names for one in client.containers.list(all=True, filters={"name": [name]})] == [[f"/{name}"]]
    with pytest.raises(NotModified):
        client.containers.stop(name)
    client.containers.delete(name)
    with pytest.raises(NotFound, match=f"No such container: {name}"):
        client.containers.inspect(name)


def test_attach_carries_both_directions_and_the_end_of_input(client: Client, name: str) -> None:
    run(client, name, "cat", open_stdin=True, stdin_once=True)
    with client.containers.attach(name, stream=True, stdin=True, stdout=True) as duplex:
        duplex.write(b"hello\n")
        assert next(duplex) == (StreamName.STDOUT, b"hello\n")
        duplex.close_write()
        assert list(duplex) == []
    assert client.containers.wait(name).status_code == 0
    client.containers.delete(name)


@pytest.mark.parametrize("tty", [False, True])
def test_exec_tells_terminals_from_frames(client: Client, name: str, tty: bool) -> None:
    run(client, name, "sleep", "100")
    made = client.exec.create(name, ExecConfig(cmd=["echo", "hi"], attach_stdout=True, tty=tty))
    with client.exec.start(made.id, ExecStartConfig(tty=tty)) as duplex:
        assert b"".join(chunk.data for chunk in duplex) == (b"hi\r\n" if tty else b"hi\n")
    assert client.exec.inspect(made.id).exit_code == 0
    client.containers.delete(name, force=True)


def test_terminal_logs_have_no_frames(client: Client, name: str) -> None:
    run(client, name, "echo", "hi", tty=True)
    client.containers.wait(name)
    with client.containers.logs(name, stdout=True) as output:
        assert output.tty
        assert b"".join(chunk.data for chunk in output) == b"hi\r\n"
    client.containers.delete(name)


def test_wait_tells_when_the_engine_waits(client: Client, name: str) -> None:
    run(client, name, "true")
    accepted: list[bool] = []
    assert client.containers.wait(name, accepted=lambda: accepted.append(True)).status_code == 0
    assert accepted == [True]
    client.containers.delete(name)


def test_pull_and_import(client: Client, name: str) -> None:
    steps = list(client.images.create(from_image="made-up", tag="1"))
    assert steps[0].status == "Pulling from library/made-up"
    assert str(steps[-1].status).startswith("Status: ")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("empty"))
    data = buffer.getvalue()
    pieces = iter([data[:700], data[700:]])
    with client.images.create(from_src="-", repo=name, input_image=pieces) as messages:
        assert str(next(messages).status).startswith("sha256:")
    assert client.images.inspect(name).repo_tags == [f"{name}:latest"]
    assert next(item.untagged for item in client.images.delete(name)) == f"{name}:latest"


def test_refusals_are_typed(client: Client, name: str) -> None:
    run(client, name, "sleep", "100")
    with pytest.raises(Conflict, match="is already in use"):
        client.containers.create(ContainerCreateRequest(image="busybox"), name=name)
    with pytest.raises(InvalidParameter, match="nvalid signal"):
        client.containers.kill(name, signal="SIGNOTHING")
    client.containers.delete(name, force=True)


def test_what_the_version_lacks_is_refused_before_anything_is_sent() -> None:
    with Client("unix:///nobody/listens/here", version="1.24") as client:
        with pytest.raises(UnsupportedByVersion, match="ContainerWait's condition came with v1.30; v1.24 is in use"):
            client.containers.wait("x", condition="removed")
        with pytest.raises(UnsupportedByVersion, match="SystemPingHead came with v1.40"):
            client.system.ping_head()
        config = ContainerCreateRequest(image="x", host_config=HostConfig(mounts=[Mount(type="volume", target="/x")]))
        with pytest.raises(UnsupportedByVersion) as caught:
            client.containers.create(config)
        assert caught.value.version == Version(1, 24)


def test_nobody_listens() -> None:
    with Client("unix:///nobody/listens/here") as client, pytest.raises(ConnectionFailed, match="cannot be reached"):
        client.system.info()


def test_networks(client: Client, name: str) -> None:
    made = client.networks.create(NetworkCreateRequest(name=name, labels={"of": name}))
    try:
        assert client.networks.inspect(name).id == made.id
        assert [one.name for one in client.networks.list(filters={"label": [f"of={name}"]})] == [name]
        with pytest.raises(Conflict, match=f"network with name {name} already exists"):
            client.networks.create(NetworkCreateRequest(name=name))
        run(client, name, "sleep", "300")
        client.networks.connect(name, NetworkConnectRequest(container=name))
        with pytest.raises(Forbidden, match="has active endpoints"):
            client.networks.delete(name)
        client.networks.disconnect(name, NetworkDisconnectRequest(container=name))
        client.containers.delete(name, force=True)
        if client.version() >= Version(1, 25):
            pruned = client.networks.prune(filters={"label": [f"of={name}"]})
            assert pruned.networks_deleted == [name]
        else:
            with pytest.raises(UnsupportedByVersion):
                client.networks.prune()
    finally:
        with contextlib.suppress(NotFound):
            client.networks.delete(name)


def test_lists_of_networks_have_containers_in_old_versions_only(address: str, name: str) -> None:
    with Client(address) as client:
        client.networks.create(NetworkCreateRequest(name=name))
        client.containers.create(
            ContainerCreateRequest(image="busybox", cmd=["sleep", "300"], host_config=HostConfig(network_mode=name)),
            name=name,
        )
        client.containers.start(name)
        seen: dict[str, object] = {}
        for version in ("1.27", "1.28", "1.51", "1.52"):
            with Client(address, version=version) as old:
                found = old.networks.list(filters={"name": [name]})[0].containers
                seen[version] = len(found) if isinstance(found, dict) else found
        assert seen == {"1.27": 1, "1.28": 0, "1.51": 0, "1.52": UNSET}
        client.containers.delete(name, force=True)
        client.networks.delete(name)


def test_volumes_and_what_they_take(client: Client, name: str) -> None:
    made = client.volumes.create(VolumeCreateRequest(name=name, labels={"a": "b"}))
    assert (made.name, made.driver, made.labels) == (name, "local", {"a": "b"})
    assert client.volumes.inspect(name) == made
    assert [volume.name for volume in client.volumes.list(filters={"label": ["a"], "name": [name]}).volumes or ()] == [
        name
    ]
    version = client.version()
    if version >= Version(1, 25):
        assert name in [volume.name for volume in client.system.data_usage().volumes or ()]
    if version >= Version(1, 42):
        with pytest.raises(Unavailable, match="only valid for cluster volumes"):
            client.volumes.update(name, version=1, spec=VolumeUpdateRequest())
    if version >= Version(1, 52):
        usage = client.system.data_usage(type=["volume"], verbose=True).volume_usage
        assert usage
        assert name in [volume.name for volume in usage.items or ()]
    client.volumes.delete(name)
    with pytest.raises(NotFound, match="no such volume"):
        client.volumes.inspect(name)


def test_events_come_as_they_happen(client: Client, name: str) -> None:
    with client.system.events(filters={"volume": [name]}) as events:
        client.volumes.create(VolumeCreateRequest(name=name))
        event = next(events)
        assert event.actor
        assert (event.type, event.action, event.actor.id) == ("volume", "create", name)
        client.volumes.delete(name)
        assert next(events).action == "destroy"
