"""Refuses requests that a page of another site makes a browser send."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

__all__ = ["HostCheck"]


class HostCheck:
    """Refuses requests that a page of another site makes a browser send, by the `Host` and `Origin` headers.

    Args:
        hosts: names and addresses of the server, in addition to those of this machine.
        judge_host: whether to check `Host`.
        websockets_only: whether to check only requests for websockets, which browsers let any page open; an `Origin`
            equal to `Host` is then accepted.
    """

    def __init__(self, hosts: Iterable[str], *, judge_host: bool, websockets_only: bool = False) -> None:
        self._websockets_only = websockets_only
        self._hosts = {"localhost", "127.0.0.1", "::1", *(host.lower() for host in hosts)}
        self._judge_host = judge_host

    def refusal(self, headers: Sequence[tuple[bytes, bytes]]) -> str | None:
        """Return why a request is refused, or None if it is accepted."""
        if self._websockets_only and not any(name == b"sec-websocket-key" for name, _ in headers):
            return None
        for name, value in headers:
            text = value.decode("latin-1")
            if name == b"host" and self._judge_host and not self._known(text):
                return f"the Host header {text!r} is not an address of this server"
            if name == b"origin" and not self._is_ours(text, headers):
                return f"requests from {text!r} are refused"
        return None

    def _is_ours(self, origin: str, headers: Sequence[tuple[bytes, bytes]]) -> bool:
        authority = origin.partition("://")[2]
        own = self._websockets_only and (b"host", authority.encode("latin-1")) in headers
        return bool(authority) and (own or self._known(authority))

    def _known(self, authority: str) -> bool:
        try:
            host = urlsplit(f"//{authority}").hostname
        except ValueError:
            return False
        if host is None:
            return False
        try:
            return ipaddress.ip_address(host).is_loopback or host in self._hosts
        except ValueError:
            return host in self._hosts
