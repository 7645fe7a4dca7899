"""The engine itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.datausage import DataUsage
from engine_api.api.errors import InternalError, InvalidParameter, Unauthorized
from engine_api.api.events import EventMessage
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.images import AuthConfig
from engine_api.api.operation import operation
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.swarm import SwarmInfo
from engine_api.api.versions import Deprecated, OneOf, Since, Until, Value

__all__ = [
    "AuthResponse",
    "Commit",
    "ComponentVersion",
    "ContainerdInfo",
    "ContainerdNamespaces",
    "DefaultAddressPool",
    "DeviceInfo",
    "DiscreteResourceSpec",
    "FirewallInfo",
    "GenericResource",
    "IndexInfo",
    "NRIInfo",
    "NamedResourceSpec",
    "PingResponse",
    "PlatformInfo",
    "PluginsInfo",
    "RegistryServiceConfig",
    "Runtime",
    "System",
    "SystemInfo",
    "SystemVersion",
]


class PingResponse(ApiStruct):
    """What an engine says of itself before a version is negotiated; it is sent in headers."""

    api_version: str | UnsetType = UNSET
    """The newest version of the API that the engine speaks; absent for engines before 1.12."""
    os_type: str | UnsetType = field(default=UNSET, name="OSType")
    """The operating system of its containers: `linux` or `windows`."""
    experimental: bool | UnsetType = UNSET
    """Whether experimental features are on."""
    builder_version: str | UnsetType = UNSET
    """The builder that the engine prefers: `1` the classic one, `2` BuildKit."""
    swarm: str | UnsetType = UNSET
    """The node's part in a swarm: `inactive`, `pending`, `error`, `locked`, `active/worker` or `active/manager`."""


class PlatformInfo(ApiStruct):
    """The product that an engine is part of."""

    name: str | UnsetType = UNSET
    """Its name."""


class ComponentVersion(ApiStruct):
    """The version of a part of an engine."""

    name: str | UnsetType = UNSET
    """The part's name."""
    version: str | UnsetType = UNSET
    """Its version."""
    details: dict[str, str] | None | UnsetType = UNSET
    """What else it says of itself."""


class SystemVersion(ApiStruct):
    """Versions of the engine and its parts."""

    platform: Annotated[PlatformInfo | None | UnsetType, Since("1.35")] = UNSET
    """The product that the engine is part of."""
    components: Annotated[list[ComponentVersion] | None | UnsetType, Since("1.35")] = UNSET
    """The engine and its parts; preferred to the fields beside."""
    version: str | UnsetType = UNSET
    """The engine's version."""
    api_version: str | UnsetType = UNSET
    """The newest version of the API that it speaks."""
    min_api_version: Annotated[str | UnsetType, Since("1.25")] = field(default=UNSET, name="MinAPIVersion")
    """The oldest version of the API that it speaks."""
    git_commit: str | UnsetType = UNSET
    """The commit that it was built from."""
    go_version: str | UnsetType = UNSET
    """The compiler that built it."""
    os: str | UnsetType = UNSET
    """The operating system that it runs on."""
    arch: str | UnsetType = UNSET
    """The CPU that it runs on."""
    kernel_version: str | UnsetType = UNSET
    """The version of the kernel."""
    experimental: bool | UnsetType = UNSET
    """Whether experimental features are on; absent if not."""
    build_time: str | UnsetType = UNSET
    """When it was built."""


class PluginsInfo(ApiStruct):
    """Drivers that the engine knows."""

    volume: list[str] | None | UnsetType = UNSET
    """Drivers of volumes."""
    network: list[str] | None | UnsetType = UNSET
    """Drivers of networks."""
    authorization: list[str] | None | UnsetType = UNSET
    """Plugins that allow or refuse requests."""
    log: Annotated[list[str] | None | UnsetType, Since("1.30")] = UNSET
    """Drivers of logs."""


