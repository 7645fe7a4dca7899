"""How a container relates to its host."""

from __future__ import annotations

from typing import Annotated

from msgspec import field

from engine_api.api.mounts import Mount
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import Deprecated, OneOf, Since, Until, Value

__all__ = [
    "DeviceMapping",
    "DeviceRequest",
    "HostConfig",
    "LogConfig",
    "PortBinding",
    "Resources",
    "RestartPolicy",
    "ThrottleDevice",
    "Ulimit",
    "WeightDevice",
]


class ThrottleDevice(ApiStruct):
    """A limit on the rate of one block device."""

    path: str | UnsetType = UNSET
    """The device's path on the host."""
    rate: int | UnsetType = UNSET
    """Bytes or operations per second."""


class WeightDevice(ApiStruct):
    """The share of block I/O on one block device."""

    path: str | UnsetType = UNSET
    """The device's path on the host."""
    weight: int | UnsetType = UNSET
    """From 10 to 1000; higher gets more."""


class DeviceMapping(ApiStruct):
    """A device of the host inside the container."""

    path_on_host: str | UnsetType = UNSET
    """Where it is on the host."""
    path_in_container: str | UnsetType = UNSET
    """Where it appears in the container."""
    cgroup_permissions: str | UnsetType = UNSET
    """What the container may do: any of `r` (read), `w` (write) and `m` (make the node)."""


class DeviceRequest(ApiStruct):
    """A request for devices, such as GPUs, that a device driver provides."""

    driver: str | UnsetType = UNSET
    """The driver to ask; empty for any that has the capabilities."""
    count: int | UnsetType = UNSET
    """How many devices; -1 for all. Not together with `DeviceIDs`."""
    device_ids: list[str] | None | UnsetType = field(default=UNSET, name="DeviceIDs")
    """Which devices, by the driver's names for them."""
    capabilities: list[list[str]] | None | UnsetType = UNSET
    """What the driver must be able to do: one of these lists, all of its entries."""
    options: dict[str, str] | None | UnsetType = UNSET
    """Settings that go to the driver as they are."""


class Ulimit(ApiStruct):
    """A limit of the kernel on what a process may use."""

    name: str | UnsetType = UNSET
    """Which limit, such as `nofile`."""
    soft: int | UnsetType = UNSET
    """The limit that is enforced."""
    hard: int | UnsetType = UNSET
    """Up to where a process may raise the soft limit itself."""


