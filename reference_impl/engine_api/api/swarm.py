"""The swarm that the engine is a node of, and what its objects have in common."""

from __future__ import annotations

from typing import Annotated, Final, Protocol

from msgspec import field

from engine_api.api.errors import InternalError, InvalidParameter, NotFound, Unavailable
from engine_api.api.filters import FilterKeys
from engine_api.api.operation import operation
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import OneOf, Since, Value

__all__ = [
    "CAConfig",
    "ClusterInfo",
    "DispatcherConfig",
    "Driver",
    "EncryptionConfig",
    "ExternalCA",
    "JoinTokens",
    "ObjectVersion",
    "OrchestrationConfig",
    "PeerNode",
    "RaftConfig",
    "Swarm",
    "SwarmInfo",
    "SwarmInitRequest",
    "SwarmInspectResponse",
    "SwarmJoinRequest",
    "SwarmObject",
    "SwarmSpec",
    "SwarmUnlockRequest",
    "TLSInfo",
    "TaskDefaults",
    "UnlockKeyResponse",
]


class ObjectVersion(ApiStruct):
    """Which change of an object this is. An update names it, and is refused if the object has changed since."""

    index: int | UnsetType = UNSET
    """Grows with each change."""


class SwarmObject(ApiStruct):
    """What every object of a swarm has."""

    id: str | UnsetType = field(default=UNSET, name="ID")
    """Its ID."""
    version: ObjectVersion | UnsetType = UNSET
    """Which change of it this is."""
    created_at: str | UnsetType = UNSET
    """When it was made, in RFC 3339."""
    updated_at: str | UnsetType = UNSET
    """When it was last changed, in RFC 3339."""


NAMED_OBJECT_FILTERS: Final = FilterKeys(
    Value("id", "its ID begins so"),
    Value("label", "it has this label: `KEY` or `KEY=VALUE`"),
    Value("name", "its name begins so"),
    Value("names", "it has this name"),
)
"""Filters of secrets and configs."""


class Driver(ApiStruct):
    """A driver with its settings."""

    name: str | UnsetType = UNSET
    """Which driver."""
    options: dict[str, str] | None | UnsetType = UNSET
    """Its settings."""


class PeerNode(ApiStruct):
    """A manager of a swarm."""

    node_id: str | UnsetType = field(default=UNSET, name="NodeID")
    """Its ID."""
    addr: str | UnsetType = UNSET
    """Its address with port."""


class OrchestrationConfig(ApiStruct):
    """How a swarm runs tasks."""

    task_history_retention_limit: int | None | UnsetType = UNSET
    """How many ended tasks are kept for each place of a service. Default: 5."""


class RaftConfig(ApiStruct):
    """How the managers agree."""

    snapshot_interval: int | UnsetType = UNSET
    """Log entries between snapshots. Default: 10000."""
    keep_old_snapshots: int | None | UnsetType = UNSET
    """Older snapshots that are kept. Default: 0."""
    log_entries_for_slow_followers: int | UnsetType = UNSET
    """Log entries kept for slow managers after a snapshot. Default: 500."""
    election_tick: int | UnsetType = UNSET
    """Ticks without a leader until there is an election; greater than `HeartbeatTick`. Default: 10."""
    heartbeat_tick: int | UnsetType = UNSET
    """Ticks between signs of life. Default: 1."""


class DispatcherConfig(ApiStruct):
    """How managers follow workers."""

    heartbeat_period: int | UnsetType = UNSET
    """Nanoseconds between a worker's signs of life. Default: 5 seconds."""


class ExternalCA(ApiStruct):
    """An authority outside the swarm that signs certificates."""

    protocol: Annotated[str | UnsetType, OneOf("cfssl")] = UNSET
    """How it is asked."""
    url: str | UnsetType = field(default=UNSET, name="URL")
    """Where it is."""
    options: dict[str, str] | None | UnsetType = UNSET
    """Settings for it."""
    ca_cert: Annotated[str | UnsetType, Since("1.30")] = field(default=UNSET, name="CACert")
    """Its root certificate, in PEM."""


