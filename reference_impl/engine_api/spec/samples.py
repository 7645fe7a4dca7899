"""The examples of the pages as plain values: request bodies, parameters, and response bodies by status."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final, get_args
from urllib.parse import unquote, urlsplit

from engine_api.api.errors import InvalidParameter
from engine_api.api.struct import ApiStruct, fields_of
from engine_api.api.versions import Version
from engine_api.formats.json import Json
from engine_api.spec.exchange import Example, ExpectedResponse, Request, examples_of
from engine_api.spec.pages import page, page_names
from engine_api.spec.pattern import ABSENT, REST, NotationError, parse
from engine_api.wire.bindings import BINDINGS, plain_type
from engine_api.wire.bodies import shape
from engine_api.wire.paths import Router
from engine_api.wire.queries import parse_query

__all__ = ["Sample", "Samples", "complete", "samples"]

_ROUTER: Final = Router(BINDINGS)
_BRACES: Final = re.compile(r"\{(\w*)(?::(\w+))?\}")
_ID: Final = hashlib.sha256(b"an example").hexdigest()
_KINDS: Final = {
    "id": _ID,
    "short": _ID[:12],
    "digest": f"sha256:{_ID}",
    "time": "2026-01-02T03:04:05.678901234Z",
    "version": "1.0",
    "address": "172.17.0.2",
    "name": "quiet_turing",
    "text": "...",
}
_UNKNOWN: Final = object()
"""A part of a value that the page does not show."""


@dataclass(frozen=True)
class Sample:
    """A value of an example."""

    id: str
    """The ID of the example's heading."""
    title: str
    value: Json


@dataclass
class Samples:
    """The values that the pages show for an operation."""

    requests: list[Sample] = field(default_factory=list)
    """JSON bodies of successful requests."""
    responses: dict[int, list[Sample]] = field(default_factory=dict)
    """Response bodies by status: JSON documents, or strings."""
    parameters: dict[str, list[Sample]] = field(default_factory=dict)
    """Unescaped values of query parameters of successful requests, by name."""


def plain(pattern: object) -> object:
    """Return a value that matches a pattern: captures get sample values, and what the page does not show is omitted."""
    found = _plain(pattern)
    return None if found is _UNKNOWN else found


def _plain(pattern: object, key: str = "") -> object:
    if isinstance(pattern, dict):
        pairs = ((_text(name), _plain(value, name)) for name, value in pattern.items())
        return {name: value for name, value in pairs if value is not _UNKNOWN}
    if isinstance(pattern, list):
        return [value for value in (_plain(item) for item in pattern) if value is not _UNKNOWN]
    if pattern is REST or pattern is ABSENT:
        return _UNKNOWN
    if not isinstance(pattern, str):
        return pattern
    whole = _BRACES.fullmatch(pattern)
    if whole is None:
        return _text(pattern)
    if whole[2] in ("any", "text"):
        return _UNKNOWN
    if whole[2] == "number":
        return 42
    if whole[2] is None and key.lower().endswith("id"):
        return hashlib.sha256(whole[1].encode()).hexdigest()
    return _text(pattern)


def complete(value: object, kind: object) -> object:
    """Return a value with sample values for required fields that the page does not show.

    Args:
        value: a JSON value.
        kind: the type of the value.
    """
    keys, item = shape(kind)
    if isinstance(value, list):
        return [complete(inner, item) for inner in value]
    if not isinstance(value, dict):
        return value
    if keys is None:
        return {key: complete(inner, item) for key, inner in value.items()}
    found = {key: complete(inner, keys[key][1]) if key in keys else inner for key, inner in value.items()}
    for own in fields_of(_struct(kind)):
        if own.required and own.encode_name not in found:
            found[own.encode_name] = _made_up(own.type)
    return found


def _struct(kind: object) -> type[ApiStruct]:
    plain = plain_type(kind)
    candidates = [plain, *get_args(plain)]
    found: type[ApiStruct] = next(own for own in candidates if isinstance(own, type) and issubclass(own, ApiStruct))
    return found


def _made_up(kind: object) -> object:
    plain = plain_type(kind)
    if isinstance(plain, type) and issubclass(plain, ApiStruct):
        return complete({}, plain)
    values: dict[object, object] = {str: _ID, int: 42, bool: False, float: 0.5}
    return values.get(plain, [])


def _text(pattern: str) -> str:
    def fill(match: re.Match[str]) -> str:
        return _KINDS.get(match[2] or "", match[1] or "...")

    return _BRACES.sub(fill, pattern.replace("{{", "\0").replace("}}", "\1")).replace("\0", "{").replace("\1", "}")


@cache
def samples(version: Version) -> dict[str, Samples]:
    """Return the samples of a version by the IDs of operations."""
    found: dict[str, Samples] = {}
    for name in page_names():
        for example in examples_of(page(name, version)):
            if example.operation is not None:
                _gather(found.setdefault(example.operation, Samples()), example)
    return found


def _gather(own: Samples, example: Example) -> None:
    for number, (request, response) in enumerate(_exchanges(example)):
        id = example.id if number == 0 else f"{example.id}-{number + 1}"

        def sample(value: object, id: str = id) -> Sample:
            return Sample(id, example.title, value)

        if response.status < 300:
            if request.body.startswith("{"):
                try:
                    own.requests.append(sample(plain(parse(request.body))))
                except NotationError:  # a body that is no JSON on purpose
                    continue
            for parameter, value in _query(request):
                known = own.parameters.setdefault(parameter, [])
                if value not in [each.value for each in known]:
                    known.append(sample(value))
        documents = [document for document in response.documents or () if document is not REST]
        if documents:
            own.responses.setdefault(response.status, []).append(sample(plain(documents[0])))
        elif response.body and response.stream is None:
            own.responses.setdefault(response.status, []).append(sample(_text(response.body)))


def _exchanges(example: Example) -> Iterator[tuple[Request, ExpectedResponse]]:
    """Yield the requests for the operation of an example, each with its response."""
    for request, response in zip(example.steps, example.steps[1:], strict=False):
        if (
            not (isinstance(request, Request) and isinstance(response, ExpectedResponse))
            or request.begin
            or response.end
        ):
            continue
        match = _ROUTER.match(request.method, unquote(urlsplit(request.path).path))
        if match is not None and match.binding.operation.id == example.operation and not request.raw:
            yield request, response


def _query(request: Request) -> Iterator[tuple[str, str]]:
    try:
        asked = parse_query(urlsplit(request.path).query.encode())
    except InvalidParameter:
        return
    for name, values in asked.items():
        yield name, _text(values[0]) if not values[0].startswith("{") else values[0]
