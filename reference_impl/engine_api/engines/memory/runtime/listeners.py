"""Listeners on the loopback interface of the real host, for published ports of containers; opened only on request."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable

from engine_api.engines.memory.userland.pipes import BrokenPipe
from engine_api.engines.memory.userland.sockets import Connection

__all__ = ["PortListener"]


class PortListener:
    """Listens on a port of 127.0.0.1, and takes what connects there to a container.

    Args:
        port: the port.
        enter: connects to the container.

    Raises:
        OSError: something else has the port.
    """

    def __init__(self, port: int, enter: Callable[[], Awaitable[Connection]]) -> None:
        self._enter = enter
        self._socket = socket.create_server(("127.0.0.1", port))
        self._socket.setblocking(False)
        self._guests: set[asyncio.Task[None]] = set()
        self._serving = asyncio.ensure_future(self._serve())

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            guest, _ = await loop.sock_accept(self._socket)
            task = asyncio.ensure_future(self._lead(guest))
            self._guests.add(task)
            task.add_done_callback(self._guests.discard)

    async def _lead(self, guest: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=guest)
        with contextlib.suppress(OSError, BrokenPipe):
            async with await self._enter() as inside:
                there = asyncio.ensure_future(_send(reader, inside))
                try:
                    while data := await inside.read():
                        writer.write(data)
                        await writer.drain()
                finally:
                    there.cancel()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    def close(self) -> None:
        """Stop listening, and close what has come through."""
        self._serving.cancel()
        self._socket.close()
        for task in self._guests:
            task.cancel()


async def _send(reader: asyncio.StreamReader, inside: Connection) -> None:
    with contextlib.suppress(OSError, BrokenPipe):
        while data := await reader.read(65536):
            await inside.write(data)
    inside.end()
