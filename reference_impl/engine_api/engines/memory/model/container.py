"""A container: its state, and the process in it."""

from __future__ import annotations

import asyncio
import posixpath
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from engine_api.api.containers import ContainerConfig
from engine_api.api.errors import Conflict, EngineError, InvalidParameter, NotModified, SystemError
from engine_api.api.health import HealthcheckResult
from engine_api.api.hostconfig import HostConfig, PortBinding
from engine_api.api.networks import EndpointSettings
from engine_api.api.streams import StreamName
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.layers import differences
from engine_api.engines.memory.model.logs import Log
from engine_api.engines.memory.runtime.attach import Console
from engine_api.engines.memory.runtime.health import begin_health, watch_health
from engine_api.engines.memory.runtime.mounts import ContainerMount
from engine_api.engines.memory.userland.filesystem import Directory, FileSystem
from engine_api.engines.memory.userland.pipes import PipeReader, Sink, Writer
from engine_api.engines.memory.userland.process import PATH, CannotRun, NotFound, Process, Sandbox, User
from engine_api.engines.memory.userland.signals import number_of
from engine_api.engines.memory.userland.sockets import Namespace
from engine_api.engines.memory.userland.terminal import Terminal, TerminalWriter

if TYPE_CHECKING:
    from engine_api.engines.memory.engine import MemoryEngine
    from engine_api.engines.memory.resources.exec import ExecProcess

__all__ = ["OWN_FILES", "Container", "StartFailed", "argv_of", "start_process", "user_of"]

Status = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]

OWN_FILES: Final = ("/etc/hostname", "/etc/hosts", "/etc/resolv.conf")
"""Files that the engine gives to every container."""
_SHORTEST: Final = 0.05
"""Seconds from the start of a container to its end, unless it is ended by a client."""
_STUCK = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: error during container init: "
)


def argv_of(value: list[str] | str | None | object) -> list[str]:
    """A command as a list."""
    if isinstance(value, str):
        return [value]
    return list(value) if isinstance(value, list) else []


def user_of(fs: FileSystem, text: str) -> User:
    """The user that `USER[:GROUP]` means.

    Raises:
        SystemError: there is none of that name.
    """
    name, _, group = text.partition(":")
    entries: dict[str, list[str]] = {}
    try:
        for line in fs.read("/etc/passwd").decode("utf-8", "replace").splitlines():
            fields = line.split(":")
            if len(fields) > 6:
                entries[fields[0]] = fields
    except OSError:
        pass
    if not name:
        name = "0"
    found = entries.get(name) or next((fields for fields in entries.values() if fields[2] == name), None)
    if found is None and not name.isdigit():
        raise SystemError(f"unable to find user {name}: no matching entries in passwd file")
    uid = int(found[2]) if found else int(name)
    gid = int(group) if group.isdigit() else int(found[3]) if found else 0
    return User(uid, gid, found[0] if found else "", found[5] if found else "/")


def start_process(
    sandbox: Sandbox,
    console: Console,
    argv: list[str],
    env: list[str],
    cwd: str,
    user: User,
    size: list[int] | None,
    log: Log | None,
    refusal: str,
) -> Process:
    """Start a process whose streams go to a console, and to a log if one is given.

    Raises:
        StartFailed: the command cannot be run; the message begins with `refusal`.
    """

    async def out(data: bytes) -> None:
        if log is not None:
            log.write(StreamName.STDOUT, data)
        await console.write(StreamName.STDOUT, data)

    async def err(data: bytes) -> None:
        if log is not None:
            log.write(StreamName.STDERR, data)
        await console.write(StreamName.STDERR, data)

    stdout: Writer = Sink(out)
    stderr: Writer = Sink(err)
    stdin = PipeReader(console.stdin) if console.stdin is not None else None
    terminal = None
    if console.tty:
        before = console.terminal
        rows, columns = (size or [0, 0])[:2] if before is None else (before.rows, before.columns)
        terminal = console.terminal = Terminal(stdout, rows, columns)
        stdin = PipeReader(terminal.input)
        stdout = stderr = TerminalWriter(stdout)
    variables = dict(entry.partition("=")[::2] for entry in env if "=" in entry)
    variables.setdefault("PATH", PATH)
    variables.setdefault("HOSTNAME", sandbox.hostname)
    variables.setdefault("HOME", user.home)
    if console.tty:
        variables.setdefault("TERM", "xterm")
    try:
        return sandbox.start(
            argv, env=variables, cwd=cwd, user=user, stdin=stdin, stdout=stdout, stderr=stderr, tty=terminal
        )
    except NotFound:
        reason = "executable file not found in $PATH"
        if "/" in argv[0]:
            raise StartFailed(127, f'{refusal}exec: "{argv[0]}": stat {argv[0]}: no such file or directory') from None
        raise StartFailed(127, f'{refusal}exec: "{argv[0]}": {reason}') from None
    except CannotRun:
        place = posixpath.join(cwd, argv[0])
        reason = "is a directory: permission denied" if sandbox.fs.is_directory(place) else "permission denied"
        raise StartFailed(126, f'{refusal}exec: "{argv[0]}": {reason}') from None


