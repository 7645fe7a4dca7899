"""Processes of a container, and the sandbox that starts, freezes and ends them."""

from __future__ import annotations

import asyncio
import errno
import posixpath
import signal
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn, TypeVar

from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.gate import Gate
from engine_api.engines.memory.userland.nodes import Directory, File, Node
from engine_api.engines.memory.userland.pipes import BrokenPipe, NullReader, NullWriter, Reader, Writer
from engine_api.engines.memory.userland.programs import MARK, PATH, CannotRun, CommandNotFound, Exit, User
from engine_api.engines.memory.userland.sockets import Connection, Listener, Namespace
from engine_api.engines.memory.userland.terminal import Terminal

__all__ = ["Process", "Program", "Sandbox"]

T = TypeVar("T")


UMASK: Final = 0o022
"""The umask of a process for which none is set."""


_IGNORED = {signal.SIGCHLD, signal.SIGWINCH, signal.SIGCONT, signal.SIGURG, signal.SIGTSTP}


Program = Callable[["Process"], Awaitable[int]]
"""A function that runs as a process and returns its exit code."""


@dataclass(eq=False)
class Process:
    """A process: its arguments, environment, streams, signals and sockets."""

    sandbox: Sandbox
    pid: int
    argv: list[str]
    env: dict[str, str]
    cwd: str
    user: User
    stdin: Reader
    stdout: Writer
    stderr: Writer
    tty: Terminal | None = None
    parent: Process | None = None
    interactive: bool = False
    started: int = 0
    umask: int = UMASK
    """Permission bits that new files and directories lack."""
    host_pid: int = 0
    """Process ID on the simulated host; 0 until it is requested."""
    exit_signal: int | None = None
    _handlers: dict[int, Callable[[], None]] = field(default_factory=dict)
    _signals: asyncio.Queue[int] | None = None
    _begun: bool = False
    task: asyncio.Task[int] | None = None

    # For programs

    @property
    def fs(self) -> FileSystem:
        """File system of the container."""
        return self.sandbox.fs

    @property
    def clock(self) -> Clock:
        """Clock of the container."""
        return self.sandbox.clock

    @property
    def hostname(self) -> str:
        """Host name of the container."""
        return self.sandbox.hostname

    def path(self, name: str) -> str:
        """Return a path, relative to the working directory or absolute, as an absolute path."""
        return posixpath.join(self.cwd, name) if name else self.cwd

    async def print(self, *values: object, end: str = "\n") -> None:
        """Write a line to standard output."""
        await self.stdout.write((" ".join(map(str, values)) + end).encode())

    async def complain(self, text: str) -> None:
        """Write a line to standard error, after the program's name."""
        await self.stderr.write(f"{posixpath.basename(self.argv[0])}: {text}\n".encode())

    async def lines(self) -> AsyncIterator[str]:
        """Yield the lines of standard input, without their newlines."""
        while line := await self.stdin.read_line():
            yield line.decode("utf-8", "replace").rstrip("\n")

    async def signals(self) -> AsyncIterator[int]:
        """Yield signals as they arrive. From then on, only SIGKILL ends the process by itself."""
        if self._signals is None:
            self._signals = asyncio.Queue()
        while True:
            yield await self._signals.get()

    def on_signal(self, number: int, handler: Callable[[], None] | None) -> None:
        """Set the handler of a signal; None restores the default action."""
        if handler is None:
            self._handlers.pop(number, None)
        else:
            self._handlers[number] = handler

    def reset_signals(self) -> None:
        """Restore the default action of every signal."""
        for number in list(self._handlers):
            self.on_signal(number, None)

    async def sleep(self, seconds: float) -> None:
        """Wait for some seconds of the container's clock."""
        await self.clock.sleep(seconds)

    def resolve(self, name: str) -> list[str]:
        """Return the addresses of a name, IPv4 first: those in `/etc/hosts`, else those of the name server."""
        hosts = self.fs.read("/etc/hosts").decode("utf-8", "replace") if self.fs.exists("/etc/hosts") else ""
        return self.sandbox.network.look_up(name, hosts)

    async def connect(self, host: str, port: int) -> Connection:
        """Connect to a port of another container or of this one.

        Raises:
            OSError: the host does not exist or cannot be reached, or the port is closed.
        """
        addresses = self.resolve(host)
        if not addresses:
            raise OSError(errno.ENOENT, f"bad address '{host}'")
        connection = await self.sandbox.network.connect(addresses[0], port)
        self.sandbox.sockets.setdefault(self.pid, []).append(connection)
        return connection

    def listen(self, port: int, address: str = "0.0.0.0") -> Listener:
        """Listen on a port; return an asynchronous iterator over incoming connections.

        Raises:
            OSError: the port is in use.
        """
        listener = self.sandbox.network.listen(port, address)
        self.sandbox.sockets.setdefault(self.pid, []).append(listener)
        return listener

    async def serve(
        self, port: int, handle: Callable[[Connection], Awaitable[object]], address: str = "0.0.0.0"
    ) -> NoReturn:
        """Listen on a port, and handle each connection by a function in a task of its own; never returns.

        Raises:
            OSError: the port is in use.
        """

        async def one(connection: Connection) -> None:
            async with connection:
                try:
                    await handle(connection)
                except BrokenPipe:
                    return

        listener = self.listen(port, address)
        async with asyncio.TaskGroup() as tasks:
            while True:
                tasks.create_task(one(await listener.accept()))

    # For the sandbox

    def spawn(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        stdin: Reader | None = None,
        stdout: Writer | None = None,
        stderr: Writer | None = None,
        umask: int | None = None,
    ) -> Process:
        """Start a child process, which inherits what is not given.

        Raises:
            CommandNotFound: the command was not found.
            CannotRun: the file is not a program, or is not executable.
        """
        return self.sandbox.spawn(
            argv,
            env=dict(self.env if env is None else env),
            cwd=self.cwd if cwd is None else cwd,
            user=self.user,
            stdin=self.stdin if stdin is None else stdin,
            stdout=self.stdout if stdout is None else stdout,
            stderr=self.stderr if stderr is None else stderr,
            tty=self.tty,
            parent=self,
            umask=self.umask if umask is None else umask,
        )

    def child(
        self, argv: Sequence[str], stdin: Reader, stdout: Writer, stderr: Writer, cwd: str, umask: int | None = None
    ) -> Process:
        """Return a process for a program that runs within the task of this one, with the same process ID."""
        made = Process(
            self.sandbox, self.pid, list(argv), self.env, cwd, self.user, stdin, stdout, stderr, self.tty, self
        )
        made.umask = self.umask if umask is None else umask
        return made

    def send(self, number: int) -> None:
        """Deliver a signal."""
        if self.task is None or self.task.done():
            return
        if number == signal.SIGKILL:
            self._end_by(number)
        elif self.sandbox.frozen:
            self.sandbox.pending.append((self, number))
        elif self._signals is not None:
            self._signals.put_nowait(number)
        elif number in self._handlers:
            self._handlers[number]()
        elif number not in _IGNORED and number != 0 and self.pid != 1:
            self._end_by(number)

    def _end_by(self, number: int) -> None:
        self.exit_signal = number
        if self.task is not None and self._begun:
            self.task.cancel()

    async def wait(self) -> int:
        """Wait until the process ends; return its exit code, or 128 plus the number of the signal that ended it."""
        assert self.task is not None
        return await asyncio.shield(self.task)

    @property
    def done(self) -> bool:
        """Whether the process has ended."""
        return self.task is None or self.task.done()

    def run(self, program: Program) -> None:
        """Start running a program as this process."""
        self.task = asyncio.ensure_future(self._run(program))

    async def _run(self, program: Program) -> int:
        self._begun = True
        try:
            if self.exit_signal is not None:
                # Killed before its first step: a task cancelled that early would not even run what follows.
                raise asyncio.CancelledError
            code = await self.sandbox.gated(program(self))
        except Exit as exit:
            code = exit.code
        except BrokenPipe:
            code = 128 + signal.SIGPIPE
        except asyncio.CancelledError:
            if self.exit_signal is None:
                self.exit_signal = signal.SIGKILL
            code = 128 + self.exit_signal
        except OSError as error:
            name = next((a for a in self.argv[1:] if self.path(a) == error.filename), error.filename)
            await self._last_words(f"{name}: {error.strerror}" if name else str(error.strerror))
            code = 1
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            await self._last_words(
                f"{type(error).__name__}: {error} ({posixpath.basename(where.filename)}:{where.lineno})"
            )
            code = 1
        finally:
            self.sandbox.reap(self)
        return code & 0xFF

    async def _last_words(self, text: str) -> None:
        try:
            await self.complain(text)
        except (BrokenPipe, OSError):
            return


