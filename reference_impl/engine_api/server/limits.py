"""How much, and how long, a client may take."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a host; times are seconds, sizes bytes."""

    connections: int = 1000
    """Open connections; one more is answered with 503 and closed."""
    head: int = 64 * 1024
    """Size of the request line with all headers; more is answered with 431."""
    head_time: float = 10.0
    """Time from the first byte of a request to the end of its headers; and that of a TLS handshake."""
    idle_time: float = 60.0
    """Time that a connection may wait between requests."""
    body_idle_time: float = 60.0
    """Time without a byte of a body that is being read. Streams that were taken over have no such limit."""
    shutdown_time: float = 5.0
    """Time that running requests have at shutdown."""
