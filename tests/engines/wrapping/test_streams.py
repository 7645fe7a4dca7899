"""Streams that are watched."""

from collections.abc import AsyncIterator, Sequence
from typing import cast

import pytest

from engine_api.api.containers import ContainerArchive, ContainerPathStat
from engine_api.api.streams import Chunk, Duplex, OutputStream, StreamName
from engine_api.engines.wrapping import watched

STAT = ContainerPathStat(name="etc", size=1, mode=0, mtime="", link_target="")


class _Watcher:
    def __init__(self) -> None:
        self.items: list[object] = []
        self.ends = 0

    async def each(self, item: object) -> None:
        self.items.append(item)

    async def end(self) -> None:
        self.ends += 1

    def watch(self, found: object) -> object:
        return watched(found, each=self.each, end=self.end)


class _Process(Duplex):
    def __init__(self) -> None:
        super().__init__(tty=True)
        self.pieces = [b"one", b"two"]
        self.input: list[bytes] = []
        self.closed = False

    async def receive(self) -> Sequence[Chunk]:
        return [Chunk(StreamName.STDOUT, self.pieces.pop(0))] if self.pieces else []

    async def write(self, data: bytes) -> None:
        self.input.append(data)

    async def close_write(self) -> None:
        self.input.append(b"end")

    async def aclose(self) -> None:
        self.closed = True


class _Pieces:
    """Bytes that know whether somebody let go of them."""

    def __init__(self) -> None:
        self.left = [b"one", b"two"]
        self.closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self.left:
            raise StopAsyncIteration
        return self.left.pop(0)

    async def aclose(self) -> None:
        self.closed = True


@pytest.mark.anyio
async def test_both_directions_of_a_process() -> None:
    watcher, process = _Watcher(), _Process()
    found = watcher.watch(process)
    assert isinstance(found, Duplex)
    assert found.tty
    async with found:
        await found.write(b"hello")
        await found.close_write()
        assert [chunk.data async for chunk in found] == [b"one", b"two"]
    assert process.input == [b"hello", b"end"]
    assert process.closed
    assert watcher.items == [[Chunk(StreamName.STDOUT, b"one")], [Chunk(StreamName.STDOUT, b"two")]]
    assert watcher.ends == 1


@pytest.mark.anyio
async def test_output_stays_output() -> None:
    class Output(OutputStream):
        async def receive(self) -> Sequence[Chunk]:
            return []

        async def aclose(self) -> None:
            pass

    watcher = _Watcher()
    found = watcher.watch(Output(tty=False))
    assert isinstance(found, OutputStream)
    assert not isinstance(found, Duplex)
    assert await found.receive() == []
    assert watcher.ends == 1


@pytest.mark.anyio
async def test_items_are_seen_before_they_are_passed_on_and_the_end_as_well() -> None:
    watcher, pieces = _Watcher(), _Pieces()
    found = cast("AsyncIterator[bytes]", watcher.watch(pieces))
    assert await anext(found) == b"one"
    assert watcher.items == [b"one"]
    assert [piece async for piece in found] == [b"two"]
    assert watcher.ends == 1
    assert pieces.closed


@pytest.mark.anyio
async def test_a_stream_that_is_left_is_closed_and_has_no_end() -> None:
    watcher, pieces = _Watcher(), _Pieces()
    archive = watcher.watch(ContainerArchive(STAT, pieces))
    assert isinstance(archive, ContainerArchive)
    assert archive.stat.name == "etc"
    assert await anext(archive) == b"one"
    await archive.aclose()
    assert pieces.closed
    assert watcher.ends == 0


@pytest.mark.anyio
async def test_what_is_no_stream_stays_as_it_is() -> None:
    assert _Watcher().watch(STAT) is STAT
    assert _Watcher().watch(None) is None
