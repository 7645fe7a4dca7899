"""Further processes in a running container."""

from __future__ import annotations

from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.errors import Conflict, InternalError, InvalidParameter, NotFound
from engine_api.api.operation import operation
from engine_api.api.streams import Duplex
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import Since, Until

__all__ = [
    "Exec",
    "ExecConfig",
    "ExecCreateResponse",
    "ExecInspectResponse",
    "ExecStartConfig",
    "ProcessConfig",
]


class ExecConfig(ApiStruct):
    """What is to run."""

    attach_stdin: bool | UnsetType = UNSET
    """Whether the client attaches to standard input. Default: false."""
    attach_stdout: bool | UnsetType = UNSET
    """Whether the client attaches to standard output. Default: false."""
    attach_stderr: bool | UnsetType = UNSET
    """Whether the client attaches to standard error. Default: false."""
    console_size: Annotated[list[int] | None | UnsetType, Since("1.42")] = UNSET
    """Rows and columns of the terminal at the start."""
    detach_keys: str | UnsetType = UNSET
    """Keys that detach the client. Default: the engine's, mostly `ctrl-p,ctrl-q`."""
    tty: bool | UnsetType = UNSET
    """Whether it has a terminal. Default: false."""
    env: Annotated[list[str] | None | UnsetType, Since("1.25")] = UNSET
    """Environment variables besides the container's: `NAME=VALUE`."""
    cmd: list[str] | None | UnsetType = UNSET
    """The command with its arguments."""
    privileged: bool | UnsetType = UNSET
    """Whether it has all rights on the host. Default: false."""
    user: str | UnsetType = UNSET
    """The user, and optionally the group: `USER[:GROUP]`. Default: the container's."""
    working_dir: Annotated[str | UnsetType, Since("1.35")] = UNSET
    """The directory in which it starts. Default: the container's."""


class ExecCreateResponse(ApiStruct):
    """The new exec."""

    id: str
    """Its ID: 64 hexadecimal digits."""
    warnings: Annotated[list[str] | None | UnsetType, Until("1.24")] = UNSET
    """Always null."""


class ExecStartConfig(ApiStruct):
    """How an exec starts."""

    detach: bool | UnsetType = UNSET
    """Whether the client does not attach. Default: false."""
    tty: bool | UnsetType = UNSET
    """Whether it has a terminal; as at its creation. Default: false."""
    console_size: Annotated[list[int] | None | UnsetType, Since("1.42")] = UNSET
    """Rows and columns of the terminal at the start."""


class ProcessConfig(ApiStruct, rename="lower"):
    """What an exec runs."""

    tty: bool | UnsetType = UNSET
    """Whether it has a terminal."""
    entrypoint: str | UnsetType = UNSET
    """The program."""
    arguments: list[str] | UnsetType = UNSET
    """The arguments of the program."""
    privileged: bool | UnsetType = UNSET
    """Whether it has all rights on the host."""
    user: str | UnsetType = UNSET
    """The user, if one was given."""


class ExecInspectResponse(ApiStruct):
    """All about an exec."""

    id: str = field(name="ID")
    """Its ID."""
    can_remove: bool | UnsetType = UNSET
    """Whether the engine may forget it."""
    container_id: str | UnsetType = field(default=UNSET, name="ContainerID")
    """The container's ID."""
    detach_keys: str | UnsetType = UNSET
    """Keys that detach the client, as base64 of their bytes."""
    exit_code: int | None | UnsetType = UNSET
    """The exit code; null until it has ended."""
    open_stderr: bool | UnsetType = UNSET
    """Whether standard error is attached."""
    open_stdin: bool | UnsetType = UNSET
    """Whether standard input is attached."""
    open_stdout: bool | UnsetType = UNSET
    """Whether standard output is attached."""
    process_config: ProcessConfig | UnsetType = UNSET
    """What it runs."""
    running: bool | UnsetType = UNSET
    """Whether it runs."""
    pid: Annotated[int | UnsetType, Since("1.25")] = UNSET
    """The number of its process on the host; 0 until it runs."""


class Exec(Protocol):
    """Further processes in a running container."""

    @operation(
        "ContainerExec",
        changes=True,
        errors={
            InvalidParameter: "no command was given",
            NotFound: "there is no such container",
            Conflict: "the container is paused or does not run",
            InternalError: "the engine failed",
        },
    )
    async def create(self, id: str, config: ExecConfig) -> ExecCreateResponse:
        """Prepare a process in a running container.

        Args:
            id: the container's ID, a unique prefix of it, or its name.
            config: what is to run.
        """
        ...

    @operation(
        "ExecStart",
        changes=True,
        errors={
            NotFound: "there is no such exec",
            Conflict: "the container is paused or does not run, or the exec has run",
        },
    )
    async def start(self, id: str, config: ExecStartConfig) -> Duplex:
        """Start a prepared process, and attach to it unless it is to be detached: then the stream is at its end.

        Args:
            id: the exec's ID.
            config: how.
        """
        ...

    @operation(
        "ExecResize",
        changes=True,
        errors={
            InvalidParameter: ("height or width is no number", "1.25", None),
            NotFound: "there is no such exec",
            InternalError: ("the engine failed", "1.25", None),
        },
    )
    async def resize(self, id: str, *, height: int, width: int) -> None:
        """Set the size of an exec's terminal.

        Args:
            id: the exec's ID.
            height: rows.
            width: columns.
        """
        ...

    @operation(
        "ExecInspect", changes=False, errors={NotFound: "there is no such exec", InternalError: "the engine failed"}
    )
    async def inspect(self, id: str) -> ExecInspectResponse:
        """Return an exec instance.

        Args:
            id: the exec's ID.
        """
        ...