class IndexInfo(ApiStruct):
    """A registry that the engine knows."""

    name: str | UnsetType = UNSET
    """Its name."""
    mirrors: list[str] | None | UnsetType = UNSET
    """Mirrors of it."""
    secure: bool | UnsetType = UNSET
    """Whether its certificate is checked."""
    official: bool | UnsetType = UNSET
    """Whether it is the default one."""


class RegistryServiceConfig(ApiStruct):
    """How the engine talks to registries."""

    allow_nondistributable_artifacts_cidrs: Annotated[
        list[str] | None | UnsetType, Until("1.48"), Deprecated("1.48")
    ] = field(default=UNSET, name="AllowNondistributableArtifactsCIDRs")
    """Null or empty; no longer of use."""
    allow_nondistributable_artifacts_hostnames: Annotated[
        list[str] | None | UnsetType, Until("1.48"), Deprecated("1.48")
    ] = UNSET
    """Null or empty; no longer of use."""
    insecure_registry_cidrs: list[str] | None | UnsetType = field(default=UNSET, name="InsecureRegistryCIDRs")
    """Networks whose registries are not checked."""
    index_configs: dict[str, IndexInfo] | None | UnsetType = UNSET
    """The registries, by name."""
    mirrors: list[str] | None | UnsetType = UNSET
    """Mirrors of the default registry."""


class NamedResourceSpec(ApiStruct):
    """A resource that has a name, such as a GPU."""

    kind: str | UnsetType = UNSET
    """Its kind."""
    value: str | UnsetType = UNSET
    """Its name."""


class DiscreteResourceSpec(ApiStruct):
    """A resource that is counted."""

    kind: str | UnsetType = UNSET
    """Its kind."""
    value: int | UnsetType = UNSET
    """How much there is."""


class GenericResource(ApiStruct):
    """A resource of the user's own kind."""

    named_resource_spec: NamedResourceSpec | None | UnsetType = UNSET
    """If it has a name."""
    discrete_resource_spec: DiscreteResourceSpec | None | UnsetType = UNSET
    """If it is counted."""


class Runtime(ApiStruct, rename="lower"):
    """A runtime that containers can have."""

    path: str | UnsetType = UNSET
    """Its program."""
    runtime_args: list[str] | None | UnsetType = field(default=UNSET, name="runtimeArgs")
    """Arguments for the program."""
    runtime_type: str | UnsetType = field(default=UNSET, name="runtimeType")
    """The kind of runtime, if it is no program."""
    options: dict[str, object] | None | UnsetType = UNSET
    """Settings of that kind."""
    status: Annotated[dict[str, str] | None | UnsetType, Since("1.44")] = UNSET
    """What the runtime says of itself."""


class Commit(ApiStruct):
    """A program that the engine uses."""

    id: str | UnsetType = field(default=UNSET, name="ID")
    """The version that is there."""
    expected: Annotated[str | UnsetType, Until("1.48"), Deprecated("1.48")] = UNSET
    """The version that was expected."""


class DefaultAddressPool(ApiStruct):
    """Addresses from which new networks are made."""

    base: str | UnsetType = UNSET
    """The subnet to divide."""
    size: int | UnsetType = UNSET
    """The length of the prefix of each network."""


class ContainerdNamespaces(ApiStruct):
    """Where the engine keeps its things in containerd."""

    containers: str | UnsetType = UNSET
    """The namespace of containers."""
    plugins: str | UnsetType = UNSET
    """The namespace of plugins."""


class ContainerdInfo(ApiStruct):
    """The containerd that the engine uses."""

    address: str | UnsetType = UNSET
    """Its address."""
    namespaces: ContainerdNamespaces | UnsetType = UNSET
    """Where the engine keeps its things in it."""


class FirewallInfo(ApiStruct):
    """How the engine sets up the firewall."""

    driver: str | UnsetType = UNSET
    """By what: `iptables`, `nftables` or others."""
    info: list[list[str]] | None | UnsetType = UNSET
    """Further pairs of names and values."""


class DeviceInfo(ApiStruct):
    """A device that a device driver found."""

    source: str | UnsetType = UNSET
    """How it was found, such as `cdi`."""
    id: str | UnsetType = field(default=UNSET, name="ID")
    """Its name."""


