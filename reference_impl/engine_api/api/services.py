"""Services: what a swarm keeps running."""

from __future__ import annotations

import builtins
from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.errors import Conflict, Forbidden, InternalError, InvalidParameter, NotFound, Unavailable
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.images import AuthConfig
from engine_api.api.operation import operation
from engine_api.api.streams import OutputStream
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.swarm import ObjectVersion, SwarmObject
from engine_api.api.tasks import NetworkAttachmentConfig, PortConfig, TaskSpec
from engine_api.api.versions import Deprecated, OneOf, Since, Value

__all__ = [
    "Endpoint",
    "EndpointSpec",
    "EndpointVirtualIP",
    "GlobalJob",
    "GlobalService",
    "JobStatus",
    "ReplicatedJob",
    "ReplicatedService",
    "Service",
    "ServiceCreateResponse",
    "ServiceMode",
    "ServiceSpec",
    "ServiceStatus",
    "ServiceUpdateResponse",
    "Services",
    "UpdateConfig",
    "UpdateStatus",
]


class ReplicatedService(ApiStruct):
    """A service of so many tasks."""

    replicas: int | None | UnsetType = UNSET
    """How many. Default: 1."""


class GlobalService(ApiStruct):
    """A service of one task on every node."""


class ReplicatedJob(ApiStruct):
    """A service whose tasks are to end well, so many times."""

    max_concurrent: int | None | UnsetType = UNSET
    """How many run at a time. Default: 1."""
    total_completions: int | None | UnsetType = UNSET
    """How many must end well in all. Default: `MaxConcurrent`."""


class GlobalJob(ApiStruct):
    """A service whose task is to end well on every node."""


class ServiceMode(ApiStruct):
    """How many tasks a service has. One of these; without any, a replicated service of one task."""

    replicated: ReplicatedService | None | UnsetType = UNSET
    """So many."""
    global_: GlobalService | None | UnsetType = field(default=UNSET, name="Global")
    """One on every node."""
    replicated_job: Annotated[ReplicatedJob | None | UnsetType, Since("1.41")] = UNSET
    """So many that must end well."""
    global_job: Annotated[GlobalJob | None | UnsetType, Since("1.41")] = UNSET
    """One on every node that must end well."""


class UpdateConfig(ApiStruct):
    """How tasks are replaced when the service changes."""

    parallelism: int | UnsetType = UNSET
    """How many at a time; 0 for all at once."""
    delay: int | UnsetType = UNSET
    """Nanoseconds in between. Default: 0."""
    failure_action: Annotated[
        str | UnsetType,
        OneOf(
            Value("pause", "the rest is left as it was"),
            Value("continue", "it goes on"),
            Value("rollback", "what was done is undone; not for a rollback itself", since="1.28"),
        ),
    ] = UNSET
    """What happens when a new task fails. Default: `pause`."""
    monitor: Annotated[int | UnsetType, Since("1.25")] = UNSET
    """Nanoseconds after its start in which a new task counts as failed if it ends. Default: 5 seconds."""
    max_failure_ratio: Annotated[float | UnsetType, Since("1.25")] = UNSET
    """Which share of new tasks may fail, 0 to 1. Default: 0."""
    order: Annotated[
        str | UnsetType,
        Since("1.29"),
        OneOf(
            Value("stop-first", "the old one ends before the new one starts"),
            Value("start-first", "the new one runs before the old one ends"),
        ),
    ] = UNSET
    """What comes first. Default: `stop-first`."""


class EndpointSpec(ApiStruct):
    """How a service is to be reached."""

    mode: Annotated[
        str | UnsetType,
        OneOf(
            Value("vip", "one address stands for all tasks"),
            Value("dnsrr", "the name has the addresses of all tasks"),
        ),
    ] = UNSET
    """What its name means in a network. Default: `vip`."""
    ports: list[PortConfig] | None | UnsetType = UNSET
    """The ports that it publishes; not in `ingress` mode together with `dnsrr`."""


