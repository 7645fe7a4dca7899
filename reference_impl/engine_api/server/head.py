"""Strict parsing of the head of a request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import httptools

from engine_api.server.hostcheck import HostCheck

__all__ = ["Head", "Refusal", "read_head"]

_BAD_TARGET: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class Refusal(Exception):
    """The request is refused before it reaches the application."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a request."""

    method: str
    path: str
    """The unescaped path."""
    raw_path: bytes
    query: bytes
    http_version: str
    headers: list[tuple[bytes, bytes]]
    """The headers, their names in lower case."""
    keep_alive: bool
    """Whether the connection stays open for another request."""


class _Fields:
    """The parts of a request's head, as httptools finds them."""

    def __init__(self) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))


def read_head(data: bytes, check: HostCheck | None) -> Head:
    """Read the head of a request.

    Args:
        data: the head with the empty line at its end.
        check: which hosts and origins are accepted. Default: all.

    Raises:
        Refusal: the head is malformed, or not accepted.
    """
    fields = _Fields()
    parser = httptools.HttpRequestParser(fields)
    try:
        parser.feed_data(data)
    except httptools.HttpParserUpgrade:
        pass
    except httptools.HttpParserError as error:
        raise Refusal(400, f"malformed request: {error}") from None
    try:
        target = httptools.parse_url(fields.url)
        raw_path: bytes = target.path
        path = raw_path.decode("ascii")
    except (httptools.HttpParserInvalidURLError, UnicodeDecodeError, AttributeError):
        raise Refusal(400, "malformed request target") from None
    if _BAD_TARGET.search(raw_path):
        raise Refusal(400, "malformed escape in the path")
    version: str = parser.get_http_version()
    _check_headers(fields.headers, version, check)
    return Head(
        method=parser.get_method().decode("ascii"),
        path=unquote(path) if "%" in path else path,
        raw_path=raw_path,
        query=target.query or b"",
        http_version=version,
        headers=fields.headers,
        keep_alive=bool(parser.should_keep_alive()),
    )


def _check_headers(headers: list[tuple[bytes, bytes]], version: str, check: HostCheck | None) -> None:
    if any(name == b"transfer-encoding" and value.lower() != b"chunked" for name, value in headers):
        raise Refusal(501, "the only transfer encoding that is known is chunked")
    hosts = sum(1 for name, _ in headers if name == b"host")
    if hosts > 1 or (version == "1.1" and not hosts):
        raise Refusal(400, "a request needs one Host header")
    refusal = check.refusal(headers) if check is not None else None
    if refusal is not None:
        raise Refusal(403, refusal)
