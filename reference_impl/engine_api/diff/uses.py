"""What a client uses of the API, so that a diff can show only what concerns it.

A file of uses is a list written by hand, a HAR file of a browser or proxy, or the JSON lines of
`engine-api serve --record`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote, urlsplit

import msgspec

from engine_api.diff.differences import Diff, Entry
from engine_api.formats.json import Json
from engine_api.versions.change import EVERY_OPERATION
from engine_api.versions.fields import field_paths
from engine_api.versions.uses import Use, match, use_of
from engine_api.wire.bindings import BINDINGS, Binding, Place
from engine_api.wire.paths import split_version

__all__ = ["Uses", "UsesError", "read_uses"]

_JOINTS = ".[{="


class UsesError(Exception):
    """A file of uses is malformed; the message says where, in one line."""


@dataclass
class _Operation:
    """What a client uses of an operation."""

    paths: set[str] = field(default_factory=set)
    responses: bool = False
    """Whether the whole response counts as used."""
    whole: bool = False
    """Whether the whole operation counts as used."""


class Uses:
    """What a client uses."""

    def __init__(self) -> None:
        self._operations: dict[str, _Operation] = {}

    def add(self, operation: str, paths: Iterable[str] = ()) -> None:
        """Add an operation with the paths that are used; without paths, the whole operation counts as used."""
        own = self._operations.setdefault(operation, _Operation())
        before = len(own.paths)
        own.paths |= set(paths)
        own.whole = own.whole or len(own.paths) == before

    def add_request(self, use: Use) -> None:
        """Add what a request uses; its whole response counts as used."""
        own = self._operations.setdefault(use.operation, _Operation())
        own.responses = True
        own.paths |= {*use.uses, *([f"={use.status}"] if use.status else [])}

    def concerns(self, entry: Entry) -> bool:
        """Return whether a difference concerns the client."""
        if entry.operation == EVERY_OPERATION:
            return True
        used = self._operations.get(entry.operation)
        if used is None:
            return False
        if used.whole or not entry.path or entry.kind == "default" or _becomes_required(entry):
            return True
        if used.responses and entry.breaking and _in_response(entry):
            return True
        return any(_below(entry.path, path) or _below(path, entry.path) for path in used.paths)

    def narrow(self, found: Diff) -> Diff:
        """Return the diff with only the entries that concern the client."""
        return msgspec.structs.replace(found, entries=[entry for entry in found.entries if self.concerns(entry)])


def _becomes_required(entry: Entry) -> bool:
    return entry.kind in ("parameter", "header", "request field") and entry.what == "added" and entry.breaking


def _below(path: str, above: str) -> bool:
    return path == above or (path.startswith(above) and path[len(above)] in _JOINTS)


def _in_response(entry: Entry) -> bool:
    if entry.kind == "answer field":
        return True
    return entry.kind in ("value", "behaviour") and entry.path.partition("=")[0] in _response_paths(entry.operation)


@cache
def _response_paths(operation: str) -> frozenset[str]:
    binding = _BY_ID[operation]
    return frozenset(own.path for own in field_paths(binding.result)) if binding.result is not None else frozenset()


_BY_ID: Mapping[str, Binding] = {binding.operation.id: binding for binding in BINDINGS}


def read_uses(text: str, name: str) -> Uses:
    """Return the uses in a file: a list, a HAR file, or a recording.

    In a list, a line has the ID of an operation, or its verb and path, such as `POST /containers/create`. Used fields,
    `?parameters` and headers may follow. Empty lines and comments after `#` are ignored.

    Args:
        text: the content of the file.
        name: the name of the file, for error messages.

    Raises:
        UsesError: the file is malformed.
    """
    if text.lstrip().startswith("{"):
        try:
            whole = json.loads(text)
        except ValueError:
            return _read_recording(text, name)
        return _read_har(whole, name) if "log" in whole else _read_recording(text, name)
    found = Uses()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if words:
            operation, paths = _named(words, f"{name}:{number}")
            found.add(operation, paths)
    return found


def _named(words: list[str], where: str) -> tuple[str, list[str]]:
    if len(words) > 1 and words[1].startswith("/"):
        route = _bare(words[0], split_version(words[1])[1])
        for binding in BINDINGS:
            if _bare(binding.verb, binding.path) == route:
                return binding.operation.id, _known_paths(binding, words[2:], where)
        raise UsesError(f"{where}: no operation {words[0]} {words[1]}")
    if words[0] not in _BY_ID:
        raise UsesError(f"{where}: no operation {words[0]!r}")
    return words[0], _known_paths(_BY_ID[words[0]], words[1:], where)


def _bare(verb: str, path: str) -> str:
    """Return a route without the names in braces, for comparison."""
    return f"{verb.upper()} {re.sub('{[^}]*}', '{}', path)}"


def _known_paths(binding: Binding, paths: list[str], where: str) -> list[str]:
    known = _paths(binding)
    for path in paths:
        if path.partition("=")[0] not in known:
            raise UsesError(f"{where}: {binding.operation.id} has no {path!r}")
    return paths


@cache
def _paths(binding: Binding) -> frozenset[str]:
    found = {""}
    for argument in binding.arguments.values():
        if argument.place is Place.QUERY:
            found.add(f"?{argument.name}")
        elif argument.place is Place.HEADER:
            found.add(argument.name)
        elif argument.place is Place.JSON:
            found |= {own.path for own in field_paths(argument.kind)}
    if binding.result is not None:
        found |= {own.path for own in field_paths(binding.result)}
    return frozenset(found)


def _read_recording(text: str, name: str) -> Uses:
    found = Uses()
    decoder = msgspec.json.Decoder(Use)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            use = decoder.decode(line)
        except msgspec.DecodeError as error:
            raise UsesError(f"{name}:{number}: no recorded request: {error}") from None
        if use.operation not in _BY_ID:
            raise UsesError(f"{name}:{number}: no operation {use.operation!r}")
        found.add_request(use)
    return found


def _read_har(whole: Json, name: str) -> Uses:
    found = Uses()
    try:
        for entry in whole["log"]["entries"]:
            request = entry["request"]
            url = urlsplit(request["url"])
            asked = match(request["method"], unquote(url.path))
            if asked is not None:
                headers = [header["name"] for header in request.get("headers", ())]
                body = request.get("postData", {}).get("text", "").encode()
                status = entry.get("response", {}).get("status", 0)
                found.add_request(use_of(*asked, url.query, headers, body, status))
    except (KeyError, TypeError, AttributeError) as error:
        raise UsesError(f"{name}: no HAR file: {error}") from None
    return found
