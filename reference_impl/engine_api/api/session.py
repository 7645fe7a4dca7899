"""A connection on which client and engine call each other."""

from __future__ import annotations

from typing import Protocol

from engine_api.api.errors import InternalError, InvalidParameter
from engine_api.api.operation import operation
from engine_api.api.streams import Duplex

__all__ = ["Session"]


class Session(Protocol):
    """A connection on which client and engine call each other."""

    @operation(
        "Session",
        changes=True,
        since="1.31",
        deprecated="1.53",
        errors={
            InvalidParameter: "the request does not ask for `h2c`, or there is a session of this ID",
            InternalError: "the engine failed",
        },
    )
    async def open(self, *, id: str = "") -> Duplex:
        """Begin a session: the client serves gRPC on the connection, and the engine calls it.

        The connection becomes one of HTTP/2, on which the engine is the client. BuildKit asks so for files and
        credentials; the classic builder asks nothing. The session lasts until the connection ends.

        Args:
            id: the ID of the session, which a build names; in no published document.
        """
        ...

    @operation("Grpc", changes=True, deprecated="1.53", errors={InternalError: "the request does not ask for `h2c`"})
    async def grpc(self) -> Duplex:
        """Call BuildKit: the connection becomes one of HTTP/2, on which the engine serves gRPC.

        In no published document.
        """
        ...
