"""Images, registries and credentials through both clients."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from engine_api.api.containers import ContainerConfig, ContainerCreateRequest
from engine_api.api.descriptors import OCIPlatform
from engine_api.api.errors import InvalidParameter, NotFound, Unauthorized
from engine_api.api.images import AuthConfig
from engine_api.api.struct import UNSET
from engine_api.client import AsyncClient, Client, UnsupportedByVersion

PLATFORM = '{"os":"linux","architecture":"amd64"}'


@pytest.fixture(params=["1.24", "1.41", "1.48", None])
def client(request: pytest.FixtureRequest, address: str) -> Iterator[Client]:
    with Client(address, version=request.param) as client:
        yield client


@pytest.fixture
def newest(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


def committed(client: Client, name: str, *command: str) -> str:
    made = client.containers.create(ContainerCreateRequest(image="busybox", cmd=list(command)), name=name)
    try:
        config = ContainerConfig(labels={"of": name})
        changes = ["ENV A=b", "USER 7"]
        return client.images.commit(config, container=made.id, repo=name, tag="1", comment="why", changes=changes).id
    finally:
        client.containers.delete(made.id)


def test_an_image_is_made_named_shown_and_pruned(client: Client, name: str) -> None:
    identifier = committed(client, name, "true")
    client.images.tag(identifier, repo=f"example.com/{name}")
    found = client.images.inspect(f"{name}:1")
    names = [f"example.com/{name}:latest", f"{name}:1"]
    assert (found.id, found.repo_tags) == (identifier, names)
    assert found.config
    assert (found.config.user, found.config.labels) == ("7", {"of": name})
    step = client.images.history(name + ":1")[0]
    assert (step.id, step.created_by, step.comment, step.tags) == (identifier, "true", "why", names)
    if client.version().minor < 25:
        with pytest.raises(UnsupportedByVersion):
            client.images.prune()
        client.images.delete(identifier, force=True)
        return
    done = client.images.prune(filters={"dangling": ["false"], "label": [f"of={name}"]})
    assert [item.untagged for item in done.images_deleted or []] == [*names, UNSET]
    assert done.space_reclaimed == 0


def test_an_image_is_saved_and_loaded(client: Client, name: str) -> None:
    identifier = committed(client, name, "true")
    archive = client.images.get(f"{name}:1").read()
    with client.images.get_all(names=[f"{name}:1", "busybox"]) as content:
        both = list(content)
    client.images.delete(f"{name}:1")
    assert [m.stream for m in client.images.load([archive])] == [f"Loaded image: {name}:1\n"]
    assert client.images.inspect(f"{name}:1").id == identifier
    assert {m.stream for m in client.images.load(iter(both))} >= {f"Loaded image: {name}:1\n"}
    client.images.delete(f"{name}:1")


def test_an_image_is_pushed_and_asked_for(client: Client, name: str) -> None:
    repository = f"registry.example/{name}"
    client.images.tag("busybox", repo=repository, tag="1")
    auth = AuthConfig(username="user", password="secret", server_address="registry.example")
    assert client.system.auth(auth).status == "Login Succeeded"
    *_, last = client.images.push(repository, tag="1", registry_auth=auth)
    assert isinstance(last.aux, dict)
    if client.version().minor >= 30:
        found = client.distribution.inspect(f"{repository}:1", registry_auth=auth)
        assert (found.descriptor.digest, found.descriptor.size) == (last.aux["Digest"], last.aux["Size"])
        assert found.platforms == [OCIPlatform(os="linux", architecture="amd64")]
    client.images.delete(f"{repository}:1")
    *_, last = client.images.create(from_image=repository, tag="1")
    assert last.status == f"Status: Downloaded newer image for {repository}:1"
    client.images.delete(f"{repository}:1")


def test_a_search(client: Client) -> None:
    found = client.images.search("alpine", limit=1, filters={"is-official": ["true"]})
    assert [(one.name, one.is_official, one.is_automated) for one in found] == [("alpine", True, False)]
    with pytest.raises(InvalidParameter, match="outside the range"):
        client.images.search("alpine", limit=101)


def test_refusals(client: Client) -> None:
    with pytest.raises(Unauthorized, match="incorrect username or password"):
        client.system.auth(AuthConfig(username="user", password=""))
    for call in (
        lambda: client.images.history("no-such-image"),
        lambda: client.images.tag("no-such-image", repo="x"),
        lambda: client.images.get("no-such-image").read(),
        lambda: client.images.commit(container="no-such-container"),
    ):
        with pytest.raises(NotFound, match="No such"):
            call()
    assert [m.error for m in client.images.push("no-such-image", tag="1") if m.error is not UNSET] == [
        "An image does not exist locally with the tag: no-such-image"
    ]
    assert "repositories: no such file" in str(next(iter(client.images.load([]))).error)


def test_statements(newest: Client) -> None:
    assert newest.images.attestations("busybox", platform=[PLATFORM]) == []
    with pytest.raises(InvalidParameter, match="multiple platform"):
        newest.images.attestations("busybox", platform=[PLATFORM, PLATFORM])


def test_what_a_version_lacks_is_refused_before_anything_is_sent(address: str) -> None:
    with Client(address, version="1.47") as client, pytest.raises(UnsupportedByVersion, match="platform"):
        client.images.get("busybox", platform=[PLATFORM])
    with Client(address, version="1.51") as client:
        assert client.images.get("busybox", platform=[PLATFORM]).read()
        with pytest.raises(UnsupportedByVersion, match="platform more than once"):
            client.images.get("busybox", platform=[PLATFORM, PLATFORM])
        with pytest.raises(UnsupportedByVersion):
            client.images.attestations("busybox")
    with Client(address, version="1.52") as client:
        assert client.images.get("busybox", platform=[PLATFORM, PLATFORM]).read()


def test_the_same_without_blocking(address: str, name: str) -> None:
    async def pieces(data: bytes) -> AsyncIterator[bytes]:
        yield data[:1000]
        yield data[1000:]

    async def scenario() -> None:
        async with AsyncClient(address) as client:
            repository = f"registry.example/{name}"
            await client.images.tag("busybox", repo=repository, tag="1")
            *_, last = [message async for message in await client.images.push(repository, tag="1")]
            assert isinstance(last.aux, dict)
            found = await client.distribution.inspect(f"{repository}:1")
            assert found.descriptor.digest == last.aux["Digest"]
            archive = b"".join([piece async for piece in await client.images.get(f"{repository}:1")])
            await client.images.delete(f"{repository}:1")
            said = [message.stream async for message in await client.images.load(pieces(archive))]
            assert said == [f"Loaded image: {repository}:1\n"]
            assert f"{repository}:1" in ((await client.images.history("busybox"))[0].tags or [])
            await client.images.delete(f"{repository}:1")

    asyncio.run(scenario())


def test_an_archive_is_loaded_from_a_file(newest: Client, name: str, tmp_path: Path) -> None:
    """A file gives lines as pieces, which may be of any length."""
    committed(newest, name, "true")
    path = tmp_path / "saved.tar"
    path.write_bytes(newest.images.get(f"{name}:1").read())
    newest.images.delete(f"{name}:1")
    with path.open("rb") as file:
        assert [m.stream for m in newest.images.load(file)] == [f"Loaded image: {name}:1\n"]
    newest.images.delete(f"{name}:1")
    assert os.listdir(tmp_path) == ["saved.tar"]
