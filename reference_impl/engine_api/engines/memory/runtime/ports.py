"""Ports of the host that lead to containers."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from engine_api.api.containers import PortSummary
from engine_api.api.errors import InternalError, InvalidParameter
from engine_api.api.hostconfig import PortBinding
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.runtime.listeners import PortListener
from engine_api.engines.memory.userland.sockets import ANY, is_address

__all__ = ["HostPorts", "Published", "check_port_bindings", "port_summaries", "split_port"]

_FREE: Final = range(32768, 61000)
_PROTOCOLS: Final = ("tcp", "udp", "sctp")


def split_port(text: str) -> tuple[int, str]:
    """The number and the protocol of `80` or `80/tcp`; 0 if there is no number."""
    number, _, protocol = text.partition("/")
    return int(number.partition("-")[0]) if number[:1].isdigit() else 0, protocol or "tcp"


def _range_of(text: str) -> range:
    """The ports that `8080` or `8000-8010` means; empty for any that is free.

    Raises:
        InvalidParameter: it is none.
    """
    if text in ("", "0"):
        return range(0)
    first, _, last = text.partition("-")
    for part in (first, last or first):
        if not (part.isascii() and part.isdecimal() and int(part) < 65536):
            raise InvalidParameter(f'invalid port specification: "{text}"')
    return range(int(first), int(last or first) + 1)


def check_port_bindings(bindings: Mapping[str, Iterable[PortBinding] | None]) -> None:
    """Refuse ports that are none.

    Raises:
        InvalidParameter: one is.
    """
    for port, wanted in bindings.items():
        number = port.partition("/")[0]
        if not number[:1].isdigit() or len(_range_of(number)) > 1:
            raise InvalidParameter(f'invalid port specification: "{number}"')
        for one in wanted or ():
            _range_of(str(one.host_port or ""))


@dataclass(frozen=True)
class Published:
    """A port of the host, and where it leads."""

    address: str
    port: int
    protocol: str
    container: Container
    private_port: int


class HostPorts:
    """Ports of the host, each given to one container at a time.

    Args:
        open: listens at a port of the real host's loopback interface; None for ports that are pretended only.
    """

    def __init__(self, open: Callable[[str, int], PortListener] | None = None) -> None:
        self._open = open
        self._listeners: dict[tuple[str, int], list[PortListener]] = {}
        self._taken: list[Published] = []
        self._next = dict.fromkeys(_PROTOCOLS, _FREE.start)

    def publish(self, container: Container) -> dict[str, list[PortBinding] | None]:
        """Give a container the ports that it asks for; gives all that it opens, null for those that stay inside.

        Raises:
            InternalError: one is taken; none is given then.
        """
        bindings = {
            "/".join(map(str, split_port(name))): own for name, own in (container.host.port_bindings or {}).items()
        }
        found: dict[str, list[PortBinding] | None] = {}
        before = list(self._taken)
        try:
            for name in sorted(container.config.exposed_ports or {}):
                number, protocol = split_port(name)
                key = f"{number}/{protocol}"
                wanted = bindings.get(key)
                if key in bindings and not wanted:
                    wanted = [PortBinding()]
                if not wanted and container.host.publish_all_ports is True:
                    wanted = [PortBinding()]
                found[key] = (
                    [given for one in wanted for given in self._give(container, number, protocol, one)]
                    if wanted
                    else None
                )
            self._open_listeners(container, before)
        except InternalError:
            self._taken = before
            self._close_listeners(container)
            raise
        return found

    def _open_listeners(self, container: Container, before: list[Published]) -> None:
        """Listen on the real ports, where that is wanted.

        Raises:
            InternalError: something else on the real host has one.
        """
        ports = {(one.address, one.port) for one in self._taken if one not in before and one.protocol == "tcp"}
        for address, number in sorted(ports):
            if self._open is None or ":" in address:
                continue
            try:
                listener = self._open(address, number)
            except OSError:
                raise InternalError(
                    f"failed to bind host port for 127.0.0.1:{number}/tcp: address already in use"
                ) from None
            self._listeners.setdefault((container.id, number), []).append(listener)

    def _close_listeners(self, container: Container) -> None:
        for key in [key for key in self._listeners if key[0] == container.id]:
            for listener in self._listeners.pop(key):
                listener.close()

    def _give(self, container: Container, private: int, protocol: str, asked: PortBinding) -> list[PortBinding]:
        if protocol not in _PROTOCOLS:
            raise InternalError("unknown protocol")
        address = str(asked.host_ip or "")
        addresses = [address] if is_address(address) else list(ANY)
        wanted = _range_of(str(asked.host_port or ""))
        if is_address(address) and ipaddress.ip_address(address).is_global:
            inside = next(iter(container.network.namespace.addresses), "") if container.network.namespace else ""
            raise InternalError(
                f"failed to bind host port for {address}:{asked.host_port}:{inside}:{private}/{protocol}: "
                "cannot assign requested address"
            )
        if not wanted:
            number = self._free(protocol)
        elif len(wanted) == 1:
            number = wanted[0]
            blocking = self._blocking(addresses, number, protocol)
            if blocking is not None:
                raise InternalError(f"Bind for {blocking}:{number} failed: port is already allocated")
        else:
            free = (number for number in wanted if self._blocking(addresses, number, protocol) is None)
            number = next(free, 0)
            if not number:
                raise InternalError("all ports are allocated")
        for one in addresses:
            self._taken.append(Published(one, number, protocol, container, private))
        return [PortBinding(host_ip=one, host_port=str(number)) for one in addresses]

    def _free(self, protocol: str) -> int:
        for _ in _FREE:
            number = self._next[protocol]
            self._next[protocol] = number + 1 if number + 1 in _FREE else _FREE.start
            if self._blocking(list(ANY), number, protocol) is None and self._really_free(number, protocol):
                return number
        raise InternalError("all ports are allocated")

    def _really_free(self, number: int, protocol: str) -> bool:
        """Whether nothing on the real host has a port, where that matters."""
        if self._open is None or protocol != "tcp":
            return True
        try:
            with socket.create_server(("127.0.0.1", number)):
                return True
        except OSError:
            return False

    def _blocking(self, addresses: list[str], number: int, protocol: str) -> str | None:
        """The address at which a port is taken; None if it is free."""
        for one in self._taken:
            if one.port != number or one.protocol != protocol:
                continue
            same_family = any((":" in one.address) == (":" in address) for address in addresses)
            if one.address in addresses or (same_family and (one.address in ANY or addresses[0] in ANY)):
                return one.address
        return None

    def release(self, container: Container) -> None:
        """Take back the ports of a container."""
        self._close_listeners(container)
        self._taken = [one for one in self._taken if one.container is not container]

    def leading(self, address: str, number: int, protocol: str = "tcp") -> Published | None:
        """What a port of the host leads to at one of its addresses; None for nothing."""
        for one in self._taken:
            if one.port == number and one.protocol == protocol and (one.address in ANY or one.address == address):
                return one
        return None


def port_summaries(ports: Mapping[str, list[PortBinding] | None]) -> list[PortSummary]:
    """The ports of a container as lists have them."""
    found: list[PortSummary] = []
    for name, bindings in ports.items():
        number, protocol = split_port(name)
        if not bindings:
            found.append(PortSummary(private_port=number, type=protocol))
        for one in bindings or ():
            found.append(
                PortSummary(ip=one.host_ip, private_port=number, public_port=int(str(one.host_port)), type=protocol)
            )
    return found
