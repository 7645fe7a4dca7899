"""What simulated containers use of the pretended machine: numbers that look like those of an engine with cgroups v1."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from engine_api.api.stats import (
    ContainerBlkioStats,
    ContainerCPUStats,
    ContainerCPUUsage,
    ContainerMemoryStats,
    ContainerNetworkStats,
    ContainerPidsStats,
    ContainerStatsResponse,
    ContainerStorageStats,
    ContainerThrottlingData,
)
from engine_api.api.struct import UNSET
from engine_api.engines.memory.machine.clock import Clock, rfc3339
from engine_api.engines.memory.machine.host import CPUS, MEMORY
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.resources.containers.top import MEMORY_OF_A_PROCESS

__all__ = ["sample", "samples"]

_NEVER: Final = "0001-01-01T00:00:00Z"
_SECOND: Final = 1_000_000_000
_START_COST: Final = 25_000_000
"""Nanoseconds of CPU time that a start takes."""
_SHARE: Final = 2000
"""A running container takes this part of a CPU."""
_BOOT: Final = 1_000 * _SECOND
"""How long the machine ran before the container was made."""
_MEMORY_OF_A_CONTAINER: Final = 512 * 1024
_NO_LIMIT: Final = 9223372036854771712


def _empty_cpu() -> ContainerCPUStats:
    return ContainerCPUStats(
        cpu_usage=ContainerCPUUsage(total_usage=0, usage_in_kernelmode=0, usage_in_usermode=0),
        throttling_data=ContainerThrottlingData(periods=0, throttled_periods=0, throttled_time=0),
    )


def _cpu(container: Container, now: int) -> ContainerCPUStats:
    began = container.state.started_at or now
    total = _START_COST + max(0, now - began) // _SHARE
    kernel = total * 2 // 5 // 10_000_000 * 10_000_000
    return ContainerCPUStats(
        cpu_usage=ContainerCPUUsage(
            total_usage=total,
            percpu_usage=[total - total // CPUS * (CPUS - 1), *[total // CPUS] * (CPUS - 1)],
            usage_in_kernelmode=kernel,
            usage_in_usermode=total // 10_000_000 * 10_000_000 - kernel,
        ),
        system_cpu_usage=(_BOOT + max(0, now - container.created)) // 10_000_000 * 10_000_000 * CPUS,
        online_cpus=CPUS,
        throttling_data=ContainerThrottlingData(periods=0, throttled_periods=0, throttled_time=0),
    )


def _memory(container: Container, processes: int) -> ContainerMemoryStats:
    own = processes * MEMORY_OF_A_PROCESS * 1024 // 8
    usage = _MEMORY_OF_A_CONTAINER + own
    limit = container.host.memory if isinstance(container.host.memory, int) else 0
    stats = {
        "active_anon": 4096,
        "active_file": 0,
        "cache": 0,
        "dirty": 0,
        "hierarchical_memory_limit": limit or _NO_LIMIT,
        "hierarchical_memsw_limit": _NO_LIMIT,
        "inactive_anon": own,
        "inactive_file": 0,
        "mapped_file": 0,
        "pgfault": 1000 + 200 * processes,
        "pgmajfault": 0,
        "pgpgin": 1000,
        "pgpgout": 900,
        "rss": own,
        "rss_huge": 0,
        "unevictable": 0,
        "writeback": 0,
    }
    names = [name for name in stats if not name.startswith("hierarchical")]
    return ContainerMemoryStats(
        usage=usage,
        max_usage=usage * 4,
        stats={**stats, **{f"total_{name}": stats[name] for name in names}},
        limit=limit or MEMORY,
    )


def _networks(container: Container, now: int) -> dict[str, ContainerNetworkStats]:
    found: dict[str, ContainerNetworkStats] = {}
    seconds = max(0, now - (container.state.started_at or now)) // _SECOND
    names = [name for name in container.endpoints if name not in ("host", "none")]
    for index, _ in enumerate(names):
        found[f"eth{index}"] = ContainerNetworkStats(
            rx_bytes=704 + 42 * seconds,
            rx_packets=8 + seconds,
            rx_errors=0,
            rx_dropped=0,
            tx_bytes=84,
            tx_packets=2,
            tx_errors=0,
            tx_dropped=0,
        )
    return found


def sample(
    container: Container, before: ContainerStatsResponse | None, now: int, *, named: bool = True
) -> ContainerStatsResponse:
    """What a container uses now; zeros if it does not run.

    Args:
        container: the container.
        before: the sample before, if there was one.
        now: the time, in nanoseconds since 1970.
        named: whether the sample has the ID and the name of the container.
    """
    found = ContainerStatsResponse(
        read=_NEVER,
        preread=before.read if before is not None else _NEVER,
        pids_stats=ContainerPidsStats(),
        blkio_stats=_blkio(None),
        num_procs=0,
        storage_stats=ContainerStorageStats(),
        cpu_stats=_empty_cpu(),
        precpu_stats=before.cpu_stats if before is not None else _empty_cpu(),
        memory_stats=ContainerMemoryStats(),
    )
    if named:
        found.name, found.id, found.os_type = f"/{container.name}", container.id, "linux"
    sandbox = container.sandbox
    if not container.state.running or container.state.restarting or sandbox is None:
        return found
    limit = container.host.pids_limit
    found.read = rfc3339(now, digits=9)
    limited = isinstance(limit, int) and limit > 0
    found.pids_stats = ContainerPidsStats(current=len(sandbox.processes), limit=limit if limited else UNSET)
    found.blkio_stats = _blkio([])
    found.cpu_stats = _cpu(container, now)
    found.memory_stats = _memory(container, len(sandbox.processes))
    networks = _networks(container, now)
    if networks:
        found.networks = networks
    return found


def _blkio(empty: list[object] | None) -> ContainerBlkioStats:
    names = ContainerBlkioStats.__struct_fields__
    return ContainerBlkioStats(**{name: None if empty is None else [] for name in names})


async def samples(
    container: Container, clock: Clock, *, stream: bool, one_shot: bool
) -> AsyncIterator[ContainerStatsResponse]:
    """Samples of a container.

    Args:
        container: the container.
        stream: one a second until it is removed; otherwise one.
        one_shot: the one at once, without one before it.
    """
    if one_shot:
        yield sample(container, None, clock.time_ns(), named=False)
        return
    before: ContainerStatsResponse | None = None
    if not stream:
        if container.state.running:
            before = sample(container, None, clock.time_ns())
            await clock.sleep(1)
        yield sample(container, before, clock.time_ns())
        return
    while not container.removed.is_set():
        before = sample(container, before, clock.time_ns())
        yield before
        await clock.sleep(1)
