"""TCP between simulated containers, within this process.

A `Namespace` is the network of a container: its interfaces and listening ports. Its `Fabric` resolves the names and
addresses of others.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Final, NoReturn, Protocol, Self

from engine_api.engines.memory.userland.pipes import Pipe

__all__ = ["Connection", "Endpoint", "Fabric", "Interface", "Listener", "Namespace", "is_address"]

ANY: Final = ("0.0.0.0", "::")
"""Addresses that mean all addresses of a namespace."""
_EPHEMERAL: Final = range(32768, 61000)
_BACKLOG: Final = 128

Endpoint = tuple[str, int]
"""An address and a port."""


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _fail(number: int) -> NoReturn:
    raise OSError(number, os.strerror(number))


@dataclass
class Interface:
    """A network interface."""

    name: str
    mac: str = ""
    ipv4: str = ""
    ipv4_prefix: int = 0
    ipv4_gateway: str = ""
    ipv6: str = ""
    ipv6_prefix: int = 0
    ipv6_gateway: str = ""
    mtu: int = 1500
    default: bool = False
    """Whether the default route leads through it."""

    @property
    def addresses(self) -> list[str]:
        """Addresses without the lengths of their prefixes."""
        return [address for address in (self.ipv4, self.ipv6) if address]


class Connection:
    """One end of a TCP connection: reads what the other end writes. Closing it, or the end of its process, is the end
    of input at the other end.

    Args:
        incoming: what the other end writes.
        outgoing: what this end writes.
        local: this end.
        peer: the other end.
    """

    def __init__(self, incoming: Pipe, outgoing: Pipe, local: Endpoint, peer: Endpoint) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self.local = local
        self.peer = peer

    @classmethod
    def pair(cls, here: Endpoint, there: Endpoint) -> tuple[Connection, Connection]:
        """Return both ends of a new connection."""
        one, other = Pipe(), Pipe()
        return cls(one, other, here, there), cls(other, one, there, here)

    async def read(self, limit: int = 65536) -> bytes:
        """Return some bytes, at most `limit`; `b""` at the end."""
        return await self._incoming.read(limit)

    async def read_line(self) -> bytes:
        """Return the bytes up to and including a newline; at the end, what is left."""
        return await self._incoming.read_line()

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield lines without their ends (LF or CR LF)."""
        while line := await self.read_line():
            yield line.rstrip(b"\r\n")

    async def write(self, data: bytes) -> None:
        """Write all bytes.

        Raises:
            BrokenPipe: the other end is closed.
        """
        await self._outgoing.write(data)

    def end(self) -> None:
        """Close this end for writing; it can still be read."""
        self._outgoing.end()

    def close(self) -> None:
        """Close this end."""
        self._outgoing.end()
        self._incoming.break_off()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()


