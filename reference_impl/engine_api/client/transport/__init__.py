"""httpx on sockets of our own: HTTP/1.1 by httptools, upgrades, and streams that may be quiet for as long as they like.

httpx's own transport reads with h11, which costs most where engines send a chunk per line, and gives an upgraded
connection a slot of its pool. Here any number of connections may be in use, and some are kept for the next request
when their answer is at its end; the `read` timeout covers the wait for an answer's head only; and a response whose
connection was taken over has `extensions["network_stream"]`, with `read`, `write`, `close_write` and `close` (`aclose`
for the asynchronous one). A transport of your own does the same for the operations that take connections over.
"""

from __future__ import annotations

from engine_api.client.transport.aio import AsyncNetworkStream, AsyncTransport
from engine_api.client.transport.application import ApplicationTransport
from engine_api.client.transport.blocking import NetworkStream, Transport

__all__ = ["ApplicationTransport", "AsyncNetworkStream", "AsyncTransport", "NetworkStream", "Transport"]
