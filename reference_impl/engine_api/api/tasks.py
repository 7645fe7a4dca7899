"""Tasks: the places that a service has on nodes, each with its container, and what they are made from."""

from __future__ import annotations

import builtins
from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.errors import InternalError, NotFound, Unavailable
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.health import HealthConfig
from engine_api.api.hostconfig import Ulimit
from engine_api.api.mounts import Mount
from engine_api.api.networks import ConfigReference
from engine_api.api.nodes import NodeResources, Platform
from engine_api.api.operation import operation
from engine_api.api.streams import OutputStream
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.swarm import Driver, ObjectVersion, SwarmObject
from engine_api.api.system import GenericResource
from engine_api.api.versions import OneOf, Since, Until, Value

__all__ = [
    "AppArmorOptions",
    "ConfigFile",
    "ConfigRuntime",
    "ContainerSpec",
    "ContainerStatus",
    "CredentialSpec",
    "DNSConfig",
    "NetworkAttachment",
    "NetworkAttachmentConfig",
    "NetworkAttachmentSpec",
    "Placement",
    "PlacementPreference",
    "PluginSpec",
    "PluginSpecPrivilege",
    "PortConfig",
    "PortStatus",
    "Privileges",
    "ResourceLimit",
    "ResourceRequirements",
    "SELinuxContext",
    "SeccompOptions",
    "SecretFile",
    "SecretReference",
    "SpreadOver",
    "SwarmIPAMConfig",
    "SwarmIPAMOptions",
    "SwarmNetwork",
    "SwarmNetworkSpec",
    "Task",
    "TaskConfigReference",
    "TaskRestartPolicy",
    "TaskSpec",
    "TaskStatus",
    "Tasks",
    "VolumeAttachment",
]


class CredentialSpec(ApiStruct):
    """Where the credentials of a managed service account come from; Windows only. One of the three."""

    config: Annotated[str | UnsetType, Since("1.40")] = UNSET
    """The ID of a config that has them."""
    file: str | UnsetType = UNSET
    """A file below the engine's folder `CredentialSpecs`."""
    registry: str | UnsetType = UNSET
    """A value of the Windows registry."""


class SELinuxContext(ApiStruct):
    """The labels that SELinux gives the processes."""

    disable: bool | UnsetType = UNSET
    """Whether there are none. Default: false."""
    user: str | UnsetType = UNSET
    """The user."""
    role: str | UnsetType = UNSET
    """The role."""
    type: str | UnsetType = UNSET
    """The type."""
    level: str | UnsetType = UNSET
    """The level."""


class SeccompOptions(ApiStruct):
    """Which calls of the kernel are allowed."""

    mode: Annotated[
        str | UnsetType,
        OneOf(
            Value("default", "those of the engine's profile"),
            Value("unconfined", "all"),
            Value("custom", "those of `Profile`"),
        ),
    ] = UNSET
    """Which profile holds."""
    profile: str | None | UnsetType = UNSET
    """A profile of one's own, as base64 of its JSON."""


class AppArmorOptions(ApiStruct):
    """What AppArmor allows."""

    mode: Annotated[
        str | UnsetType, OneOf(Value("default", "what the engine's profile allows"), Value("disabled", "all"))
    ] = UNSET
    """Which profile holds."""


class Privileges(ApiStruct):
    """What the processes may do beyond, or short of, the usual."""

    credential_spec: CredentialSpec | None | UnsetType = UNSET
    """Where the credentials of a managed service account come from; Windows only."""
    se_linux_context: SELinuxContext | None | UnsetType = field(default=UNSET, name="SELinuxContext")
    """The labels that SELinux gives them."""
    seccomp: Annotated[SeccompOptions | None | UnsetType, Since("1.44")] = UNSET
    """Which calls of the kernel are allowed."""
    app_armor: Annotated[AppArmorOptions | None | UnsetType, Since("1.44")] = UNSET
    """What AppArmor allows."""
    no_new_privileges: Annotated[bool | UnsetType, Since("1.44")] = UNSET
    """Whether programs such as `su` give no more rights than there were. Default: false."""


