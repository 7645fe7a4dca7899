"""Commands that talk to other containers, or tell of the network."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import posixpath
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.text import put
from engine_api.engines.memory.userland.filesystem import File
from engine_api.engines.memory.userland.pipes import BrokenPipe, Reader, Writer
from engine_api.engines.memory.userland.process import CannotRun, CommandNotFound, Process, Program
from engine_api.engines.memory.userland.sockets import Connection, Interface, is_address

__all__ = ["COMMANDS"]

_REFUSED: Final = {
    errno.ECONNREFUSED: "Connection refused",
    errno.EHOSTUNREACH: "No route to host",
    errno.ENETUNREACH: "Network is unreachable",
}
_ROUND_TRIP: Final = 0.0005
"""Seconds that an answer takes between containers."""


async def _connect(p: Process, host: str, port: int) -> Connection | None:
    """A connection; None if there is none, which has been said."""
    addresses = p.resolve(host)
    if not addresses:
        await p.complain(f"bad address '{host}'")
        return None
    try:
        return await p.connect(addresses[0], port)
    except OSError as error:
        reason = _REFUSED.get(error.errno or 0, error.strerror)
        await p.complain(f"can't connect to remote host ({addresses[0]}): {reason}")
        return None


def _port(text: str) -> int:
    known = {"http": 80, "https": 443, "ftp": 21, "domain": 53}
    if text in known:
        return known[text]
    return int(text) if text.isascii() and text.isdecimal() and int(text) < 65536 else -1


# nc


async def nc(p: Process) -> int:
    given, rest = await options(p, "lkznvu46", "pweis")
    if "l" in given:
        return await _nc_listen(p, given, rest)
    if len(rest) < 2:
        await p.complain("a host and a port are needed")
        return 1
    port = _port(rest[1])
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
    port = _port(text)
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


# wget


class _Failed(Exception):
    """A transfer failed, for a reason that is to be said."""


class _Answer:
    """The head of an HTTP answer, and the connection that its body comes from."""

    def __init__(self, connection: Connection, status: str, headers: list[str]) -> None:
        self.connection = connection
        self.status = status
        self.lines = headers
        self.headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in headers}

    @property
    def code(self) -> int:
        """The status."""
        words = self.status.split(" ")
        return int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0

    async def body(self) -> bytes:
        """All of the body."""
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return await self._chunks()
        length = self.headers.get("content-length", "")
        data = b""
        while (piece := await self.connection.read()) and (not length.isdecimal() or len(data) < int(length)):
            data += piece
        return data[: int(length)] if length.isdecimal() else data

    async def _chunks(self) -> bytes:
        data = b""
        while True:
            size = int((await self.connection.read_line()).partition(b";")[0].strip() or b"0", 16)
            if size == 0:
                return data
            wanted = size + 2
            piece = b""
            while len(piece) < wanted and (more := await self.connection.read(wanted - len(piece))):
                piece += more
            data += piece[:size]


_WGET_VALUED: Final = ("--header", "--post-data", "--post-file", "--user-agent", "--output-document", "--timeout")


async def wget(p: Process) -> int:
    headers: list[str] = []
    long: dict[str, str] = {}
    short: list[str] = []
    arguments = p.argv[1:]
    while arguments:
        argument = arguments.pop(0)
        name, equals, value = argument.partition("=")
        if name in _WGET_VALUED:
            value = value if equals else arguments.pop(0) if arguments else ""
            if name == "--header":
                headers.append(value)
            long[name] = value
        elif argument.startswith("--") and argument != "--":
            long[name] = value
        else:
            short.append(argument)
    known = {*_WGET_VALUED, "--spider", "--no-check-certificate", "--quiet", "--server-response", "--continue"}
    for name in long:
        if name not in known:
            await p.complain(f"unrecognized option '{name}'")
            return 1
    plain = p.child([p.argv[0], *short], p.stdin, p.stdout, p.stderr, p.cwd)
    given, rest = await options(plain, "qcSs", "OoPUTtY")
    if not rest:
        await p.complain("a URL is needed")
        return 1
    given.update({"q": ""} if "--quiet" in long else {})
    given.update({"S": ""} if "--server-response" in long else {})
    given.update({"O": long["--output-document"]} if "--output-document" in long else {})
    for url in rest:
        try:
            await _fetch(p, url, given, headers, long)
        except _Failed as error:
            await p.complain(str(error))
            return 1
    return 0


async def _say(p: Process, given: Mapping[str, str], text: str) -> None:
    if "q" not in given:
        await p.stderr.write(text.encode())


async def _fetch(p: Process, url: str, given: Mapping[str, str], headers: list[str], long: Mapping[str, str]) -> None:
    spider = "--spider" in long or "s" in given
    for _ in range(20):
        scheme, separator, rest = url.partition("://")
        if not separator:
            scheme, rest = "http", url
        if scheme not in ("http", "https", "ftp"):
            raise _Failed(f"not an http or ftp url: {url}")
        host, slash, path = rest.partition("/")
        answer = await _ask(p, scheme, host, slash + path, given, headers, long)
        async with answer.connection:
            if "S" in given:
                text = "".join(f"  {line}\n" for line in (answer.status, *answer.lines, ""))
                await p.stderr.write(text.encode())
            if answer.code in (301, 302, 303, 307, 308) and "location" in answer.headers:
                location = answer.headers["location"]
                url = location if "://" in location else f"{scheme}://{host}{location}"
                continue
            if not 200 <= answer.code < 300:
                raise _Failed(f"server returned error: {answer.status}")
            if spider:
                await _say(p, given, "remote file exists\n")
            else:
                await _keep(p, answer, given, path)
            return
    raise _Failed("too many redirections")


async def _ask(
    p: Process,
    scheme: str,
    host: str,
    path: str,
    given: Mapping[str, str],
    headers: list[str],
    long: Mapping[str, str],
) -> _Answer:
    name, _, number = host.rpartition("@")[2].partition(":")
    port = _port(number) if number else {"http": 80, "https": 443, "ftp": 21}[scheme]
    addresses = p.resolve(name)
    if not addresses:
        raise _Failed(f"bad address '{name}'")
    await _say(p, given, f"Connecting to {host} ({addresses[0]}:{port})\n")
    try:
        connection = await p.connect(addresses[0], port)
    except OSError as error:
        reason = _REFUSED.get(error.errno or 0, error.strerror)
        raise _Failed(f"can't connect to remote host ({addresses[0]}): {reason}") from None
    if scheme != "http":
        connection.close()
        raise _Failed("error getting response")
    data = long["--post-data"].encode() if "--post-data" in long else None
    if "--post-file" in long:
        data = p.fs.read(p.path(long["--post-file"]))
    agent = given.get("U") or long.get("--user-agent") or "Wget"
    lines = [f"{'GET' if data is None else 'POST'} {path or '/'} HTTP/1.1", f"Host: {host}"]
    if not any(line.lower().startswith("user-agent:") for line in headers):
        lines.append(f"User-Agent: {agent}")
    lines += ["Connection: close", *headers]
    if data is not None:
        if not any(line.lower().startswith("content-type:") for line in headers):
            lines.append("Content-Type: application/x-www-form-urlencoded")
        lines.append(f"Content-Length: {len(data)}")
    try:
        await connection.write(("\r\n".join(lines) + "\r\n\r\n").encode() + (data or b""))
    except BrokenPipe:
        raise _Failed("error getting response") from None
    head = [line.decode("latin-1") async for line in _head(connection)]
    if not head or not head[0].startswith("HTTP/"):
        connection.close()
        raise _Failed("error getting response")
    return _Answer(connection, head[0], head[1:])


async def _head(connection: Connection) -> AsyncIterator[bytes]:
    async for line in connection.lines():
        if not line:
            return
        yield line


async def _keep(p: Process, answer: _Answer, given: Mapping[str, str], path: str) -> None:
    target = given.get("O", "")
    name = target or posixpath.basename(path.partition("?")[0]) or "index.html"
    place = target or posixpath.join(given.get("P", ""), name)
    if target != "-" and not target and p.fs.exists(p.path(place)) and "c" not in given:
        raise _Failed(f"can't open '{place}': File exists")
    body = await answer.body()
    if target == "-":
        await _say(p, given, "writing to stdout\n")
        await p.stdout.write(body)
    else:
        folder = p.path(posixpath.dirname(place) or ".")
        if not p.fs.is_directory(folder):
            raise _Failed(f"can't open '{place}': No such file or directory")
        await _say(p, given, f"saving to '{place}'\n")
        if not p.fs.exists(p.path(place)) or isinstance(p.fs.node(p.path(place)), File):
            p.fs.write(p.path(place), body)
    shown = "-" if target == "-" else posixpath.basename(place)
    await _say(p, given, f"\r{shown[:20]:<20} 100% |{'*' * 32}| {len(body):>5}  0:00:00 ETA\n")
    await _say(p, given, "written to stdout\n" if target == "-" else f"'{place}' saved\n")


# httpd

_TYPES: Final = {
    ".htm": "text/html",
    ".html": "text/html",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".h": "text/plain",
    ".c": "text/plain",
    ".css": "text/css",
    ".js": "application/javascript",
    ".json": "application/json",
    ".wav": "audio/wav",
    ".avi": "video/x-msvideo",
}
_REASONS: Final = {
    302: ("Found", ""),
    400: ("Bad Request", "Unsupported method"),
    403: ("Forbidden", ""),
    404: ("Not Found", "The requested URL was not found"),
    501: ("Not Implemented", "The requested method is not recognized"),
}


async def httpd(p: Process) -> int:
    given, _ = await options(p, "fvi", "phcur")
    if "f" not in given:
        p.spawn([p.argv[0], "-f", *p.argv[1:]])
        return 0
    address, _, text = given.get("p", "80").rpartition(":")
    port = _port(text)
    if port < 0:
        await p.complain(f"bad address '{text}'")
        return 1
    home = p.path(given.get("h", "."))
    if not p.fs.is_directory(home):
        await p.complain(f"can't change directory to '{given.get('h', '.')}': No such file or directory")
        return 1

    async def answer(connection: Connection) -> None:
        await _serve(p, home, connection)

    try:
        await p.serve(port, answer, address or "0.0.0.0")
    except OSError:
        await p.complain("bind: Address already in use")
        return 1


async def _serve(p: Process, home: str, connection: Connection) -> None:
    words = (await connection.read_line()).decode("latin-1").split()
    if not words:
        return
    async for line in connection.lines():
        if not line:
            break
    verb, url = words[0], words[1] if len(words) > 1 else ""
    if not url.startswith("/"):
        await connection.write(_page(p, 400))
        return
    path = url.partition("?")[0]
    if ".." in path.split("/"):
        await connection.write(_page(p, 400))
    elif verb not in ("GET", "HEAD"):
        await connection.write(_page(p, 501))
    else:
        await connection.write(_content(p, home, path))


def _date(p: Process) -> str:
    return _http_date(p.clock.time_ns() / 1e9)


def _http_date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


def _page(p: Process, code: int, *headers: str) -> bytes:
    title, text = _REASONS[code]
    head = [f"HTTP/1.1 {code} {title}", f"Date: {_date(p)}", "Connection: close", "Content-type: text/html", *headers]
    body = ""
    if text:
        body = (
            f"<HTML><HEAD><TITLE>{code} {title}</TITLE></HEAD>\n<BODY><H1>{code} {title}</H1>\n{text}\n</BODY></HTML>\n"
        )
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def _content(p: Process, home: str, path: str) -> bytes:
    place = posixpath.join(home, path.lstrip("/"))
    if p.fs.is_directory(place):
        if not path.endswith("/"):
            return _page(p, 302, f"Location: {path}/")
        place = posixpath.join(place, "index.html")
    if not p.fs.exists(place):
        return _page(p, 404)
    node = p.fs.node(place)
    if not isinstance(node, File):
        return _page(p, 404)
    body = p.fs.read(place)
    kind = _TYPES.get(posixpath.splitext(place)[1])
    head = [
        "HTTP/1.1 200 OK",
        f"Date: {_date(p)}",
        "Connection: close",
        *([f"Content-type: {kind}"] if kind else []),
        "Accept-Ranges: bytes",
        f"Last-Modified: {_http_date(node.mtime)}",
        f'ETag: "{int(node.mtime):x}-{len(body):x}"',
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


# Names


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


# Interfaces

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
    "httpd": httpd,
    "ip": ip,
    "nc": nc,
    "netstat": netstat,
    "nslookup": nslookup,
    "ping": ping,
    "wget": wget,
}