class Sandbox:
    """The processes of a container, with their file system, network and programs.

    Args:
        fs: the file system.
        clock: the time.
        programs: every program by the name that its file bears.
        hostname: the name of the container.
        network: what its processes see of the network. Default: nothing but themselves.
        umask: permission bits that files lack when a process that no other has started creates them. Default: 0022.
    """

    def __init__(
        self,
        fs: FileSystem,
        clock: Clock,
        programs: Mapping[str, Program],
        hostname: str = "localhost",
        network: Namespace | None = None,
        umask: int | None = None,
    ) -> None:
        self.fs = fs
        self.clock = clock
        self.programs = programs
        self.hostname = hostname
        self.network = network or Namespace()
        self.umask = UMASK if umask is None else umask & 0o777
        self.sockets: dict[int, list[Connection | Listener]] = {}
        """Open sockets by process ID."""
        self.processes: dict[int, Process] = {}
        self._last_pid = 0
        self.closing = False
        self.tasks: set[asyncio.Task[int]] = set()
        """Background tasks of processes."""
        self._gate = Gate()
        self.pending: list[tuple[Process, int]] = []
        """Signals for frozen processes, delivered by `thaw`."""

    def next_pid(self) -> int:
        """Return a process ID that was not in use."""
        self._last_pid += 1
        return self._last_pid

    def start(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str,
        user: User,
        stdin: Reader | None = None,
        stdout: Writer | None = None,
        stderr: Writer | None = None,
        tty: Terminal | None = None,
    ) -> Process:
        """Start a process without a parent: the first of a container, or an exec.

        Raises:
            CommandNotFound: the command was not found.
            CannotRun: the file is not a program, or is not executable.
        """
        process = self.spawn(
            argv,
            env=dict(env),
            cwd=cwd,
            user=user,
            stdin=stdin or NullReader(),
            stdout=stdout or NullWriter(),
            stderr=stderr or NullWriter(),
            tty=tty,
            parent=None,
            umask=self.umask,
        )
        if tty is not None:
            tty.on_signal = lambda number: self._signal_terminal(tty, number)
        return process

    def spawn(
        self,
        argv: Sequence[str],
        *,
        env: dict[str, str],
        cwd: str,
        user: User,
        stdin: Reader,
        stdout: Writer,
        stderr: Writer,
        tty: Terminal | None,
        parent: Process | None,
        umask: int,
    ) -> Process:
        """Start a process; see `start`."""
        program, arguments = self.find(list(argv), env, cwd, user)
        self._last_pid += 1
        process = Process(self, self._last_pid, arguments, env, cwd, user, stdin, stdout, stderr, tty, parent)
        process.umask = umask
        process.started = self.clock.time_ns()
        self.processes[process.pid] = process
        process.run(program)
        return process

    def find(
        self, argv: list[str], env: Mapping[str, str], cwd: str, user: User, depth: int = 0
    ) -> tuple[Program, list[str]]:
        """Return the program of a command, and its arguments.

        Raises:
            CommandNotFound: the command was not found.
            CannotRun: the file is not a program, or is not executable.
        """
        name = argv[0] if argv else ""
        node = self._look_up(name, env.get("PATH", PATH), cwd)
        if not isinstance(node, File) or not node.mode & 0o111:
            raise CannotRun(name)
        head = bytes(node.data[:256])
        if head.startswith(MARK):
            known = self.programs.get(head[len(MARK) :].partition(b"\0")[0].decode())
            if known is None:
                raise CannotRun(name)
            return known, argv
        if head.startswith(b"#!") and depth < 4:
            line = head[2:].partition(b"\n")[0].decode("utf-8", "replace").strip()
            interpreter, _, argument = line.partition(" ")
            rest = [argument.strip()] if argument.strip() else []
            return self.find([interpreter, *rest, name, *argv[1:]], env, cwd, user, depth + 1)
        if depth < 4 and b"\0" not in head:
            return self.find(["/bin/sh", name, *argv[1:]], env, cwd, user, depth + 1)
        raise CannotRun(name)

    def _look_up(self, name: str, path: str, cwd: str) -> Node:
        if not name:
            raise CommandNotFound(name)
        places = [posixpath.join(cwd, name)] if "/" in name else [posixpath.join(cwd, p, name) for p in path.split(":")]
        denied = False
        for place in places:
            try:
                node = self.fs.node(place)
            except OSError as error:
                denied |= error.errno == errno.EACCES
                continue
            if "/" in name or not isinstance(node, Directory):
                return node
        raise CannotRun(name) if denied else CommandNotFound(name)

    def _signal_terminal(self, tty: Terminal, number: int) -> None:
        """Send a signal to all processes of a terminal."""
        for process in list(self.processes.values()):
            if process.tty is tty:
                process.send(number)

    def reap(self, process: Process) -> None:
        """Remove an ended process and close its sockets; if it is the first one, end all others."""
        self.processes.pop(process.pid, None)
        for socket in self.sockets.pop(process.pid, ()):
            socket.close()
        if process.pid == 1:
            self.closing = True
            for other in list(self.processes.values()):
                other.send(signal.SIGKILL)
            for task in self.tasks:
                task.cancel()

    @property
    def frozen(self) -> bool:
        """Whether the processes are frozen."""
        return self._gate.closed

    def freeze(self) -> None:
        """Stop all processes until `thaw`. Timers and streams that they wait for continue."""
        self._gate.close()

    def thaw(self) -> None:
        """Continue all processes, and deliver the signals that arrived since `freeze`."""
        self._gate.open()
        pending, self.pending = self.pending, []
        for process, number in pending:
            process.send(number)

    async def gated(self, program: Awaitable[T]) -> T:
        """Run a part of a process, and return its result; it pauses while the processes are frozen."""
        return await self._gate.run(program)

    async def close(self) -> None:
        """Kill every process, and wait until all have ended."""
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        for process in list(self.processes.values()):
            process.send(signal.SIGKILL)
            if process.task is not None:
                tasks.append(process.task)
        await asyncio.gather(*tasks, return_exceptions=True)