class DNSConfig(ApiStruct):
    """How names are looked up."""

    nameservers: list[str] | None | UnsetType = UNSET
    """Addresses of name servers."""
    search: list[str] | None | UnsetType = UNSET
    """Domains in which a short name is looked for."""
    options: list[str] | None | UnsetType = UNSET
    """Settings of the resolver, such as `timeout:3`."""


class SecretFile(ApiStruct):
    """The file in which a container finds a secret."""

    name: str | UnsetType = UNSET
    """Its name below `/run/secrets`, or its path."""
    uid: str | UnsetType = field(default=UNSET, name="UID")
    """The number of its owner."""
    gid: str | UnsetType = field(default=UNSET, name="GID")
    """The number of its group."""
    mode: int | UnsetType = UNSET
    """Its permission bits, as a number."""


class SecretReference(ApiStruct):
    """A secret that the container gets."""

    file: SecretFile | None | UnsetType = UNSET
    """The file in which it finds it."""
    secret_id: str | UnsetType = field(default=UNSET, name="SecretID")
    """The secret's ID."""
    secret_name: str | UnsetType = UNSET
    """The secret's name, for people; the ID decides."""


class ConfigFile(ApiStruct):
    """The file that a container gets of a config."""

    name: str | UnsetType = UNSET
    """Its path; a name alone lies at the root."""
    uid: str | UnsetType = field(default=UNSET, name="UID")
    """The number of its owner."""
    gid: str | UnsetType = field(default=UNSET, name="GID")
    """The number of its group."""
    mode: int | UnsetType = UNSET
    """Its permission bits, as a number."""


class ConfigRuntime(ApiStruct):
    """That a config is for the engine and not for the container."""


class TaskConfigReference(ApiStruct):
    """A config that the container gets, or that the engine needs to start it."""

    file: ConfigFile | None | UnsetType = UNSET
    """The file that the container gets; not together with `Runtime`."""
    runtime: Annotated[ConfigRuntime | None | UnsetType, Since("1.40")] = UNSET
    """That it is for the engine, such as a `CredentialSpec`; Windows only. Engine 28.5 on Linux ends when it starts a
    container with one.
    """
    config_id: str | UnsetType = field(default=UNSET, name="ConfigID")
    """The config's ID."""
    config_name: str | UnsetType = UNSET
    """The config's name, for people; the ID decides."""


