"""The status of each error, and the error of each status."""

from __future__ import annotations

from collections.abc import Mapping

from engine_api.api import errors
from engine_api.wire.bodies import TooLarge

__all__ = ["ERRORS", "STATUSES", "error_of", "status_of"]

STATUSES: Mapping[type[errors.EngineError], int] = {
    errors.NotModified: 304,
    errors.InvalidParameter: 400,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    TooLarge: 413,
    errors.InternalError: 500,
    errors.NotImplementedByEngine: 501,
    errors.Unavailable: 503,
}
"""The status of each kind of error."""

ERRORS: Mapping[int, type[errors.EngineError]] = {status: kind for kind, status in STATUSES.items()}
"""The kind of error that each status means."""


def status_of(error: errors.EngineError) -> int:
    """Return the status of an error: that of its nearest known class, or 500."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def error_of(status: int, message: str) -> errors.EngineError:
    """Return the error of a status and a message; unknown 4xx statuses count as 400, all others as 500."""
    kind = ERRORS.get(status) or (errors.InvalidParameter if 400 <= status < 500 else errors.InternalError)
    return kind(message)
