"""An exchange in the ways in which people ask: HTTP, curl, Python, and the docker command where a page has it."""

from __future__ import annotations

import json
import shlex
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from engine_api.api.versions import Version
from engine_api.examples.exchange import Request
from engine_api.wire.bindings import BINDINGS, Binding, Place
from engine_api.wire.paths import Router

__all__ = ["curl", "http", "python"]

_ROUTER = Router(BINDINGS)


def _path(request: Request, version: Version) -> str:
    return request.path.replace("{api}", str(version)) if request.raw else f"/v{version}{request.path}"


def http(request: Request, version: Version) -> list[str]:
    """The request as HTTP has it."""
    lines = [f"{request.method} {_path(request, version)} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return [*lines, *(["", *request.body.splitlines()] if request.body else [])]


def curl(request: Request, version: Version) -> list[str]:
    """The request as a command."""
    parts = ["curl", "--unix-socket", "/var/run/docker.sock"]
    if request.method == "HEAD":
        parts.append("--head")
    elif request.method != "GET":
        parts += ["-X", request.method]
    for name, value in request.headers:
        parts += ["-H", f"{name}: {value}"]
    if request.body.startswith("tar:"):
        parts += ["--data-binary", "@archive.tar"]
    elif request.body:
        parts += ["-d", " ".join(line.strip() for line in request.body.splitlines())]
    if "{" in request.path or "[" in request.path:
        parts.append("--globoff")
    parts.append(f"http://localhost{_path(request, version)}")
    return [shlex.join(parts)]


def python(request: Request, version: Version) -> list[str] | None:
    """The request as a call of the client; None where no call is it."""
    parts = urlsplit(request.path)
    match = _ROUTER.match(request.method, parts.path)
    if match is None or request.raw:
        return None
    binding = match.binding
    arguments = [json.dumps(value) for value in match.names.values()]
    for argument in binding.arguments.values():
        if argument.place is Place.JSON and request.body:
            try:
                value = json.loads(request.body)
            except ValueError:
                return None
            if not isinstance(value, dict):
                return None
            arguments.append(_struct(argument.kind, value))
        elif argument.place is Place.TAR and request.body:
            arguments.append(f"{argument.parameter.name}=archive")
    arguments += _query(binding, parts.query)
    return [f"client.{binding.resource}.{binding.operation.name}({', '.join(arguments)})"]


def _query(binding: Binding, query: str) -> list[str]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    rendered = []
    for argument in binding.arguments.values():
        if argument.place is Place.QUERY and argument.query is not None and argument.name in found:
            try:
                value = argument.query.parse(found[argument.name])
            except Exception:
                value = found[argument.name][0]
            rendered.append(f"{argument.parameter.name}={value!r}")
    return rendered


def _struct(kind: Any, value: dict[str, Any]) -> str:
    """A struct as Python has it; its fields by their own names, deeper ones as they come."""
    import msgspec

    known = {field.encode_name.lower(): field for field in msgspec.structs.fields(kind)}
    parts = []
    for key, item in value.items():
        field = known.get(key.lower())
        if field is None:
            continue
        inner = _inner(field.type)
        shown = _struct(inner, item) if inner is not None and isinstance(item, dict) else repr(item)
        parts.append(f"{field.name}={shown}")
    return f"{kind.__name__}({', '.join(parts)})"


def _inner(kind: Any) -> Any:
    from engine_api.api.struct import ApiStruct
    from engine_api.wire.bindings import plain_type

    plain = plain_type(kind)
    return plain if isinstance(plain, type) and issubclass(plain, ApiStruct) else None
