"""`date`, `sleep`, `time` and `timeout`."""

from __future__ import annotations

import asyncio
import re
import signal
import time

from engine_api.engines.memory.userland.commands.dates import parse_moment
from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.sizes import TIME_UNITS
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.commands.system.running import run_command
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.programs import CannotRun, CommandNotFound
from engine_api.engines.memory.userland.signals import number_of

__all__ = ["date", "sleep", "time_", "timeout"]


@command("sleep")
async def sleep(p: Process) -> int:
    """Wait for the sum of the durations."""
    total = 0.0
    if len(p.argv) < 2:
        await p.complain("missing operand")
        return 1
    for text in p.argv[1:]:
        unit = TIME_UNITS.get(text[-1:], 0)
        try:
            if text.startswith("-"):
                raise ValueError(text)
            total += float(text[:-1] if unit else text) * (unit or 1)
        except ValueError:
            if text in ("infinity", "inf"):
                total = 1e9
                continue
            await p.complain(f"invalid number '{text}'")
            return 1
    await p.sleep(total)
    return 0


@command("date")
async def date(p: Process) -> int:
    """Print the time, or a given time, in a format."""
    given, rest = await parse_options(p, "uR", "dDr", attached="I")
    now = p.clock.time_ns() / 1e9
    if "r" in given:
        try:
            now = p.fs.node(p.path(given["r"])).mtime
        except OSError as error:
            await p.complain(f"can't stat '{given['r']}': {error.strerror}")
            return 1
    if "d" in given:
        told = parse_moment(given["d"], now=now)
        if told is None:
            await p.complain(f"invalid date '{given['d']}'")
            return 1
        now = told
    form = rest[0][1:] if rest and rest[0].startswith("+") else "%a %b %e %H:%M:%S UTC %Y"
    if "R" in given:
        form = "%a, %d %b %Y %H:%M:%S +0000"
    elif "I" in given:
        form = "%Y-%m-%dT%H:%M:%S+00:00" if given["I"] == "seconds" else "%Y-%m-%d"
    form = form.replace("%s", str(int(now))).replace("%N", "000000000").replace("%Z", "UTC")
    await write_line(p, time.strftime(form, time.gmtime(now)))
    return 0


@command("timeout")
async def timeout(p: Process) -> int:
    """Run a command, and send it a signal if it takes too long; return 128 plus the signal then."""
    given: dict[str, str] = {}
    rest = p.argv[1:]
    while len(rest) > 1 and re.fullmatch("-[ks].*", rest[0]):
        option = rest.pop(0)
        given[option[1]] = option[2:] or rest.pop(0)
    number = number_of(given.get("s", "TERM")) or signal.SIGTERM
    match = re.fullmatch(r"(\d*\.?\d+)([smhd]?)", rest[0]) if len(rest) > 1 else None
    if match is None:
        await p.complain(f"invalid number '{rest[0]}'" if len(rest) > 1 else "missing operand")
        return 1
    seconds = float(match[1]) * TIME_UNITS.get(match[2], 1)
    try:
        child = p.spawn(rest[1:])
    except (CommandNotFound, CannotRun):
        await p.complain(f"can't execute '{rest[1]}': No such file or directory")
        return 127
    waiting = asyncio.ensure_future(child.wait())
    clock = asyncio.ensure_future(p.sleep(seconds))
    try:
        await asyncio.wait({waiting, clock}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            child.send(number)
            await waiting
            p.exit_signal = child.exit_signal
            return 128 + number
        return waiting.result()
    finally:
        clock.cancel()
        child.send(signal.SIGKILL)


@command("time")
async def time_(p: Process) -> int:
    """Run a command and print how long it took."""
    before = p.clock.time_ns()
    status = await run_command(p, p.argv[1:])
    passed = (p.clock.time_ns() - before) / 1e9
    await p.stderr.write(f"real\t{int(passed // 60)}m {passed % 60:.2f}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n".encode())
    return status
