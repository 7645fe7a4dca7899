"""Commands that look at the network: `ping`, `nslookup`, `getent`, `ip`, `netstat`."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.streams import put
from engine_api.engines.memory.userland.process import Process, Program
from engine_api.engines.memory.userland.sockets import Interface, is_address

__all__ = ["COMMANDS"]

_ROUND_TRIP: Final = 0.0005
"""Seconds that an answer takes between containers."""


async def nslookup(p: Process) -> int:
    names = [argument for argument in p.argv[1:] if not argument.startswith("-")]
    if not names:
        await p.complain("a name is needed")
        return 1
    name = names[0]
    server = names[1] if len(names) > 1 else _name_server(p)
    await put(p, f"Server:\t\t{server}\nAddress:\t{server}:53\n")
    network = p.sandbox.network
    if is_address(name):
        found = network.fabric.name_of(network, name) if network.fabric else ""
        pointer = ipaddress.ip_address(name).reverse_pointer
        if not found:
            await put(p, f"** server can't find {pointer}: NXDOMAIN\n")
            return 1
        await put(p, f"Non-authoritative answer:\n{pointer}\tname = {found}\n")
        return 0
    addresses = network.look_up(name)
    for ipv6 in (False, True):
        own = [address for address in addresses if (":" in address) == ipv6]
        if not addresses:
            await put(p, f"** server can't find {name}: NXDOMAIN\n")
        else:
            lines = "".join(f"Name:\t{name}\nAddress: {address}\n" for address in own)
            await put(p, f"Non-authoritative answer:\n{lines}")
    return 0 if addresses else 1


def _name_server(p: Process) -> str:
    if p.fs.exists("/etc/resolv.conf"):
        for line in p.fs.read("/etc/resolv.conf").decode("utf-8", "replace").splitlines():
            if line.startswith("nameserver "):
                return line.split()[1]
    return "127.0.0.1"


async def getent(p: Process) -> int:
    if len(p.argv) < 3 or p.argv[1] not in ("hosts", "ahosts"):
        await p.complain("hosts and a name are needed")
        return 1
    code = 0
    for name in p.argv[2:]:
        addresses = p.resolve(name)
        code = code if addresses else 2
        for address in addresses[:1]:
            await put(p, f"{address:<16}  {name}  {name}")
    return code


async def ping(p: Process) -> int:
    given, rest = await options(p, "46Aqn", "cstiIWwp")
    if not rest:
        await p.complain("a host is needed")
        return 1
    host = rest[0]
    addresses = p.resolve(host)
    if not addresses:
        await p.complain(f"bad address '{host}'")
        return 1
    address = addresses[0]
    size = int(given.get("s", "56"))
    count = int(given.get("c", "0"))
    reaches = _reaches(p, address)
    sent: list[float] = []
    stopped = asyncio.Event()
    p.on_signal(signal.SIGINT, stopped.set)
    await put(p, f"PING {host} ({address}): {size} data bytes")
    began = p.clock.time_ns()
    number = 0
    while not stopped.is_set():
        if reaches:
            took = (0.1 if number else 0.2) * _ROUND_TRIP * 1000
            sent.append(took)
            if "q" not in given:
                await put(p, f"{size + 8} bytes from {address}: seq={number} ttl=64 time={took:.3f} ms")
        number += 1
        if number == count:
            break
        await _wait(p, stopped, float(given.get("i", "1")))
        if "w" in given and p.clock.time_ns() - began >= (float(given["w"]) - 0.001) * 1e9:
            break
    if not reaches and not stopped.is_set():
        await _wait(p, stopped, float(given.get("W", "10")))
    lost = 100 * (number - len(sent)) // number
    await put(p, f"\n--- {host} ping statistics ---")
    await put(p, f"{number} packets transmitted, {len(sent)} packets received, {lost}% packet loss")
    if sent:
        mean = sum(sent) / len(sent)
        await put(p, f"round-trip min/avg/max = {min(sent):.3f}/{mean:.3f}/{max(sent):.3f} ms")
    return 0 if sent else 1


async def _wait(p: Process, stopped: asyncio.Event, seconds: float) -> None:
    """Sleep until the time is over or somebody stops it."""
    late = asyncio.ensure_future(p.sleep(seconds))
    early = asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait({late, early}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        late.cancel()
        early.cancel()


def _reaches(p: Process, address: str) -> bool:
    network = p.sandbox.network
    if network.has(address):
        return True
    try:
        return network.fabric is not None and bool(network.fabric.route(network, address, 0))
    except OSError:
        return False


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


async def ip(p: Process) -> int:
    words = [argument for argument in p.argv[1:] if not argument.startswith("-")]
    kind = next((name for name in _IP if words and name.startswith(words[0])), None)
    if kind is None or (len(words) > 1 and words[1] not in ("show", "list", "sh", "s", "l")):
        await p.complain("only address, link and route can be shown")
        return 1
    for line in _IP[kind](p):
        await put(p, line)
    return 0


async def netstat(p: Process) -> int:
    await options(p, "ltnaup", "")
    await put(p, "Active Internet connections (only servers)")
    await put(p, "Proto Recv-Q Send-Q Local Address           Foreign Address         State       ")
    for port, listeners in sorted(p.sandbox.network.listeners.items()):
        for listener in listeners:
            local = f"{listener.address}:{port}"
            await put(p, f"tcp        0      0 {local:<23} 0.0.0.0:*               LISTEN      ")
    return 0


COMMANDS: Mapping[str, Program] = {
    "getent": getent,
    "ip": ip,
    "netstat": netstat,
    "nslookup": nslookup,
    "ping": ping,
}