class EndpointVirtualIP(ApiStruct):
    """An address that stands for all tasks of a service."""

    network_id: str | UnsetType = field(default=UNSET, name="NetworkID")
    """The network that it is in."""
    addr: str | UnsetType = UNSET
    """The address, with the length of its prefix; absent until it is known."""


class Endpoint(ApiStruct):
    """How a service can be reached."""

    spec: EndpointSpec | UnsetType = UNSET
    """What was asked for."""
    ports: list[PortConfig] | None | UnsetType = UNSET
    """The ports that it publishes, with those that the swarm chose."""
    virtual_ips: list[EndpointVirtualIP] | None | UnsetType = field(default=UNSET, name="VirtualIPs")
    """Its addresses."""


class UpdateStatus(ApiStruct):
    """How far a change of a service is."""

    state: Annotated[
        str | UnsetType,
        OneOf(
            Value("updating", "tasks are being replaced"),
            Value("paused", "it stopped after a failure"),
            Value("completed", "it is done"),
            Value("rollback_started", "it is being undone", since="1.28"),
            Value("rollback_paused", "undoing stopped after a failure", since="1.28"),
            Value("rollback_completed", "it is undone", since="1.28"),
        ),
    ] = UNSET
    """How far it is."""
    started_at: str | None | UnsetType = UNSET
    """When it began, in RFC 3339."""
    completed_at: str | None | UnsetType = UNSET
    """When it was done, in RFC 3339; absent before."""
    message: str | UnsetType = UNSET
    """What happens, for people."""


class ServiceStatus(ApiStruct):
    """How many tasks a service has."""

    running_tasks: int | UnsetType = UNSET
    """Those that run."""
    desired_tasks: int | UnsetType = UNSET
    """Those that are to run; of a job, those still to end well."""
    completed_tasks: int | UnsetType = UNSET
    """Those of a job that have ended well."""


class JobStatus(ApiStruct):
    """How a job is."""

    job_iteration: ObjectVersion | UnsetType = UNSET
    """Which run of it this is."""
    last_execution: str | UnsetType = UNSET
    """When this run began, in RFC 3339."""


class ServiceSpec(ApiStruct):
    """What a service is to be."""

    name: str | UnsetType = UNSET
    """Its name."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Its labels."""
    task_template: TaskSpec | UnsetType = UNSET
    """What its tasks are made from."""
    mode: ServiceMode | UnsetType = UNSET
    """How many tasks it has. It cannot be changed into another mode."""
    update_config: UpdateConfig | None | UnsetType = UNSET
    """How tasks are replaced when it changes."""
    rollback_config: Annotated[UpdateConfig | None | UnsetType, Since("1.28")] = UNSET
    """How tasks are replaced when a change is undone."""
    networks: Annotated[list[NetworkAttachmentConfig] | None | UnsetType, Deprecated("1.44")] = UNSET
    """The networks that its tasks join; deprecated since v1.44 for `TaskTemplate.Networks`, which goes first."""
    endpoint_spec: EndpointSpec | None | UnsetType = UNSET
    """How it is to be reached."""


class Service(SwarmObject):
    """A service."""

    spec: ServiceSpec | UnsetType = UNSET
    """What it is to be."""
    previous_spec: ServiceSpec | None | UnsetType = UNSET
    """What it was before the last change; absent if there was none."""
    endpoint: Endpoint | UnsetType = UNSET
    """How it can be reached."""
    update_status: UpdateStatus | None | UnsetType = UNSET
    """How far the last change is; absent if there was none. Before v1.30 an empty object in newer engines too."""
    service_status: Annotated[ServiceStatus | None | UnsetType, Since("1.41")] = UNSET
    """How many tasks it has; only in a list, and only if asked for."""
    job_status: Annotated[JobStatus | None | UnsetType, Since("1.41")] = UNSET
    """How it is as a job; absent for other services."""


class ServiceCreateResponse(ApiStruct):
    """A new service."""

    id: str = field(name="ID")
    """Its ID."""
    warnings: Annotated[list[str] | None | UnsetType, Since("1.25")] = UNSET
    """What the engine thinks odd, such as an image whose digest it could not find."""