class NRIInfo(ApiStruct):
    """The Node Resource Interface, by which plugins change containers."""

    info: list[list[str]] | None | UnsetType = UNSET
    """Pairs of names and values."""


class SystemInfo(ApiStruct):
    """What the engine is and what it can do."""

    id: str | UnsetType = field(default=UNSET, name="ID")
    """Names the engine; stays the same over restarts."""
    containers: int | UnsetType = UNSET
    """How many containers there are."""
    containers_running: int | UnsetType = UNSET
    """How many run."""
    containers_paused: int | UnsetType = UNSET
    """How many are paused."""
    containers_stopped: int | UnsetType = UNSET
    """How many do not run."""
    images: int | UnsetType = UNSET
    """How many images there are."""
    driver: str | UnsetType = UNSET
    """The storage driver."""
    driver_status: list[list[str]] | None | UnsetType = UNSET
    """What the storage driver says of itself, in pairs of names and values."""
    docker_root_dir: str | UnsetType = UNSET
    """Where the engine keeps its things."""
    system_status: Annotated[list[list[str]] | None | UnsetType, Until("1.40")] = UNSET
    """What an old stand-alone swarm said of itself."""
    plugins: PluginsInfo | UnsetType = UNSET
    """Drivers that the engine knows."""
    memory_limit: bool | UnsetType = UNSET
    """Whether memory can be limited."""
    swap_limit: bool | UnsetType = UNSET
    """Whether swap can be limited."""
    kernel_memory: Annotated[bool | UnsetType, Until("1.41"), Deprecated("1.41")] = UNSET
    """Whether kernel memory can be limited."""
    kernel_memory_tcp: Annotated[bool | UnsetType, Since("1.40"), Until("1.51"), Deprecated("1.51")] = field(
        default=UNSET, name="KernelMemoryTCP"
    )
    """Whether memory for TCP buffers can be limited."""
    cpu_cfs_period: bool | UnsetType = UNSET
    """Whether scheduling periods can be set."""
    cpu_cfs_quota: bool | UnsetType = UNSET
    """Whether CPU time within a period can be limited."""
    cpu_shares: bool | UnsetType = field(default=UNSET, name="CPUShares")
    """Whether containers can be weighted."""
    cpu_set: bool | UnsetType = field(default=UNSET, name="CPUSet")
    """Whether CPUs can be chosen."""
    pids_limit: Annotated[bool | UnsetType, Since("1.40")] = UNSET
    """Whether processes can be limited."""
    oom_kill_disable: bool | UnsetType = UNSET
    """Whether the out-of-memory killer can be disabled for a container."""
    ipv4_forwarding: bool | UnsetType = field(default=UNSET, name="IPv4Forwarding")
    """Whether the host forwards IPv4."""
    bridge_nf_iptables: Annotated[bool | UnsetType, Until("1.49"), Deprecated("1.48")] = UNSET
    """Whether bridged IPv4 meets the firewall; always false from 1.48 on."""
    bridge_nf_ip6tables: Annotated[bool | UnsetType, Until("1.49"), Deprecated("1.48")] = field(
        default=UNSET, name="BridgeNfIp6tables"
    )
    """Whether bridged IPv6 meets the firewall; always false from 1.48 on."""
    debug: bool | UnsetType = UNSET
    """Whether the engine is in debug mode."""
    n_fd: int | UnsetType = UNSET
    """How many files the engine has open; only in debug mode."""
    n_goroutines: int | UnsetType = UNSET
    """How many goroutines it has; only in debug mode."""
    system_time: str | UnsetType = UNSET
    """The host's time, in RFC 3339."""
    logging_driver: str | UnsetType = UNSET
    """The default log driver."""
    cgroup_driver: Annotated[str | UnsetType, OneOf("cgroupfs", "systemd", Value("none", "without root rights"))] = (
        UNSET
    )
    """Who manages cgroups."""
    cgroup_version: Annotated[str | UnsetType, OneOf("1", "2"), Since("1.41")] = UNSET
    """The version of cgroups."""
    n_events_listener: int | UnsetType = UNSET
    """How many clients follow the events."""
    kernel_version: str | UnsetType = UNSET
    """The version of the kernel."""
    operating_system: str | UnsetType = UNSET
    """The host's operating system, for people."""
    os_version: Annotated[str | UnsetType, Since("1.41")] = field(default=UNSET, name="OSVersion")
    """Its version."""
    os_type: str | UnsetType = field(default=UNSET, name="OSType")
    """The operating system of containers."""
    architecture: str | UnsetType = UNSET
    """The CPU."""
    ncpu: int | UnsetType = field(default=UNSET, name="NCPU")
    """How many CPUs there are."""
    mem_total: int | UnsetType = UNSET
    """Bytes of memory."""
    index_server_address: str | UnsetType = UNSET
    """The default registry."""
    registry_config: RegistryServiceConfig | None | UnsetType = UNSET
    """How the engine talks to registries."""
    generic_resources: Annotated[list[GenericResource] | None | UnsetType, Since("1.32")] = UNSET
    """Resources of the user's own kinds."""
    http_proxy: str | UnsetType = UNSET
    """The proxy for HTTP."""
    https_proxy: str | UnsetType = UNSET
    """The proxy for HTTPS."""
    no_proxy: str | UnsetType = UNSET
    """What is reached without a proxy."""
    name: str | UnsetType = UNSET
    """The host's name."""
    labels: list[str] | None | UnsetType = UNSET
    """Labels of the engine, as `NAME=VALUE`."""
    experimental_build: bool | UnsetType = UNSET
    """Whether experimental features are on."""
    execution_driver: Annotated[str | UnsetType, Until("1.24")] = UNSET
    """Always `<not supported>`; engines that serve v1.51 leave it out."""
    server_version: str | UnsetType = UNSET
    """The engine's version."""
    cluster_store: Annotated[str | UnsetType, Until("1.41"), Deprecated("1.41")] = UNSET
    """The store of old overlay networks."""
    cluster_advertise: Annotated[str | UnsetType, Until("1.41"), Deprecated("1.41")] = UNSET
    """The address that is advertised to that store."""
    runtimes: dict[str, Runtime] | None | UnsetType = UNSET
    """The runtimes, by name."""
    default_runtime: str | UnsetType = UNSET
    """The runtime for containers that name none."""
    swarm: SwarmInfo | UnsetType = UNSET
    """The node's part in a swarm."""
    live_restore_enabled: bool | UnsetType = UNSET
    """Whether containers go on while the engine does not run."""
    isolation: Annotated[
        str | UnsetType, OneOf(Value("", "not on this system"), "default", "hyperv", "process"), Since("1.25")
    ] = UNSET
    """The default isolation; Windows only."""
    init_binary: str | UnsetType = UNSET
    """The program that is process 1 of containers with `Init`."""
    containerd_commit: Commit | UnsetType = UNSET
    """The containerd that is used."""
    runc_commit: Commit | UnsetType = UNSET
    """The runc that is used."""
    init_commit: Commit | UnsetType = UNSET
    """The init that is used."""
    security_options: list[str] | None | UnsetType = UNSET
    """Security features that are on, such as `name=seccomp,profile=builtin`."""
    product_license: Annotated[str | UnsetType, Since("1.39")] = UNSET
    """The licence of the product."""
    default_address_pools: Annotated[list[DefaultAddressPool] | UnsetType, Since("1.41")] = UNSET
    """Addresses from which new networks are made."""
    firewall_backend: Annotated[FirewallInfo | None | UnsetType, Since("1.49")] = UNSET
    """How the firewall is set up."""
    discovered_devices: Annotated[list[DeviceInfo] | UnsetType, Since("1.50")] = UNSET
    """Devices that device drivers found."""
    nri: Annotated[NRIInfo | None | UnsetType, Since("1.53")] = field(default=UNSET, name="NRI")
    """The Node Resource Interface, if it is on."""
    cdi_spec_dirs: Annotated[list[str] | None | UnsetType, Since("1.44")] = field(default=UNSET, name="CDISpecDirs")
    """Directories with descriptions of devices."""
    containerd: Annotated[ContainerdInfo | None | UnsetType, Since("1.46")] = UNSET
    """The containerd that the engine uses."""
    warnings: Annotated[list[str] | None | UnsetType, Since("1.39")] = UNSET
    """What is missing or set up badly, for people to read."""


