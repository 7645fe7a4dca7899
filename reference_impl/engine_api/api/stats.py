"""Statistics: what a container uses of the machine."""

from __future__ import annotations

from typing import Annotated

from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import Since

__all__ = [
    "ContainerBlkioStatEntry",
    "ContainerBlkioStats",
    "ContainerCPUStats",
    "ContainerCPUUsage",
    "ContainerMemoryStats",
    "ContainerNetworkStats",
    "ContainerPidsStats",
    "ContainerStatsResponse",
    "ContainerStorageStats",
    "ContainerThrottlingData",
]


class ContainerPidsStats(ApiStruct, rename="lower"):
    """How many processes a container has."""

    current: int | None | UnsetType = UNSET
    """Processes and threads now."""
    limit: int | None | UnsetType = UNSET
    """At most so many; absent or 0 for no limit."""


class ContainerBlkioStatEntry(ApiStruct, rename="lower"):
    """A number about one block device and one kind of access."""

    major: int | UnsetType = UNSET
    """The device's major number."""
    minor: int | UnsetType = UNSET
    """The device's minor number."""
    op: str | UnsetType = UNSET
    """The kind of access, such as `read` or `write`."""
    value: int | UnsetType = UNSET
    """The number."""


class ContainerBlkioStats(ApiStruct, rename="lower"):
    """Block I/O since the start, per device and kind of access. With cgroups v2 only the first list is filled."""

    io_service_bytes_recursive: list[ContainerBlkioStatEntry] | None | UnsetType = UNSET
    """Bytes that were transferred."""
    io_serviced_recursive: list[ContainerBlkioStatEntry] | None | UnsetType = UNSET
    """Transfers that were done."""
    io_queue_recursive: list[ContainerBlkioStatEntry] | None | UnsetType = UNSET
    """Transfers that are queued now."""
    io_service_time_recursive: list[ContainerBlkioStatEntry] | None | UnsetType = UNSET
    """Nanoseconds that the devices took."""
    io_wait_time_recursive: list[ContainerBlkioStatEntry] | None | UnsetType = UNSET
    """Nanoseconds spent in queues."""
    io_merged_recursive: list[ContainerBlkioStatEntry] | None | UnsetType = UNSET
    """Transfers that were merged into others."""
    io_time_recursive: list[ContainerBlkioStatEntry] | None | UnsetType = UNSET
    """Milliseconds that the devices were kept busy."""
    sectors_recursive: list[ContainerBlkioStatEntry] | None | UnsetType = UNSET
    """Sectors that were transferred."""


class ContainerStorageStats(ApiStruct, rename="lower"):
    """Reads and writes since the start; Windows only, empty elsewhere."""

    read_count_normalized: int | None | UnsetType = UNSET
    """Reads."""
    read_size_bytes: int | None | UnsetType = UNSET
    """Bytes read."""
    write_count_normalized: int | None | UnsetType = UNSET
    """Writes."""
    write_size_bytes: int | None | UnsetType = UNSET
    """Bytes written."""


class ContainerCPUUsage(ApiStruct, rename="lower"):
    """CPU time since the start, in nanoseconds; on Windows in units of 100 nanoseconds."""

    total_usage: int | UnsetType = UNSET
    """All of it."""
    percpu_usage: list[int] | None | UnsetType = UNSET
    """The part of each CPU; only with cgroups v1."""
    usage_in_kernelmode: int | UnsetType = UNSET
    """The part that the kernel took."""
    usage_in_usermode: int | UnsetType = UNSET
    """The part that the programs took."""


class ContainerThrottlingData(ApiStruct, rename="lower"):
    """How often a limit of CPU time made the container wait."""

    periods: int | UnsetType = UNSET
    """Periods in which there was a limit."""
    throttled_periods: int | UnsetType = UNSET
    """Those of them in which it was reached."""
    throttled_time: int | UnsetType = UNSET
    """Nanoseconds that it waited, in all."""