class CAConfig(ApiStruct):
    """How a swarm signs certificates."""

    node_cert_expiry: int | UnsetType = UNSET
    """Nanoseconds that a node's certificate is valid. Default: 90 days."""
    external_cas: list[ExternalCA] | None | UnsetType = field(default=UNSET, name="ExternalCAs")
    """Authorities outside the swarm."""
    signing_ca_cert: Annotated[str | UnsetType, Since("1.30")] = field(default=UNSET, name="SigningCACert")
    """The certificate that signs, in PEM."""
    signing_ca_key: Annotated[str | UnsetType, Since("1.30")] = field(default=UNSET, name="SigningCAKey")
    """Its key, in PEM; never sent by an engine."""
    force_rotate: Annotated[int | UnsetType, Since("1.30")] = UNSET
    """Changing it makes a new root certificate."""


class EncryptionConfig(ApiStruct):
    """Whether the managers' keys are locked."""

    auto_lock_managers: bool | UnsetType = UNSET
    """Whether a manager that restarts must be unlocked. Default: false."""


class TaskDefaults(ApiStruct):
    """What tasks get unless they say otherwise."""

    log_driver: Driver | None | UnsetType = UNSET
    """What becomes of their output: a log driver. Default: the node's own."""


class SwarmSpec(ApiStruct):
    """How a swarm is set up."""

    name: str | UnsetType = UNSET
    """Its name: `default`; no other is accepted."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Its labels."""
    orchestration: OrchestrationConfig | None | UnsetType = UNSET
    """How it runs tasks."""
    raft: RaftConfig | None | UnsetType = UNSET
    """How the managers agree."""
    dispatcher: DispatcherConfig | None | UnsetType = UNSET
    """How managers follow workers."""
    ca_config: CAConfig | None | UnsetType = field(default=UNSET, name="CAConfig")
    """How it signs certificates."""
    encryption_config: Annotated[EncryptionConfig | None | UnsetType, Since("1.25")] = UNSET
    """Whether the managers' keys are locked."""
    task_defaults: TaskDefaults | None | UnsetType = UNSET
    """What tasks get unless they say otherwise."""


class TLSInfo(ApiStruct):
    """The root of a swarm's certificates."""

    trust_root: str | UnsetType = UNSET
    """The root certificate, in PEM."""
    cert_issuer_subject: str | UnsetType = UNSET
    """The issuer's name, as base64 of its DER form."""
    cert_issuer_public_key: str | UnsetType = UNSET
    """The issuer's public key, as base64 of its DER form."""


class ClusterInfo(ApiStruct):
    """What a manager says of its swarm."""

    id: str | UnsetType = field(default=UNSET, name="ID")
    """The swarm's ID."""
    version: ObjectVersion | None | UnsetType = UNSET
    """Which change of the swarm this is."""
    created_at: str | UnsetType = UNSET
    """When it was made, in RFC 3339."""
    updated_at: str | UnsetType = UNSET
    """When it was last changed, in RFC 3339."""
    spec: SwarmSpec | None | UnsetType = UNSET
    """How it is set up."""
    tls_info: Annotated[TLSInfo | None | UnsetType, Since("1.30")] = field(default=UNSET, name="TLSInfo")
    """The root of its certificates."""
    root_rotation_in_progress: Annotated[bool | UnsetType, Since("1.30")] = UNSET
    """Whether its root certificate is being replaced."""
    default_addr_pool: Annotated[list[str] | None | UnsetType, Since("1.39")] = UNSET
    """Subnets from which networks of the swarm are made."""
    subnet_size: Annotated[int | UnsetType, Since("1.39")] = UNSET
    """The length of the prefix of each such network."""
    data_path_port: Annotated[int | UnsetType, Since("1.40")] = UNSET
    """The port of the traffic between containers."""


