"""What examples are run against, whatever is between it and them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

__all__ = ["Connection", "ConnectionFailed", "Response", "Target"]


class ConnectionFailed(Exception):
    """The engine cannot be reached, or does not speak HTTP; the message is one line."""


class Target(Protocol):
    """Where an engine is."""

    async def connect(self) -> Connection:
        """A new connection.

        Raises:
            ConnectionFailed: the engine cannot be reached.
        """
        ...


@dataclass
class Response:
    """An answer: its head, and its body as it comes."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    connection: Connection

    def header(self, name: str) -> str | None:
        """The value of a header, if it is there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    async def more(self) -> bytes:
        """Some more of the body, or of the stream that follows the head; nothing at the end."""
        return await self.connection.more()

    async def read(self) -> bytes:
        """All the rest of the body."""
        pieces = []
        while piece := await self.more():
            pieces.append(piece)
        return b"".join(pieces)


class Connection(Protocol):
    """A connection for one exchange."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def aclose(self) -> None:
        """Close it."""
        ...

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        ...

    async def half_close(self) -> None:
        """Send nothing more."""
        ...

    async def head(self) -> None:
        """Wait until the head of the answer has come.

        Raises:
            ConnectionFailed: none came, or it is no HTTP.
        """
        ...

    async def response(self, method: str = "GET") -> Response:
        """Read the head of the answer.

        Args:
            method: that of the request; the answer to HEAD has no body.

        Raises:
            ConnectionFailed: none came, or it is no HTTP.
        """
        ...

    async def more(self) -> bytes:
        """Some more of what follows the head; nothing at the end."""
        ...
