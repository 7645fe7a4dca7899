"""Contexts of the Docker command line: named engines in its configuration folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine_api.formats.json import JsonObject

__all__ = ["Context", "ContextError", "current_context", "read_context"]


class ContextError(Exception):
    """A context does not exist, or cannot be read; the message is one line."""


@dataclass(frozen=True)
class Context:
    """A named engine."""

    name: str
    host: str
    skip_verify: bool
    certificates: Path | None
    """The folder with `ca.pem`, `cert.pem` and `key.pem`, or None."""


def _folder(environ: Mapping[str, str]) -> Path:
    given = environ.get("DOCKER_CONFIG")
    return Path(given) if given else Path(environ.get("HOME", "~")).expanduser() / ".docker"


def _load(path: Path) -> JsonObject:
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ContextError(f"{path} cannot be read: {error}") from None
    return value if isinstance(value, dict) else {}


def current_context(environ: Mapping[str, str]) -> str | None:
    """Return the name of the current context: `DOCKER_CONTEXT`, or that of `docker context use`; None for the default.

    Raises:
        ContextError: the configuration cannot be read.
    """
    name = environ.get("DOCKER_CONTEXT") or _load(_folder(environ) / "config.json").get("currentContext")
    return None if name in (None, "", "default") else str(name)


def read_context(name: str, environ: Mapping[str, str]) -> Context:
    """Return a context by its name.

    Raises:
        ContextError: the context does not exist, or is malformed.
    """
    base = _folder(environ) / "contexts"
    key = hashlib.sha256(name.encode()).hexdigest()
    found = _load(base / "meta" / key / "meta.json")
    if not found:
        raise ContextError(f"there is no docker context {name!r}")
    endpoint = (found.get("Endpoints") or {}).get("docker") or {}
    host = endpoint.get("Host")
    if not isinstance(host, str) or not host:
        raise ContextError(f"the docker context {name!r} names no engine")
    certificates = base / "tls" / key / "docker"
    there = certificates if certificates.is_dir() else None
    return Context(name, host, endpoint.get("SkipTLSVerify") is True, there)
