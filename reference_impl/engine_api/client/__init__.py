"""Clients of an engine over HTTP: `Client` and `AsyncClient`, with the calls of an engine."""

from engine_api.client.address import AddressError, EngineAddress, resolve
from engine_api.client.aio import AsyncClient
from engine_api.client.blocking import Client
from engine_api.client.context import async_build_context, build_context
from engine_api.client.errors import ConnectionFailed, UnsupportedByVersion, VersionUnsupported
from engine_api.client.options import Report
from engine_api.client.streams import Archive, Content, Duplex, MessageStream, Output
from engine_api.client.transport import ApplicationTransport

__all__ = [
    "AddressError",
    "ApplicationTransport",
    "Archive",
    "AsyncClient",
    "Client",
    "ConnectionFailed",
    "Content",
    "Duplex",
    "EngineAddress",
    "MessageStream",
    "Output",
    "Report",
    "UnsupportedByVersion",
    "VersionUnsupported",
    "async_build_context",
    "build_context",
    "resolve",
]