class ServiceUpdateResponse(ApiStruct):
    """A changed service."""

    warnings: Annotated[list[str] | None | UnsetType, Since("1.25")] = UNSET
    """What the engine thinks odd, such as an image whose digest it could not find; null without."""


class Services(Protocol):
    """Services: what a swarm keeps running."""

    @operation(
        "ServiceList",
        changes=False,
        errors={
            InvalidParameter: ("`status` is no boolean", "1.41", None),
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def list(
        self,
        *,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("id", "its ID begins so"),
                Value("label", "it has this label: `KEY` or `KEY=VALUE`"),
                Value("mode", "it is `replicated` or `global`", since="1.28"),
                Value("name", "its name begins so"),
            ),
        ] = None,
        status: Annotated[bool, Since("1.41")] = False,
    ) -> builtins.list[Service]:
        """List services.

        Args:
            filters: which of them.
            status: also count the tasks of each.
        """
        ...

    @operation(
        "ServiceCreate",
        changes=True,
        errors={
            InvalidParameter: "what it is to be is malformed or makes no sense",
            Forbidden: "the network does not take services",
            Conflict: "the name is taken",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def create(self, spec: ServiceSpec, *, registry_auth: AuthConfig | None = None) -> ServiceCreateResponse:
        """Make a service. The swarm makes its tasks and keeps them running.

        Args:
            spec: what it is to be.
            registry_auth: credentials with which the nodes pull its image.
        """
        ...

    @operation(
        "ServiceInspect",
        changes=False,
        errors={
            InvalidParameter: ("`insertDefaults` is no boolean", "1.29", None),
            NotFound: "there is no such service",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def inspect(self, id: str, *, insert_defaults: Annotated[bool, Since("1.29")] = False) -> Service:
        """Return a service.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            insert_defaults: fill in the defaults of fields that are left out.
        """
        ...

    @operation(
        "ServiceDelete",
        changes=True,
        errors={
            NotFound: "there is no such service",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def delete(self, id: str) -> None:
        """Remove a service; its tasks end.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
        """
        ...

    @operation(
        "ServiceUpdate",
        changes=True,
        errors={
            InvalidParameter: "the version is missing, or what it is to be is malformed or makes no sense",
            NotFound: "there is no such service",
            InternalError: "the service has changed since that version, or the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def update(
        self,
        id: str,
        spec: ServiceSpec,
        *,
        version: int,
        registry_auth_from: Annotated[
            str | None,
            Since("1.25"),
            OneOf(
                Value("spec", "those of the service as it is"), Value("previous-spec", "those of what it was before")
            ),
        ] = None,
        rollback: Annotated[
            str | None, Since("1.28"), OneOf(Value("previous", "undo the last change; the body does not count"))
        ] = None,
        registry_auth: AuthConfig | None = None,
    ) -> ServiceUpdateResponse:
        """Change a service; tasks are replaced where it matters.

        Args:
            id: its ID; from v1.25 on also its name or a unique prefix of its ID.
            spec: what it is to be, as a whole.
            version: the `Version.Index` of the service that was read before.
            registry_auth_from: whose credentials are kept, if no others are given; default: `spec`.
            rollback: `previous` undoes the last change.
            registry_auth: credentials with which the nodes pull its image.
        """
        ...

    @operation(
        "ServiceLogs",
        changes=False,
        since="1.25",
        errors={
            NotFound: "there is no such service",
            InternalError: "neither stdout nor stderr was asked for, or the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def logs(
        self,
        id: str,
        *,
        details: bool = False,
        follow: bool = False,
        stdout: bool = False,
        stderr: bool = False,
        since: str | None = None,
        timestamps: bool = False,
        tail: str | None = None,
    ) -> OutputStream:
        """Give what the containers of a service have written, on all nodes.

        Args:
            id: its ID, its name, or a unique prefix of its ID.
            details: the node, the service and the task before each line.
            follow: go on with what they write from now on.
            stdout: their standard output.
            stderr: their standard error.
            since: only from this time on, in Unix seconds with an optional fraction.
            timestamps: a time in RFC 3339 before each line.
            tail: only so many of the last lines of each, or `all`; default: all.
        """
        ...
