"""Containers as lists and inspections show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from engine_api.api.containers import (
    ContainerInspectResponse,
    ContainerState,
    ContainerSummary,
    DriverData,
    HostConfigSummary,
    NetworkSettingsSummary,
)
from engine_api.api.health import Health, HealthSummary
from engine_api.api.mounts import MountPoint
from engine_api.api.networks import NetworkSettings
from engine_api.api.struct import UNSET
from engine_api.engines.memory.machine.clock import rfc3339
from engine_api.engines.memory.machine.elapsed import duration
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.resources.containers.copying import changed_size
from engine_api.engines.memory.runtime.ports import port_summaries

__all__ = ["inspection", "summary"]

_NEVER: Final = "0001-01-01T00:00:00Z"


def summary(
    container: Container, now: int, *, size: bool, linked: Sequence[str], image_of: Callable[[str], Image | None]
) -> ContainerSummary:
    """A container as lists show it.

    Args:
        container: the container.
        now: the time, in nanoseconds since 1970.
        size: whether to measure it.
        linked: the names that links give it.
        image_of: which image a text means now.
    """
    host, ports = container.host, port_summaries(container.network.ports)
    written = changed_size(container.base, container.fs.root) if size else 0
    image = container.image_name if image_of(container.image_name) is container.image else container.image.id
    return ContainerSummary(
        id=container.id,
        names=[f"/{container.name}", *linked],
        image=image,
        image_id=container.image.id,
        command=" ".join([container.argv[0], *(f"'{a}'" if " " in a else a for a in container.argv[1:])]),
        created=container.created // 1_000_000_000,
        ports=ports,
        size_rw=written or UNSET,
        size_root_fs=container.image.size + written or UNSET if size else UNSET,
        labels=container.config.labels or {},
        state=container.state.status,
        status=_status_text(container, now),
        host_config=HostConfigSummary(
            network_mode=host.network_mode, annotations=host.annotations or UNSET if host.annotations else UNSET
        ),
        network_settings=NetworkSettingsSummary(networks=dict(container.endpoints)),
        health=HealthSummary(status=container.health.status, failing_streak=container.health.failing_streak),
        mounts=_mount_points(container),
    )


def inspection(container: Container, networks: NetworkSettings, *, size: bool) -> ContainerInspectResponse:
    """All about a container.

    Args:
        container: the container.
        networks: its networks and ports.
        size: whether to measure it.
    """
    folder = f"/var/lib/docker/containers/{container.id}"
    health: Health | object = UNSET
    if container.config.healthcheck and container.health.status != "none":
        health = Health(
            status=container.health.status,
            failing_streak=container.health.failing_streak,
            log=container.health.log[-5:],
        )
    written = changed_size(container.base, container.fs.root) if size else 0
    files = container.log_driver == "json-file" and container.state.started_at is not None
    return ContainerInspectResponse(
        id=container.id,
        created=rfc3339(container.created),
        path=container.argv[0],
        args=container.argv[1:],
        state=ContainerState(
            status=container.state.status,
            running=container.state.running,
            paused=container.state.paused,
            restarting=container.state.restarting,
            oom_killed=False,
            dead=False,
            pid=container.state.pid,
            exit_code=container.state.exit_code,
            error=container.state.error,
            started_at=_NEVER if container.state.started_at is None else rfc3339(container.state.started_at),
            finished_at=_NEVER if container.state.finished_at is None else rfc3339(container.state.finished_at),
            health=health if isinstance(health, Health) else UNSET,
        ),
        image=container.image.id,
        resolv_conf_path=f"{folder}/resolv.conf" if container.state.started_at else "",
        hostname_path=f"{folder}/hostname" if container.state.started_at else "",
        hosts_path=f"{folder}/hosts" if container.state.started_at else "",
        log_path=f"{folder}/{container.id}-json.log" if files else "",
        name=f"/{container.name}",
        restart_count=container.state.restart_count,
        driver="overlay2",
        platform="linux",
        mount_label="",
        process_label="",
        app_armor_profile="",
        exec_ids=[key for key, one in container.execs.items() if not one.ended] or None,
        host_config=container.host,
        graph_driver=DriverData(name="overlay2", data=_layers(container.id)),
        size_rw=written if size else UNSET,
        size_root_fs=container.image.size + written if size else UNSET,
        mounts=_mount_points(container),
        config=container.config,
        network_settings=networks,
    )


def _status_text(container: Container, now: int) -> str:
    status = container.state.status
    since = duration((now - (container.state.started_at or now)) / 1e9)
    ago = duration((now - (container.state.finished_at or now)) / 1e9)
    if status == "running":
        health = container.health.status
        words = {"starting": " (health: starting)", "healthy": " (healthy)", "unhealthy": " (unhealthy)"}
        return f"Up {since}{words.get(health, '')}"
    if status == "paused":
        return f"Up {since} (Paused)"
    if status == "restarting":
        return f"Restarting ({container.state.exit_code}) {ago} ago"
    if status == "removing":
        return "Removal In Progress"
    return "Created" if status == "created" else f"Exited ({container.state.exit_code}) {ago} ago"


def _mount_points(container: Container) -> list[MountPoint]:
    return [mount.point() for mount in container.mounts if mount.shown]


def _layers(identifier: str) -> dict[str, str]:
    base = f"/var/lib/docker/overlay2/{identifier[::-1]}"
    return {
        "ID": identifier,
        "LowerDir": f"{base}-init/diff",
        "MergedDir": f"{base}/merged",
        "UpperDir": f"{base}/diff",
        "WorkDir": f"{base}/work",
    }
