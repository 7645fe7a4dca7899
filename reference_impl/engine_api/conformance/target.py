"""What examples run against, whatever the transport."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

__all__ = ["Connection", "ConnectionFailed", "Response", "Target"]


class ConnectionFailed(Exception):
    """The engine cannot be reached, or its response is not HTTP; the message is one line."""


class Target(Protocol):
    """Opens connections to an engine."""

    async def connect(self) -> Connection:
        """Open a connection.

        Raises:
            ConnectionFailed: the engine cannot be reached.
        """
        ...


@dataclass
class Response:
    """A response: its head, and its body as it arrives."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    connection: Connection

    def header(self, name: str) -> str | None:
        """Return the value of a header, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    async def more(self) -> bytes:
        """Return more bytes of the body, or of the stream after the head; empty at the end."""
        return await self.connection.more()

    async def read(self) -> bytes:
        """Return the rest of the body."""
        pieces = []
        while piece := await self.more():
            pieces.append(piece)
        return b"".join(pieces)


class Connection(Protocol):
    """A connection for one exchange."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def aclose(self) -> None:
        """Close the connection."""
        ...

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        ...

    async def half_close(self) -> None:
        """End the client's direction."""
        ...

    async def head(self) -> None:
        """Wait for the head of the response.

        Raises:
            ConnectionFailed: the connection closed before the head, or the response is not HTTP.
        """
        ...

    async def response(self, method: str = "GET") -> Response:
        """Read the head of the response.

        Args:
            method: method of the request; the response to HEAD has no body.

        Raises:
            ConnectionFailed: the connection closed before the head, or the response is not HTTP.
        """
        ...

    async def more(self) -> bytes:
        """Return more bytes after the head; empty at the end."""
        ...
