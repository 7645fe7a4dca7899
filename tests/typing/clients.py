"""What mypy must find: the types of both clients' calls. Checked by `make lint`, never run."""

from collections.abc import AsyncIterator
from typing import assert_type

from engine_api.api.builder import BuildPruneResponse
from engine_api.api.containers import ContainerCreateRequest, ContainerInspectResponse, ContainerSummary
from engine_api.api.datausage import DataUsage
from engine_api.api.distribution import DistributionInspectResponse
from engine_api.api.engine import Engine
from engine_api.api.events import EventActor, EventMessage
from engine_api.api.images import (
    AttestationStatement,
    AuthConfig,
    ImageCommitResponse,
    ImageDeleteResponseItem,
    ImageHistoryResponseItem,
    ImagePruneResponse,
    ImageSearchResponseItem,
    ProgressMessage,
)
from engine_api.api.networks import NetworkCreateRequest, NetworkInspect, NetworkPruneResponse, NetworkSummary
from engine_api.api.streams import Chunk, Duplex, OutputStream
from engine_api.api.struct import UnsetType
from engine_api.api.system import AuthResponse, SystemVersion
from engine_api.api.volumes import (
    Volume,
    VolumeCreateRequest,
    VolumeListResponse,
    VolumePruneResponse,
    VolumeUpdateRequest,
)
from engine_api.client import AsyncClient, Client, Content, MessageStream, Output, async_build_context, build_context
from engine_api.client import Duplex as BlockingDuplex


def blocking(client: Client, config: ContainerCreateRequest) -> None:
    assert_type(client.system.version(), SystemVersion)
    assert_type(client.containers.list(), list[ContainerSummary])
    assert_type(client.containers.inspect("x"), ContainerInspectResponse)
    assert_type(client.containers.create(config).id, str)
    assert_type(client.containers.start("x"), None)
    assert_type(client.containers.logs("x"), Output)
    assert_type(client.containers.attach("x"), BlockingDuplex)
    assert_type(next(client.containers.attach("x")), Chunk)
    assert_type(client.images.create(), MessageStream[ProgressMessage])
    assert_type(client.images.history("x"), list[ImageHistoryResponseItem])
    assert_type(client.images.tag("x", repo="y"), None)
    assert_type(client.images.push("x"), MessageStream[ProgressMessage])
    assert_type(client.images.search("x"), list[ImageSearchResponseItem])
    assert_type(client.images.get("x"), Content)
    assert_type(client.images.get("x").read(), bytes)
    assert_type(client.images.get_all(names=["x"]), Content)
    assert_type(client.images.load([b""]), MessageStream[ProgressMessage])
    assert_type(client.images.commit(container="x").id, str)
    assert_type(client.images.prune().images_deleted, list[ImageDeleteResponseItem] | None)
    assert_type(client.images.attestations("x"), list[AttestationStatement])
    assert_type(client.distribution.inspect("x"), DistributionInspectResponse)
    assert_type(client.system.auth(AuthConfig()), AuthResponse)
    assert_type(client.system.version().version, str | UnsetType)
    assert_type(client.networks.list(filters={"type": ["custom"]}), list[NetworkSummary])
    assert_type(client.networks.inspect("x", verbose=True), NetworkInspect)
    assert_type(client.networks.create(NetworkCreateRequest(name="x")).id, str)
    assert_type(client.networks.delete("x"), None)
    assert_type(client.networks.prune(), NetworkPruneResponse)
    assert_type(client.builder.build(context=build_context(".")), MessageStream[ProgressMessage])
    assert_type(client.builder.prune(), BuildPruneResponse)
    assert_type(client.builder.cancel(id="x"), None)
    assert_type(client.system.events(filters={"type": ["volume"]}), MessageStream[EventMessage])
    assert_type(next(client.system.events()).actor, EventActor | UnsetType)
    assert_type(client.system.data_usage(type=["volume"]), DataUsage)
    assert_type(client.volumes.list().volumes, list[Volume] | UnsetType | None)
    assert_type(client.volumes.create(VolumeCreateRequest(name="x")), Volume)
    assert_type(client.volumes.inspect("x").labels, dict[str, str] | UnsetType | None)
    assert_type(client.volumes.update("x", version=1, spec=VolumeUpdateRequest()), None)
    assert_type(client.volumes.delete("x", force=True), None)
    assert_type(client.volumes.prune(), VolumePruneResponse)
    assert_type(client.session.open(), BlockingDuplex)
    assert_type(client.session.grpc(), BlockingDuplex)


async def asynchronous(client: AsyncClient) -> None:
    engine: Engine = client
    assert_type(await client.containers.list(), list[ContainerSummary])
    assert_type(await client.containers.logs("x"), OutputStream)
    assert_type(await client.containers.attach("x"), Duplex)
    assert_type(await client.images.create(), AsyncIterator[ProgressMessage])
    assert_type(await client.images.history("x"), list[ImageHistoryResponseItem])
    assert_type(await client.images.push("x"), AsyncIterator[ProgressMessage])
    assert_type(await client.images.search("x"), list[ImageSearchResponseItem])
    assert_type(await client.images.get("x"), AsyncIterator[bytes])
    assert_type(await client.images.load(), AsyncIterator[ProgressMessage])
    assert_type(await client.images.commit(container="x"), ImageCommitResponse)
    assert_type(await client.images.prune(), ImagePruneResponse)
    assert_type(await client.images.attestations("x"), list[AttestationStatement])
    assert_type(await client.distribution.inspect("x"), DistributionInspectResponse)
    assert_type(await client.system.auth(AuthConfig()), AuthResponse)
    assert_type(await engine.system.version(), SystemVersion)
    assert_type(await client.networks.list(), list[NetworkSummary])
    assert_type(await engine.networks.inspect("x"), NetworkInspect)
    assert_type(await client.builder.build(context=async_build_context(".")), AsyncIterator[ProgressMessage])
    assert_type(await client.builder.prune(), BuildPruneResponse)
    assert_type(await client.system.events(since="0"), AsyncIterator[EventMessage])
    assert_type(await engine.system.data_usage(verbose=True), DataUsage)
    assert_type(await client.volumes.list(), VolumeListResponse)
    assert_type(await engine.volumes.prune(filters={"all": ["true"]}), VolumePruneResponse)
    assert_type(await client.session.open(id="x"), Duplex)