class Listener:
    """A listening port; iterating yields incoming connections.

    Args:
        namespace: where it listens.
        address: at which of the namespace's addresses; `0.0.0.0` or `::` for all.
        port: the port.
    """

    def __init__(self, namespace: Namespace, address: str, port: int) -> None:
        self._namespace = namespace
        self.address = address
        self.port = port
        self._waiting: asyncio.Queue[Connection | None] = asyncio.Queue(_BACKLOG)
        self._closed = False

    async def accept(self) -> Connection:
        """Wait for the next connection, and return it.

        Raises:
            OSError: the listener is closed.
        """
        connection = None if self._closed else await self._waiting.get()
        if connection is None:
            _fail(errno.EINVAL)
        return connection

    def offer(self, connection: Connection) -> None:
        """Queue a connection until it is accepted.

        Raises:
            OSError: the listener is closed, or its queue is full.
        """
        if self._closed or self._waiting.full():
            _fail(errno.ECONNREFUSED)
        self._waiting.put_nowait(connection)

    def close(self) -> None:
        """Stop listening; connections that were not accepted are closed."""
        if self._closed:
            return
        self._closed = True
        self._namespace.forget(self)
        while not self._waiting.empty():
            connection = self._waiting.get_nowait()
            if connection is not None:
                connection.close()
        self._waiting.put_nowait(None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Connection:
        try:
            return await self.accept()
        except OSError:
            raise StopAsyncIteration from None


class Fabric(Protocol):
    """The networks that a namespace is connected to."""

    def route(self, source: Namespace, address: str, port: int) -> tuple[Namespace, str, int]:
        """Return the namespace that an address and port lead to, and the address and port there.

        Raises:
            OSError: the address cannot be reached.
        """
        ...

    def look_up(self, source: Namespace, name: str) -> list[str]:
        """Return the addresses of a name, by the name server of the source."""
        ...

    def name_of(self, source: Namespace, address: str) -> str:
        """Return the name of an address, by the name server of the source; empty if it has none."""
        ...


@dataclass(eq=False)
class Namespace:
    """Network of a container: its interfaces and listening ports."""

    fabric: Fabric | None = None
    interfaces: list[Interface] = field(default_factory=list)
    listeners: dict[int, list[Listener]] = field(default_factory=dict)
    _next: int = _EPHEMERAL.start

    @property
    def addresses(self) -> list[str]:
        """Addresses of the interfaces, without the loopback."""
        return [address for interface in self.interfaces for address in interface.addresses]

    def has(self, address: str) -> bool:
        """Whether an address belongs to this namespace."""
        if address in ANY or address in self.addresses:
            return True
        return ipaddress.ip_address(address).is_loopback

    def source_for(self, address: str) -> str:
        """Return the address of this namespace from which it reaches another address; empty if there is none."""
        wanted = ipaddress.ip_address(address)
        if self.has(address):
            return address
        for interface in self.interfaces:
            for own, length in ((interface.ipv4, interface.ipv4_prefix), (interface.ipv6, interface.ipv6_prefix)):
                if own and wanted in ipaddress.ip_interface(f"{own}/{length}").network:
                    return own
        default = next((one for one in self.interfaces if one.default), None)
        return (default.ipv6 if wanted.version == 6 else default.ipv4) if default else ""

    def listen(self, port: int, address: str = "0.0.0.0") -> Listener:
        """Listen on a port; 0 chooses a free one.

        Raises:
            OSError: the port is in use, or the address belongs to another namespace.
        """
        if not self.has(address):
            _fail(errno.EADDRNOTAVAIL)
        if port == 0:
            port = self._free()
        for other in self.listeners.get(port, ()):
            if other.address == address or other.address in ANY or address in ANY:
                _fail(errno.EADDRINUSE)
        listener = Listener(self, address, port)
        self.listeners.setdefault(port, []).append(listener)
        return listener

    def _free(self) -> int:
        while self._next in self.listeners:
            self._next += 1
        self._next += 1
        if self._next not in _EPHEMERAL:
            self._next = _EPHEMERAL.start
        return self._next - 1

    def forget(self, listener: Listener) -> None:
        """Remove a closed listener."""
        rest = [other for other in self.listeners.pop(listener.port, ()) if other is not listener]
        if rest:
            self.listeners[listener.port] = rest

    def reach(self, address: str, port: int) -> Listener:
        """Return the listener of an address and port.

        Raises:
            OSError: the port is closed.
        """
        for listener in self.listeners.get(port, ()):
            if listener.address in ANY or listener.address == address:
                return listener
        _fail(errno.ECONNREFUSED)

    async def connect(self, address: str, port: int) -> Connection:
        """Connect to an address, and return this end of the connection.

        Raises:
            OSError: the port is closed, or the address cannot be reached.
        """
        await asyncio.sleep(0)
        target, there, number = self, address, port
        if not self.has(address):
            if self.fabric is None:
                _fail(errno.ENETUNREACH)
            target, there, number = self.fabric.route(self, address, port)
        listener = target.reach(there, number)
        source = (self.source_for(address), self._free())
        mine, other = Connection.pair(source, (address, port))
        other.local = (there, number)
        listener.offer(other)
        return mine

    def look_up(self, name: str, hosts: str = "") -> list[str]:
        """Return the addresses of a name: itself if it is one, those in a file of hosts, or those of the name server.

        Args:
            name: the name.
            hosts: the content of `/etc/hosts`.
        """
        if is_address(name):
            return [name]
        found = [address for address, names in _hosts(hosts) if name.lower() in names]
        if not found and self.fabric is not None:
            found = self.fabric.look_up(self, name.lower().rstrip("."))
        return sorted(dict.fromkeys(found), key=lambda address: ":" in address)


def _hosts(text: str) -> Iterable[tuple[str, list[str]]]:
    for line in text.splitlines():
        words = line.partition("#")[0].lower().split()
        if len(words) > 1 and is_address(words[0]):
            yield words[0], words[1:]