class JoinTokens(ApiStruct):
    """What a node must know to join."""

    worker: str | UnsetType = UNSET
    """The token that makes a worker of a node."""
    manager: str | UnsetType = UNSET
    """The token that makes a manager of a node."""


class SwarmInspectResponse(ClusterInfo):
    """All about a swarm."""

    join_tokens: JoinTokens | UnsetType = UNSET
    """What a node must know to join."""


class SwarmInfo(ApiStruct):
    """A node's part in a swarm, as the engine reports it."""

    node_id: str | UnsetType = field(default=UNSET, name="NodeID")
    """The node's ID."""
    node_addr: str | UnsetType = UNSET
    """The address by which others reach it."""
    local_node_state: Annotated[
        str | UnsetType,
        OneOf(
            Value("", "not known"),
            Value("inactive", "in no swarm"),
            Value("pending", "joining"),
            "active",
            "error",
            Value("locked", "a manager that must be unlocked"),
        ),
    ] = UNSET
    """How the node is."""
    control_available: bool | UnsetType = UNSET
    """Whether it is a manager."""
    error: str | UnsetType = UNSET
    """What is wrong."""
    remote_managers: list[PeerNode] | None | UnsetType = UNSET
    """The managers."""
    nodes: int | None | UnsetType = UNSET
    """How many nodes there are; only on a manager."""
    managers: int | None | UnsetType = UNSET
    """How many managers there are; only on a manager."""
    cluster: ClusterInfo | None | UnsetType = UNSET
    """The swarm; only on a manager."""
    warnings: list[str] | UnsetType = UNSET
    """What is odd about it."""


class SwarmInitRequest(ApiStruct):
    """A swarm that is to be made."""

    listen_addr: str | UnsetType = UNSET
    """Where this manager listens for others: an address, or a network interface, with an optional port. It must be
    given. Default port: 2377.
    """
    advertise_addr: str | UnsetType = UNSET
    """The address, or the interface, by which other nodes reach this one. Default: found out, where there is only
    one.
    """
    data_path_addr: Annotated[str | UnsetType, Since("1.30")] = UNSET
    """The address, or the interface, for traffic between containers. Default: `AdvertiseAddr`."""
    data_path_port: Annotated[int | UnsetType, Since("1.40")] = UNSET
    """The port for traffic between containers, 1024 to 49151. Default: 0, which means 4789."""
    default_addr_pool: Annotated[list[str] | None | UnsetType, Since("1.39")] = UNSET
    """Subnets from which networks of the swarm are made. Default: `10.0.0.0/8`."""
    force_new_cluster: bool | UnsetType = UNSET
    """Whether to go on alone with the data of a swarm that has lost its majority. Default: false."""
    subnet_size: Annotated[int | UnsetType, Since("1.39")] = UNSET
    """The length of the prefix of each network made from the pool. Default: 24."""
    auto_lock_managers: Annotated[bool | UnsetType, Since("1.25")] = UNSET
    """Whether a manager that restarts must be unlocked. Default: what `Spec` says."""
    availability: Annotated[
        str | UnsetType,
        Since("1.25"),
        OneOf(
            Value("active", "it runs tasks"),
            Value("pause", "it gets no new tasks"),
            Value("drain", "it runs no tasks"),
        ),
    ] = UNSET
    """What this node does. Default: `active`."""
    spec: SwarmSpec | None | UnsetType = UNSET
    """How the swarm is set up."""


class SwarmJoinRequest(ApiStruct):
    """A swarm that the engine is to join."""

    listen_addr: str | UnsetType = UNSET
    """Where this node listens, if it is or becomes a manager; as for a new swarm. It must be given."""
    advertise_addr: str | UnsetType = UNSET
    """The address, or the interface, by which other nodes reach this one. Default: found out, where there is only
    one.
    """
    data_path_addr: Annotated[str | UnsetType, Since("1.30")] = UNSET
    """The address, or the interface, for traffic between containers. Default: `AdvertiseAddr`."""
    remote_addrs: list[str] | None | UnsetType = UNSET
    """Addresses of managers; at least one."""
    join_token: str | UnsetType = UNSET
    """The token that says to which swarm, and whether as a worker or a manager."""
    availability: Annotated[
        str | UnsetType,
        Since("1.25"),
        OneOf(
            Value("active", "it runs tasks"),
            Value("pause", "it gets no new tasks"),
            Value("drain", "it runs no tasks"),
        ),
    ] = UNSET
    """What this node does. Default: `active`."""


