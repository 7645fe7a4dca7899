"""`nslookup` and `getent`."""

from __future__ import annotations

import ipaddress

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.sockets import is_address

__all__ = ["getent", "nslookup"]


@command("nslookup")
async def nslookup(p: Process) -> int:
    """Print the addresses of a name, or the name of an address."""
    names = [argument for argument in p.argv[1:] if not argument.startswith("-")]
    if not names:
        await p.complain("a name is needed")
        return 1
    name = names[0]
    server = names[1] if len(names) > 1 else _name_server(p)
    await write_line(p, f"Server:\t\t{server}\nAddress:\t{server}:53\n")
    network = p.sandbox.network
    if is_address(name):
        found = network.fabric.name_of(network, name) if network.fabric else ""
        pointer = ipaddress.ip_address(name).reverse_pointer
        if not found:
            await write_line(p, f"** server can't find {pointer}: NXDOMAIN\n")
            return 1
        await write_line(p, f"Non-authoritative answer:\n{pointer}\tname = {found}\n")
        return 0
    addresses = network.look_up(name)
    for ipv6 in (False, True):
        own = [address for address in addresses if (":" in address) == ipv6]
        if not addresses:
            await write_line(p, f"** server can't find {name}: NXDOMAIN\n")
        else:
            lines = "".join(f"Name:\t{name}\nAddress: {address}\n" for address in own)
            await write_line(p, f"Non-authoritative answer:\n{lines}")
    return 0 if addresses else 1


def _name_server(p: Process) -> str:
    if p.fs.exists("/etc/resolv.conf"):
        for line in p.fs.read("/etc/resolv.conf").decode("utf-8", "replace").splitlines():
            if line.startswith("nameserver "):
                return line.split()[1]
    return "127.0.0.1"


@command("getent")
async def getent(p: Process) -> int:
    """Print the addresses of names as a table of hosts; return 2 if one is unknown."""
    if len(p.argv) < 3 or p.argv[1] not in ("hosts", "ahosts"):
        await p.complain("hosts and a name are needed")
        return 1
    code = 0
    for name in p.argv[2:]:
        addresses = p.resolve(name)
        code = code if addresses else 2
        for address in addresses[:1]:
            await write_line(p, f"{address:<16}  {name}  {name}")
    return code
