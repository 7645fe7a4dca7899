"""The reference engine has no plugins; what it refuses, 28.5 refuses in the same words."""

import io
import tarfile
from collections.abc import Iterator

import pytest

from engine_api.api.errors import InternalError, InvalidParameter, NotFound, NotImplementedByEngine
from engine_api.api.plugins import PluginPrivilege
from engine_api.client import Client
from engine_api.testing import RunningEngine


@pytest.fixture
def client(engine: RunningEngine) -> Iterator[Client]:
    with Client(engine.host) as client:
        yield client


def archive(**files: bytes) -> list[bytes]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name.replace("__", "."))
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return [buffer.getvalue()]


def test_there_are_none(client: Client) -> None:
    assert client.plugins.list(filters={"enabled": ["true"]}) == []
    assert client.plugins.privileges(remote="vieux/sshfs") == []
    for call in (
        lambda: client.plugins.inspect("nothing"),
        lambda: client.plugins.enable("nothing", timeout=0),
        lambda: client.plugins.disable("nothing", force=True),
        lambda: client.plugins.set("nothing", ["DEBUG=1"]),
        lambda: client.plugins.delete("nothing", force=True),
        lambda: client.plugins.push("nothing"),
    ):
        with pytest.raises(NotFound, match='plugin "nothing" not found'):
            call()
    with pytest.raises(NotFound, match='plugin "nothing:latest" not found'):
        client.plugins.upgrade("nothing", [PluginPrivilege(name="network", value=["host"])], remote="vieux/sshfs")


def test_none_can_be_pulled(client: Client) -> None:
    with pytest.raises(
        InvalidParameter, match=r"invalid reference format: repository name \(library/UP\) must be lowercase"
    ):
        client.plugins.pull([], remote="UP")
    with pytest.raises(NotImplementedByEngine, match="this engine cannot run plugins"):
        client.plugins.pull([], remote="vieux/sshfs")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([b"no archive"], "failed to read from tar: unexpected EOF"),
        (archive(), "config not found"),
        (archive(foo=b"x"), "config not found"),
        (archive(config__json=b"{"), "failed to parse config: unexpected end of JSON input"),
    ],
)
def test_what_none_can_be_made_of(client: Client, content: list[bytes], message: str) -> None:
    with pytest.raises(InternalError, match=message):
        client.plugins.create(content, name="mine")


def test_none_can_be_made(client: Client) -> None:
    with pytest.raises(InternalError, match="canonical references are not permitted"):
        client.plugins.create(archive(), name=f"mine@sha256:{'ab' * 32}")
    with pytest.raises(NotImplementedByEngine, match="this engine cannot run plugins"):
        client.plugins.create(archive(config__json=b"{}"), name="mine")
