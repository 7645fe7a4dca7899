"""`ip` and `netstat`."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.sockets import Interface

__all__ = ["ip", "netstat"]


_UP: Final = "BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN"


def _link(number: int, one: Interface) -> Iterator[str]:
    yield f"{number}: {one.name}@if{number + 100}: <{_UP}> mtu {one.mtu} qdisc noqueue "
    yield f"    link/ether {one.mac} brd ff:ff:ff:ff:ff:ff"


def _addresses(p: Process) -> Iterator[str]:
    yield "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000"
    yield "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00"
    yield "    inet 127.0.0.1/8 scope host lo"
    yield "       valid_lft forever preferred_lft forever"
    yield "    inet6 ::1/128 scope host "
    yield "       valid_lft forever preferred_lft forever"
    for number, one in enumerate(p.sandbox.network.interfaces, 2):
        yield from _link(number, one)
        if one.ipv4:
            broadcast = ipaddress.ip_interface(f"{one.ipv4}/{one.ipv4_prefix}").network.broadcast_address
            yield f"    inet {one.ipv4}/{one.ipv4_prefix} brd {broadcast} scope global {one.name}"
            yield "       valid_lft forever preferred_lft forever"
        if one.ipv6:
            yield f"    inet6 {one.ipv6}/{one.ipv6_prefix} scope global flags 02 "
            yield "       valid_lft forever preferred_lft forever"


def _links(p: Process) -> Iterator[str]:
    yield "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000"
    yield "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00"
    for number, one in enumerate(p.sandbox.network.interfaces, 2):
        yield from _link(number, one)


def _routes(p: Process) -> Iterator[str]:
    for one in p.sandbox.network.interfaces:
        if one.default and one.ipv4_gateway:
            yield f"default via {one.ipv4_gateway} dev {one.name} "
    for one in p.sandbox.network.interfaces:
        if one.ipv4:
            network = ipaddress.ip_interface(f"{one.ipv4}/{one.ipv4_prefix}").network
            yield f"{network} dev {one.name} scope link  src {one.ipv4} "


_IP: Final[Mapping[str, Callable[[Process], Iterator[str]]]] = {
    "address": _addresses,
    "link": _links,
    "route": _routes,
}


@command("ip")
async def ip(p: Process) -> int:
    """Print addresses, links or routes."""
    words = [argument for argument in p.argv[1:] if not argument.startswith("-")]
    kind = next((name for name in _IP if words and name.startswith(words[0])), None)
    if kind is None or (len(words) > 1 and words[1] not in ("show", "list", "sh", "s", "l")):
        await p.complain("only address, link and route can be shown")
        return 1
    for line in _IP[kind](p):
        await write_line(p, line)
    return 0


@command("netstat")
async def netstat(p: Process) -> int:
    """List the ports that are listened on."""
    await parse_options(p, "ltnaup", "")
    await write_line(p, "Active Internet connections (only servers)")
    await write_line(p, "Proto Recv-Q Send-Q Local Address           Foreign Address         State       ")
    for port, listeners in sorted(p.sandbox.network.listeners.items()):
        for listener in listeners:
            local = f"{listener.address}:{port}"
            await write_line(p, f"tcp        0      0 {local:<23} 0.0.0.0:*               LISTEN      ")
    return 0
