"""Commands on processes, users, time and the machine."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections.abc import Mapping

from engine_api.engines.memory.userland.commands.dates import moment
from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.streams import put
from engine_api.engines.memory.userland.process import Process, Program
from engine_api.engines.memory.userland.programs import CannotRun, CommandNotFound
from engine_api.engines.memory.userland.signals import number_of

__all__ = ["COMMANDS", "run_program"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


async def sleep(p: Process) -> int:
    total = 0.0
    if len(p.argv) < 2:
        await p.complain("missing operand")
        return 1
    for text in p.argv[1:]:
        unit = _UNITS.get(text[-1:], 0)
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


async def date(p: Process) -> int:
    given, rest = await options(p, "uR", "dDr", attached="I")
    now = p.clock.time_ns() / 1e9
    if "r" in given:
        try:
            now = p.fs.node(p.path(given["r"])).mtime
        except OSError as error:
            await p.complain(f"can't stat '{given['r']}': {error.strerror}")
            return 1
    if "d" in given:
        told = moment(given["d"], now=now)
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
    await put(p, time.strftime(form, time.gmtime(now)))
    return 0


async def env(p: Process) -> int:
    arguments = p.argv[1:]
    environment = dict(p.env)
    while arguments and (arguments[0] == "-i" or arguments[0] == "-u" or "=" in arguments[0]):
        argument = arguments.pop(0)
        if argument == "-i":
            environment = {}
        elif argument == "-u":
            if not arguments:
                await p.complain("option requires an argument -- 'u'")
                return 1
            environment.pop(arguments.pop(0), None)
        else:
            name, _, value = argument.partition("=")
            environment[name] = value
    if not arguments:
        await p.stdout.write("".join(f"{k}={v}\n" for k, v in environment.items()).encode("utf-8", "surrogateescape"))
        return 0
    return await run_program(p, arguments, environment)


async def run_program(p: Process, argv: list[str], environment: dict[str, str] | None = None) -> int:
    try:
        child = p.spawn(argv, env=environment)
    except CommandNotFound:
        await p.complain(f"can't execute '{argv[0]}': No such file or directory")
        return 127
    except CannotRun:
        await p.complain(f"can't execute '{argv[0]}': Permission denied")
        return 126
    try:
        return await child.wait()
    except asyncio.CancelledError:
        child.send(signal.SIGKILL)
        raise


async def printenv(p: Process) -> int:
    if len(p.argv) > 1:
        if p.argv[1] not in p.env:
            return 1
        await put(p, p.env[p.argv[1]])
        return 0
    return await env(p)


async def id_(p: Process) -> int:
    given, names = await options(p, "ugnrG")
    user = p.user
    if names and names[0] != user.name:
        await p.complain(f"unknown user {names[0]}")
        return 1
    if "u" in given:
        await put(p, user.name if "n" in given else str(user.uid))
    elif "g" in given or "G" in given:
        await put(p, user.name if "n" in given and user.gid == user.uid and user.name else str(user.gid))
    else:
        name = f"({user.name})" if user.name else ""
        group = f"({user.name})" if user.gid == user.uid and user.name else ""
        await put(p, f"uid={user.uid}{name} gid={user.gid}{group} groups={user.gid}{group}")
    return 0


async def whoami(p: Process) -> int:
    if not p.user.name:
        await p.complain(f"unknown uid {p.user.uid}")
        return 1
    await put(p, p.user.name)
    return 0


async def hostname(p: Process) -> int:
    given, _ = await options(p, "ifsd")
    if "i" in given:
        addresses = [address for address in p.resolve(p.hostname) if ":" not in address]
        if not addresses:
            await p.complain(f"{p.hostname}: Host name lookup failure")
            return 1
        await put(p, " ".join(addresses))
        return 0
    full = _full_name(p)
    name, _, domain = full.partition(".")
    if "d" in given and not domain:
        return 0
    await put(p, full if "f" in given else domain if "d" in given else name if "s" in given else p.hostname)
    return 0


def _full_name(p: Process) -> str:
    """The host's name with its domain, as `/etc/hosts` has it."""
    hosts = p.fs.read("/etc/hosts").decode("utf-8", "replace") if p.fs.exists("/etc/hosts") else ""
    for line in hosts.splitlines():
        words = line.split()
        if p.hostname in words[1:]:
            return words[1]
    return p.hostname


async def uname(p: Process) -> int:
    given, _ = await options(p, "asnrvmpio")
    parts = {"s": "Linux", "n": p.hostname, "r": "6.12.0", "v": "#1 SMP", "m": "x86_64", "o": "GNU/Linux"}
    await put(p, " ".join(parts.values() if "a" in given else [v for k, v in parts.items() if k in given] or ["Linux"]))
    return 0


