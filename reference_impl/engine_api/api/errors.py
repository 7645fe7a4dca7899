"""What an engine answers when it cannot do what it was asked.

EngineError
├── InvalidParameter      the request makes no sense
├── Unauthorized          credentials are missing or wrong
├── Forbidden             the engine's rules do not allow it
├── NotFound              there is no such thing
├── Conflict              the thing is in a state that does not allow it
├── NotModified           the thing is already in the state asked for
├── InternalError         the engine failed
├── NotImplementedByEngine  this engine cannot do it
└── Unavailable           not now, or not on this node
"""

from __future__ import annotations

__all__ = [
    "Conflict",
    "EngineError",
    "Forbidden",
    "InternalError",
    "InvalidParameter",
    "NotFound",
    "NotImplementedByEngine",
    "NotModified",
    "Unauthorized",
    "Unavailable",
]


class EngineError(Exception):
    """An engine's refusal, with the message that people and programs read."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidParameter(EngineError):
    """The request makes no sense: a value of the wrong form, a bad name, options that exclude each other."""


class Unauthorized(EngineError):
    """Credentials are missing or wrong."""


class Forbidden(EngineError):
    """The engine's rules do not allow it, whoever asks."""


class NotFound(EngineError):
    """There is no such thing."""


class Conflict(EngineError):
    """The thing is in a state that does not allow it, or the name is taken."""


class NotModified(EngineError):
    """The thing is already in the state asked for; nothing was done."""


class InternalError(EngineError):
    """The engine failed, or the failure has no better name."""


class NotImplementedByEngine(EngineError):
    """This engine cannot do it."""


class Unavailable(EngineError):
    """Not now, or not on this node."""
