"""The ASGI extension by which an application takes over the connection of a request."""

from __future__ import annotations

from typing import Final, Protocol

__all__ = ["EXTENSION", "Connection", "ConnectionClosed"]

EXTENSION: Final = "engine_api.takeover"
"""The extension in the ASGI scope; its value is a function that returns the `Connection`."""


class ConnectionClosed(ConnectionError):
    """The peer is gone."""


class Connection(Protocol):
    """Both directions of a connection after its last HTTP message."""

    async def read(self, limit: int = 65536) -> bytes:
        """Return some bytes, those after the request first; `b""` once the peer has ended its direction."""
        ...

    async def write(self, data: bytes) -> None:
        """Send bytes; waits while the peer reads too slowly.

        Raises:
            ConnectionClosed: the peer is gone.
        """
        ...

    async def write_eof(self) -> None:
        """End this direction and leave the other open; no effect over TLS, which has no half-close."""
        ...

    async def wait_closed(self) -> None:
        """Wait until the peer is gone or the connection is closed; the end of the peer's direction does not count."""
        ...

    async def aclose(self) -> None:
        """Close both directions; written bytes are still sent."""
        ...
