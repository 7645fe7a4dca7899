"""The transport to an application in the same event loop, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx

from engine_api.client.transport.message import timeouts
from engine_api.wire.application import Application, ApplicationExchange, IncompleteResponse, NoResponse

__all__ = ["ApplicationTransport"]


class _Stream:
    """Both directions of a connection that the application took over; see `AsyncNetworkStream`."""

    def __init__(self, exchange: ApplicationExchange) -> None:
        self._exchange = exchange

    async def read(self) -> bytes:
        return await self._exchange.read()

    async def write(self, data: bytes) -> None:
        if self._exchange.closed.is_set():
            raise httpx.WriteError("the connection is closed")
        await self._exchange.write(data)

    async def close_write(self) -> None:
        self._exchange.end_input()

    async def aclose(self) -> None:
        await self._exchange.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, transport: ApplicationTransport, exchange: ApplicationExchange) -> None:
        self._transport = transport
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while data := await self._exchange.read():
                yield data
        except IncompleteResponse as error:
            raise httpx.RemoteProtocolError(str(error)) from None

    async def aclose(self) -> None:
        await self._transport.release(self._exchange)


class ApplicationTransport(httpx.AsyncBaseTransport):
    """Requests to an ASGI application in the same event loop.

        AsyncClient(transport=ApplicationTransport(app(engine)))

    Streams arrive as the application sends them, with back-pressure. Connections that the application takes over have
    two directions, each with its own end.

    Args:
        application: the application, such as `engine_api.server.app(engine)`.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._exchanges: set[ApplicationExchange] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return its response after the head.

        Raises:
            httpx.RemoteProtocolError: the application ended without a response.
            httpx.ReadTimeout: the head did not arrive in time.
        """
        exchange = ApplicationExchange(self._application)
        self._exchanges.add(exchange)
        headers = [(name.lower(), value) for name, value in request.headers.raw]
        exchange.begin(request.method, request.url.raw_path.decode("latin-1"), headers)
        try:
            await self._exchanged(exchange, request)
        except NoResponse as error:
            await self.release(exchange)
            raise httpx.RemoteProtocolError(str(error), request=request) from None
        except BaseException:
            await self.release(exchange)
            raise
        extensions: dict[str, object] = {
            "http_version": b"HTTP/1.1",
            "reason_phrase": exchange.reason.encode("latin-1"),
        }
        extensions["network_stream"] = _Stream(exchange)
        return httpx.Response(
            exchange.status, headers=exchange.headers, stream=_Body(self, exchange), extensions=extensions
        )

    async def _exchanged(self, exchange: ApplicationExchange, request: httpx.Request) -> None:
        """Send the request's body and wait for the head of the response, which may arrive before the body's end.

        The timeout begins at the end of the body. An error of the body is raised.
        """
        sending = asyncio.ensure_future(self._send_body(exchange, request))
        head = asyncio.ensure_future(exchange.head())
        try:
            await asyncio.wait((sending, head), return_when=asyncio.FIRST_COMPLETED)
            if not head.done():
                sending.result()
            try:
                async with asyncio.timeout(timeouts(request).get("read")) as limit:
                    await head
            except TimeoutError:
                if not limit.expired():
                    raise
                raise httpx.ReadTimeout("the engine did not answer in time", request=request) from None
        finally:
            sending.cancel()
            head.cancel()
            await asyncio.gather(sending, head, return_exceptions=True)

    async def _send_body(self, exchange: ApplicationExchange, request: httpx.Request) -> None:
        stream = request.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        async for piece in stream:
            await exchange.send_body(piece)
        await exchange.end_body()

    async def release(self, exchange: ApplicationExchange) -> None:
        """End an exchange."""
        self._exchanges.discard(exchange)
        await exchange.aclose()

    async def aclose(self) -> None:
        """End every exchange."""
        for exchange in tuple(self._exchanges):
            await self.release(exchange)
