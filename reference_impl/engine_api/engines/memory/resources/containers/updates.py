"""Changes of what containers may use, and of when they are started again."""

from __future__ import annotations

from typing import Final

from engine_api.api.containers import ContainerUpdateRequest
from engine_api.api.errors import Conflict, InvalidParameter
from engine_api.api.hostconfig import HostConfig, RestartPolicy
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.resources.containers.limits import check_resources, number
from engine_api.engines.memory.resources.containers.validation import check_restart

__all__ = ["check", "update"]

_KEPT_IF_ZERO: Final = (
    "blkio_weight",
    "cpu_shares",
    "cpu_period",
    "cpu_quota",
    "cpuset_cpus",
    "cpuset_mems",
    "cpu_realtime_period",
    "cpu_realtime_runtime",
    "kernel_memory",
    "memory",
    "memory_reservation",
    "memory_swap",
    "nano_cpus",
)
_KEPT_IF_NULL: Final = (
    "blkio_weight_device",
    "blkio_device_read_bps",
    "blkio_device_write_bps",
    "blkio_device_read_iops",
    "blkio_device_write_iops",
    "pids_limit",
)


def update(container: Container, asked: ContainerUpdateRequest) -> None:
    """Change a container's resources and restart policy to what was checked before.

    Raises:
        Conflict: it does not fit what the container has.
    """
    host = container.host
    failed = f"Cannot update container {container.id}: "
    if container.state.removing:
        raise Conflict(f'{failed}container is marked for removal and cannot be "update"')
    _check_beside(host, asked, failed)
    policy = asked.restart_policy or None
    if policy and policy.name:
        if host.auto_remove is True and policy.name != "no":
            raise Conflict(f"{failed}Restart policy cannot be updated because AutoRemove is enabled for the container")
        count = policy.maximum_retry_count if isinstance(policy.maximum_retry_count, int) else 0
        host.restart_policy = RestartPolicy(name=policy.name, maximum_retry_count=count)
    for name in _KEPT_IF_ZERO:
        if value := getattr(asked, name):
            setattr(host, name, value)
    for name in _KEPT_IF_NULL:
        value = getattr(asked, name)
        if isinstance(value, int | list):
            setattr(host, name, value)


def check(asked: ContainerUpdateRequest) -> list[str]:
    """Check what is asked for, whichever container it is for; gives warnings.

    Raises:
        InvalidParameter: a value makes no sense.
    """
    check_resources(asked)
    weight = number(asked.blkio_weight)
    if weight and not 10 <= weight <= 1000:
        raise InvalidParameter("Range of blkio weight is from 10 to 1000")
    if asked.restart_policy and asked.restart_policy.name:
        check_restart(asked.restart_policy)
    if asked.oom_kill_disable is True and not number(asked.memory):
        return [
            "OOM killer is disabled for the container, but no memory limit is set, "
            "this can result in the system running out of resources."
        ]
    return []


def _check_beside(host: HostConfig, asked: ContainerUpdateRequest, failed: str) -> None:
    """Check what is asked for beside what the container has."""
    conflict = f"{failed}Conflicting options: "
    if number(asked.nano_cpus) and number(host.cpu_period):
        raise Conflict(f"{conflict}Nano CPUs cannot be updated as CPU Period has already been set")
    if number(asked.nano_cpus) and number(host.cpu_quota):
        raise Conflict(f"{conflict}Nano CPUs cannot be updated as CPU Quota has already been set")
    if number(asked.cpu_period) and number(host.nano_cpus):
        raise Conflict(f"{conflict}CPU Period cannot be updated as NanoCPUs has already been set")
    if number(asked.cpu_quota) and number(host.nano_cpus):
        raise Conflict(f"{conflict}CPU Quota cannot be updated as NanoCPUs has already been set")
    if asked.memory and number(asked.memory) > number(host.memory_swap) and not number(asked.memory_swap):
        raise Conflict(
            f"{failed}Memory limit should be smaller than already set memoryswap limit, "
            "update the memoryswap at the same time"
        )
