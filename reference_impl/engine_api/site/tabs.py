"""A request in several notations: HTTP, curl, Python, JavaScript."""

from __future__ import annotations

import json
import re
import shlex
from typing import Final, get_args, get_origin
from urllib.parse import parse_qsl, urlsplit

from engine_api.api.struct import ApiStruct, fields_of
from engine_api.formats.annotation import Annotation
from engine_api.formats.json import Json, JsonObject
from engine_api.spec.exchange import Request
from engine_api.wire.bindings import BINDINGS, Binding, Place, plain_type
from engine_api.wire.paths import Router

__all__ = ["asynchronous", "curl", "http", "javascript", "python"]

_ROUTER = Router(BINDINGS)


def _path(request: Request, prefix: str, here: str) -> str:
    return request.path.replace("{api}", here) if request.raw else f"{prefix}{request.path}"


def http(request: Request, prefix: str, here: str) -> list[str]:
    """Return a request as HTTP.

    Args:
        request: the request.
        prefix: prefix of the path, such as `/v1.44`.
        here: the version, such as `1.44`.
    """
    lines = [f"{request.method} {_path(request, prefix, here)}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return [*lines, *(["", *request.body.splitlines()] if request.body else [])]


def curl(request: Request, prefix: str, here: str) -> list[str]:
    """Return a request as a curl command; see `http`."""
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
    lines: list[str] = []
    line: list[str] = []
    for part in parts:  # an option begins a line of its own, so that it can be read on a phone
        if line and part.startswith("-") and part != "--unix-socket":
            lines.append(shlex.join(line))
            line = []
        line.append(part)
    where = shlex.quote(f"http://localhost{_path(request, prefix, here)}")
    return [f"{one} \\" if one is not None else "" for one in (*lines, shlex.join(line))] + [where]


def asynchronous(call: list[str]) -> list[str]:
    """Return a call of `Client` as a call of `AsyncClient`."""
    return [f"await {call[0]}", *call[1:]]


def python(request: Request) -> list[str] | None:
    """Return a request as a call of the client; None if no call makes it."""
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
            shown = _body(argument.kind, value)
            if shown is None:
                return None
            arguments.append(shown)
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
                shown = argument.query.parse(found[argument.name])
            except Exception:
                shown = found[argument.name][0]
            rendered.append(f"{argument.parameter.name}={shown!r}")
    return rendered


def _body(kind: Annotation, value: Json) -> str | None:
    """Return a body in Python notation; None if it does not fit its type, as in an example of an error."""
    if isinstance(value, dict):
        own = _inner(kind)
        return None if own is None else _struct(own, value)
    if isinstance(value, list) and get_origin(kind) is list:
        (item,) = get_args(kind)
        parts = [repr(one) if item is str else _body(item, one) for one in value]
        return None if None in parts else f"[{', '.join(part for part in parts if part is not None)}]"
    return None


def _struct(kind: type[ApiStruct], value: JsonObject) -> str:
    """Return a struct in Python notation, with its fields by their names in Python."""

    known = {field.encode_name.lower(): field for field in fields_of(kind)}
    parts = []
    for key, item in value.items():
        field = known.get(key.lower())
        if field is None:
            continue
        inner = _inner(field.type)
        shown = _struct(inner, item) if inner is not None and isinstance(item, dict) else repr(item)
        parts.append(f"{field.name}={shown}")
    return f"{kind.__name__}({', '.join(parts)})"


def _inner(kind: Annotation) -> type[ApiStruct] | None:
    plain = plain_type(kind)
    return plain if isinstance(plain, type) and issubclass(plain, ApiStruct) else None


# Without braces in the end, dockerode has no way to give options: those of `VolumeDelete` it would send as a body.
_DOCKERODE: Final = {
    "SystemPing": "docker.ping({})",
    "SystemVersion": "docker.version({})",
    "SystemInfo": "docker.info({})",
    "ContainerList": "docker.listContainers({})",
    "ContainerCreate": "docker.createContainer({})",
    "ContainerInspect": "docker.getContainer({id}).inspect({})",
    "ContainerStart": "docker.getContainer({id}).start({})",
    "ContainerStop": "docker.getContainer({id}).stop({})",
    "ContainerRestart": "docker.getContainer({id}).restart({})",
    "ContainerKill": "docker.getContainer({id}).kill({})",
    "ContainerPause": "docker.getContainer({id}).pause({})",
    "ContainerUnpause": "docker.getContainer({id}).unpause({})",
    "ContainerRename": "docker.getContainer({id}).rename({})",
    "ContainerUpdate": "docker.getContainer({id}).update({})",
    "ContainerTop": "docker.getContainer({id}).top({})",
    "ContainerChanges": "docker.getContainer({id}).changes({})",
    "ContainerWait": "docker.getContainer({id}).wait({})",
    "ContainerLogs": "docker.getContainer({id}).logs({})",
    "ContainerDelete": "docker.getContainer({id}).remove({})",
    "ContainerExec": "docker.getContainer({id}).exec({})",
    "ExecInspect": "docker.getExec({id}).inspect({})",
    "ImageList": "docker.listImages({})",
    "ImageInspect": "docker.getImage({id}).inspect({})",
    "ImageDelete": "docker.getImage({id}).remove({})",
    "ImageHistory": "docker.getImage({id}).history()",
    "ImageTag": "docker.getImage({id}).tag({})",
    "NetworkList": "docker.listNetworks({})",
    "NetworkCreate": "docker.createNetwork({})",
    "NetworkInspect": "docker.getNetwork({id}).inspect({})",
    "NetworkDelete": "docker.getNetwork({id}).remove({})",
    "VolumeList": "docker.listVolumes({})",
    "VolumeCreate": "docker.createVolume({})",
    "VolumeInspect": "docker.getVolume({id}).inspect({})",
    "VolumeDelete": "docker.getVolume({id}).remove()",
}
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SHORT: Final = 400
"""Longest call in JavaScript that is shown, in characters."""


def javascript(request: Request) -> list[str] | None:
    """Return a request as a call of dockerode; None if dockerode lacks it, or the call is too long."""
    parts = urlsplit(request.path)
    match = _ROUTER.match(request.method, parts.path)
    if match is None or request.raw or _BAD_ESCAPE.search(parts.query):
        return None
    form = _DOCKERODE.get(match.binding.operation.id)
    if form is None or any(header != ("Content-Type", "application/json") for header in request.headers):
        return None
    options: JsonObject = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        try:
            options[name] = json.loads(value)
        except ValueError:
            options[name] = value
    if request.body:
        try:
            body = json.loads(request.body)
        except ValueError:
            return None
        if not isinstance(body, dict):
            return None
        options |= body
    if options and "{}" not in form:
        return None
    names = [json.dumps(value) for value in match.names.values()]
    call = form.replace("{id}", names[0] if names else "").replace("{}", _object(options) if options else "")
    return [f"await {call}"] if len(call) <= _SHORT else None


def _object(value: JsonObject) -> str:
    inner = ", ".join(
        f"{key if key.isidentifier() else json.dumps(key)}: {json.dumps(item)}" for key, item in value.items()
    )
    return "{" + inner + "}"
