"""Processes of containers, as `ps` shows them."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from engine_api.api.containers import ContainerTopResponse
from engine_api.api.errors import InternalError
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.pids import Pids
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.userland.process import Process

__all__ = ["MEMORY_OF_A_PROCESS", "top"]

MEMORY_OF_A_PROCESS: Final = 1380
"""KiB that each simulated process takes."""

_VIRTUAL: Final = 2268


class _Row(NamedTuple):
    """A process, and what is known of it on the host."""

    container: Container
    process: Process
    pid: int
    ppid: int
    now: int
    """Nanoseconds since 1970."""

    @property
    def user(self) -> str:
        """The user's name, or number."""
        return self.process.user.name or str(self.process.user.uid)

    @property
    def command(self) -> str:
        """The program with its arguments."""
        return " ".join(self.process.argv)

    @property
    def started(self) -> datetime:
        """When it began."""
        return datetime.fromtimestamp(self.process.started / 1e9, UTC)

    @property
    def leads(self) -> bool:
        """Whether it leads its session."""
        return self.process.parent is None

    @property
    def state(self) -> str:
        """How it is, in one letter."""
        return "D" if self.container.state.paused else "S"

    @property
    def age(self) -> int:
        """Seconds since it began."""
        return max(0, (self.now - self.process.started) // 1_000_000_000)


def _elapsed(row: _Row) -> str:
    minutes, seconds = divmod(row.age, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    text = f"{minutes:02d}:{seconds:02d}"
    if days or hours:
        text = f"{hours:02d}:{text}"
    return f"{days}-{text}" if days else text


def _stat(row: _Row) -> str:
    return row.state + ("s" if row.leads else "") + ("+" if row.process.tty is not None else "")


def _tty(row: _Row) -> str:
    return "pts/0" if row.process.tty is not None else "?"


def _name(row: _Row) -> str:
    return posixpath.basename(row.process.argv[0])[:15] if row.process.argv else ""


def _fixed(text: str) -> Callable[[_Row], str]:
    return lambda _: text


_Column = tuple[str, Callable[[_Row], str]]
_COLUMNS: Final[dict[str, _Column]] = {
    "pid": ("PID", lambda row: str(row.pid)),
    "ppid": ("PPID", lambda row: str(row.ppid)),
    "pgid": ("PGID", lambda row: str(row.pid if row.leads else row.ppid)),
    "sid": ("SID", lambda row: str(row.pid if row.leads else row.ppid)),
    "user": ("USER", lambda row: row.user),
    "euser": ("EUSER", lambda row: row.user),
    "ruser": ("RUSER", lambda row: row.user),
    "uname": ("USER", lambda row: row.user),
    "uid": ("UID", lambda row: str(row.process.user.uid)),
    "euid": ("EUID", lambda row: str(row.process.user.uid)),
    "gid": ("GID", lambda row: str(row.process.user.gid)),
    "group": ("GROUP", lambda row: row.user if row.process.user.gid == 0 else str(row.process.user.gid)),
    "comm": ("COMMAND", _name),
    "ucmd": ("CMD", _name),
    "ucomm": ("COMMAND", _name),
    "cmd": ("CMD", lambda row: row.command),
    "args": ("COMMAND", lambda row: row.command),
    "command": ("COMMAND", lambda row: row.command),
    "tty": ("TT", _tty),
    "tt": ("TT", _tty),
    "tname": ("TTY", _tty),
    "stat": ("STAT", _stat),
    "s": ("S", lambda row: row.state),
    "state": ("S", lambda row: row.state),
    "time": ("TIME", _fixed("00:00:00")),
    "cputime": ("TIME", _fixed("00:00:00")),
    "bsdtime": ("TIME", _fixed("0:00")),
    "etime": ("ELAPSED", _elapsed),
    "etimes": ("ELAPSED", lambda row: str(row.age)),
    "start": ("STARTED", lambda row: row.started.strftime("%H:%M:%S")),
    "stime": ("STIME", lambda row: row.started.strftime("%H:%M")),
    "start_time": ("START", lambda row: row.started.strftime("%H:%M")),
    "lstart": ("STARTED", lambda row: row.started.strftime("%a %b %e %H:%M:%S %Y")),
    "c": ("C", _fixed("0")),
    "pcpu": ("%CPU", _fixed("0.0")),
    "pmem": ("%MEM", _fixed("0.0")),
    "vsz": ("VSZ", _fixed(str(_VIRTUAL))),
    "vsize": ("VSZ", _fixed(str(_VIRTUAL))),
    "rss": ("RSS", _fixed(str(MEMORY_OF_A_PROCESS))),
    "rssize": ("RSS", _fixed(str(MEMORY_OF_A_PROCESS))),
    "sz": ("SZ", _fixed(str(_VIRTUAL // 4))),
    "ni": ("NI", _fixed("0")),
    "nice": ("NI", _fixed("0")),
    "pri": ("PRI", _fixed("19")),
    "opri": ("PRI", _fixed("80")),
    "psr": ("PSR", _fixed("0")),
    "nlwp": ("NLWP", _fixed("1")),
    "wchan": ("WCHAN", _fixed("hrtime")),
    "addr": ("ADDR", _fixed("-")),
    "f": ("F", lambda row: "4" if row.leads else "0"),
}
_COLUMNS.update({"%cpu": _COLUMNS["pcpu"], "%mem": _COLUMNS["pmem"]})
_UID: Final[_Column] = ("UID", lambda row: row.user)
_CMD: Final[_Column] = ("CMD", _name)


def _named(names: str) -> list[_Column]:
    return [_COLUMNS[name] for name in names.split()]


_SHORT: Final = [*_named("pid tname time"), _CMD]
_FULL: Final = [_UID, *_named("pid ppid c stime tname time cmd")]
_EXTRA: Final = [_UID, *_named("pid ppid c sz rss psr stime tname time cmd")]
_LONG: Final = [*_named("f s uid pid ppid c opri ni addr sz wchan tname time"), _CMD]
_BSD: Final = _named("pid tname stat bsdtime args")
_BSD_USER: Final = _named("user pid pcpu pmem vsz rss tname stat start_time bsdtime args")
_BSD_LONG: Final = _named("f uid pid ppid opri ni vsz rss wchan stat tname bsdtime args")


def top(container: Container, arguments: str, *, clock: Clock, pids: Pids) -> ContainerTopResponse:
    """The processes of a running container.

    Args:
        container: the container.
        arguments: those of `ps`.
        clock: the time, from which ages follow.
        pids: process IDs of the host, for processes that have none yet.

    Raises:
        InternalError: `ps` does not take the arguments, or shows no PID with them.
    """
    columns = _chosen(arguments)
    titles = [title for title, _ in columns]
    if "PID" not in titles:
        raise InternalError("Couldn't find PID field in ps output")
    rows = _rows(container, clock.time_ns(), pids)
    return ContainerTopResponse(processes=[[value(row) for _, value in columns] for row in rows], titles=titles)


def _rows(container: Container, now: int, pids: Pids) -> list[_Row]:
    assert container.sandbox is not None
    found: list[_Row] = []
    for process in container.sandbox.processes.values():
        if not process.host_pid:
            process.host_pid = pids.allocate()
        parent = process.parent
        while parent is not None and parent.pid not in container.sandbox.processes:
            parent = parent.parent
        above = parent.host_pid if parent is not None else 0
        found.append(_Row(container, process, process.host_pid, above or container.state.pid - 1, now))
    return found


def _chosen(arguments: str) -> list[_Column]:
    try:
        words = shlex.split(arguments)
    except ValueError:
        words = arguments.split()
    layout: list[_Column] = _SHORT
    own: list[_Column] = []
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word.startswith("--"):
            if not word.startswith("--format"):
                raise InternalError("ps: error: unknown gnu long option")
            value = word.partition("=")[2] or "".join(words[index : index + 1])
            index += "=" not in word
            own += _format(value)
            continue
        unix = word.startswith("-")
        letters = word.removeprefix("-")
        for at, letter in enumerate(letters):
            if letter in "oO":
                value = letters[at + 1 :] or "".join(words[index : index + 1])
                index += not letters[at + 1 :]
                own += _format(value)
                break
            layout = _layout(letter, unix, layout)
    return own or layout


def _layout(letter: str, unix: bool, before: list[_Column]) -> list[_Column]:
    if unix:
        known = {"f": _FULL, "F": _EXTRA, "l": _LONG if before is _SHORT else before}
        if letter not in "eAadNTwHZMcyjptuUgGCqsk" and letter not in known:
            raise InternalError("ps: error: unsupported SysV option")
        return known.get(letter, before)
    known = {"u": _BSD_USER, "l": _BSD_LONG, "x": before, "a": before}
    if letter not in "axwerTgnchSmps" and letter not in known:
        raise InternalError("ps: exit status 1" if letter == "f" else "ps: error: unsupported option (BSD syntax)")
    return _BSD if before is _SHORT and letter not in "ul" else known.get(letter, before)


def _format(text: str) -> Sequence[_Column]:
    if text.startswith("%"):
        raise InternalError("ps: error: unknown AIX field descriptor")
    found: list[_Column] = []
    for part in text.replace(",", " ").split():
        name, equals, title = part.partition("=")
        column = _COLUMNS.get(name.lower())
        if column is None:
            raise InternalError(f'ps: error: unknown user-defined format specifier "{name}"')
        found.append((title, column[1]) if equals else column)
    return found