class ContainerCPUStats(ApiStruct, rename="lower"):
    """CPU time of a container and its machine."""

    cpu_usage: ContainerCPUUsage | UnsetType = UNSET
    """CPU time of the container."""
    system_cpu_usage: int | None | UnsetType = UNSET
    """CPU time of the whole machine since its start, idle time included, in nanoseconds; not on Windows."""
    online_cpus: Annotated[int | None | UnsetType, Since("1.27")] = UNSET
    """CPUs that the machine has; not on Windows."""
    throttling_data: ContainerThrottlingData | UnsetType = UNSET
    """How often it had to wait for CPU time."""


class ContainerMemoryStats(ApiStruct, rename="lower"):
    """Memory of a container, in bytes. Empty for one that does not run."""

    usage: int | None | UnsetType = UNSET
    """In use now, with the cache."""
    max_usage: int | None | UnsetType = UNSET
    """Most that was ever in use; only with cgroups v1."""
    stats: dict[str, int | None] | UnsetType = UNSET
    """The kernel's own numbers by their names, which differ between cgroups v1 and v2."""
    failcnt: int | None | UnsetType = UNSET
    """How often the limit was hit; only with cgroups v1, and not for 0."""
    limit: int | None | UnsetType = UNSET
    """At most so much: the container's limit, or the memory of the machine."""
    commitbytes: int | None | UnsetType = UNSET
    """Committed memory; Windows only."""
    commitpeakbytes: int | None | UnsetType = UNSET
    """Most that was ever committed; Windows only."""
    privateworkingset: int | None | UnsetType = UNSET
    """The private working set; Windows only."""


class ContainerNetworkStats(ApiStruct, rename="lower"):
    """What went through a network interface since the start."""

    rx_bytes: int | UnsetType = UNSET
    """Bytes received."""
    rx_packets: int | UnsetType = UNSET
    """Packets received."""
    rx_errors: int | UnsetType = UNSET
    """Errors in receiving."""
    rx_dropped: int | UnsetType = UNSET
    """Packets that came and were dropped."""
    tx_bytes: int | UnsetType = UNSET
    """Bytes sent."""
    tx_packets: int | UnsetType = UNSET
    """Packets sent."""
    tx_errors: int | UnsetType = UNSET
    """Errors in sending."""
    tx_dropped: int | UnsetType = UNSET
    """Packets to be sent that were dropped."""
    endpoint_id: str | None | UnsetType = UNSET
    """The endpoint; Windows only."""
    instance_id: str | None | UnsetType = UNSET
    """The instance; Windows only."""


class ContainerStatsResponse(ApiStruct, rename="lower"):
    """What a container uses of the machine: one sample, and the CPU times of the sample before."""

    name: str | None | UnsetType = UNSET
    """Its name, with a slash in front; engines from 25 on leave it out of a sample asked for with `one-shot`."""
    id: str | None | UnsetType = UNSET
    """Its ID; left out in the same case."""
    os_type: Annotated[str | None | UnsetType, Since("1.52")] = UNSET
    """The operating system of the container, on which the meaning of the numbers depends."""
    read: str | UnsetType = UNSET
    """When the sample was taken, in RFC 3339; year 1 if the container does not run."""
    preread: str | UnsetType = UNSET
    """When the sample before was taken; year 1 if there was none."""
    pids_stats: ContainerPidsStats | UnsetType = UNSET
    """Its processes."""
    blkio_stats: ContainerBlkioStats | UnsetType = UNSET
    """Its block I/O."""
    num_procs: int | UnsetType = UNSET
    """CPUs of the machine; Windows only, 0 elsewhere."""
    storage_stats: ContainerStorageStats | UnsetType = UNSET
    """Its reads and writes; Windows only."""
    cpu_stats: ContainerCPUStats | UnsetType = UNSET
    """CPU time."""
    precpu_stats: ContainerCPUStats | UnsetType = UNSET
    """CPU time in the sample before; zeros if there was none."""
    memory_stats: ContainerMemoryStats | UnsetType = UNSET
    """Memory."""
    networks: dict[str, ContainerNetworkStats] | None | UnsetType = UNSET
    """Its network interfaces by name, such as `eth0`; absent without a network of its own."""
