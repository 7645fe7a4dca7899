"""What a new container may ask for, and what it gets when it asks for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final

import msgspec

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import InvalidParameter
from engine_api.api.health import HealthConfig
from engine_api.api.hostconfig import HostConfig, LogConfig, PortBinding, RestartPolicy
from engine_api.api.struct import UNSET
from engine_api.engines.memory.resources.containers.known_names import check_names
from engine_api.engines.memory.resources.containers.limits import check_resources, number
from engine_api.engines.memory.runtime.endpoints import check_network_mode
from engine_api.engines.memory.runtime.mount_options import check_mount
from engine_api.engines.memory.runtime.ports import check_port_bindings

__all__ = ["check_restart", "default_host_config", "validate"]

_MASKED = [
    "/proc/asound",
    "/proc/acpi",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
]
_READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
_MIB = 1024 * 1024

_DEFAULTS = HostConfig(
    binds=None,
    container_id_file="",
    network_mode="bridge",
    port_bindings=None,
    auto_remove=False,
    volume_driver="",
    volumes_from=None,
    console_size=[0, 0],
    cap_add=None,
    cap_drop=None,
    cgroupns_mode="host",
    dns=[],
    dns_options=[],
    dns_search=[],
    extra_hosts=None,
    group_add=None,
    ipc_mode="private",
    cgroup="",
    links=None,
    oom_score_adj=0,
    pid_mode="",
    privileged=False,
    publish_all_ports=False,
    readonly_rootfs=False,
    security_opt=None,
    uts_mode="",
    userns_mode="",
    shm_size=64 * _MIB,
    runtime="runc",
    isolation="",
    cpu_shares=0,
    memory=0,
    nano_cpus=0,
    cgroup_parent="",
    blkio_weight=0,
    blkio_weight_device=[],
    blkio_device_read_bps=[],
    blkio_device_write_bps=[],
    blkio_device_read_iops=[],
    blkio_device_write_iops=[],
    cpu_period=0,
    cpu_quota=0,
    cpu_realtime_period=0,
    cpu_realtime_runtime=0,
    cpuset_cpus="",
    cpuset_mems="",
    devices=[],
    device_cgroup_rules=None,
    device_requests=None,
    memory_reservation=0,
    memory_swap=0,
    memory_swappiness=None,
    oom_kill_disable=False,
    pids_limit=None,
    ulimits=[],
    cpu_count=0,
    cpu_percent=0,
    io_maximum_iops=0,
    io_maximum_bandwidth=0,
    masked_paths=_MASKED,
    readonly_paths=_READONLY,
)


def default_host_config(asked: HostConfig) -> HostConfig:
    """What was asked for, with the engine's defaults where nothing was."""
    changes: dict[str, object] = {}
    for name in HostConfig.__struct_fields__:
        value = getattr(asked, name)
        default = getattr(_DEFAULTS, name)
        if default is UNSET:
            continue
        if value is UNSET or (not value and value is not False and name != "oom_kill_disable"):
            changes[name] = default
    host = msgspec.structs.replace(asked, **changes)
    if host.umask is None:
        host.umask = UNSET
    if host.network_mode == "default":
        host.network_mode = "bridge"
    if isinstance(asked.port_bindings, dict):
        host.port_bindings = {
            port: [PortBinding(host_ip=one.host_ip or "", host_port=one.host_port or "") for one in own]
            if isinstance(own, list)
            else None
            for port, own in asked.port_bindings.items()
        }
    log = asked.log_config if asked.log_config else LogConfig()
    host.log_config = LogConfig(type=log.type or "json-file", config=log.config or {})
    policy = asked.restart_policy if asked.restart_policy else RestartPolicy()
    host.restart_policy = RestartPolicy(name=policy.name or "no", maximum_retry_count=policy.maximum_retry_count or 0)
    if isinstance(host.memory, int) and host.memory > 0 and not asked.memory_swap:
        host.memory_swap = 2 * host.memory
    return host


_EMPTY_BINDINGS: Final = "HostConfig.PortBindings has no binding for"
"""How the warning of a port without bindings begins."""


