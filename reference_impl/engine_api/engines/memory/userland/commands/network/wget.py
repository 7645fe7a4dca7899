"""`wget`."""

from __future__ import annotations

import posixpath
from collections.abc import AsyncIterator, Mapping
from typing import Final

from engine_api.engines.memory.userland.commands.network.ports import REFUSED, port_of
from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.nodes import File
from engine_api.engines.memory.userland.pipes import BrokenPipe
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.sockets import Connection

__all__ = ["wget"]


class _Failed(Exception):
    """A transfer failed; the message is for standard error."""


class _Response:
    """The head of an HTTP response, and the connection with its body."""

    def __init__(self, connection: Connection, status: str, headers: list[str]) -> None:
        self.connection = connection
        self.status = status
        self.lines = headers
        self.headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in headers}

    @property
    def code(self) -> int:
        """Status code; 0 if the response is malformed."""
        words = self.status.split(" ")
        return int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0

    async def body(self) -> bytes:
        """Return the whole body."""
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


@command("wget")
async def wget(p: Process) -> int:
    """Download URLs over HTTP; return 1 if one fails."""
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
    given, rest = await parse_options(plain, "qcSs", "OoPUTtY")
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
) -> _Response:
    name, _, number = host.rpartition("@")[2].partition(":")
    port = port_of(number) if number else {"http": 80, "https": 443, "ftp": 21}[scheme]
    addresses = p.resolve(name)
    if not addresses:
        raise _Failed(f"bad address '{name}'")
    await _say(p, given, f"Connecting to {host} ({addresses[0]}:{port})\n")
    try:
        connection = await p.connect(addresses[0], port)
    except OSError as error:
        reason = REFUSED.get(error.errno or 0, error.strerror)
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
    return _Response(connection, head[0], head[1:])


async def _head(connection: Connection) -> AsyncIterator[bytes]:
    async for line in connection.lines():
        if not line:
            return
        yield line


async def _keep(p: Process, answer: _Response, given: Mapping[str, str], path: str) -> None:
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
            p.fs.write(p.path(place), body, mode=0o666 & ~p.umask)
    shown = "-" if target == "-" else posixpath.basename(place)
    await _say(p, given, f"\r{shown[:20]:<20} 100% |{'*' * 32}| {len(body):>5}  0:00:00 ETA\n")
    await _say(p, given, "written to stdout\n" if target == "-" else f"'{place}' saved\n")
