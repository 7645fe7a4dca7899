"""Errors that an engine raises when it refuses a call, or fails.

EngineError
├── InvalidParameter        a value is malformed, or options exclude each other
├── Unauthorized            credentials are missing or wrong
├── Forbidden               the rules of the engine do not allow the call
├── NotFound                an object does not exist
├── Conflict                the state of an object does not allow the call, or a name is in use
├── NotModified             an object is in the requested state already
├── InternalError           the engine failed
├── NotImplementedByEngine  the engine does not implement the operation
└── Unavailable             the engine cannot do it now, or not on this node
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
    """A call that the engine refused or failed at, with a message for people and programs."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidParameter(EngineError):
    """A value is malformed, a name is invalid, or options exclude each other."""


class Unauthorized(EngineError):
    """Credentials are missing or wrong."""


class Forbidden(EngineError):
    """The rules of the engine do not allow the call, whoever makes it."""


class NotFound(EngineError):
    """An object does not exist."""


class Conflict(EngineError):
    """The state of an object does not allow the call, or a name is in use."""


class NotModified(EngineError):
    """An object is in the requested state already; the call had no effect."""


class InternalError(EngineError):
    """The engine failed, or the failure has no better name."""


class NotImplementedByEngine(EngineError):
    """The engine does not implement the operation, or an option of it."""


class Unavailable(EngineError):
    """The engine cannot do it now, or not on this node."""