def validate(config: ContainerCreateRequest, host: HostConfig) -> list[str]:
    """Check a new container's configuration; gives warnings.

    Raises:
        InvalidParameter: it makes no sense.
    """
    working_dir = config.working_dir
    if working_dir and not working_dir.startswith("/"):
        raise InvalidParameter(f"the working directory '{working_dir}' is invalid, it needs to be an absolute path")
    check_resources(host)
    if not number(host.memory) and number(host.memory_swap) > 0:
        raise InvalidParameter("You should always set the Memory limit when using Memoryswap limit, see usage")
    check_names(config, host)
    _check_modes(host)
    _check_restart(host)
    check_network_mode(config, host)
    check_port_bindings(host.port_bindings or {})
    _check_extra_hosts(host.extra_hosts or ())
    for variable in config.env or ():
        if not variable or variable.startswith("="):
            raise InvalidParameter(f"invalid environment variable: {variable}")
    if isinstance(config.healthcheck, HealthConfig):
        _check_health(config.healthcheck)
    targets: set[str] = set()
    for mount in host.mounts or ():
        check_mount(mount)
        if mount.target in targets:
            raise InvalidParameter(f"Duplicate mount point: {mount.target}")
        targets.add(str(mount.target))
    empty = [port for port, bindings in (host.port_bindings or {}).items() if not bindings]
    warnings = [f"{_EMPTY_BINDINGS} {port}; the host forwards a free port to it" for port in empty]
    if host.network_mode == "host" and host.port_bindings:
        warnings.append("Published ports are discarded when using host network mode")
    return warnings


def _check_health(health: HealthConfig) -> None:
    for name in ("interval", "timeout", "start_period", "start_interval"):
        value = number(getattr(health, name))
        if value and value < 1_000_000:
            words = name.title().replace("_", "")
            raise InvalidParameter(f"{words} in Healthcheck cannot be less than 1ms")
    if number(health.retries) < 0:
        raise InvalidParameter("Retries in Healthcheck cannot be negative")


_MODES: Final = (
    ("ipc_mode", "IPC mode: {}", ("none", "private", "shareable", "host"), True),
    ("pid_mode", "PID mode: {}", ("host",), True),
    ("uts_mode", "UTS mode: {}", ("host",), False),
    ("cgroupns_mode", "cgroup namespace mode: {}", ("private", "host"), False),
    ("isolation", "isolation ({}): linux only supports 'default'", ("default",), False),
)
"""Fields of namespaces: what the engine says of others, the words that it takes, whether a container can be named."""


def _check_modes(host: HostConfig) -> None:
    for name, words, known, containers in _MODES:
        mode = getattr(host, name) or ""
        if mode and mode not in known and not (containers and mode.startswith("container:")):
            raise InvalidParameter(f"invalid {words.format(mode)}")
    if number(host.shm_size) < 0:
        raise InvalidParameter("SHM size can not be less than 0")
    if not -1000 <= number(host.oom_score_adj) <= 1000:
        raise InvalidParameter(f"Invalid value {host.oom_score_adj}, range for oom score adj is [-1000, 1000]")
    if not -1 <= number(host.memory_swappiness) <= 100:
        raise InvalidParameter(f"Invalid value: {host.memory_swappiness}, valid memory swappiness range is 0-100")
    if number(host.cpu_shares) < 0:
        raise InvalidParameter(f"invalid CPU shares ({host.cpu_shares}): value must be a positive integer")


def check_restart(policy: RestartPolicy) -> None:
    """Check a restart policy.

    Raises:
        InvalidParameter: it is unknown, or counts where it must not.
    """
    name = policy.name or "no"
    if name not in ("no", "always", "on-failure", "unless-stopped"):
        raise InvalidParameter(
            f"invalid restart policy: unknown policy '{name}'; "
            "use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
        )
    if policy.maximum_retry_count and name != "on-failure":
        raise InvalidParameter("invalid restart policy: maximum retry count can only be used with 'on-failure'")
    if number(policy.maximum_retry_count) < 0:
        raise InvalidParameter("invalid restart policy: maximum retry count cannot be negative")


def _check_extra_hosts(entries: Sequence[str]) -> None:
    for entry in entries:
        name, colon, address = entry.partition(":")
        if not colon or not name:
            raise InvalidParameter(f'bad format for add-host: "{entry}"')
        if address == "host-gateway":
            continue
        try:
            ip_address(address.strip())
        except ValueError:
            raise InvalidParameter(f'invalid IP address in add-host: "{address}"') from None


def _check_restart(host: HostConfig) -> None:
    policy = host.restart_policy or RestartPolicy()
    check_restart(policy)
    name = policy.name or "no"
    if host.auto_remove is True and name != "no":
        raise InvalidParameter("can't create 'AutoRemove' container with restart policy")
