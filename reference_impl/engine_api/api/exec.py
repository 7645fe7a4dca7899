"""Further processes in a running container."""

from __future__ import annotations

from typing import Protocol

from engine_api.api.errors import Conflict, InvalidParameter, NotFound, SystemError
from engine_api.api.operation import operation
from engine_api.api.streams import Duplex
from engine_api.api.struct import ApiStruct

__all__ = ["Exec", "ExecConfig", "ExecCreateResponse", "ExecInspectResponse", "ExecStartConfig"]


class ExecConfig(ApiStruct):
    """What is to run."""


class ExecCreateResponse(ApiStruct):
    """The new exec."""

    id: str


class ExecStartConfig(ApiStruct):
    """How an exec starts."""

    detach: bool = False
    tty: bool = False


class ExecInspectResponse(ApiStruct):
    """All about an exec."""


class Exec(Protocol):
    """Further processes in a running container."""

    @operation(
        "ContainerExec",
        errors={
            InvalidParameter: "no command was given",
            NotFound: "there is no such container",
            Conflict: "the container is paused or does not run",
            SystemError: "the engine failed",
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
        errors={
            InvalidParameter: ("height or width is no number", "1.25", None),
            NotFound: "there is no such exec",
            SystemError: ("the engine failed", "1.25", None),
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

    @operation("ExecInspect", errors={NotFound: "there is no such exec", SystemError: "the engine failed"})
    async def inspect(self, id: str) -> ExecInspectResponse:
        """Tell all about an exec.

        Args:
            id: the exec's ID.
        """
        ...
