"""Errors without a valid response; an error response raises `engine_api.api.errors.EngineError`."""

from __future__ import annotations

from engine_api.api.versions import Span, Version

__all__ = ["ConnectionFailed", "UnsupportedByVersion", "VersionUnsupported"]


class ConnectionFailed(ConnectionError):
    """The engine cannot be reached, or its response is not valid."""


class VersionUnsupported(Exception):
    """Engine and client have no version in common."""


class UnsupportedByVersion(ValueError):
    """The version in use lacks an argument or a field of a call; nothing was sent.

    Attributes:
        what: the operation, parameter or field (as a dotted path).
        version: the version in use.
        span: the versions that have it.
    """

    def __init__(self, what: str, version: Version, span: Span) -> None:
        reason = f"came with v{span.since}" if span.since > version else f"was last in v{span.until}"
        super().__init__(f"{what} {reason}; v{version} is in use")
        self.what = what
        self.version = version
        self.span = span