class SwarmUnlockRequest(ApiStruct):
    """What unlocks a manager."""

    unlock_key: str | UnsetType = UNSET
    """The key: `SWMKEY-1-` and 43 letters and digits."""


class UnlockKeyResponse(ApiStruct):
    """What unlocks the managers of a swarm."""

    unlock_key: str | UnsetType = UNSET
    """The key; empty if the managers do not lock themselves."""


class Swarm(Protocol):
    """The swarm that the engine is a node of."""

    @operation(
        "SwarmInspect",
        changes=False,
        errors={
            NotFound: ("there is no such swarm", "1.27", None),
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def inspect(self) -> SwarmInspectResponse:
        """Return the swarm. Only managers answer."""
        ...

    @operation(
        "SwarmInit",
        changes=True,
        errors={
            InvalidParameter: "an address is missing or malformed, or the set-up makes no sense",
            InternalError: "the engine failed, or the set-up makes no sense",
            Unavailable: "the node is part of a swarm already",
        },
    )
    async def init(self, config: SwarmInitRequest) -> str:
        """Make a new swarm, with this engine as its first manager; the answer is the node's ID.

        Args:
            config: what it is to be.
        """
        ...

    @operation(
        "SwarmJoin",
        changes=True,
        errors={
            InvalidParameter: "an address is missing or malformed",
            InternalError: "the token is wrong, or the engine failed",
            Unavailable: "the node is part of a swarm already, or no manager can be reached",
        },
    )
    async def join(self, config: SwarmJoinRequest) -> None:
        """Join a swarm, as a worker or as a manager.

        Args:
            config: which swarm, and how.
        """
        ...

    @operation(
        "SwarmLeave",
        changes=True,
        errors={
            InternalError: "the engine failed",
            Unavailable: "the node is part of no swarm, or is a manager and `force` was not given",
        },
    )
    async def leave(self, *, force: bool = False) -> None:
        """Leave the swarm.

        Args:
            force: also if the node is a manager, even the last one.
        """
        ...

    @operation(
        "SwarmUpdate",
        changes=True,
        errors={
            InvalidParameter: "the version is missing, or the set-up makes no sense",
            InternalError: "the swarm has changed since that version, or the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def update(
        self,
        spec: SwarmSpec,
        *,
        version: int,
        rotate_worker_token: bool = False,
        rotate_manager_token: bool = False,
        rotate_manager_unlock_key: Annotated[bool, Since("1.25")] = False,
    ) -> None:
        """Set up the swarm in another way, or make new tokens or a new key.

        Args:
            spec: how it is to be set up, as a whole.
            version: the `Version.Index` of the swarm that was read before.
            rotate_worker_token: make a new token for workers.
            rotate_manager_token: make a new token for managers.
            rotate_manager_unlock_key: make a new key that unlocks managers.
        """
        ...

    @operation(
        "SwarmUnlockkey",
        changes=False,
        since="1.25",
        errors={InternalError: "the engine failed", Unavailable: "the node is no manager of a swarm"},
    )
    async def unlock_key(self) -> UnlockKeyResponse:
        """Return the key that unlocks managers after a restart."""
        ...

    @operation(
        "SwarmUnlock",
        changes=True,
        since="1.25",
        errors={
            InvalidParameter: "the key is malformed",
            InternalError: "the key is wrong, or the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def unlock(self, config: SwarmUnlockRequest) -> None:
        """Unlock a manager that has restarted.

        Args:
            config: the key.
        """
        ...
