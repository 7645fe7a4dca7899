"""A node's part in a swarm, as the engine tells it of itself."""

from __future__ import annotations

from typing import Annotated

from msgspec import field

from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import OneOf, Since, Value

__all__ = [
    "CAConfig",
    "ClusterInfo",
    "DispatcherConfig",
    "EncryptionConfig",
    "ExternalCA",
    "LogDriver",
    "ObjectVersion",
    "OrchestrationConfig",
    "PeerNode",
    "RaftConfig",
    "SwarmInfo",
    "SwarmSpec",
    "TLSInfo",
    "TaskDefaults",
]


class PeerNode(ApiStruct):
    """A manager of a swarm."""

    node_id: str | UnsetType = field(default=UNSET, name="NodeID")
    """Its ID."""
    addr: str | UnsetType = UNSET
    """Its address with port."""


class ObjectVersion(ApiStruct):
    """Which change of an object this is."""

    index: int | UnsetType = UNSET
    """Grows with each change."""


class OrchestrationConfig(ApiStruct):
    """How a swarm runs tasks."""

    task_history_retention_limit: int | None | UnsetType = UNSET
    """How many ended tasks are kept for each place of a service."""


class RaftConfig(ApiStruct):
    """How the managers agree."""

    snapshot_interval: int | UnsetType = UNSET
    """Log entries between snapshots."""
    keep_old_snapshots: int | None | UnsetType = UNSET
    """Older snapshots that are kept."""
    log_entries_for_slow_followers: int | UnsetType = UNSET
    """Log entries kept for slow managers after a snapshot."""
    election_tick: int | UnsetType = UNSET
    """Ticks without a leader until there is an election."""
    heartbeat_tick: int | UnsetType = UNSET
    """Ticks between signs of life."""


class DispatcherConfig(ApiStruct):
    """How managers follow workers."""

    heartbeat_period: int | UnsetType = UNSET
    """Nanoseconds between a worker's signs of life."""


class ExternalCA(ApiStruct):
    """An authority outside the swarm that signs certificates."""

    protocol: Annotated[str | UnsetType, OneOf("cfssl")] = UNSET
    """How it is asked."""
    url: str | UnsetType = field(default=UNSET, name="URL")
    """Where it is."""
    options: dict[str, str] | None | UnsetType = UNSET
    """Settings for it."""
    ca_cert: str | UnsetType = field(default=UNSET, name="CACert")
    """Its root certificate, in PEM."""


class CAConfig(ApiStruct):
    """How a swarm signs certificates."""

    node_cert_expiry: int | UnsetType = UNSET
    """Nanoseconds that a node's certificate is valid."""
    external_cas: list[ExternalCA] | None | UnsetType = field(default=UNSET, name="ExternalCAs")
    """Authorities outside the swarm."""
    signing_ca_cert: str | UnsetType = field(default=UNSET, name="SigningCACert")
    """The certificate that signs, in PEM."""
    signing_ca_key: str | UnsetType = field(default=UNSET, name="SigningCAKey")
    """Its key, in PEM; never sent by an engine."""
    force_rotate: int | UnsetType = UNSET
    """Changing it makes a new root certificate."""


class EncryptionConfig(ApiStruct):
    """Whether the managers' keys are locked."""

    auto_lock_managers: bool | UnsetType = UNSET
    """Whether a manager that restarts must be unlocked."""


class LogDriver(ApiStruct):
    """What becomes of the output of tasks."""

    name: str | UnsetType = UNSET
    """The log driver."""
    options: dict[str, str] | None | UnsetType = UNSET
    """Its settings."""


class TaskDefaults(ApiStruct):
    """What tasks get unless they say otherwise."""

    log_driver: LogDriver | UnsetType = UNSET
    """What becomes of their output."""


class SwarmSpec(ApiStruct):
    """How a swarm is set up."""

    name: str | UnsetType = UNSET
    """Its name."""
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
    encryption_config: EncryptionConfig | None | UnsetType = UNSET
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
    """What a manager tells of its swarm."""

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


class SwarmInfo(ApiStruct):
    """A node's part in a swarm."""

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
