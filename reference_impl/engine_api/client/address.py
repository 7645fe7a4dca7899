"""The address of the engine: from an argument, the environment, or a context of the Docker command line."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from engine_api.api.versions import Version
from engine_api.client.contexts import ContextError, current_context, read_context

__all__ = ["DEFAULT_HOST", "AddressError", "EngineAddress", "chosen_address", "chosen_version", "resolve"]

DEFAULT_HOST: Final = "unix:///var/run/docker.sock"
"""The default address of the engine."""


class AddressError(ValueError):
    """An address is invalid, or its files cannot be read; the message is one line."""


@dataclass(frozen=True)
class EngineAddress:
    """The address of an engine, with TLS and version."""

    path: str | None = None
    """The path of a unix socket; None for TCP."""
    host: str = ""
    port: int = 0
    tls: ssl.SSLContext | None = None
    version: Version | None = None
    """The required version; None to negotiate."""

    @classmethod
    def parse(cls, url: str, *, tls: ssl.SSLContext | None = None) -> EngineAddress:
        """Return the address of `unix:///PATH`, `tcp://HOST:PORT`, `http://...` or `https://...`.

        Args:
            url: the address.
            tls: TLS context for TCP. Default: no TLS.

        Raises:
            AddressError: the address is malformed, or its scheme is not supported.
        """
        scheme, separator, rest = url.partition("://")
        if not separator:
            raise AddressError(f"{url!r} is no address: write unix:///PATH or tcp://HOST:PORT")
        if scheme == "unix":
            if not rest.startswith("/"):
                raise AddressError(f"{url!r}: the path of a socket must be absolute")
            return cls(path=rest)
        if scheme in ("ssh", "npipe", "fd"):
            raise AddressError(f"{url!r}: {scheme}:// is not supported; unix:// and tcp:// are")
        if scheme not in ("tcp", "http", "https"):
            raise AddressError(f"{url!r}: there is no {scheme}://; unix:// and tcp:// are supported")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise AddressError(f"{url!r}: {error}") from None
        if not host or parts.path.strip("/") or parts.query or parts.username:
            raise AddressError(f"{url!r} is no address: write tcp://HOST:PORT")
        if scheme == "https" and tls is None:
            tls = ssl.create_default_context()
        return cls(host=host, port=port or (2376 if tls else 2375), tls=tls)

    @property
    def authority(self) -> str:
        """The value of the `Host` header."""
        if self.path is not None:
            return "docker"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"unix://{self.path}" if self.path is not None else f"tcp://{self.authority}"


def _tls(folder: Path, *, verify: bool) -> ssl.SSLContext:
    """Return a TLS context with the files of a folder.

    Raises:
        AddressError: a file is missing, or the private key does not fit the certificate.
    """
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
        if verify:
            context.load_verify_locations(folder / "ca.pem")
        else:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if (folder / "cert.pem").exists() or (folder / "key.pem").exists():
            context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    except (OSError, ssl.SSLError) as error:
        raise AddressError(f"the TLS files in {folder} cannot be used: {error}") from None
    return context


def _version(environ: Mapping[str, str]) -> Version | None:
    text = environ.get("DOCKER_API_VERSION")
    if not text:
        return None
    try:
        return Version.parse(text)
    except ValueError:
        raise AddressError(f"DOCKER_API_VERSION is {text!r}, which is no version; write it as 1.44") from None


def resolve(environ: Mapping[str, str] | None = None) -> EngineAddress:
    """Return the address that the environment selects, as the Docker command line reads it.

    The order is: `DOCKER_HOST`, with `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` for TLS; `DOCKER_CONTEXT`; the current
    context; `DEFAULT_HOST`. `DOCKER_API_VERSION` sets the version.

    Args:
        environ: the variables. Default: the environment of this process.

    Raises:
        AddressError: a variable or a context is invalid.
    """
    variables = os.environ if environ is None else environ
    version = _version(variables)
    host = variables.get("DOCKER_HOST")
    try:
        name = None if host else current_context(variables)
        context = read_context(name, variables) if name else None
    except ContextError as error:
        raise AddressError(str(error)) from None
    tls: ssl.SSLContext | None = None
    if context is not None:
        host = context.host
        if context.certificates is not None and not host.startswith("unix:"):
            tls = _tls(context.certificates, verify=not context.skip_verify)
    elif host and not host.startswith("unix:") and variables.get("DOCKER_TLS_VERIFY"):
        folder = variables.get("DOCKER_CERT_PATH") or str(Path(variables.get("HOME", "~")).expanduser() / ".docker")
        tls = _tls(Path(folder), verify=True)
    found = EngineAddress.parse(host or DEFAULT_HOST, tls=tls)
    return EngineAddress(found.path, found.host, found.port, found.tls, version)


def chosen_address(address: str | EngineAddress | None, transport: object | None) -> EngineAddress | None:
    """Return the address of a client, from its argument or the environment; None with a transport.

    Raises:
        AddressError: the address is invalid.
        ValueError: both are given.
    """
    if transport is not None:
        if address is not None:
            raise ValueError("give an address or a transport, not both")
        return None
    if address is None:
        return resolve()
    return EngineAddress.parse(address) if isinstance(address, str) else address


def chosen_version(version: str | Version | None, address: EngineAddress | None) -> Version | None:
    """Return the required version; None to negotiate."""
    if version is None:
        return address.version if address is not None else None
    return Version.parse(version) if isinstance(version, str) else version
