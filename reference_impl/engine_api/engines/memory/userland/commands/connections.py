"""What commands of the network share: addresses, ports, and connections that are refused in their words."""

from __future__ import annotations

import errno
from typing import Final

from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.sockets import Connection

__all__ = ["REFUSED", "connect", "port_of"]

REFUSED: Final = {
    errno.ECONNREFUSED: "Connection refused",
    errno.EHOSTUNREACH: "No route to host",
    errno.ENETUNREACH: "Network is unreachable",
}


async def connect(p: Process, host: str, port: int) -> Connection | None:
    """A connection; None if there is none, which has been said."""
    addresses = p.resolve(host)
    if not addresses:
        await p.complain(f"bad address '{host}'")
        return None
    try:
        return await p.connect(addresses[0], port)
    except OSError as error:
        reason = REFUSED.get(error.errno or 0, error.strerror)
        await p.complain(f"can't connect to remote host ({addresses[0]}): {reason}")
        return None


def port_of(text: str) -> int:
    known = {"http": 80, "https": 443, "ftp": 21, "domain": 53}
    if text in known:
        return known[text]
    return int(text) if text.isascii() and text.isdecimal() and int(text) < 65536 else -1
