"""What mypy must find: the types of both clients' calls of containers. Checked by `make lint`, never run."""

from collections.abc import AsyncIterator
from typing import assert_type

from engine_api.api.containers import (
    ContainerArchive,
    ContainerPathStat,
    ContainerPruneResponse,
    ContainerTopResponse,
    ContainerUpdateRequest,
    ContainerUpdateResponse,
    FilesystemChange,
)
from engine_api.api.engine import Engine
from engine_api.api.stats import ContainerStatsResponse
from engine_api.api.streams import ByteStream, Duplex
from engine_api.api.struct import UnsetType
from engine_api.client import Archive, AsyncClient, Client, Content, MessageStream
from engine_api.client import Duplex as BlockingDuplex


def blocking(client: Client) -> None:
    assert_type(client.containers.restart("x", timeout=1), None)
    assert_type(client.containers.pause("x"), None)
    assert_type(client.containers.unpause("x"), None)
    assert_type(client.containers.rename("x", name="y"), None)
    assert_type(client.containers.update("x", ContainerUpdateRequest(memory=1)), ContainerUpdateResponse)
    assert_type(client.containers.top("x"), ContainerTopResponse)
    assert_type(client.containers.stats("x"), MessageStream[ContainerStatsResponse])
    assert_type(next(client.containers.stats("x")).read, str | UnsetType)
    assert_type(client.containers.changes("x"), list[FilesystemChange] | None)
    assert_type(client.containers.archive_info("x", path="/"), ContainerPathStat)
    assert_type(client.containers.archive("x", path="/"), Archive)
    assert_type(client.containers.archive("x", path="/").stat.mode, int)
    assert_type(client.containers.put_archive("x", [b""], path="/"), None)
    assert_type(client.containers.export("x"), Content)
    assert_type(client.containers.attach_websocket("x"), BlockingDuplex)
    assert_type(client.containers.prune(), ContainerPruneResponse)


async def asynchronous(client: AsyncClient) -> None:
    engine: Engine = client
    assert_type(await client.containers.stats("x"), AsyncIterator[ContainerStatsResponse])
    assert_type(await client.containers.archive("x", path="/"), ContainerArchive)
    assert_type(await client.containers.export("x"), ByteStream)
    assert_type(await client.containers.attach_websocket("x"), Duplex)
    assert_type(await engine.containers.update("x", ContainerUpdateRequest()), ContainerUpdateResponse)
