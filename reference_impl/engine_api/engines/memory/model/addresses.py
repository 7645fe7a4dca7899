"""Addresses: pools of networks, and what of them is given out."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Iterator
from typing import Final

from engine_api.api.errors import Forbidden, InternalError, InvalidParameter, NotFound
from engine_api.api.networks import IPAM, EndpointIPAMConfig, IPAMConfig
from engine_api.formats.mac_address import is_mac_address

__all__ = ["AddressPool", "AddressSpace", "IPNetwork", "check_endpoint_addresses", "check_ipam", "check_mac_address"]

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOCAL: Final = (
    *(ipaddress.IPv4Network(f"172.{number}.0.0/16") for number in range(17, 32)),
    *ipaddress.IPv4Network("192.168.0.0/16").subnets(new_prefix=20),
)
"""The pools of networks of this engine that ask for none."""
_GLOBAL: Final = tuple(ipaddress.IPv4Network("10.0.0.0/8").subnets(new_prefix=24))
"""The pools of networks of a swarm that ask for none."""
_IN_USE: Final = "Address already in use"


class AddressPool:
    """The addresses of a network in one subnet.

    Args:
        subnet: all of them.
        range: those that are given to whoever asks for none in particular. Default: all.
        configured: whether the network's maker asked for the subnet.
    """

    def __init__(self, subnet: IPNetwork, range: IPNetwork | None = None, *, configured: bool = True) -> None:
        self.subnet = subnet
        self.range = range or subnet
        self.configured = configured
        self.gateway = ""
        self.taken: set[IPAddress] = set()
        """Addresses in use, and reserved ones."""
        if subnet.version == 4 and subnet.prefixlen < 31:
            self.taken |= {subnet.network_address, subnet.broadcast_address}
        elif subnet.version == 6 and subnet.prefixlen < 127:
            self.taken.add(subnet.network_address)

    @property
    def version(self) -> int:
        """4 or 6."""
        return self.subnet.version

    def holds(self, address: str) -> bool:
        """Whether an address is of the subnet."""
        return ipaddress.ip_address(address) in self.subnet

    def take(self, address: str = "") -> str | None:
        """Give out an address: the one asked for, or the lowest free one of the range; None if there is none.

        Raises:
            Forbidden: the one asked for is taken.
        """
        if address:
            wanted = ipaddress.ip_address(address)
            if wanted in self.taken:
                raise Forbidden(_IN_USE)
            self.taken.add(wanted)
            return str(wanted)
        for free in self._free():
            self.taken.add(free)
            return str(free)
        return None

    def _free(self) -> Iterator[IPAddress]:
        for number in range(int(self.range.network_address), int(self.range.broadcast_address) + 1):
            address: IPAddress = type(self.range.network_address)(number)
            if address not in self.taken:
                yield address

    def give_back(self, address: str) -> None:
        """Take an address back."""
        if address:
            self.taken.discard(ipaddress.ip_address(address))

    def reserve(self, gateway: str, others: dict[str, str]) -> None:
        """Reserve the gateway, or choose one, and what containers are not to get.

        Raises:
            InternalError: one of them is reserved already.
        """
        try:
            self.gateway = self.take(gateway) or ""
        except Forbidden as error:
            raise InternalError(f"failed to allocate gateway ({gateway}): {error.message}") from None
        for name, address in others.items():
            try:
                self.take(address)
            except Forbidden as error:
                raise InternalError(
                    f"failed to allocate secondary ip address ({name}:{address}): {error.message}"
                ) from None

    @property
    def in_use(self) -> int:
        """Return the number of addresses in use, reserved ones included."""
        return len(self.taken)

    @property
    def available(self) -> int:
        """How many are left to those who ask for none in particular."""
        return self.range.num_addresses - sum(address in self.range for address in self.taken)


class AddressSpace:
    """The pools of all networks of an engine; no two overlap.

    Args:
        seed: what the default pool of IPv6 addresses follows from.
    """

    def __init__(self, seed: str) -> None:
        self._pools: list[AddressPool] = []
        number = int(hashlib.sha256(seed.encode()).hexdigest()[:10], 16)
        self._private = ipaddress.IPv6Network(((0xFD << 40 | number) << 80, 48))

    def add(self, pool: AddressPool) -> AddressPool:
        """Add the pool that a network asks for.

        Raises:
            Forbidden: it overlaps with another.
        """
        if any(pool.subnet.overlaps(other.subnet) for other in self._pools if other.version == pool.version):
            raise Forbidden("invalid pool request: Pool overlaps with other one on this address space")
        self._pools.append(pool)
        return pool

    def choose(self, version: int, scope: str) -> AddressPool:
        """Add a pool that is free.

        Args:
            version: 4 or 6.
            scope: how far the network reaches.

        Raises:
            NotFound: there is none.
        """
        candidates: Iterable[IPNetwork] = _GLOBAL if scope in ("global", "swarm") else _LOCAL
        if version == 6:
            candidates = self._private.subnets(new_prefix=64)
        for subnet in candidates:
            if not any(subnet.overlaps(other.subnet) for other in self._pools if other.version == version):
                pool = AddressPool(subnet, configured=False)
                self._pools.append(pool)
                return pool
        raise NotFound("all predefined address pools have been fully subnetted")

    def remove(self, pools: Iterable[AddressPool]) -> None:
        """Let others have the pools."""
        gone = set(map(id, pools))
        self._pools = [pool for pool in self._pools if id(pool) not in gone]


def check_ipam(ipam: IPAM) -> None:
    """Refuse pools that make no sense, with all that is wrong at once.

    Raises:
        InvalidParameter: they do not.
    """
    wrong = [problem for config in ipam.config or () for problem in _problems(config)]
    if wrong:
        raise InvalidParameter(f"invalid network config:\n{_joined(wrong)}")


def _joined(problems: list[str]) -> str:
    return problems[0] if len(problems) == 1 else "\n".join(f"* {problem}" for problem in problems)


def _problems(config: IPAMConfig) -> Iterator[str]:
    text = config.subnet or ""
    subnet = _network(text)
    if subnet is None:
        yield _without_subnet(text, config.gateway)
        return
    if str(subnet) != _canonical(text):
        yield f"invalid subnet {text}: it should be {subnet}"
    if config.ip_range:
        part = _network(config.ip_range)
        if part is None:
            yield f"invalid ip-range {config.ip_range}: invalid CIDR block notation"
        else:
            if str(part) != _canonical(config.ip_range):
                yield f"invalid ip-range {config.ip_range}: it should be {part}"
            if part.version == subnet.version and part.prefixlen < subnet.prefixlen:
                yield f"invalid ip-range {config.ip_range}: CIDR block is bigger than its parent subnet {subnet}"
            elif part.version != subnet.version or not _within(part, subnet):
                yield f"invalid ip-range {config.ip_range}: parent subnet {subnet} doesn't contain ip-range"
    if config.gateway:
        yield from _misplaced(f"invalid gateway {config.gateway}", config.gateway, subnet)
    for name, address in sorted((config.auxiliary_addresses or {}).items()):
        yield from _misplaced(f"invalid auxiliary address {name}", address, subnet)


def _without_subnet(text: str, gateway: object) -> str:
    if gateway and not text:
        return f"invalid gateway {gateway}: parent subnet invalid Prefix doesn't contain this address"
    return f"invalid subnet {text}: invalid CIDR block notation"


def _misplaced(words: str, text: str, subnet: IPNetwork) -> Iterator[str]:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        yield f"{words}: invalid address"
        return
    if address not in subnet:
        yield f"{words}: parent subnet {subnet} doesn't contain this address"


def _network(text: str) -> IPNetwork | None:
    try:
        return ipaddress.ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        return None


def _canonical(text: str) -> str:
    return str(ipaddress.ip_interface(text))


def _within(part: IPNetwork, whole: IPNetwork) -> bool:
    return part.network_address in whole and part.broadcast_address in whole


def check_endpoint_addresses(asked: EndpointIPAMConfig, pools: Iterable[AddressPool] | None) -> Iterator[str]:
    """What is wrong with the addresses that an endpoint asks for.

    Args:
        asked: the addresses.
        pools: those of the network; None if there is no such network yet.
    """
    families = ((4, asked.ipv4_address or ""), (6, asked.ipv6_address or ""))
    for version, text in families:
        if text and not _is_of(text, version):
            yield f"invalid IPv{version} address: {text}"
    for text in asked.link_local_ips or ():
        if not (_is_of(text, 4) or _is_of(text, 6)):
            yield f"invalid link-local IP address: {text}"
    if pools is None:
        return
    for version, text in families:
        if not text:
            continue
        own = [pool for pool in pools if pool.configured and pool.version == version]
        if not own:
            yield (
                "user specified IP address is supported only when connecting to networks with user configured subnets"
            )
        elif not any(_is_of(text, version) and ipaddress.ip_address(text) in pool.subnet for pool in own):
            yield f"no configured subnet contains IP address {text}"


def _is_of(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def check_mac_address(text: str) -> None:
    """Refuse a MAC address that is none.

    Raises:
        InvalidParameter: it is none.
    """
    if not is_mac_address(text):
        raise InvalidParameter(f"invalid MAC address {text}")
