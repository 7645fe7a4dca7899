"""The engine itself."""

from __future__ import annotations

from typing import Protocol

from engine_api.api.errors import SystemError
from engine_api.api.operation import operation
from engine_api.api.struct import UNSET, ApiStruct, UnsetType

__all__ = ["PingResponse", "System", "SystemInfo", "SystemVersion"]


class PingResponse(ApiStruct):
    """What an engine tells of itself before anything was negotiated."""

    api_version: str = ""
    """The newest version of the API that the engine speaks."""
    os_type: str = ""
    """The operating system of its containers: `linux` or `windows`."""
    experimental: bool = False
    """Whether experimental features are on."""
    builder_version: str | UnsetType = UNSET
    """The builder that the engine prefers: `1` the classic one, `2` BuildKit."""
    swarm: str | UnsetType = UNSET
    """The state of the node's swarm: `inactive`, `pending`, `error`, `locked`, `active/worker` or `active/manager`."""


class SystemVersion(ApiStruct):
    """Versions of the engine and its parts."""


class SystemInfo(ApiStruct):
    """What the engine is and what it can do."""


class System(Protocol):
    """The engine itself."""

    @operation("SystemPing", errors={SystemError: "the engine failed"})
    async def ping(self) -> PingResponse:
        """Ask whether the engine is there, and which version it speaks."""
        ...

    @operation("SystemPingHead", since="1.40", errors={SystemError: "the engine failed"})
    async def ping_head(self) -> PingResponse:
        """Ask for the headers of a ping only."""
        ...

    @operation("SystemVersion", errors={SystemError: "the engine failed"})
    async def version(self) -> SystemVersion:
        """Tell the versions of the engine and of its parts."""
        ...

    @operation("SystemInfo", errors={SystemError: "the engine failed"})
    async def info(self) -> SystemInfo:
        """Describe the engine, its host and what it can do."""
        ...
