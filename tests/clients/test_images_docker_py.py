"""docker-py's way with images (each test was run on docker 28.5 too, but for those that need a registry)."""

from typing import Any

import docker
import docker.errors
import pytest

from tests.clients.conftest import REGISTRY, needs_hub, needs_registry

# docker-py leaves sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


def test_tag_and_history(client: Any, name: str) -> None:
    image = client.images.get("busybox")
    assert image.tag(name, tag="a") is True
    image.reload()
    assert f"{name}:a" in image.tags
    assert f"{name}:a" in image.history()[0]["Tags"]


def test_commit(client: Any, name: str) -> None:
    container = client.containers.create("busybox", ["true"], name=name)
    image = container.commit(
        repository=name, tag="made", message="why", author="me", changes="ENV A=b", conf={"User": "7"}
    )
    assert image.tags == [f"{name}:made"]
    assert (image.attrs["Comment"], image.attrs["Author"]) == ("why", "me")
    assert image.attrs["Config"]["User"] == "7"
    assert "A=b" in image.attrs["Config"]["Env"]


def test_save_and_load(client: Any, name: str) -> None:
    container = client.containers.create("busybox", ["true"], name=name)
    image = container.commit(repository=name, tag="made", conf={"Labels": {"of": name}})
    container.remove()
    archive = b"".join(image.save(named=f"{name}:made"))
    client.images.remove(f"{name}:made")
    loaded = client.images.load(archive)
    assert [(one.id, one.tags) for one in loaded] == [(image.id, [f"{name}:made"])]
    with pytest.raises(docker.errors.ImageLoadError, match="no such file or directory"):
        client.images.load(b"")


def test_prune(client: Any, name: str) -> None:
    container = client.containers.create("busybox", ["true"], name=name)
    image = container.commit(conf={"Labels": {"of": name}})
    done = client.images.prune(filters={"label": f"of={name}"})
    assert done["ImagesDeleted"] == [{"Deleted": image.id}]
    assert client.images.prune(filters={"label": f"of={name}"}) == {"ImagesDeleted": None, "SpaceReclaimed": 0}


@needs_registry
def test_push_and_what_the_registry_knows(client: Any, name: str) -> None:
    reference = f"{REGISTRY}/{name}"
    client.images.get("busybox").tag(reference, tag="1")
    steps = list(client.images.push(reference, tag="1", stream=True, decode=True))
    assert steps[-1]["aux"]["Tag"] == "1"
    data = client.images.get_registry_data(f"{reference}:1")
    assert data.id == steps[-1]["aux"]["Digest"]
    assert data.has_platform("linux/amd64")
    client.images.remove(f"{reference}:1")
    assert f"{reference}@{data.id}" in data.pull().attrs["RepoDigests"]
    client.images.remove(f"{reference}@{data.id}")


@needs_registry
def test_login(client: Any) -> None:
    assert client.login("user", "secret", registry=REGISTRY)["Status"] == "Login Succeeded"


@needs_hub
def test_search(client: Any) -> None:
    found = client.images.search("busybox", limit=1)
    assert [(one["name"], one["is_official"]) for one in found] == [("busybox", True)]
