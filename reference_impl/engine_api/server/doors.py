"""Where a host listens, and whom it lets in."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import ssl
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["Address", "DoorError", "HostCheck", "TlsFiles", "bind"]


class DoorError(Exception):
    """An address cannot be listened on; the message is one line for people."""


@dataclass(frozen=True, slots=True)
class Address:
    """`unix:///PATH` or `tcp://HOST:PORT`."""

    path: str | None = None
    host: str = ""
    port: int = 0

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address.

        Raises:
            DoorError: it is none that can be listened on.
        """
        scheme, separator, rest = text.partition("://")
        if not separator:
            raise DoorError(f"{text!r} is no address: write unix:///PATH or tcp://HOST:PORT")
        if scheme == "unix":
            if not rest.startswith("/"):
                raise DoorError(f"{text!r}: the path of a socket must be absolute, as in unix:///run/docker.sock")
            return cls(path=rest)
        if scheme != "tcp":
            raise DoorError(f"{text!r}: {scheme}:// is not supported; write unix:///PATH or tcp://HOST:PORT")
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise DoorError(f"{text!r}: {error}") from None
        if not host or port is None or parts.path.strip("/") or parts.query or parts.username:
            raise DoorError(f"{text!r} is no address: write tcp://HOST:PORT, with port 0 for any free one")
        return cls(host=host, port=port)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.path is not None or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        if self.path is not None:
            return f"unix://{self.path}"
        return f"tcp://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """A server's certificate and key, and the authority that clients' certificates must come from."""

    certificate: Path
    key: Path
    authority: Path

    def context(self) -> ssl.SSLContext:
        """TLS of at least 1.2 that demands a client certificate.

        Raises:
            DoorError: a file cannot be read, or does not fit.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            context.load_cert_chain(self.certificate, self.key)
            context.load_verify_locations(self.authority)
        except (OSError, ssl.SSLError) as error:
            raise DoorError(f"the TLS files cannot be used: {error}") from None
        return context


def bind(address: Address, *, tls: bool, insecure: bool) -> list[socket.socket]:
    """Listening sockets for an address; one for each that its host name stands for.

    Raises:
        DoorError: it is taken, not to be had, or would let anybody in.
    """
    if address.path is not None:
        return [_bind_unix(address.path)]
    if not (address.loopback or tls or insecure):
        raise DoorError(
            f"{address} can be reached from other machines: it needs TLS with client certificates, "
            "or --insecure to let anybody in"
        )
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise DoorError(f"{address}: {error.strerror}") from None
    sockets: list[socket.socket] = []
    port = address.port
    for family, kind, protocol, _, where in found[:1] if port == 0 else found:
        one = socket.socket(family, kind, protocol)
        try:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((where[0], port, *where[2:]))
            one.listen(1024)
        except OSError as error:
            one.close()
            if sockets and error.errno == errno.EADDRNOTAVAIL:
                continue
            for other in sockets:
                other.close()
            raise DoorError(f"{address}: {error.strerror}") from None
        one.setblocking(False)
        sockets.append(one)
    return sockets


def _bind_unix(path: str) -> socket.socket:
    if len(os.fsencode(path)) > 107:
        raise DoorError(f"{path}: the path of a socket may have at most 107 bytes")
    one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_stale(path)
        before = os.umask(0o117)
        try:
            one.bind(path)
        finally:
            os.umask(before)
        one.listen(1024)
    except OSError as error:
        one.close()
        raise DoorError(f"{path}: {error.strerror}") from None
    except DoorError:
        one.close()
        raise
    one.setblocking(False)
    return one


def _remove_stale(path: str) -> None:
    """Remove a socket that nobody listens on any more."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise DoorError(f"{path} is there, and is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except (ConnectionRefusedError, FileNotFoundError):
            os.unlink(path)
            return
        except OSError:
            pass
    raise DoorError(f"{path}: another server listens on it")


class HostCheck:
    """Refuses what a browser was led to send: a `Host` that is not ours, or an `Origin` from elsewhere.

    Args:
        hosts: names and addresses that are ours, beside those of this machine.
        judge_host: whether to look at `Host`.
        websockets_only: whether to look at requests for websockets only, which browsers let any page open; then an
            `Origin` that is the `Host` is ours, too.
    """

    def __init__(self, hosts: Iterable[str], *, judge_host: bool, websockets_only: bool = False) -> None:
        self._websockets_only = websockets_only
        self._hosts = {"localhost", "127.0.0.1", "::1", *(host.lower() for host in hosts)}
        self._judge_host = judge_host

    def refusal(self, headers: Sequence[tuple[bytes, bytes]]) -> str | None:
        """Why a request is refused, or None if it is not."""
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