class ContainerSpec(ApiStruct):
    """The container of a task."""

    image: str | UnsetType = UNSET
    """The image; clients add its digest, so that every node takes the same."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Labels of the container."""
    command: list[str] | None | UnsetType = UNSET
    """What is run, instead of the image's entrypoint."""
    args: list[str] | None | UnsetType = UNSET
    """Its arguments, instead of the image's command."""
    hostname: Annotated[str | UnsetType, Since("1.27")] = UNSET
    """The host name; placeholders such as `{{.Node.Hostname}}` are filled in."""
    env: list[str] | None | UnsetType = UNSET
    """Environment variables: `NAME=VALUE`; placeholders are filled in."""
    dir: str | UnsetType = UNSET
    """The directory in which it starts."""
    user: str | UnsetType = UNSET
    """The user."""
    groups: Annotated[list[str] | None | UnsetType, Since("1.27")] = UNSET
    """Further groups of the process."""
    privileges: Annotated[Privileges | None | UnsetType, Since("1.29")] = UNSET
    """What it may do beyond, or short of, the usual."""
    init: Annotated[bool | None | UnsetType, Since("1.38")] = UNSET
    """Whether an init process takes care of signals and orphans. Default: what the engine is set to."""
    stop_signal: Annotated[str | UnsetType, Since("1.28")] = UNSET
    """The signal that stops it. Default: the image's, or SIGTERM."""
    tty: Annotated[bool | UnsetType, Since("1.25")] = field(default=UNSET, name="TTY")
    """Whether it has a terminal. Default: false."""
    open_stdin: Annotated[bool | UnsetType, Since("1.27")] = UNSET
    """Whether its standard input is open. Default: false."""
    read_only: Annotated[bool | UnsetType, Since("1.27")] = UNSET
    """Whether its root file system cannot be written. Default: false."""
    mounts: list[Mount] | None | UnsetType = UNSET
    """What it sees of volumes, of the host or of memory; placeholders are filled in."""
    stop_grace_period: int | None | UnsetType = UNSET
    """Nanoseconds from the stop signal until it is killed. Default: 10 seconds."""
    healthcheck: Annotated[HealthConfig | None | UnsetType, Since("1.27")] = UNSET
    """How the engine finds out whether it works."""
    hosts: Annotated[list[str] | None | UnsetType, Since("1.27")] = UNSET
    """Further lines of its file `/etc/hosts`: an address and names, separated by blanks."""
    dns_config: Annotated[DNSConfig | None | UnsetType, Since("1.25")] = field(default=UNSET, name="DNSConfig")
    """How it looks up names."""
    secrets: Annotated[list[SecretReference] | None | UnsetType, Since("1.27")] = UNSET
    """Secrets that it gets."""
    configs: Annotated[list[TaskConfigReference] | None | UnsetType, Since("1.30")] = UNSET
    """Configs that it gets."""
    isolation: Annotated[str | UnsetType, Since("1.35"), OneOf("default", "process", "hyperv")] = UNSET
    """How it is kept apart from the host; Windows only."""
    sysctls: Annotated[dict[str, str] | None | UnsetType, Since("1.40")] = UNSET
    """Settings of the kernel in its namespaces."""
    capability_add: Annotated[list[str] | None | UnsetType, Since("1.41")] = UNSET
    """Capabilities that it gets besides the usual, such as `CAP_NET_RAW`."""
    capability_drop: Annotated[list[str] | None | UnsetType, Since("1.41")] = UNSET
    """Capabilities that are taken from the usual."""
    ulimits: Annotated[list[Ulimit] | None | UnsetType, Since("1.41")] = UNSET
    """Limits for its processes; others are the engine's defaults."""
    oom_score_adj: Annotated[int | UnsetType, Since("1.46")] = UNSET
    """How readily the kernel kills it when memory is short, -1000 to 1000. Default: 0."""


class PluginSpecPrivilege(ApiStruct, rename="lower"):
    """Something beyond the usual that a service's plugin may do."""

    name: str | UnsetType = UNSET
    """What, such as `network` or `mount`."""
    description: str | UnsetType = UNSET
    """What that means, for people."""
    value: list[str] | None | UnsetType = UNSET
    """Which ones, such as `host` or paths."""


class PluginSpec(ApiStruct, rename="lower"):
    """A plugin that a service installs on its nodes."""

    name: str | UnsetType = UNSET
    """The name that it gets."""
    remote: str | UnsetType = UNSET
    """The reference that is pulled."""
    privileges: list[PluginSpecPrivilege] | None | UnsetType = UNSET
    """What it may do."""
    disabled: bool | UnsetType = UNSET
    """Whether it is installed only. Default: false, it is enabled."""
    env: list[str] | None | UnsetType = UNSET
    """Its environment variables: `NAME=VALUE`."""


class NetworkAttachmentSpec(ApiStruct):
    """A container outside of every service that is attached to a network of the swarm. Engines make these."""

    container_id: str | UnsetType = field(default=UNSET, name="ContainerID")
    """The container's ID."""


class ResourceLimit(ApiStruct):
    """What a task may use at most."""

    nano_cpus: int | UnsetType = field(default=UNSET, name="NanoCPUs")
    """CPU time, in billionths of a CPU. Default: no limit."""
    memory_bytes: int | UnsetType = UNSET
    """Memory in bytes. Default: no limit."""
    pids: Annotated[int | UnsetType, Since("1.41")] = UNSET
    """Processes. Default: 0, no limit."""
    generic_resources: Annotated[list[GenericResource] | None | UnsetType, Since("1.32"), Until("1.40")] = UNSET
    """Of no use: only promises know other things."""


class ResourceRequirements(ApiStruct):
    """What a task may use, and what it is promised."""

    limits: ResourceLimit | None | UnsetType = UNSET
    """What it may use at most."""
    reservations: NodeResources | None | UnsetType = UNSET
    """What its node must have left for it."""
    swap_bytes: Annotated[int | None | UnsetType, Since("1.52")] = UNSET
    """Swap space in bytes, besides its memory; needs a limit of memory. Default: as much as that; -1: no limit."""
    memory_swappiness: Annotated[int | None | UnsetType, Since("1.52")] = UNSET
    """How readily its memory is swapped out, 0 to 100. Default: what the node is set to."""


