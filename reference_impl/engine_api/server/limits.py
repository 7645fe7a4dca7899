"""Limits of connections and requests."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a host; times are seconds, sizes bytes."""

    connections: int = 1000
    """Open connections; further ones get a 503 response and are closed."""
    head: int = 64 * 1024
    """Size of the request line and all headers; larger heads get a 431 response."""
    head_time: float = 10.0
    """Time from the first byte of a request to the end of its headers, and time of a TLS handshake."""
    idle_time: float = 60.0
    """Time between two requests on a connection."""
    body_idle_time: float = 60.0
    """Time without a byte of a request body. Streams of connections that were taken over have no limit."""
    shutdown_time: float = 5.0
    """Time for running requests at shutdown."""
