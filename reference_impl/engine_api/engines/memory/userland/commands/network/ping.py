"""`ping`."""

from __future__ import annotations

import asyncio
import signal
from typing import Final

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process

__all__ = ["ping"]


_ROUND_TRIP: Final = 0.0005
"""Round trip between containers, in seconds."""


@command("ping")
async def ping(p: Process) -> int:
    """Print how long responses of a host take; return 1 if there are none."""
    given, rest = await parse_options(p, "46Aqn", "cstiIWwp")
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
    await write_line(p, f"PING {host} ({address}): {size} data bytes")
    began = p.clock.time_ns()
    number = 0
    while not stopped.is_set():
        if reaches:
            took = (0.1 if number else 0.2) * _ROUND_TRIP * 1000
            sent.append(took)
            if "q" not in given:
                await write_line(p, f"{size + 8} bytes from {address}: seq={number} ttl=64 time={took:.3f} ms")
        number += 1
        if number == count:
            break
        await _wait(p, stopped, float(given.get("i", "1")))
        if "w" in given and p.clock.time_ns() - began >= (float(given["w"]) - 0.001) * 1e9:
            break
    if not reaches and not stopped.is_set():
        await _wait(p, stopped, float(given.get("W", "10")))
    lost = 100 * (number - len(sent)) // number
    await write_line(p, f"\n--- {host} ping statistics ---")
    await write_line(p, f"{number} packets transmitted, {len(sent)} packets received, {lost}% packet loss")
    if sent:
        mean = sum(sent) / len(sent)
        await write_line(p, f"round-trip min/avg/max = {min(sent):.3f}/{mean:.3f}/{max(sent):.3f} ms")
    return 0 if sent else 1


async def _wait(p: Process, stopped: asyncio.Event, seconds: float) -> None:
    """Wait for some seconds, or until an event is set."""
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
