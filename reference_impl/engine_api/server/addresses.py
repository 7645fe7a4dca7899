"""Listening addresses: how they are written, and the sockets and certificates that belong to them."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import ssl
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["Address", "ListenError", "TlsFiles", "bind"]


class ListenError(Exception):
    """An address cannot be listened on; the message is one line."""


@dataclass(frozen=True, slots=True)
class Address:
    """`unix:///PATH` or `tcp://HOST:PORT`."""

    path: str | None = None
    host: str = ""
    port: int = 0

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address that a string is.

        Raises:
            ListenError: the string is not a listening address.
        """
        scheme, separator, rest = text.partition("://")
        if not separator:
            raise ListenError(f"{text!r} is no address: write unix:///PATH or tcp://HOST:PORT")
        if scheme == "unix":
            if not rest.startswith("/"):
                raise ListenError(f"{text!r}: the path of a socket must be absolute, as in unix:///run/docker.sock")
            return cls(path=rest)
        if scheme != "tcp":
            raise ListenError(f"{text!r}: {scheme}:// is not supported; write unix:///PATH or tcp://HOST:PORT")
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise ListenError(f"{text!r}: {error}") from None
        if not host or port is None or parts.path.strip("/") or parts.query or parts.username:
            raise ListenError(f"{text!r} is no address: write tcp://HOST:PORT, with port 0 for any free one")
        return cls(host=host, port=port)

    @property
    def loopback(self) -> bool:
        """Whether only clients on this machine can connect."""
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
    """A server's certificate and private key, and the authority (CA) that signs clients' certificates."""

    certificate: Path
    key: Path
    authority: Path

    def context(self) -> ssl.SSLContext:
        """Return a TLS context of version 1.2 or later that requires a client certificate.

        Raises:
            ListenError: a file cannot be read, or the private key does not fit the certificate.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            context.load_cert_chain(self.certificate, self.key)
            context.load_verify_locations(self.authority)
        except (OSError, ssl.SSLError) as error:
            raise ListenError(f"the TLS files cannot be used: {error}") from None
        return context


def bind(address: Address, *, tls: bool, insecure: bool) -> list[socket.socket]:
    """Return listening sockets for an address: one for each address that its host name stands for.

    Args:
        address: the address.
        tls: whether clients need a certificate.
        insecure: whether other machines may connect without one.

    Raises:
        ListenError: the address is in use, cannot be bound, or would accept unauthenticated clients.
    """
    if address.path is not None:
        return [_bind_unix(address.path)]
    if not (address.loopback or tls or insecure):
        raise ListenError(
            f"{address} can be reached from other machines: it needs TLS with client certificates, "
            "or --insecure to accept unauthenticated clients"
        )
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ListenError(f"{address}: {error.strerror}") from None
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
            raise ListenError(f"{address}: {error.strerror}") from None
        one.setblocking(False)
        sockets.append(one)
    return sockets


def _bind_unix(path: str) -> socket.socket:
    if len(os.fsencode(path)) > 107:
        raise ListenError(f"{path}: the path of a socket may have at most 107 bytes")
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
        raise ListenError(f"{path}: {error.strerror}") from None
    except ListenError:
        one.close()
        raise
    one.setblocking(False)
    return one


def _remove_stale(path: str) -> None:
    """Remove a socket file that no server listens on."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise ListenError(f"{path} is there, and is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except (ConnectionRefusedError, FileNotFoundError):
            os.unlink(path)
            return
        except OSError:
            pass
    raise ListenError(f"{path}: another server listens on it")
