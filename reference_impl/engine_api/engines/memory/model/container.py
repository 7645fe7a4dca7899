"""A container: what it is made of, and in which state it is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final, Literal

from engine_api.api.containers import ContainerConfig
from engine_api.api.health import HealthcheckResult
from engine_api.api.hostconfig import HostConfig, PortBinding
from engine_api.api.networks import EndpointSettings
from engine_api.engines.memory.model.console import Console
from engine_api.engines.memory.model.execs import ExecProcess
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.layers import differences
from engine_api.engines.memory.model.logs import Log
from engine_api.engines.memory.model.mounts import ContainerMount
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.nodes import Directory
from engine_api.engines.memory.userland.process import Process, Sandbox
from engine_api.engines.memory.userland.programs import User
from engine_api.engines.memory.userland.sockets import Namespace

__all__ = ["OWN_FILES", "Container", "HealthState", "NetworkState", "RunState", "Status"]

Status = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]

OWN_FILES: Final = ("/etc/hostname", "/etc/hosts", "/etc/resolv.conf")
"""Files that the engine writes in every container."""


@dataclass(kw_only=True)
class RunState:
    """Whether the process of a container runs, and how its last run ended."""

    running: bool = False
    paused: bool = False
    restarting: bool = False
    """Whether the process has ended and waits to be started again by its restart policy."""
    removing: bool = False
    exit_code: int = 0
    error: str = ""
    """Why the last start failed; empty if it did not fail."""
    started_at: int | None = None
    """Nanoseconds since 1970; None if it was never started."""
    finished_at: int | None = None
    """Nanoseconds since 1970; None if it never ended."""
    restart_count: int = 0
    pid: int = 0
    """Process ID on the host; 0 if it does not run."""
    user: User = field(default_factory=User)
    stopped_by_hand: bool = False
    """Whether a client stopped it, so that its restart policy does not start it again."""

    @property
    def status(self) -> Status:
        """The state in one word."""
        if self.running:
            return "paused" if self.paused else "restarting" if self.restarting else "running"
        if self.removing:
            return "removing"
        return "created" if self.started_at is None else "exited"

    def start_requested(self) -> None:
        """A client starts the container: counters and marks of the last run are reset."""
        self.restart_count = 0
        self.stopped_by_hand = False

    def started(self, *, pid: int, user: User, at: int) -> None:
        """The process has started.

        Args:
            pid: its process ID on the host.
            user: the user it runs as.
            at: nanoseconds since 1970.
        """
        self.pid, self.user, self.started_at = pid, user, at
        self.error, self.exit_code = "", 0
        self.running, self.paused, self.restarting = True, False, False

    def start_failed(self, *, code: int, error: str) -> None:
        """The process could not be started."""
        self.exit_code, self.error = code, error

    def exited(self, *, code: int, at: int) -> None:
        """The process has ended, at a time in nanoseconds since 1970."""
        self.exit_code, self.finished_at, self.pid = code, at, 0

    def restart_pending(self) -> None:
        """The restart policy starts the process again after a delay."""
        self.restarting = True
        self.restart_count += 1

    def stopped(self) -> None:
        """The process has ended and is not started again."""
        self.running = self.restarting = self.paused = False

    def stop_requested(self) -> None:
        """A client stops the container."""
        self.stopped_by_hand = True

    def froze(self) -> None:
        """The processes are frozen."""
        self.paused = True

    def thawed(self) -> None:
        """The processes go on."""
        self.paused = False

    def removal_requested(self) -> None:
        """The container is being removed."""
        self.removing = True


@dataclass(kw_only=True)
class HealthState:
    """Results of health checks."""

    status: str = "none"
    """`none`, `starting`, `healthy` or `unhealthy`."""
    failing_streak: int = 0
    log: list[HealthcheckResult] = field(default_factory=list)

    def began(self) -> None:
        """A container with a health check has started."""
        self.status, self.failing_streak = "starting", 0

    def checked(self, result: HealthcheckResult, *, retries: int, early: bool) -> None:
        """Take in the result of a check.

        Args:
            result: the result.
            retries: the number of failures in a row after which the container is unhealthy.
            early: whether the check ran within the start period, in which failures do not count.
        """
        self.log.append(result)
        if result.exit_code == 0:
            self.status, self.failing_streak = "healthy", 0
        elif not early:
            self.failing_streak += 1
            if self.failing_streak >= retries:
                self.status = "unhealthy"

    def ended(self) -> None:
        """The checks have ended with the container."""
        self.status = "unhealthy"


@dataclass(kw_only=True)
class NetworkState:
    """The network namespace of a running container, and its ports."""

    namespace: Namespace | None = None
    sandbox_id: str = ""
    ports: dict[str, list[PortBinding] | None] = field(default_factory=dict)
    """The ports that the container exposes, each with the ports of the host that lead to it."""

    def joined(self, namespace: Namespace | None, sandbox_id: str = "") -> None:
        """The container is about to run in a namespace."""
        self.namespace, self.sandbox_id = namespace, sandbox_id

    def published(self, ports: dict[str, list[PortBinding] | None]) -> None:
        """The container has these ports."""
        self.ports = ports

    def left(self) -> None:
        """The container has ended."""
        self.namespace, self.sandbox_id, self.ports = None, "", {}


@dataclass(eq=False, kw_only=True)
class Container:
    """A container."""

    id: str
    name: str
    config: ContainerConfig
    host: HostConfig
    image: Image
    image_name: str
    """The image as the create request names it."""
    fs: FileSystem
    base: Directory
    """The tree that the file system began with."""
    argv: list[str]
    created: int
    """Nanoseconds since 1970."""
    order: int
    """How many containers were created before it, and itself."""
    log: Log
    endpoints: dict[str, EndpointSettings] = field(default_factory=dict)
    """The endpoints by the names of their networks."""
    mac_addresses: dict[str, str] = field(default_factory=dict)
    """The MAC addresses that the create request asks for, by the names of the networks."""
    mounts: list[ContainerMount] = field(default_factory=list)
    state: RunState = field(default_factory=RunState)
    health: HealthState = field(default_factory=HealthState)
    network: NetworkState = field(default_factory=NetworkState)
    execs: dict[str, ExecProcess] = field(default_factory=dict)
    """Exec instances of the run at hand, by ID."""
    removed: asyncio.Event = field(default_factory=asyncio.Event)
    sandbox: Sandbox | None = None
    process: Process | None = None
    console: Console = field(init=False)

    def __post_init__(self) -> None:
        self.console = self._new_console()

    def _new_console(self) -> Console:
        return Console(tty=self.tty, stdin=self.config.open_stdin is True)

    @property
    def tty(self) -> bool:
        """Whether the process has a terminal."""
        return self.config.tty is True

    @property
    def labels(self) -> dict[str, str]:
        """The labels."""
        return self.config.labels if isinstance(self.config.labels, dict) else {}

    @property
    def network_mode(self) -> str:
        """`HostConfig.NetworkMode`."""
        return str(self.host.network_mode)

    @property
    def log_driver(self) -> str:
        """The logging driver; default: `json-file`."""
        config = self.host.log_config
        return config.type if config and isinstance(config.type, str) and config.type else "json-file"

    def renamed(self, name: str) -> None:
        """Another name was given to it."""
        self.name = name

    def renew_console(self) -> None:
        """Replace the console before a further run; clients that are attached stay so."""
        before, self.console = self.console, self._new_console()
        self.console.take_attachments(before)

    def runs(self, sandbox: Sandbox, process: Process) -> None:
        """Its process runs in a sandbox."""
        self.sandbox, self.process = sandbox, process

    def committed(self) -> Directory:
        """The files that an image of it has: without those of mounts, and without what the engine itself keeps in
        `/etc`.
        """
        root = self.fs.snapshot()
        own, kept = self.image.root.entries.get("etc"), root.entries.get("etc")
        if kept is own or not isinstance(kept, Directory):
            return root
        etc = kept.copy()
        for path in OWN_FILES:
            name = path.rpartition("/")[2]
            if isinstance(own, Directory) and name in own.entries:
                etc.entries[name] = own.entries[name]
            else:
                etc.entries.pop(name, None)
        root = root.copy()
        if isinstance(own, Directory) and not any(differences(own, etc)):
            root.entries["etc"] = own
        elif own is None and not etc.entries:
            del root.entries["etc"]
        else:
            root.entries["etc"] = etc
        return root