class TaskRestartPolicy(ApiStruct):
    """Whether a task that has ended gets a successor."""

    condition: Annotated[
        str | UnsetType,
        OneOf(Value("none", "never"), Value("on-failure", "if its exit code is not 0"), Value("any", "always")),
    ] = UNSET
    """When. Default: `any`."""
    delay: int | None | UnsetType = UNSET
    """Nanoseconds in between. Default: 5 seconds."""
    max_attempts: int | None | UnsetType = UNSET
    """How many there are within `Window`. Default: 0, no limit."""
    window: int | None | UnsetType = UNSET
    """The nanoseconds in which they are counted. Default: 0, all the time."""


class SpreadOver(ApiStruct):
    """A label over whose values tasks are spread evenly."""

    spread_descriptor: str | UnsetType = UNSET
    """The label, such as `node.labels.datacenter`."""


class PlacementPreference(ApiStruct):
    """Where a task had better be."""

    spread: SpreadOver | None | UnsetType = UNSET
    """A label over whose values tasks are spread evenly."""


class Placement(ApiStruct):
    """On which nodes a task may be."""

    constraints: list[str] | None | UnsetType = UNSET
    """What must hold of the node: `node.id`, `node.hostname`, `node.role`, `node.labels.KEY`, `engine.labels.KEY`,
    from v1.25 on `node.platform.os` and `node.platform.arch`, each with `==` or `!=` and a value.
    """
    preferences: Annotated[list[PlacementPreference] | None | UnsetType, Since("1.28")] = UNSET
    """Where it had better be; the first counts most."""
    max_replicas: Annotated[int | UnsetType, Since("1.40")] = UNSET
    """How many tasks of the service a node has at most. Default: 0, no limit."""
    platforms: Annotated[list[Platform] | None | UnsetType, Since("1.30")] = UNSET
    """What the image is made for; the node must be one of these."""


class NetworkAttachmentConfig(ApiStruct):
    """A network that tasks join."""

    target: str | UnsetType = UNSET
    """The network's ID or name."""
    aliases: list[str] | None | UnsetType = UNSET
    """Names by which others in the network find them."""
    driver_opts: Annotated[dict[str, str] | None | UnsetType, Since("1.39")] = UNSET
    """Settings for the network's driver."""


class TaskSpec(ApiStruct):
    """What tasks are made from. One of `ContainerSpec`, `PluginSpec` and `NetworkAttachmentSpec`."""

    container_spec: ContainerSpec | None | UnsetType = UNSET
    """The container."""
    plugin_spec: Annotated[PluginSpec | None | UnsetType, Since("1.31")] = UNSET
    """The plugin, where `Runtime` is `plugin`."""
    network_attachment_spec: Annotated[NetworkAttachmentSpec | None | UnsetType, Since("1.38")] = UNSET
    """The container outside of every service, where `Runtime` is `attachment`."""
    resources: ResourceRequirements | None | UnsetType = UNSET
    """What it may use, and what it is promised."""
    restart_policy: TaskRestartPolicy | None | UnsetType = UNSET
    """Whether a task that has ended gets a successor."""
    placement: Placement | None | UnsetType = UNSET
    """On which nodes it may be."""
    networks: list[NetworkAttachmentConfig] | None | UnsetType = UNSET
    """The networks that it joins."""
    log_driver: Driver | None | UnsetType = UNSET
    """What becomes of its output: a log driver. Default: what the swarm is set to."""
    force_update: Annotated[int | UnsetType, Since("1.25")] = UNSET
    """Changing it replaces the tasks even if nothing else has changed."""
    runtime: Annotated[
        str | UnsetType,
        Since("1.30"),
        OneOf(
            Value("container", "a container"),
            Value("plugin", "a plugin", since="1.31"),
            Value("attachment", "a container outside of every service", since="1.38"),
        ),
    ] = UNSET
    """What a task is."""


