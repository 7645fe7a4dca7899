"""Serves an application on sockets."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from engine_api.server.addresses import Address, TlsFiles, bind
from engine_api.server.hostcheck import HostCheck
from engine_api.server.limits import Limits
from engine_api.server.protocol import HttpProtocol

if TYPE_CHECKING:
    import socket

    from starlette.types import ASGIApp

__all__ = ["Host"]


class Host:
    """Serves an ASGI application on unix sockets and TCP addresses, and lets it take over connections.

    Use `async with`, or `serve`. Entering opens the sockets and sets `addresses`. Leaving gives running requests
    `Limits.shutdown_time` to end, closes streams, and removes the sockets.

    Args:
        app: the application.
        addresses: where to listen, such as `unix:///run/docker.sock` or `tcp://127.0.0.1:2375`.
        tls: certificate, private key and authority (CA) for TCP addresses; clients must present a certificate.
            Default: no TLS.
        insecure: accept unauthenticated clients on TCP addresses that other machines can reach.
        limits: limits of connections and requests.
        allowed_hosts: further names of the server that the `Host` and `Origin` headers may have.

    Raises:
        ListenError: an address is malformed, in use, or would accept unauthenticated clients; raised by the constructor
            or on entering.
    """

    def __init__(
        self,
        app: ASGIApp,
        addresses: Sequence[Address | str],
        *,
        tls: TlsFiles | None = None,
        insecure: bool = False,
        limits: Limits | None = None,
        allowed_hosts: Sequence[str] = (),
    ) -> None:
        self._app = app
        self._asked = [Address.parse(one) if isinstance(one, str) else one for one in addresses]
        self._tls = tls.context() if tls is not None else None
        self._insecure = insecure
        self._limits = limits or Limits()
        self._allowed_hosts = allowed_hosts
        self.connections: set[HttpProtocol] = set()
        """The open connections."""
        self._servers: list[asyncio.Server] = []
        self._paths: list[tuple[str, tuple[int, int]]] = []
        self._stopped = asyncio.Event()
        self.addresses: list[Address] = []
        """The listening addresses, with actual ports."""

    async def __aenter__(self) -> Self:
        try:
            for address in self._asked:
                for one in bind(address, tls=self._tls is not None, insecure=self._insecure):
                    await self._listen(address, one)
        except BaseException:
            await self._close()
            raise
        return self

    async def _listen(self, address: Address, one: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        if address.path is not None:
            status = os.stat(address.path)
            self._paths.append((address.path, (status.st_dev, status.st_ino)))
            # No browser gets here but through a proxy, and proxies may pass on whatever a page asks for.
            check = HostCheck(self._allowed_hosts, judge_host=False, websockets_only=True)
            self._servers.append(await loop.create_unix_server(lambda: self._protocol(check), sock=one))
        else:
            bound = Address(host=address.host, port=one.getsockname()[1])
            hosts = [address.host, *self._allowed_hosts]
            wide = address.host in ("0.0.0.0", "::")
            check = HostCheck(hosts, judge_host=self._tls is None and not (wide and self._insecure))
            tls = self._tls
            patience = self._limits.head_time if tls is not None else None
            server = await loop.create_server(
                lambda: self._protocol(check, tls=tls is not None), sock=one, ssl=tls, ssl_handshake_timeout=patience
            )
            self._servers.append(server)
            address = bound
        if address not in self.addresses:
            self.addresses.append(address)

    def _protocol(self, check: HostCheck, *, tls: bool = False) -> HttpProtocol:
        return HttpProtocol(self._app, self._limits, self.connections, check, tls=tls)

    async def serve(self, on_ready: Callable[[Address], None] | None = None) -> None:
        """Listen until `stop` is called or the call is cancelled.

        Args:
            on_ready: called with each address once all sockets are open.
        """
        async with self:
            for address in self.addresses:
                if on_ready is not None:
                    on_ready(address)
            await self.stopped()

    async def stopped(self) -> None:
        """Wait until `stop` is called."""
        await self._stopped.wait()

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End `serve` and `stopped`."""
        self._stopped.set()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        self._unlink()
        await self._end_connections()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()

    def _unlink(self) -> None:
        """Remove the files of the sockets, unless others have replaced them."""
        for path, identity in self._paths:
            with contextlib.suppress(FileNotFoundError):
                status = os.stat(path)
                if (status.st_dev, status.st_ino) == identity:
                    os.unlink(path)
        self._paths.clear()

    async def _end_connections(self) -> None:
        """Let requests end until the time is over, then close what is left."""
        for connection in list(self.connections):
            connection.shut_down()
        tasks = [connection.task for connection in self.connections if connection.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._limits.shutdown_time)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        for connection in list(self.connections):
            connection.transport.close()
        for _ in range(3):
            await asyncio.sleep(0)
        for connection in list(self.connections):
            connection.transport.abort()
