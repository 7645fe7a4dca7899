"""Transports for httpx: HTTP/1.1 with httptools, upgrades, and streams without a time limit.

The transport of httpx parses with h11, which is slow for a chunk per line, and an upgraded connection uses a slot of
its pool. These transports have no limit of connections, and keep some idle ones. The `read` timeout applies to the head
of a response only. The response of a connection that was taken over has `extensions["network_stream"]`, with `read`,
`write`, `close_write` and `close` (`aclose` in asyncio). Other transports must provide the same for operations that
take connections over.
"""

from __future__ import annotations

from engine_api.client.transport.aio import AsyncNetworkStream, AsyncTransport
from engine_api.client.transport.application import ApplicationTransport
from engine_api.client.transport.blocking import NetworkStream, Transport

__all__ = ["ApplicationTransport", "AsyncNetworkStream", "AsyncTransport", "NetworkStream", "Transport"]