class PortConfig(ApiStruct):
    """A port that a service publishes."""

    name: str | UnsetType = UNSET
    """A name for it."""
    protocol: Annotated[str | UnsetType, OneOf("tcp", "udp", Value("sctp", since="1.37"))] = UNSET
    """What is spoken on it. Default: `tcp`."""
    target_port: int | UnsetType = UNSET
    """The port in the containers."""
    published_port: int | UnsetType = UNSET
    """The port of the nodes. Default: one that the swarm chooses, 30000 or above."""
    publish_mode: Annotated[
        str | UnsetType,
        Since("1.34"),
        OneOf(
            Value("ingress", "every node leads to some task"),
            Value("host", "only nodes that have a task, and to that one"),
        ),
    ] = UNSET
    """Which nodes have the port. Default: `ingress`."""


class ContainerStatus(ApiStruct):
    """The container of a task."""

    container_id: str | UnsetType = field(default=UNSET, name="ContainerID")
    """Its ID."""
    pid: int | UnsetType = field(default=UNSET, name="PID")
    """The number of its process on the node; 0 if it does not run."""
    exit_code: int | UnsetType = UNSET
    """Its exit code, once it has ended."""


class PortStatus(ApiStruct):
    """The ports of a task."""

    ports: list[PortConfig] | None | UnsetType = UNSET
    """Ports of the task's own node that lead to it."""


class TaskStatus(ApiStruct):
    """How a task is."""

    timestamp: str | UnsetType = UNSET
    """Since when, in RFC 3339."""
    state: Annotated[
        str | UnsetType,
        OneOf(
            Value("new", "it was made"),
            Value("allocated", "its networks are there"),
            Value("pending", "it waits for a node"),
            Value("assigned", "it has a node"),
            Value("accepted", "the node has taken it"),
            Value("preparing", "the image is pulled"),
            Value("ready", "it could start"),
            Value("starting", "it starts"),
            Value("running", "it runs"),
            Value("complete", "it has ended well"),
            Value("shutdown", "The task was asked to shut down"),
            Value("failed", "it has ended badly"),
            Value("rejected", "the node could not run it"),
            Value("remove", "it is to go away", since="1.38"),
            Value("orphaned", "its node was gone for too long"),
        ),
    ] = UNSET
    """How far it is."""
    message: str | UnsetType = UNSET
    """What happens, for people."""
    err: str | UnsetType = UNSET
    """What is wrong, if anything."""
    container_status: ContainerStatus | None | UnsetType = UNSET
    """Its container, once there is one."""
    port_status: PortStatus | None | UnsetType = UNSET
    """Its ports, where they are published with `host`; an empty object if there are none."""


class SwarmIPAMConfig(ApiStruct):
    """Addresses that a network of the swarm gives out."""

    subnet: str | UnsetType = UNSET
    """The subnet."""
    range: str | UnsetType = UNSET
    """The part of it that containers get addresses from. Default: all of it."""
    gateway: str | UnsetType = UNSET
    """The gateway's address."""


class SwarmIPAMOptions(ApiStruct):
    """How a network of the swarm gives out addresses."""

    driver: Driver | UnsetType = UNSET
    """What gives them out."""
    configs: list[SwarmIPAMConfig] | None | UnsetType = UNSET
    """Which addresses."""


class SwarmNetworkSpec(ApiStruct):
    """What a network of the swarm is to be."""

    name: str | UnsetType = UNSET
    """Its name."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Its labels."""
    driver_configuration: Driver | None | UnsetType = UNSET
    """Its driver."""
    ipv6_enabled: bool | UnsetType = field(default=UNSET, name="IPv6Enabled")
    """Whether it has IPv6. Absent when false."""
    internal: bool | UnsetType = UNSET
    """Whether nothing outside can be reached from it. Absent when false."""
    attachable: bool | UnsetType = UNSET
    """Whether containers outside of every service can join it. Absent when false."""
    ingress: bool | UnsetType = UNSET
    """Whether it is the network behind published ports. Absent when false."""
    ipam_options: SwarmIPAMOptions | None | UnsetType = field(default=UNSET, name="IPAMOptions")
    """How it is to give out addresses."""
    config_from: ConfigReference | None | UnsetType = UNSET
    """The network whose settings it takes."""
    scope: str | UnsetType = UNSET
    """Where it is: `swarm`."""


