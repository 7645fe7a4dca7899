"""The default networks, as far as containers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine_api.api.errors import NotFound
from engine_api.api.networks import EndpointSettings
from engine_api.engines.memory.identifiers import Identifiers

if TYPE_CHECKING:
    from engine_api.engines.memory.container import Container

__all__ = ["DefaultNetworks"]


class DefaultNetworks:
    """`bridge`, `host` and `none`; the bridge gives out addresses of 172.17.0.0/16 while containers run."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._ids = {name: identifiers.identifier() for name in ("bridge", "host", "none")}
        self._taken: dict[int, Container] = {}
        self._ports: dict[int, Container] = {}

    def endpoints(self, mode: str, asked: dict[str, EndpointSettings | None]) -> dict[str, EndpointSettings]:
        """The networks that a new container is in.

        Raises:
            NotFound: there is no such network.
        """
        if mode.startswith("container:"):
            return {}
        for name in (mode, *asked):
            if name not in self._ids and name not in ("default", ""):
                raise NotFound(f"network {name} not found")
        return {mode: _empty(asked.get(mode))}

    def join(self, container: Container) -> None:
        """A container has started."""
        for name, endpoint in container.endpoints.items():
            endpoint.network_id = self._ids[name]
            endpoint.endpoint_id = self._identifiers.identifier()
            if name == "bridge":
                number = next(n for n in range(2, 65535) if n not in self._taken)
                self._taken[number] = container
                endpoint.ip_address = f"172.17.{number >> 8}.{number & 255}"
                endpoint.ip_prefix_len = 16
                endpoint.gateway = "172.17.0.1"
                endpoint.mac_address = endpoint.mac_address or self._identifiers.mac_address()

    def leave(self, container: Container) -> None:
        """A container has ended."""
        self._taken = {number: other for number, other in self._taken.items() if other is not container}
        self._ports = {number: other for number, other in self._ports.items() if other is not container}
        for name, endpoint in container.endpoints.items():
            container.endpoints[name] = _empty(endpoint, keep=True)

    def port(self, container: Container, asked: str) -> str:
        """A port of the host for a container: the one asked for, or a free one from 32768 up."""
        if asked and asked != "0":
            return asked.partition("-")[0]
        number = next(n for n in range(32768, 65535) if n not in self._ports)
        self._ports[number] = container
        return str(number)


def _empty(asked: EndpointSettings | None, *, keep: bool = False) -> EndpointSettings:
    """An endpoint without addresses."""
    return EndpointSettings(
        ipam_config=(asked.ipam_config or None) if asked else None,
        links=(asked.links or None) if asked else None,
        aliases=(asked.aliases or None) if asked else None,
        mac_address="",
        driver_opts=(asked.driver_opts or None) if asked else None,
        gw_priority=(asked.gw_priority or 0) if asked else 0,
        network_id=asked.network_id or "" if asked and keep else "",
        endpoint_id="",
        gateway="",
        ip_address="",
        ip_prefix_len=0,
        ipv6_gateway="",
        global_ipv6_address="",
        global_ipv6_prefix_len=0,
        dns_names=None,
    )
