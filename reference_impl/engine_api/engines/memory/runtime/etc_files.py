"""The files in `/etc` that name a container and the hosts it can reach."""

from __future__ import annotations

from typing import Final

from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.networks import PREDEFINED, NetworkStore
from engine_api.engines.memory.runtime.links import Links

__all__ = ["EtcFiles"]

_BASE_HOSTS: Final = (
    "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\n"
    "ff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n"
)
_NAME_SERVER: Final = "192.0.2.53"
"""The name server of the pretended host, of an address that is never in use."""


class EtcFiles:
    """Writes `/etc/hostname`, `/etc/hosts` and `/etc/resolv.conf`.

    Args:
        networks: the networks, of which `bridge` has the gateway that `host-gateway` stands for.
        links: the links between containers.
        host_name: the name of the host.
    """

    def __init__(self, *, networks: NetworkStore, links: Links, host_name: str) -> None:
        self._networks = networks
        self._links = links
        self._host_name = host_name

    def write(self, container: Container) -> None:
        """Write the files that name a container's host, and those that it finds others by."""
        self._write(container, "/etc/hostname", f"{container.config.hostname}\n".encode())
        self.write_hosts(container)
        self._write(container, "/etc/resolv.conf", self._resolv_conf(container).encode())

    def write_hosts(self, container: Container) -> None:
        """Write `/etc/hosts`."""
        self._write(container, "/etc/hosts", self._hosts(container).encode())

    def _write(self, container: Container, path: str, data: bytes) -> None:
        fs = container.fs
        readonly, fs.readonly = fs.readonly, False
        try:
            fs.mkdir("/etc", parents=True)
            fs.write(path, data)
        finally:
            fs.readonly = readonly

    def _hosts(self, container: Container) -> str:
        host = container.host
        hostname = str(container.config.hostname or "")
        text = f"127.0.0.1 localhost\n127.0.0.1 {self._host_name}\n" if host.network_mode == "host" else _BASE_HOSTS
        for entry in host.extra_hosts or ():
            name, _, address = entry.partition("=" if "=" in entry.partition(":")[0] else ":")
            known = self._networks.find("bridge").pools[0].gateway if address == "host-gateway" else address.strip("[]")
            text += f"{known}\t{name}\n"
        for target, alias in self._links.of(container):
            bridge = target.endpoints.get("bridge")
            if bridge is not None and bridge.ip_address:
                names = dict.fromkeys((alias, target.id[:12], target.name))
                text += f"{bridge.ip_address}\t{' '.join(names)}\n"
        domain = str(container.config.domainname or "")
        own = f"{hostname}.{domain} {hostname}" if domain else hostname
        for endpoint in container.endpoints.values():
            for one in (endpoint.ip_address, endpoint.global_ipv6_address):
                if one:
                    text += f"{one}\t{own}\n"
        return text

    def _resolv_conf(self, container: Container) -> str:
        host = container.host
        inside = any(name not in PREDEFINED for name in container.endpoints)
        servers = ["127.0.0.11"] if inside else list(host.dns or ()) or [_NAME_SERVER]
        lines = [f"nameserver {server}" for server in servers]
        if host.dns_search:
            lines.append(f"search {' '.join(host.dns_search)}")
        options = list(host.dns_options or ())
        if inside and not any(option.startswith("ndots:") for option in options):
            options.append("ndots:0")
        if options:
            lines.append(f"options {' '.join(options)}")
        return "\n".join(lines) + "\n"

    def share(self, container: Container, other: Container) -> None:
        """Give a container the files of another, whose network it shares."""
        for path in ("/etc/hosts", "/etc/resolv.conf", "/etc/hostname"):
            if other.fs.exists(path):
                self._write(container, path, other.fs.read(path))
