"""Builds by the clients, and contexts from folders."""

import io
import os
import tarfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from engine_api.api.errors import InvalidParameter
from engine_api.api.struct import UNSET
from engine_api.client import AsyncClient, Client, UnsupportedByVersion, async_build_context, build_context
from tests.serving import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving([f"unix://{tmp_path_factory.mktemp('builds')}/engine.sock"]) as found:
        yield found


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    served.reset()
    with Client(served.address) as found:
        yield found


def folder(root: Path, **files: str) -> Path:
    """A folder with files; `__` in a name stands for a slash, `_dot_` for a dot in front."""
    for name, content in files.items():
        path = root / name.replace("_dot_", ".").replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def names(context: Iterator[bytes]) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(b"".join(context))) as archive:
        return archive.getnames()


def text(messages: Iterator[object]) -> str:
    return "".join(message.stream for message in messages if message.stream is not UNSET)  # type: ignore[attr-defined]


def test_a_folder_is_built(client: Client, tmp_path: Path) -> None:
    source = folder(
        tmp_path, Dockerfile="FROM busybox\nARG WHO\nCOPY . /c\nRUN cat /c/a/b; echo for $WHO\n", a__b="ab\n"
    )
    messages = client.builder.build(
        context=build_context(source), tags=["mine:1", "mine:2"], build_args={"WHO": "you"}, labels={"a": "b"}
    )
    shown = text(messages)
    assert "ab\nfor you\n" in shown
    assert shown.endswith("Successfully tagged mine:1\nSuccessfully tagged mine:2\n")
    image = client.images.inspect("mine:2")
    assert image.config
    assert image.config.labels == {"a": "b"}


def test_what_fails_is_a_message(client: Client, tmp_path: Path) -> None:
    source = folder(tmp_path, Dockerfile="FROM busybox\nRUN exit 7\n")
    *_, last = client.builder.build(context=build_context(source))
    assert last.error == "The command '/bin/sh -c exit 7' returned a non-zero code: 7"
    assert last.error_detail
    assert last.error_detail.code == 7


def test_a_dockerfile_with_a_mistake_is_refused(client: Client, tmp_path: Path) -> None:
    source = folder(tmp_path, Dockerfile="FROM busybox\nFROBNICATE\n")
    with pytest.raises(InvalidParameter, match="line 2: unknown instruction: FROBNICATE"):
        client.builder.build(context=build_context(source))


def test_the_asynchronous_client_builds(served: Served, tmp_path: Path) -> None:
    import asyncio

    source = folder(tmp_path, Dockerfile="FROM busybox\nRUN echo $((6 * 7))\n")

    async def scenario() -> list[object]:
        async with AsyncClient(served.address) as client:
            messages = await client.builder.build(context=async_build_context(source), quiet=False)
            return [message.stream async for message in messages]

    assert "42\n" in asyncio.run(scenario())


def test_a_version_that_lacks_a_parameter(served: Served) -> None:
    with Client(served.address, version="1.24") as client, pytest.raises(UnsupportedByVersion, match="extra_hosts"):
        client.builder.build(extra_hosts=["a:1.2.3.4"])


def test_prune_and_cancel(client: Client) -> None:
    pruned = client.builder.prune(all=True, filters={"until": ["24h"]})
    assert (pruned.caches_deleted, pruned.space_reclaimed) == (None, 0)
    client.builder.cancel(id="nothing")
    with pytest.raises(InvalidParameter, match="build ID not provided"):
        client.builder.cancel()


def test_a_session_is_greeted(client: Client) -> None:
    with client.session.open(id="one") as session:
        assert next(session).data.startswith(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        with pytest.raises(InvalidParameter, match="session one already exists"):
            client.session.open(id="one")


def test_a_context_has_modes_links_and_long_names(tmp_path: Path) -> None:
    long = "x" * 120
    source = folder(tmp_path, run="#!/bin/sh\n", **{f"d__{long}": "deep"})
    (source / "run").chmod(0o755)
    os.symlink("run", source / "link")
    os.mkfifo(source / "pipe")
    with tarfile.open(fileobj=io.BytesIO(b"".join(build_context(source)))) as archive:
        members = {member.name: member for member in archive}
        content = archive.extractfile(f"d/{long}")
        assert content is not None
        assert content.read() == b"deep"
    assert sorted(members) == ["d", f"d/{long}", "link", "run"]
    assert (members["run"].mode, members["run"].uid, members["link"].linkname) == (0o755, 0, "run")


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        build_context(tmp_path / "nothing")


def test_a_folder_that_is_none_asynchronously(tmp_path: Path) -> None:
    import asyncio

    async def scenario(context: AsyncIterator[bytes]) -> None:
        await anext(context)

    with pytest.raises(NotADirectoryError):
        asyncio.run(scenario(async_build_context(tmp_path / "nothing")))


def test_what_dockerignore_leaves_out(tmp_path: Path) -> None:
    source = folder(
        tmp_path,
        Dockerfile="FROM busybox\n",
        _dot_dockerignore="*\n!kept\n**/*.log\n",
        left="",
        kept__a="",
        kept__b__c="",
        kept__b__x_log="",
    )
    (source / "kept" / "b" / "x_log").rename(source / "kept" / "b" / "x.log")
    assert names(build_context(source)) == [".dockerignore", "Dockerfile", "kept", "kept/a", "kept/b", "kept/b/c"]