class AuthResponse(ApiStruct):
    """What a registry says to credentials."""

    status: str
    """The result, for people: `Login Succeeded`."""
    identity_token: str | UnsetType = UNSET
    """A token to use in place of the password; empty if the registry gives none."""


class System(Protocol):
    """The engine itself."""

    @operation("SystemPing", changes=False, errors={InternalError: "the engine failed"})
    async def ping(self) -> PingResponse:
        """Ask whether the engine is there, and which version it speaks."""
        ...

    @operation("SystemPingHead", changes=False, since="1.40", errors={InternalError: "the engine failed"})
    async def ping_head(self) -> PingResponse:
        """Ask for the headers of a ping only."""
        ...

    @operation("SystemVersion", changes=False, errors={InternalError: "the engine failed"})
    async def version(self) -> SystemVersion:
        """Return the versions of the engine and of its components."""
        ...

    @operation("SystemInfo", changes=False, errors={InternalError: "the engine failed"})
    async def info(self) -> SystemInfo:
        """Describe the engine, its host and what it can do."""
        ...

    @operation(
        "SystemAuth",
        changes=False,
        errors={
            InvalidParameter: "the body is malformed",
            Unauthorized: ("the registry does not accept the credentials", "1.39", None),
            InternalError: "the engine failed, or the registry",
        },
    )
    async def auth(self, auth_config: AuthConfig) -> AuthResponse:
        """Try credentials on a registry.

        Args:
            auth_config: the credentials, and the registry that they are for.
        """
        ...

    @operation(
        "SystemEvents",
        changes=False,
        errors={
            InvalidParameter: "a time or a filter is malformed, or `since` is after `until`",
            InternalError: "the engine failed",
        },
    )
    async def events(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("config", "about this config: its name or ID", since="1.33"),
                Value("container", "about this container: its name or ID"),
                Value("daemon", "about this engine: its name or ID", since="1.25"),
                Value("event", "of this action, such as `create`"),
                Value("image", "about this image, or a container of it: a name, with or without tag, or the ID"),
                Value("label", "about a thing with this label: `KEY` or `KEY=VALUE`"),
                Value("network", "about this network: its name or ID"),
                Value("node", "about this node: its ID", since="1.33"),
                Value("plugin", "about this plugin: its name or ID"),
                Value("scope", "of the engine, `local`, or of the swarm, `swarm`", since="1.30"),
                Value("secret", "about this secret: its name or ID", since="1.33"),
                Value("service", "about this service: its name or ID", since="1.33"),
                Value("type", "about things of this kind, such as `container` or `volume`"),
                Value("volume", "about this volume: its name"),
            ),
        ] = None,
    ) -> AsyncIterator[EventMessage]:
        """Return events as they happen; engines keep the last 256 events.

        Args:
            since: begin with the kept events from this time on: Unix seconds with an optional fraction, RFC 3339, or
                a duration before now such as `10m`. Default: only what happens from now on.
            until: end at this time, given likewise; if it is over, with the kept events. Default: never.
            filters: which ones. Default: all.
        """
        ...

    @operation("SystemDataUsage", changes=False, since="1.25", errors={InternalError: "the engine failed"})
    async def data_usage(
        self,
        *,
        type: Annotated[
            Sequence[str],
            Since("1.42"),
            OneOf("container", "image", "volume", "build-cache"),
        ] = (),
        verbose: Annotated[bool, Since("1.52")] = False,
    ) -> DataUsage:
        """Return the disk usage of images, containers, volumes and the build cache.

        Args:
            type: of which kinds, each `container`, `image`, `volume` or `build-cache`. Default: all.
            verbose: include each item; the deprecated fields are left out then.
        """
        ...
