"""Containers: processes made from an image, with a file system of their own."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Annotated, Protocol

from engine_api.api.errors import Conflict, InvalidParameter, NotFound, NotModified, SystemError
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.operation import operation
from engine_api.api.streams import Duplex, OutputStream
from engine_api.api.struct import ApiStruct
from engine_api.api.versions import OneOf, Since, Until, Value

__all__ = [
    "ContainerCreateRequest",
    "ContainerCreateResponse",
    "ContainerInspectResponse",
    "ContainerSummary",
    "ContainerWaitResponse",
    "Containers",
]


class ContainerCreateRequest(ApiStruct):
    """What a container is to be."""


class ContainerCreateResponse(ApiStruct):
    """The new container."""

    id: str
    warnings: list[str] | None = None


class ContainerInspectResponse(ApiStruct):
    """All about a container."""


class ContainerSummary(ApiStruct):
    """A container in a list."""


class ContainerWaitResponse(ApiStruct):
    """How a container ended."""

    status_code: int


class Containers(Protocol):
    """Containers."""

    @operation(
        "ContainerList",
        errors={InvalidParameter: "a parameter or filter is malformed or unknown", SystemError: "the engine failed"},
    )
    async def list(
        self,
        *,
        all: bool = False,
        limit: int | None = None,
        size: bool = False,
        filters: Annotated[
            Filters | None,
            FilterKeys(Value("status"), Value("label"), Value("health", since="1.25")),
        ] = None,
        since: Annotated[str | None, Until("1.24")] = None,
        before: Annotated[str | None, Until("1.24")] = None,
    ) -> builtins.list[ContainerSummary]:
        """List containers, newest first.

        Args:
            all: also those that do not run.
            limit: at most so many of the newest, whatever their state; None or 0 for no limit.
            size: also compute the sizes of their file systems.
            filters: which of them.
            since: only those created after this one, by name or ID.
            before: only those created before this one, by name or ID.
        """
        ...

    @operation(
        "ContainerCreate",
        errors={
            InvalidParameter: "the configuration makes no sense",
            NotFound: "there is no such image",
            Conflict: "the name is taken",
            SystemError: "the engine failed",
        },
    )
    async def create(
        self,
        config: ContainerCreateRequest,
        *,
        name: str | None = None,
        platform: Annotated[str | None, Since("1.41")] = None,
    ) -> ContainerCreateResponse:
        """Create a container from an image, without starting it.

        Args:
            config: what it is to be.
            name: its name; the engine makes one up without.
            platform: `os[/arch[/variant]]` that the image must be for.
        """
        ...

    @operation("ContainerInspect", errors={NotFound: "there is no such container", SystemError: "the engine failed"})
    async def inspect(self, id: str, *, size: bool = False) -> ContainerInspectResponse:
        """Tell all about a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            size: also compute the size of its file system.
        """
        ...

    @operation(
        "ContainerStart",
        errors={
            NotModified: "it is running",
            InvalidParameter: "the request has a body, or the command cannot be run",
            NotFound: "there is no such container",
            SystemError: "the engine failed",
        },
    )
    async def start(self, id: str, *, detach_keys: str | None = None) -> None:
        """Start a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            detach_keys: keys that detach a client attached to it.
        """
        ...

    @operation(
        "ContainerStop",
        errors={
            NotModified: "it is not running",
            NotFound: "there is no such container",
            SystemError: "the engine failed",
        },
    )
    async def stop(
        self, id: str, *, signal: Annotated[str | None, Since("1.42")] = None, timeout: int | None = None
    ) -> None:
        """Stop a container: send its stop signal, and kill it if it goes on.

        Args:
            id: its ID, a unique prefix of it, or its name.
            signal: what to send, as a name or number; default: the container's stop signal.
            timeout: seconds until it is killed; default: the container's stop timeout, or 10; -1 waits for ever.
        """
        ...

    @operation(
        "ContainerKill",
        errors={
            NotFound: "there is no such container",
            Conflict: ("it is not running", "1.37", None),
            SystemError: "the engine failed",
        },
    )
    async def kill(self, id: str, *, signal: str | None = None) -> None:
        """Send a signal to a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            signal: what to send, as a name or number; default: SIGKILL.
        """
        ...

    @operation(
        "ContainerWait",
        errors={
            InvalidParameter: ("the condition is unknown", "1.30", None),
            NotFound: "there is no such container",
            SystemError: "the engine failed",
        },
    )
    async def wait(
        self,
        id: str,
        *,
        condition: Annotated[
            str | None,
            Since("1.30"),
            OneOf(
                Value("not-running", "it does not run, which may be so already"),
                Value("next-exit", "it ends the next time, even if it has not been started yet"),
                Value("removed", "it is gone"),
            ),
        ] = None,
        accepted: Callable[[], object] | None = None,
    ) -> ContainerWaitResponse:
        """Wait until a container ends, and tell its exit code.

        Args:
            id: its ID, a unique prefix of it, or its name.
            condition: what to wait for; default: `not-running`.
            accepted: called once, when the engine has begun to wait; what happens from then on is not missed.
        """
        ...

    @operation(
        "ContainerAttach",
        errors={
            InvalidParameter: "a parameter is malformed",
            NotFound: "there is no such container",
            Conflict: "it is paused or restarting",
            SystemError: "the engine failed",
        },
    )
    async def attach(
        self,
        id: str,
        *,
        detach_keys: str | None = None,
        logs: bool = False,
        stream: bool = False,
        stdin: bool = False,
        stdout: bool = False,
        stderr: bool = False,
    ) -> Duplex:
        """Attach to a container's process, running or about to run.

        Args:
            id: its ID, a unique prefix of it, or its name.
            detach_keys: keys that end the attachment; default: `ctrl-p,ctrl-q`.
            logs: first give what it has written so far.
            stream: go on with what it writes from now on.
            stdin: attach its standard input.
            stdout: attach its standard output.
            stderr: attach its standard error.
        """
        ...

    @operation(
        "ContainerLogs",
        errors={
            InvalidParameter: "neither stdout nor stderr was asked for, or a time is malformed",
            NotFound: "there is no such container",
            SystemError: "the engine failed",
        },
    )
    async def logs(
        self,
        id: str,
        *,
        follow: bool = False,
        stdout: bool = False,
        stderr: bool = False,
        since: str | None = None,
        until: Annotated[str | None, Since("1.35")] = None,
        timestamps: bool = False,
        tail: str | None = None,
        details: bool = False,
    ) -> OutputStream:
        """Give what a container's process has written.

        Args:
            id: its ID, a unique prefix of it, or its name.
            follow: go on until it ends.
            stdout: its standard output.
            stderr: its standard error.
            since: only from this time on, in Unix seconds with an optional fraction.
            until: only before this time, in Unix seconds with an optional fraction.
            timestamps: a time in RFC 3339 before each line.
            tail: only so many of the last lines, or `all`; default: all.
            details: attributes of the log driver before each line.
        """
        ...

    @operation(
        "ContainerResize",
        errors={
            InvalidParameter: "height or width is no number",
            NotFound: "there is no such container",
            Conflict: "it is not running",
            SystemError: "the engine failed",
        },
    )
    async def resize(self, id: str, *, height: int, width: int) -> None:
        """Set the size of a container's terminal.

        Args:
            id: its ID, a unique prefix of it, or its name.
            height: rows.
            width: columns.
        """
        ...

    @operation(
        "ContainerDelete",
        errors={
            InvalidParameter: "a parameter is malformed",
            NotFound: "there is no such container",
            Conflict: "it is running or paused, or its removal is under way",
            SystemError: "the engine failed",
        },
    )
    async def delete(self, id: str, *, volumes: bool = False, force: bool = False, link: bool = False) -> None:
        """Remove a container.

        Args:
            id: its ID, a unique prefix of it, or its name.
            volumes: also remove its anonymous volumes.
            force: kill it first if it runs.
            link: remove a link, whose name `id` is, and not a container.
        """
        ...
