"""The engine itself: ping, version, information, events and disk usage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec

from engine_api.api.datausage import DataUsage
from engine_api.api.events import EventMessage
from engine_api.api.filters import Filters
from engine_api.api.images import AuthConfig
from engine_api.api.swarm import SwarmInfo
from engine_api.api.system import (
    AuthResponse,
    Commit,
    ComponentVersion,
    ContainerdInfo,
    ContainerdNamespaces,
    FirewallInfo,
    IndexInfo,
    PingResponse,
    PlatformInfo,
    PluginsInfo,
    RegistryServiceConfig,
    Runtime,
    System,
    SystemInfo,
    SystemVersion,
)
from engine_api.engines.memory.machine.clock import Clock, rfc3339
from engine_api.engines.memory.machine.events import EventBus, Subscription
from engine_api.engines.memory.machine.host import CPUS, KERNEL, MEMORY, EngineRelease
from engine_api.engines.memory.model.containers import ContainerStore
from engine_api.engines.memory.model.host import Host
from engine_api.engines.memory.model.images import ImageStore
from engine_api.engines.memory.model.registry import Registry
from engine_api.engines.memory.resources.system.event_filters import check_times, event_filter
from engine_api.engines.memory.resources.system.usage import Stored, disk_usage

__all__ = ["MemorySystem"]

_COMMIT: Final = "reference"
_GO: Final = "none"
_BUILT: Final = "2026-01-01T00:00:00.000000000+00:00"
_INFO: Final = SystemInfo(
    driver="overlay2",
    driver_status=[["Backing Filesystem", "memory"], ["Supports d_type", "true"]],
    plugins=PluginsInfo(
        volume=["local"], network=["bridge", "host", "null"], authorization=None, log=["json-file", "none"]
    ),
    memory_limit=True,
    swap_limit=True,
    kernel_memory=True,
    kernel_memory_tcp=True,
    cpu_cfs_period=True,
    cpu_cfs_quota=True,
    cpu_shares=True,
    cpu_set=True,
    pids_limit=True,
    ipv4_forwarding=True,
    bridge_nf_iptables=True,
    bridge_nf_ip6tables=True,
    debug=False,
    n_fd=0,
    oom_kill_disable=True,
    n_goroutines=0,
    logging_driver="json-file",
    cgroup_driver="cgroupfs",
    cgroup_version="2",
    kernel_version=KERNEL,
    operating_system="docker-engine-api reference engine (in memory)",
    os_version="",
    os_type="linux",
    architecture="x86_64",
    index_server_address="https://index.docker.io/v1/",
    registry_config=RegistryServiceConfig(
        allow_nondistributable_artifacts_cidrs=None,
        allow_nondistributable_artifacts_hostnames=None,
        insecure_registry_cidrs=["::1/128", "127.0.0.0/8"],
        index_configs={"docker.io": IndexInfo(name="docker.io", mirrors=[], secure=True, official=True)},
        mirrors=None,
    ),
    ncpu=CPUS,
    mem_total=MEMORY,
    generic_resources=None,
    docker_root_dir="/var/lib/docker",
    system_status=None,
    http_proxy="",
    https_proxy="",
    no_proxy="",
    labels=[],
    experimental_build=False,
    runtimes={"runc": Runtime(path="runc")},
    default_runtime="runc",
    swarm=SwarmInfo(
        node_id="",
        node_addr="",
        local_node_state="inactive",
        control_available=False,
        error="",
        remote_managers=None,
    ),
    live_restore_enabled=False,
    isolation="",
    init_binary="docker-init",
    containerd_commit=Commit(id="", expected=""),
    runc_commit=Commit(id="", expected=""),
    init_commit=Commit(id="", expected=""),
    security_options=["name=seccomp,profile=builtin"],
    firewall_backend=FirewallInfo(driver="iptables"),
    cdi_spec_dirs=["/etc/cdi", "/var/run/cdi"],
    containerd=ContainerdInfo(
        address="/run/containerd/containerd.sock",
        namespaces=ContainerdNamespaces(containers="moby", plugins="plugins.moby"),
    ),
    warnings=None,
)
"""What is the same of every engine of this kind."""


class MemorySystem(System):
    """The engine itself, in memory."""

    def __init__(
        self,
        *,
        engine_id: str,
        release: EngineRelease,
        host: Host,
        containers: ContainerStore,
        images: ImageStore,
        registry: Registry,
        stored: Stored,
        events: EventBus,
        clock: Clock,
    ) -> None:
        self._engine_id = engine_id
        self._release = release
        self._host = host
        self._containers = containers
        self._images = images
        self._registry = registry
        self._stored = stored
        self._events = events
        self._clock = clock

    async def ping(self) -> PingResponse:
        """Whether it is there."""
        return PingResponse(
            api_version=str(self._release.maximum),
            os_type="linux",
            experimental=False,
            builder_version="1",
            swarm="inactive",
        )

    async def ping_head(self) -> PingResponse:
        """The same."""
        return await self.ping()

    async def auth(self, auth_config: AuthConfig) -> AuthResponse:
        """Whether a registry accepts credentials."""
        self._registry.log_in(auth_config)
        return AuthResponse(status="Login Succeeded", identity_token="")

    async def events(
        self, *, since: str | None = None, until: str | None = None, filters: Filters | None = None
    ) -> AsyncIterator[EventMessage]:
        """What happens."""
        first, last = check_times(since, until)
        wanted = event_filter(filters)
        if last is not None:
            first = first or 0
            end, inner = last, wanted

            def wanted(event: EventMessage) -> bool:
                return (event.time_nano or 0) <= end and inner(event)

        subscription = self._events.subscribe(wanted, since=first)
        return _until(subscription, last, self._clock)

    async def data_usage(self, *, type: Sequence[str] = (), verbose: bool = False) -> DataUsage:
        """What things take on the disk."""
        return await disk_usage(self._stored, type, verbose=verbose)

    async def version(self) -> SystemVersion:
        """Its versions."""
        details = {
            "ApiVersion": str(self._release.maximum),
            "Arch": "amd64",
            "BuildTime": _BUILT,
            "Experimental": "false",
            "GitCommit": _COMMIT,
            "GoVersion": _GO,
            "KernelVersion": KERNEL,
            "MinAPIVersion": str(self._release.minimum),
            "Os": "linux",
        }
        return SystemVersion(
            platform=PlatformInfo(name="docker-engine-api reference engine"),
            components=[ComponentVersion(name="Engine", version=self._release.version, details=details)],
            version=self._release.version,
            api_version=str(self._release.maximum),
            min_api_version=str(self._release.minimum),
            git_commit=_COMMIT,
            go_version=_GO,
            os="linux",
            arch="amd64",
            kernel_version=KERNEL,
            build_time=_BUILT,
        )

    async def info(self) -> SystemInfo:
        """What it is and can do."""
        states = [container.state.status for container in self._containers]
        running = sum(state in ("running", "restarting") for state in states)
        paused = states.count("paused")
        return msgspec.structs.replace(
            _INFO,
            id=self._engine_id,
            server_version=self._release.version,
            containers=len(states),
            containers_running=running,
            containers_paused=paused,
            containers_stopped=len(states) - running - paused,
            images=len(self._images),
            system_time=rfc3339(self._clock.time_ns()),
            n_events_listener=self._events.listeners,
            name=self._host.name,
        )


async def _until(subscription: Subscription, end: int | None, clock: Clock) -> AsyncIterator[EventMessage]:
    """The events of a subscription, which is closed at the end, and at a time if one is given."""

    async def close_later(nanoseconds: int) -> None:
        if nanoseconds > 0:
            await clock.sleep(nanoseconds / 1_000_000_000)
        subscription.close()

    timer = None if end is None else asyncio.ensure_future(close_later(end - clock.time_ns()))
    try:
        async for event in subscription:
            yield event
    finally:
        if timer is not None:
            timer.cancel()
        await subscription.aclose()
