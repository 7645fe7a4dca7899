"""Starting processes in containers, with their streams on a console."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Final

from engine_api.api.errors import InvalidParameter
from engine_api.api.streams import StreamName
from engine_api.engines.memory.model.console import Console
from engine_api.engines.memory.model.logs import Log
from engine_api.engines.memory.userland.pipes import PipeReader, Reader, Sink, Writer
from engine_api.engines.memory.userland.process import Process, Sandbox
from engine_api.engines.memory.userland.programs import PATH, CannotRun, CommandNotFound, User
from engine_api.engines.memory.userland.terminal import Terminal, TerminalWriter

__all__ = ["EXEC_FAILED", "START_FAILED", "StartFailed", "start_process"]

START_FAILED: Final = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: error during container init: "
)
"""How the message begins when the first process of a container cannot be started."""
EXEC_FAILED: Final = "OCI runtime exec failed: exec failed: unable to start container process: "
"""How the message begins when a further process cannot be started."""


class StartFailed(InvalidParameter):
    """A process could not be started; `code` is the exit code that stands for the reason."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def start_process(
    sandbox: Sandbox,
    console: Console,
    *,
    argv: Sequence[str],
    env: Sequence[str],
    cwd: str,
    user: User,
    size: Sequence[int] | None = None,
    log: Log | None = None,
    failed: str,
) -> Process:
    """Start a process whose streams go to a console.

    Args:
        sandbox: where it runs.
        console: where its streams go.
        argv: the command.
        env: environment variables, `NAME=VALUE`; those without a value are left out.
        cwd: the working directory.
        user: the user it runs as.
        size: rows and columns of the terminal, if the console has one. Default: as before, or 0.
        log: where its output is kept, too. Default: nowhere.
        failed: how the message of a failure begins.

    Raises:
        StartFailed: the command cannot be run.
    """
    stdin, stdout, stderr, terminal = _streams(console, size, log)
    try:
        return sandbox.start(
            list(argv),
            env=_variables(env, sandbox, user, tty=console.tty),
            cwd=cwd,
            user=user,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            tty=terminal,
        )
    except CommandNotFound:
        reason = f"stat {argv[0]}: no such file or directory" if "/" in argv[0] else _NOT_IN_PATH
        raise StartFailed(127, f'{failed}exec: "{argv[0]}": {reason}') from None
    except CannotRun:
        place = posixpath.join(cwd, argv[0])
        reason = "is a directory: permission denied" if sandbox.fs.is_directory(place) else "permission denied"
        raise StartFailed(126, f'{failed}exec: "{argv[0]}": {reason}') from None


_NOT_IN_PATH: Final = "executable file not found in $PATH"


def _streams(
    console: Console, size: Sequence[int] | None, log: Log | None
) -> tuple[Reader | None, Writer, Writer, Terminal | None]:
    """Return the process's standard streams, and its terminal if the console has one."""

    async def out(data: bytes) -> None:
        if log is not None:
            log.write(StreamName.STDOUT, data)
        await console.write(StreamName.STDOUT, data)

    async def err(data: bytes) -> None:
        if log is not None:
            log.write(StreamName.STDERR, data)
        await console.write(StreamName.STDERR, data)

    stdout: Writer = Sink(out)
    if not console.tty:
        stdin = PipeReader(console.stdin) if console.stdin is not None else None
        return stdin, stdout, Sink(err), None
    before = console.terminal
    rows, columns = (list(size or (0, 0)))[:2] if before is None else (before.rows, before.columns)
    terminal = console.terminal = Terminal(stdout, rows, columns)
    written = TerminalWriter(stdout)
    return PipeReader(terminal.input), written, written, terminal


def _variables(env: Sequence[str], sandbox: Sandbox, user: User, *, tty: bool) -> dict[str, str]:
    """Return the environment, with the variables that every process has."""
    variables = dict(entry.partition("=")[::2] for entry in env if "=" in entry)
    variables.setdefault("PATH", PATH)
    variables.setdefault("HOSTNAME", sandbox.hostname)
    variables.setdefault("HOME", user.home)
    if tty:
        variables.setdefault("TERM", "xterm")
    return variables