class Resources(ApiStruct):
    """How much of the machine a container may use."""

    cpu_shares: int | UnsetType = UNSET
    """Weight against other containers when CPUs are short. Default: 0, which the kernel takes as 1024."""
    memory: int | UnsetType = UNSET
    """Most memory in bytes. Default: 0, no limit."""
    cgroup_parent: str | UnsetType = UNSET
    """The cgroup under which the container's own is made. Default: the engine's."""
    blkio_weight: int | UnsetType = UNSET
    """Weight of block I/O, 10 to 1000. Default: 0, none."""
    blkio_weight_device: list[WeightDevice] | None | UnsetType = UNSET
    """Weights for single devices."""
    blkio_device_read_bps: list[ThrottleDevice] | None | UnsetType = UNSET
    """Most bytes read per second, by device."""
    blkio_device_write_bps: list[ThrottleDevice] | None | UnsetType = UNSET
    """Most bytes written per second, by device."""
    blkio_device_read_iops: list[ThrottleDevice] | None | UnsetType = field(default=UNSET, name="BlkioDeviceReadIOps")
    """Most reads per second, by device."""
    blkio_device_write_iops: list[ThrottleDevice] | None | UnsetType = field(default=UNSET, name="BlkioDeviceWriteIOps")
    """Most writes per second, by device."""
    cpu_period: int | UnsetType = UNSET
    """Length of a CPU scheduling period, in microseconds. Default: 0, the kernel's."""
    cpu_quota: int | UnsetType = UNSET
    """CPU time within each period, in microseconds. Default: 0, no limit."""
    cpu_realtime_period: Annotated[int | UnsetType, Since("1.25")] = UNSET
    """Length of a period of real-time scheduling, in microseconds. Default: 0, none."""
    cpu_realtime_runtime: Annotated[int | UnsetType, Since("1.25")] = UNSET
    """Real-time CPU time within each such period, in microseconds. Default: 0, none."""
    cpuset_cpus: str | UnsetType = UNSET
    """The CPUs that may be used, such as `0-3` or `0,1`. Default: all."""
    cpuset_mems: str | UnsetType = UNSET
    """The memory nodes that may be used, in the same form. Default: all."""
    devices: list[DeviceMapping] | None | UnsetType = UNSET
    """Devices of the host."""
    device_cgroup_rules: Annotated[list[str] | None | UnsetType, Since("1.28")] = UNSET
    """Further rules for the device cgroup, such as `c 42:* rmw`."""
    device_requests: Annotated[list[DeviceRequest] | None | UnsetType, Since("1.40")] = UNSET
    """Devices to be had from device drivers."""
    disk_quota: Annotated[int | UnsetType, Until("1.39")] = UNSET
    """Most disk space in bytes; no engine acts on it."""
    kernel_memory: Annotated[int | UnsetType, Until("1.41"), Deprecated("1.41")] = UNSET
    """Most kernel memory in bytes. Later versions ignore it."""
    kernel_memory_tcp: Annotated[int | UnsetType, Since("1.40"), Until("1.51"), Deprecated("1.51")] = field(
        default=UNSET, name="KernelMemoryTCP"
    )
    """Most memory for TCP buffers in bytes. Default: 0, no limit."""
    memory_reservation: int | UnsetType = UNSET
    """Memory in bytes that the container is pressed back to when memory is short. Default: 0, none."""
    memory_swap: int | UnsetType = UNSET
    """Most memory and swap together in bytes; -1 for no limit. Default: twice `Memory`."""
    memory_swappiness: int | None | UnsetType = UNSET
    """How readily memory is swapped out, 0 to 100. Default: null, as the host."""
    nano_cpus: Annotated[int | UnsetType, Since("1.25")] = UNSET
    """CPU time in billionths of a CPU: 1500000000 is one and a half. Default: 0, no limit."""
    oom_kill_disable: bool | None | UnsetType = UNSET
    """Whether the kernel spares the container when memory runs out. Default: false."""
    pids_limit: int | None | UnsetType = UNSET
    """Most processes; 0 or -1 for no limit. Default: null, no limit."""
    ulimits: list[Ulimit] | None | UnsetType = UNSET
    """Limits for processes; others are the engine's defaults."""
    cpu_count: Annotated[int | UnsetType, Since("1.25")] = UNSET
    """CPUs that may be used; Windows only."""
    cpu_percent: int | UnsetType = UNSET
    """Share of the machine's CPU time, in percent; Windows only."""
    io_maximum_iops: int | UnsetType = field(default=UNSET, name="IOMaximumIOps")
    """Most I/O operations per second on the system drive; Windows only."""
    io_maximum_bandwidth: int | UnsetType = field(default=UNSET, name="IOMaximumBandwidth")
    """Most bytes per second on the system drive; Windows only."""