class SwarmNetwork(SwarmObject):
    """A network, as the managers of a swarm keep it."""

    spec: SwarmNetworkSpec | UnsetType = UNSET
    """What it is to be."""
    driver_state: Driver | UnsetType = UNSET
    """Its driver, with what it has chosen."""
    ipam_options: SwarmIPAMOptions | None | UnsetType = field(default=UNSET, name="IPAMOptions")
    """How it gives out addresses."""


class NetworkAttachment(ApiStruct):
    """A task's place in a network."""

    network: SwarmNetwork | UnsetType = UNSET
    """The network."""
    addresses: list[str] | None | UnsetType = UNSET
    """The addresses that it has there, each with the length of the prefix."""


class VolumeAttachment(ApiStruct):
    """A volume of the swarm that a task has."""

    id: str | UnsetType = field(default=UNSET, name="ID")
    """The volume's ID."""
    source: str | UnsetType = UNSET
    """The source of the mount, as the service names it."""
    target: str | UnsetType = UNSET
    """The path in the container."""


class Task(SwarmObject):
    """A place of a service on a node. A task ends once; its successor is another task in the same place."""

    name: str | UnsetType = UNSET
    """Its name; engines leave it out."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Its labels."""
    spec: TaskSpec | UnsetType = UNSET
    """What it is made from."""
    service_id: str | UnsetType = field(default=UNSET, name="ServiceID")
    """The service that it belongs to."""
    slot: int | UnsetType = UNSET
    """Which place in the service, from 1 on; absent where there is one for each node."""
    node_id: str | UnsetType = field(default=UNSET, name="NodeID")
    """The node that it is on, once it has one."""
    generic_resources: Annotated[list[GenericResource] | None | UnsetType, Since("1.32")] = UNSET
    """The resources that it was given of those that its service asks for."""
    status: TaskStatus | UnsetType = UNSET
    """How it is."""
    desired_state: str | UnsetType = UNSET
    """How it is to be: one of the values of `Status.State`."""
    networks_attachments: list[NetworkAttachment] | None | UnsetType = UNSET
    """Its places in networks."""
    job_iteration: Annotated[ObjectVersion | None | UnsetType, Since("1.41")] = UNSET
    """Which run of a job it belongs to; absent for other services."""
    volumes: Annotated[list[VolumeAttachment] | None | UnsetType, Since("1.42")] = UNSET
    """The volumes of the swarm that it has."""


class Tasks(Protocol):
    """Tasks: the places that a service has on nodes, each with its container."""

    @operation(
        "TaskList",
        changes=False,
        errors={InternalError: "the engine failed", Unavailable: "the node is no manager of a swarm"},
    )
    async def list(
        self,
        *,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("desired-state", "it is to be `running`, `shutdown` or `accepted`"),
                Value("id", "its ID begins so"),
                Value("label", "it has this label: `KEY` or `KEY=VALUE`"),
                Value("name", "its service's name and its place begin so, such as `web.1`"),
                Value("node", "it is on this node, by name or ID"),
                Value("service", "it belongs to this service, by name or ID"),
            ),
        ] = None,
    ) -> builtins.list[Task]:
        """List tasks, of all services, ended ones too.

        Args:
            filters: which of them.
        """
        ...

    @operation(
        "TaskInspect",
        changes=False,
        errors={
            NotFound: "there is no such task",
            InternalError: "the engine failed",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def inspect(self, id: str) -> Task:
        """Return a task.

        Args:
            id: its ID, or a unique prefix of it.
        """
        ...

    @operation(
        "TaskLogs",
        changes=False,
        since="1.29",
        errors={
            NotFound: "there is no such task",
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
        """Give what a task's container has written.

        Args:
            id: its ID, or a unique prefix of it.
            details: the node, the service and the task before each line.
            follow: go on until it ends.
            stdout: its standard output.
            stderr: its standard error.
            since: only from this time on, in Unix seconds with an optional fraction.
            timestamps: a time in RFC 3339 before each line.
            tail: only so many of the last lines, or `all`; default: all.
        """
        ...