class StartFailed(InvalidParameter):
    """A process could not be started; `code` is the exit code that says so."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(eq=False)
class Container:
    """A container."""

    engine: MemoryEngine
    id: str
    name: str
    config: ContainerConfig
    host: HostConfig
    image: Image
    image_name: str
    fs: FileSystem
    argv: list[str]
    created: int
    endpoints: dict[str, EndpointSettings]
    mac_addresses: dict[str, str] = field(default_factory=dict)
    """The MAC addresses that it asks for, by the networks' names."""
    namespace: Namespace | None = None
    sandbox_id: str = ""
    ports: dict[str, list[PortBinding] | None] = field(default_factory=dict)
    """What it opens, with the ports of the host that lead there; while it runs."""
    order: int = 0
    running: bool = False
    paused: bool = False
    restarting: bool = False
    removing: bool = False
    exit_code: int = 0
    error: str = ""
    started_at: int | None = None
    finished_at: int | None = None
    restart_count: int = 0
    pid: int = 0
    stopped_by_hand: bool = False
    restarts_by_hand: bool = False
    halting: bool = False
    """Whether the engine itself ends."""
    user: User = field(default_factory=User)
    health: list[HealthcheckResult] = field(default_factory=list)
    health_status: str = "none"
    failing_streak: int = 0
    execs: dict[str, ExecProcess] = field(default_factory=dict)
    base: Directory = field(default_factory=Directory)
    """The tree that it began with."""
    mounts: list[ContainerMount] = field(default_factory=list)
    removed: asyncio.Event = field(default_factory=asyncio.Event)
    sandbox: Sandbox | None = None
    process: Process | None = None
    _checked: bool = False
    _checks: asyncio.Task[None] | None = None
    _stopping: bool = False
    _exit_waiters: list[asyncio.Future[int]] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.tty = self.config.tty is True
        self.log = Log(self.engine.clock)
        self.console = Console(tty=self.tty, stdin=self.config.open_stdin is True)
        self._ended = asyncio.Event()
        self._ended.set()
        self._wake = asyncio.Event()

    @property
    def status(self) -> Status:
        """In one word."""
        if self.running:
            return "paused" if self.paused else "restarting" if self.restarting else "running"
        if self.removing:
            return "removing"
        return "created" if self.started_at is None else "exited"

    @property
    def log_driver(self) -> str:
        """The log driver."""
        config = self.host.log_config
        return config.type if config and isinstance(config.type, str) and config.type else "json-file"

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

    def tell(self, action: str, **attributes: str) -> None:
        """Publish an event about it.

        Args:
            action: what happened.
            attributes: what belongs to the action, besides the labels, the image and the name.
        """
        labels = self.config.labels if isinstance(self.config.labels, dict) else {}
        own = {**labels, "image": self.image_name, "name": self.name, **attributes}
        self.engine.events.publish("container", action, self.id, own)

    # Start

    async def start(self) -> None:
        """Start the process.

        Raises:
            NotModified: it runs.
            Conflict: it is paused or being removed.
            InvalidParameter: the command cannot be run.
        """
        if self.paused:
            raise Conflict("cannot start a paused container, try unpause instead")
        if self.running:
            raise NotModified("")
        if self.removing:
            raise Conflict("container is marked for removal and cannot be started")
        self.restart_count = 0
        self.stopped_by_hand = self._stopping = False
        self._launch()
        self._task = asyncio.ensure_future(self._supervise())

    def _launch(self) -> None:
        config = self.config
        hostname = config.hostname if isinstance(config.hostname, str) else ""
        cwd = config.working_dir if isinstance(config.working_dir, str) and config.working_dir else "/"
        if self.console.stdin is None or self.started_at is not None:
            attachments = self.console.attachments
            self.console = Console(tty=self.tty, stdin=config.open_stdin is True)
            self.console.attachments = attachments
            for attachment in attachments:
                attachment._console = self.console
        env = [*(config.env or ()), *self.engine.network.links.variables(self)]
        size = self.host.console_size if isinstance(self.host.console_size, list) else None
        driver = self.log_driver
        try:
            self.engine.volume_store.begin(self)
            self.engine.network.join(self)
            sandbox = Sandbox(self.fs, self.engine.clock, self.engine.programs, hostname, self.namespace)
            user = user_of(self.fs, config.user if isinstance(config.user, str) else "")
            if not self.fs.exists(cwd):
                self.fs.mkdir(cwd, parents=True)
            process = start_process(
                sandbox, self.console, self.argv, env, cwd, user, size, self.log if driver != "none" else None, _STUCK
            )
        except EngineError as error:
            self.engine.network.leave(self)
            self.engine.volume_store.end(self)
            self.exit_code = error.code if isinstance(error, StartFailed) else 128
            self.error = error.message
            self.console.close()
            for waiter in self._exit_waiters:
                if not waiter.done():
                    waiter.set_result(self.exit_code)
            self._exit_waiters.clear()
            if self.host.auto_remove is True:
                self.engine.containers.forget(self, volumes=True)
            raise
        self.sandbox, self.process, self.user = sandbox, process, user
        self.engine.last_pid += 2  # one for what looks after it
        self.pid = process.host_pid = self.engine.last_pid
        self.error, self.exit_code = "", 0
        self.started_at = self.engine.clock.time_ns()
        self.running, self.paused, self.restarting = True, False, False
        self._checked = begin_health(self)
        self.log.open()
        self._ended.clear()
        self.tell("start")

    async def _supervise(self) -> None:
        """Wait for the end of the process, and start it again if its policy says so."""
        delay = 0.1
        while True:
            assert self.process is not None
            assert self.sandbox is not None
            if self._checked:
                self._checks = asyncio.ensure_future(watch_health(self))
            began = self.engine.clock.time_ns()
            code = await self.process.wait()
            await self._notice(began)
            self.resume()
            await self.sandbox.close()
            for execution in self.execs.values():
                await execution.end()
            self.execs.clear()
            self.exit_code = code
            self.finished_at = self.engine.clock.time_ns()
            self.pid = 0
            self.engine.network.leave(self)
            self.engine.volume_store.end(self)
            lasted = (self.finished_at - (self.started_at or began)) // 1_000_000_000
            self.tell("die", exitCode=str(code), execDuration=str(lasted))
            await self._end_checks()
            for waiter in self._exit_waiters:
                if not waiter.done():
                    waiter.set_result(code)
            self._exit_waiters.clear()
            if not self._restarts():
                break
            self.restarting = True
            self.restart_count += 1
            if self.finished_at - began > 10_000_000_000:
                delay = 0.1
            self._wake.clear()
            sleep = asyncio.ensure_future(self.engine.clock.sleep(delay))
            woken = asyncio.ensure_future(self._wake.wait())
            await asyncio.wait({sleep, woken}, return_when=asyncio.FIRST_COMPLETED)
            sleep.cancel()
            woken.cancel()
            delay = min(delay * 2, 60.0)
            if self.stopped_by_hand:
                break
            try:
                self._launch()
            except EngineError:
                break
        self.running = self.restarting = self.paused = False
        self.console.close()
        self.log.close()
        if self._stopping:
            self.tell("stop")
        self._ended.set()
        if self.host.auto_remove is True and not (self.removing or self.restarts_by_hand or self.halting):
            self.engine.containers.forget(self, volumes=True)

    async def _notice(self, began: int) -> None:
        """Let some time pass between the start and an end that nobody wished for.

        On real engines that takes longer than it takes a client to begin to listen. Those that do so as they start a
        container, as `docker compose up` does, would miss its end here, and wait for it for ever.
        """
        lasted = (self.engine.clock.time_ns() - began) / 1e9
        if lasted < _SHORTEST and not (self.stopped_by_hand or self.removing):
            await self.engine.clock.sleep(_SHORTEST - lasted)

    async def _end_checks(self) -> None:
        checks, self._checks = self._checks, None
        if checks is not None:
            checks.cancel()
            await asyncio.gather(checks, return_exceptions=True)

    def _restarts(self) -> bool:
        policy = self.host.restart_policy
        name = policy.name if policy else "no"
        if self.stopped_by_hand or self.removing:
            return False
        if name in ("always", "unless-stopped"):
            return True
        if name == "on-failure" and self.exit_code != 0 and policy:
            most = policy.maximum_retry_count
            return not isinstance(most, int) or most == 0 or self.restart_count < most
        return False

    # Stop

    async def stop(self, number: int, timeout: float) -> None:
        """Send a signal, and kill what does not end in time; less than 0 waits for ever."""
        self.stopped_by_hand = self._stopping = True
        self._wake.set()
        self.resume()
        self._send(number)
        ended = asyncio.ensure_future(self._ended.wait())
        if timeout < 0:
            await ended
            return
        late = asyncio.ensure_future(self.engine.clock.sleep(timeout))
        try:
            await asyncio.wait({ended, late}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            late.cancel()
        if not self._ended.is_set():
            self._send(signal.SIGKILL)
        await ended

    async def kill(self, number: int) -> None:
        """Send a signal; SIGKILL waits for the end.

        A signal that stops it, which is any if none is configured, also lets a paused one go on, and keeps it from
        being started again.
        """
        own = number_of(str(self.config.stop_signal)) if self.config.stop_signal else None
        if number == signal.SIGKILL or own is None or own == number:
            self.stopped_by_hand = True
            self._wake.set()
            self.resume()
        self._send(number)
        if number == signal.SIGKILL:
            await self._ended.wait()

    def _send(self, number: int) -> None:
        if self.process is not None:
            self.process.send(number)
            self.tell("kill", signal=str(int(number)))

    async def restart(self, number: int, timeout: float) -> None:
        """Stop the process if it runs, and start it; see `stop` and `start`."""
        if self.running:
            self.restarts_by_hand = True
            try:
                await self.stop(number, timeout)
                if self._task is not None:
                    await asyncio.gather(self._task, return_exceptions=True)
            finally:
                self.restarts_by_hand = False
        await self.start()
        self.tell("restart")

    # Pause

    async def pause(self) -> None:
        """Freeze its processes.

        Raises:
            Conflict: it does not run, or is paused.
        """
        self.check_runs()
        if self.paused:
            raise Conflict(f"Container {self.id} is already paused")
        assert self.sandbox is not None
        self.paused = True
        self.sandbox.freeze()
        await self._end_checks()
        self.tell("pause")

    def unpause(self) -> None:
        """Let its processes go on.

        Raises:
            SystemError: it is not paused.
        """
        if not self.paused:
            raise SystemError(f"Container {self.id} is not paused")
        self.resume()
        self.tell("unpause")

    def resume(self) -> None:
        """Let its processes go on, if they are frozen."""
        if self.paused and self.sandbox is not None:
            self.paused = False
            self.sandbox.thaw()
            if self.config.healthcheck and self._checks is None and self.health_status != "none":
                self._checks = asyncio.ensure_future(watch_health(self))

    def check_runs(self) -> None:
        """Make sure that it runs.

        Raises:
            Conflict: it does not, or is about to be started again.
        """
        if not self.running:
            raise Conflict(f"container {self.id} is not running")
        if self.restarting:
            raise Conflict(f"Container {self.id} is restarting, wait until the container is running")

    async def end(self) -> None:
        """Kill the process, if there is one, and wait for all that belongs to it."""
        if self.running:
            await self.kill(signal.SIGKILL)
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def halt(self, ending: tuple[int, float] | None = None) -> None:
        """End the process, if there is one, as nobody's wish: its restart policy is for the engine's next start.

        Args:
            ending: the signal that it gets first, and how many seconds it has then. Default: it is killed at once.
        """
        by_hand, self.halting = self.stopped_by_hand, True
        if ending is not None and self.running:
            await self.stop(*ending)
        await self.end()
        self.stopped_by_hand, self.halting = by_hand, False

    # Wait

    async def wait(self, condition: str, accepted: Callable[[], object]) -> int:
        """Wait for a condition; gives the exit code."""
        if condition == "not-running" and not self.running:
            accepted()
            return self.exit_code
        if condition == "removed":
            accepted()
            await self.removed.wait()
            return self.exit_code
        waiter: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._exit_waiters.append(waiter)
        accepted()
        gone = asyncio.ensure_future(self.removed.wait())
        try:
            both: list[asyncio.Future[Any]] = [waiter, gone]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if waiter in self._exit_waiters:
                self._exit_waiters.remove(waiter)
        code = waiter.result() if waiter.done() else self.exit_code
        if condition == "not-running" and waiter.done() and not self.restarting:
            await self._ended.wait()
        return code