class LogConfig(ApiStruct):
    """What becomes of the output."""

    type: Annotated[
        str | UnsetType,
        OneOf("local", "json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "etwlogs", "none"),
    ] = UNSET
    """The log driver. Default: the engine's, mostly `json-file`."""
    config: dict[str, str] | None | UnsetType = UNSET
    """Settings of the driver."""


class RestartPolicy(ApiStruct):
    """Whether the engine starts a container again that has ended."""

    name: Annotated[
        str | UnsetType,
        OneOf(
            Value("", "as `no`"),
            Value("no", "never"),
            Value("always", "whatever happened, also when the engine starts"),
            Value("unless-stopped", "as `always`, but not if it was stopped by hand"),
            Value("on-failure", "when the exit code is not 0"),
        ),
    ] = UNSET
    """When. Default: `no`."""
    maximum_retry_count: int | UnsetType = UNSET
    """How often at most, for `on-failure`. Default: 0, no limit."""


class PortBinding(ApiStruct):
    """A port of the host that leads to one of the container."""

    host_ip: str | UnsetType = UNSET
    """The host's address. Default: empty, all of them."""
    host_port: str | UnsetType = UNSET
    """The host's port, or a range such as `8000-8010`. Default: empty, a free one."""


class HostConfig(Resources):
    """How a container relates to its host: resources, mounts, networks, rights."""

    binds: list[str] | None | UnsetType = UNSET
    """Mounts in short form: `SOURCE:TARGET[:OPTIONS]`, where the source is a path of the host or the name of a
    volume.
    """
    container_id_file: str | UnsetType = field(default=UNSET, name="ContainerIDFile")
    """A file into which the client wrote the ID; the engine only keeps it."""
    log_config: LogConfig | UnsetType = UNSET
    """What becomes of the output."""
    network_mode: str | UnsetType = UNSET
    """`bridge`, `host`, `none`, `container:NAME`, or the name of a network. Default: the default bridge."""
    port_bindings: dict[str, list[PortBinding] | None] | None | UnsetType = UNSET
    """Ports of the host for ports of the container, such as `80/tcp`."""
    restart_policy: RestartPolicy | UnsetType = UNSET
    """Whether it is started again when it ends. Default: `no`."""
    auto_remove: Annotated[bool | UnsetType, Since("1.25")] = UNSET
    """Whether it is removed when it ends. Default: false."""
    volume_driver: str | UnsetType = UNSET
    """The driver that makes volumes named in `Binds`."""
    volumes_from: list[str] | None | UnsetType = UNSET
    """Containers whose mounts this one has too: `NAME[:ro]`."""
    mounts: Annotated[list[Mount] | UnsetType, Since("1.25")] = UNSET
    """Mounts in long form."""
    console_size: list[int] | UnsetType = UNSET
    """Rows and columns of the terminal at the start."""
    annotations: Annotated[dict[str, str] | UnsetType, Since("1.43")] = UNSET
    """Notes that are handed to the runtime."""
    cap_add: list[str] | None | UnsetType = UNSET
    """Capabilities of the kernel beyond the default ones."""
    cap_drop: list[str] | None | UnsetType = UNSET
    """Default capabilities that it does without."""
    capabilities: Annotated[list[str] | None | UnsetType, Since("1.40"), Until("1.40")] = UNSET
    """All capabilities; this version only, and never acted upon."""
    cgroupns_mode: Annotated[
        str | UnsetType,
        OneOf(Value("", "the engine's default"), Value("private", "one of its own"), Value("host", "the host's")),
        Since("1.41"),
    ] = UNSET
    """The cgroup namespace. Default: the engine's."""
    dns: list[str] | None | UnsetType = UNSET
    """Addresses of name servers. Default: the engine's."""
    dns_options: list[str] | None | UnsetType = UNSET
    """Options of the resolver."""
    dns_search: list[str] | None | UnsetType = UNSET
    """Domains in which names are looked up."""
    extra_hosts: list[str] | None | UnsetType = UNSET
    """Further lines for `/etc/hosts`, as `NAME:ADDRESS`."""
    group_add: list[str] | None | UnsetType = UNSET
    """Further groups of the process."""
    ipc_mode: str | UnsetType = UNSET
    """The IPC namespace: `private`, `shareable`, `none`, `host`, or `container:NAME`. Default: the engine's, mostly
    `private`.
    """
    cgroup: str | UnsetType = UNSET
    """The container whose cgroup it shares."""
    links: list[str] | None | UnsetType = UNSET
    """Containers of the default bridge that it knows by another name: `NAME:ALIAS`."""
    oom_score_adj: int | UnsetType = UNSET
    """How readily the kernel ends it when memory runs out, -1000 to 1000. Default: 0."""
    pid_mode: str | UnsetType = UNSET
    """The PID namespace: empty for one of its own, `host`, or `container:NAME`."""
    privileged: bool | UnsetType = UNSET
    """Whether it has all rights on the host. Default: false."""
    publish_all_ports: bool | UnsetType = UNSET
    """Whether each exposed port gets a free port of the host. Default: false."""
    readonly_rootfs: bool | UnsetType = UNSET
    """Whether its root file system cannot be written. Default: false."""
    security_opt: list[str] | None | UnsetType = UNSET
    """Settings of the security modules, such as `no-new-privileges`."""
    storage_opt: dict[str, str] | UnsetType = UNSET
    """Settings of the storage driver for this container, such as `size`."""
    tmpfs: dict[str, str] | UnsetType = UNSET
    """Paths where memory is mounted, with mount options."""
    uts_mode: str | UnsetType = field(default=UNSET, name="UTSMode")
    """The UTS namespace: empty for one of its own, or `host`."""
    userns_mode: str | UnsetType = UNSET
    """The user namespace: empty for the engine's default, or `host`."""
    shm_size: int | UnsetType = UNSET
    """Size of `/dev/shm` in bytes. Default: 64 MiB."""
    sysctls: dict[str, str] | UnsetType = UNSET
    """Kernel parameters of its namespaces."""
    runtime: str | UnsetType = UNSET
    """The runtime that runs it. Default: the engine's, mostly `runc`."""
    umask: Annotated[int | None | UnsetType, Since("1.56")] = UNSET
    """Umask of the entry point, of exec instances and of health checks: the permission bits that new files and
    directories lack. The number is decimal: 18 is the octal mask 0022. If omitted or null, the runtime decides. Not
    available on Windows.
    """
    isolation: Annotated[str | UnsetType, OneOf(Value("", "the engine's default"), "default", "process", "hyperv")] = (
        UNSET
    )
    """How it is isolated; Windows only."""
    init: Annotated[bool | None | UnsetType, Since("1.25")] = UNSET
    """Whether a small init runs as process 1, which passes on signals and reaps children. Default: null, as the
    engine is set up.
    """
    masked_paths: Annotated[list[str] | None | UnsetType, Since("1.38")] = UNSET
    """Paths that cannot be seen. Default: what the engine masks."""
    readonly_paths: Annotated[list[str] | None | UnsetType, Since("1.38")] = UNSET
    """Paths that cannot be written. Default: what the engine protects."""
