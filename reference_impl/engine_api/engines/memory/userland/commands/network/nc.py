"""`nc`."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Mapping

from engine_api.engines.memory.userland.commands.network.ports import REFUSED, port_of
from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.pipes import BrokenPipe, Reader, Writer
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.programs import CannotRun, CommandNotFound
from engine_api.engines.memory.userland.sockets import Connection

__all__ = ["nc"]


@command("nc")
async def nc(p: Process) -> int:
    """Connect to a port, or listen on one with `-l`, and copy the standard streams."""
    given, rest = await parse_options(p, "lkznvu46", "pweis")
    if "l" in given:
        return await _nc_listen(p, given, rest)
    if len(rest) < 2:
        await p.complain("a host and a port are needed")
        return 1
    port = port_of(rest[1])
    if port < 0:
        await p.complain(f"bad port '{rest[1]}'")
        return 1
    if "z" in given and "v" not in given:
        addresses = p.resolve(rest[0])
        if not addresses:
            await p.complain(f"bad address '{rest[0]}'")
            return 1
        try:
            (await p.connect(addresses[0], port)).close()
        except OSError:
            return 1
        return 0
    connection = await _connect(p, rest[0], port)
    if connection is None:
        return 1
    if "v" in given:
        await p.stderr.write(f"{rest[0]} ({connection.peer[0]}:{port}) open\n".encode())
    if "z" in given:
        connection.close()
        return 0
    return await _nc_talk(p, connection, given)


async def _nc_listen(p: Process, given: Mapping[str, str], rest: list[str]) -> int:
    text = given.get("p") or (rest[-1] if rest else "")
    port = port_of(text)
    if port < 0:
        await p.complain(f"bad port '{text}'")
        return 1
    try:
        listener = p.listen(port, given.get("s", "0.0.0.0"))
    except OSError as error:
        reason = "Address already in use" if error.errno == errno.EADDRINUSE else error.strerror
        await p.complain(f"bind: {reason}")
        return 1
    if "v" in given:
        await p.stderr.write(f"listening on 0.0.0.0:{port} ...\n".encode())
    code = 0
    while True:
        connection = await listener.accept()
        if "k" not in given:
            listener.close()
        if "v" in given:
            await p.stderr.write(f"connect to {connection.local[0]}:{port} from {connection.peer[0]}\n".encode())
        code = await _nc_talk(p, connection, given)
        if "k" not in given:
            return code


async def _nc_talk(p: Process, connection: Connection, given: Mapping[str, str]) -> int:
    async with connection:
        if "e" in given:
            return await _run_over(p, connection, given["e"])
        sending = asyncio.ensure_future(_send(p.stdin, connection))
        try:
            if "w" in given and given["w"].isdecimal():
                receiving = asyncio.ensure_future(_copy(connection, p.stdout))
                late = asyncio.ensure_future(p.sleep(int(given["w"])))
                await asyncio.wait({receiving, late}, return_when=asyncio.FIRST_COMPLETED)
                late.cancel()
                receiving.cancel()
            else:
                await _copy(connection, p.stdout)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
    return 0


async def _connect(p: Process, host: str, port: int) -> Connection | None:
    """Return a connection; if it cannot be made, write a message and return None."""
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


async def _send(source: Reader, connection: Connection) -> None:
    try:
        await _copy(source, connection)
    except BrokenPipe:
        return
    connection.end()


async def _copy(source: Reader | Connection, target: Writer | Connection) -> None:
    while data := await source.read():
        await target.write(data)


async def _run_over(p: Process, connection: Connection, program: str) -> int:
    """Run a program whose streams are a connection."""
    try:
        child = p.spawn([program], stdin=connection, stdout=connection, stderr=connection)
    except (CommandNotFound, CannotRun):
        await p.complain(f"can't execute '{program}': No such file or directory")
        return 1
    return await child.wait()
