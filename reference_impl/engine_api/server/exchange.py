"""A request whose operation is known, and its response."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from engine_api.wire.bindings import Binding
from engine_api.wire.paths import Match

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["Around", "Call", "Exchange", "Handle"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request for an operation, with the ASGI callables of its response."""

    match: Match
    asked: str | None
    """The version in the path, such as `1.44`; None if there is none."""
    scope: Scope
    """The ASGI scope of the request."""
    receive: Receive
    """Receives the request's body."""
    send: Send
    """Sends the response."""

    @property
    def binding(self) -> Binding:
        """The operation's row in the table of bindings."""
        return self.match.binding


Handle: TypeAlias = Callable[[Exchange], Awaitable[None]]
"""Handles an exchange."""
Around: TypeAlias = Callable[[Exchange, Handle], Awaitable[None]]
"""Handles an exchange around another handler, and may call that handler with the same or a changed exchange."""
Call: TypeAlias = Callable[..., Awaitable[Any]]
"""Calls an operation of the engine, and returns what it returns, which is of the operation's type; further
arguments may be given.
"""
