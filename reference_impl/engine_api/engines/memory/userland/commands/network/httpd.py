"""`httpd`."""

from __future__ import annotations

import posixpath
from datetime import UTC, datetime
from typing import Final

from engine_api.engines.memory.userland.commands.network.ports import port_of
from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.nodes import File
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.sockets import Connection

__all__ = ["httpd"]


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


@command("httpd")
async def httpd(p: Process) -> int:
    """Serve the files of a directory over HTTP."""
    given, _ = await parse_options(p, "fvi", "phcur")
    if "f" not in given:
        p.spawn([p.argv[0], "-f", *p.argv[1:]])
        return 0
    address, _, text = given.get("p", "80").rpartition(":")
    port = port_of(text)
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
