"""The engines of a swarm."""

from __future__ import annotations

import builtins
from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.errors import InternalError, InvalidParameter, NotFound, Unavailable
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.operation import operation
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.swarm import ObjectVersion, TLSInfo
from engine_api.api.system import GenericResource
from engine_api.api.versions import OneOf, Since, Value
from engine_api.api.volumes import Topology

__all__ = [
    "EngineDescription",
    "EnginePlugin",
    "ManagerStatus",
    "Node",
    "NodeCSIInfo",
    "NodeDescription",
    "NodeResources",
    "NodeSpec",
    "NodeStatus",
    "Nodes",
    "Platform",
]


class Platform(ApiStruct):
    """What a program must be made for."""

    architecture: str | UnsetType = UNSET
    """The CPU, such as `x86_64`."""
    os: str | UnsetType = field(default=UNSET, name="OS")
    """The operating system, such as `linux`."""


class NodeResources(ApiStruct):
    """What a node has, or what a task is promised."""

    nano_cpus: int | UnsetType = field(default=UNSET, name="NanoCPUs")
    """CPU time, in billionths of a CPU."""
    memory_bytes: int | UnsetType = UNSET
    """Memory in bytes."""
    generic_resources: Annotated[list[GenericResource] | None | UnsetType, Since("1.32")] = UNSET
    """Other things, such as GPUs."""


class EnginePlugin(ApiStruct):
    """A plugin that an engine has, or a driver that is built in."""

    type: str | UnsetType = UNSET
    """What it is for: `Volume`, `Network`, `Log`, `Authorization`."""
    name: str | UnsetType = UNSET
    """Its name."""


class EngineDescription(ApiStruct):
    """The engine of a node."""

    engine_version: str | UnsetType = UNSET
    """Its version."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Its labels, from its own configuration."""
    plugins: list[EnginePlugin] | None | UnsetType = UNSET
    """The plugins that it has."""


class NodeCSIInfo(ApiStruct):
    """What a storage plugin says of a node."""

    plugin_name: str | UnsetType = UNSET
    """The plugin."""
    node_id: str | UnsetType = field(default=UNSET, name="NodeID")
    """The node's ID, as the plugin has it."""
    max_volumes_per_node: int | UnsetType = UNSET
    """How many volumes the node can have; 0 for no limit."""
    accessible_topology: Topology | None | UnsetType = UNSET
    """Where the node is."""


class NodeDescription(ApiStruct):
    """A node, as it describes itself."""

    hostname: str | UnsetType = UNSET
    """The name of its host."""
    platform: Platform | UnsetType = UNSET
    """What it runs."""
    resources: NodeResources | UnsetType = UNSET
    """What it has."""
    engine: EngineDescription | UnsetType = UNSET
    """Its engine."""
    tls_info: Annotated[TLSInfo | UnsetType, Since("1.30")] = field(default=UNSET, name="TLSInfo")
    """The root that its certificate comes from."""
    csi_info: Annotated[list[NodeCSIInfo] | None | UnsetType, Since("1.42")] = field(default=UNSET, name="CSIInfo")
    """What storage plugins say of it."""


class NodeStatus(ApiStruct):
    """How a node is."""

    state: Annotated[
        str | UnsetType,
        OneOf(
            Value("unknown", "nothing was heard of it yet"),
            Value("down", "it is gone"),
            Value("ready", "it can run tasks"),
            Value("disconnected", "it has lost the managers"),
        ),
    ] = UNSET
    """Whether it can run tasks."""
    message: Annotated[str | UnsetType, Since("1.32")] = UNSET
    """Why."""
    addr: Annotated[str | UnsetType, Since("1.25")] = UNSET
    """Its address, as the managers see it."""


class ManagerStatus(ApiStruct):
    """How a manager is."""

    leader: bool | UnsetType = UNSET
    """Whether it leads the others. Absent when false."""
    reachability: Annotated[
        str | UnsetType,
        OneOf(
            Value("unknown", "nothing was heard of it yet"),
            Value("unreachable", "it does not answer"),
            Value("reachable", "it answers"),
        ),
    ] = UNSET
    """Whether it answers."""
    addr: str | UnsetType = UNSET
    """Its address with port."""


class NodeSpec(ApiStruct):
    """What a node is to be."""

    name: str | UnsetType = UNSET
    """A name for it."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Its labels in the swarm, for placing tasks."""
    role: Annotated[str | UnsetType, OneOf("worker", "manager")] = UNSET
    """Whether it runs tasks only, or also manages the swarm."""
    availability: Annotated[
        str | UnsetType,
        OneOf(
            Value("active", "it runs tasks"),
            Value("pause", "it gets no new tasks"),
            Value("drain", "it runs no tasks"),
        ),
    ] = UNSET
    """What it does."""


class Node(ApiStruct):
    """An engine in a swarm."""

    id: str | UnsetType = field(default=UNSET, name="ID")
    """Its ID."""
    version: ObjectVersion | UnsetType = UNSET
    """Which change of it this is."""
    created_at: str | UnsetType = UNSET
    """When it joined, in RFC 3339."""
    updated_at: str | UnsetType = UNSET
    """When it was last changed, in RFC 3339."""
    spec: NodeSpec | UnsetType = UNSET
    """What it is to be."""
    description: NodeDescription | UnsetType = UNSET
    """What it says of itself."""
    status: NodeStatus | UnsetType = UNSET
    """How it is."""
    manager_status: ManagerStatus | None | UnsetType = UNSET
    """How it is as a manager; absent for a worker."""


class Nodes(Protocol):
    """The engines of a swarm."""

    @operation(
        "NodeList",
        changes=False,
        errors={InternalError: "the engine failed", Unavailable: "the node is no manager of a swarm"},
    )
    async def list(
        self,
        *,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("id", "its ID begins so"),
                Value("label", "its engine has this label: `KEY` or `KEY=VALUE`"),
                Value("membership", "it is `accepted` or `pending`"),
                Value("name", "its host's name begins so"),
                Value("node.label", "it has this label in the swarm: `KEY` or `KEY=VALUE`", since="1.40"),
                Value("role", "it is a `manager` or a `worker`"),
            ),
        ] = None,
    ) -> builtins.list[Node]:
        """List the nodes of the swarm.

        Args:
            filters: which of them.
        """
        ...

    @operation(
        "NodeInspect",
        changes=False,
        errors={
            NotFound: "there is no such node",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def inspect(self, id: str) -> Node:
        """Return a node.

        Args:
            id: its ID, its host's name, or a unique prefix of its ID; `self` is the engine that is asked.
        """
        ...

    @operation(
        "NodeDelete",
        changes=True,
        errors={
            NotFound: "there is no such node",
            InternalError: "it is not down, or is a manager; or the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def delete(self, id: str, *, force: bool = False) -> None:
        """Forget a node.

        Args:
            id: its ID, its host's name, or a unique prefix of its ID.
            force: also if it is not down.
        """
        ...

    @operation(
        "NodeUpdate",
        changes=True,
        errors={
            InvalidParameter: "the version is missing, or the last manager would become a worker",
            NotFound: "there is no such node",
            InternalError: "the node has changed since that version, or the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def update(self, id: str, spec: NodeSpec, *, version: int) -> None:
        """Change a node's labels, its role, or what it does.

        Args:
            id: its ID; from v1.25 on also its host's name or a unique prefix of its ID.
            spec: what it is to be, as a whole.
            version: the `Version.Index` of the node that was read before.
        """
        ...