async def ps(p: Process) -> int:
    await put(p, "PID   USER     TIME  COMMAND")
    for process in list(p.sandbox.processes.values()):
        await put(p, f"{process.pid:5d} {process.user.name or process.user.uid!s:<8} 0:00 {' '.join(process.argv)}")
    return 0


async def kill(p: Process) -> int:
    number: int | None = signal.SIGTERM
    arguments = p.argv[1:]
    if arguments and arguments[0].startswith("-"):
        number = number_of(arguments[1] if arguments[0] == "-s" else arguments[0][1:])
        arguments = arguments[2 if arguments[0] == "-s" else 1 :]
    status = 0
    for text in arguments:
        target = p.sandbox.processes.get(int(text)) if text.isdigit() else None
        if target is None:
            await p.complain(f"can't kill pid {text}: No such process")
            status = 1
        elif number:
            target.send(number)
    return status


async def stty(p: Process) -> int:
    if p.tty is None:
        await p.complain("standard input: Inappropriate ioctl for device")
        return 1
    for argument in p.argv[1:] or ["size"]:
        if argument == "size":
            await put(p, f"{p.tty.rows} {p.tty.columns}")
        elif argument in ("raw", "-icanon"):
            p.tty.canonical = False
        elif argument in ("cooked", "sane", "icanon", "-raw"):
            p.tty.canonical = p.tty.echo = True
        elif argument in ("echo", "-echo"):
            p.tty.echo = argument == "echo"
    return 0


async def tty(p: Process) -> int:
    given, _ = await options(p, "s")
    if "s" not in given:
        await put(p, "/dev/pts/0" if p.tty is not None else "not a tty")
    return 0 if p.tty is not None else 1


async def timeout(p: Process) -> int:
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
    seconds = float(match[1]) * _UNITS.get(match[2], 1)
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


async def time_(p: Process) -> int:
    before = p.clock.time_ns()
    status = await run_program(p, p.argv[1:])
    passed = (p.clock.time_ns() - before) / 1e9
    await p.stderr.write(f"real\t{int(passed // 60)}m {passed % 60:.2f}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n".encode())
    return status


async def which(p: Process) -> int:
    given, names = await options(p, "a", least=1)
    every = "a" in given
    status = 0
    for name in names:
        places = [name] if "/" in name else [f"{place}/{name}" for place in p.env.get("PATH", "").split(":")]
        found = [place for place in places if p.fs.exists(p.path(place))]
        if found:
            await put(p, "\n".join(found if every else found[:1]))
        else:
            status = 1
    return status


async def groups(p: Process) -> int:
    await put(p, p.user.name or str(p.user.gid))
    return 0


async def nothing(p: Process) -> int:
    return 0


async def pwd(p: Process) -> int:
    await put(p, p.cwd)
    return 0


async def nproc(p: Process) -> int:
    await put(p, "2")
    return 0


async def uptime(p: Process) -> int:
    await put(
        p,
        f" {time.strftime('%H:%M:%S', time.gmtime(p.clock.time_ns() / 1e9))} up 1 day,  load average: 0.00, 0.00, 0.00",
    )
    return 0


async def free(p: Process) -> int:
    await put(p, "              total        used        free      shared  buff/cache   available")
    await put(p, "Mem:        8388608     1048576     7340032           0           0     7340032")
    return 0


async def df(p: Process) -> int:
    await put(p, "Filesystem           1K-blocks      Used Available Use% Mounted on")
    await put(p, "overlay                 524288      4096    520192   1% /")
    return 0


async def mount(p: Process) -> int:
    await put(p, f"overlay on / type overlay ({'ro' if p.fs.readonly else 'rw'},relatime)")
    for path, (_, readonly, _) in sorted(p.fs.mounts.items()):
        await put(p, f"memory on {path} type tmpfs ({'ro' if readonly else 'rw'},relatime)")
    return 0


async def init(p: Process) -> int:
    async for number in p.signals():
        if number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            return 128 + number
    return 0


async def hello(p: Process) -> int:
    await put(p, "\nHello from the reference engine of the Docker Engine API!")
    await put(p, "This container ran in a simulated userland: nothing was executed on the host.\n")
    return 0


async def apk(p: Process) -> int:
    await p.stderr.write(b"ERROR: unable to select packages: this is a simulated userland without a package index\n")
    return 1


COMMANDS: Mapping[str, Program] = {
    "apk": apk,
    "clear": nothing,
    "date": date,
    "df": df,
    "env": env,
    "free": free,
    "groups": groups,
    "hello": hello,
    "hostname": hostname,
    "id": id_,
    "init": init,
    "kill": kill,
    "mount": mount,
    "nproc": nproc,
    "printenv": printenv,
    "ps": ps,
    "pwd": pwd,
    "reset": nothing,
    "sleep": sleep,
    "stty": stty,
    "sync": nothing,
    "time": time_,
    "timeout": timeout,
    "tty": tty,
    "uname": uname,
    "uptime": uptime,
    "which": which,
    "whoami": whoami,
}
