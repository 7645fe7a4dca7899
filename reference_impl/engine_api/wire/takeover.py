"""How an application takes over the connection of a request: an ASGI extension, and the connection that it gives."""

from __future__ import annotations

from typing import Final, Protocol

__all__ = ["EXTENSION", "Connection", "ConnectionClosed"]

EXTENSION: Final = "engine_api.takeover"
"""The extension in the ASGI scope; its value is a function that returns the `Connection`."""


class ConnectionClosed(ConnectionError):
    """The peer is gone."""


class Connection(Protocol):
    """Both directions of a connection that left HTTP behind."""

    async def read(self, limit: int = 65536) -> bytes:
        """Some bytes, those that came with the request first; `b""` once the peer has ended its direction."""
        ...

    async def write(self, data: bytes) -> None:
        """Send bytes; waits while the peer reads too slowly.

        Raises:
            ConnectionClosed: the peer is gone.
        """
        ...

    async def write_eof(self) -> None:
        """End this direction and leave the other open; over TLS, which cannot do that, nothing happens."""
        ...

    async def wait_closed(self) -> None:
        """Wait until the peer is gone or the connection was closed; the end of its input alone is neither."""
        ...

    async def aclose(self) -> None:
        """Close both directions; what was written is still sent."""
        ...
