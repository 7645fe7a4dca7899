"""Checks that JSON responses of the reference engine have exactly the fields of their declared types."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from urllib.parse import urlsplit

import msgspec

from engine_api.api.versions import NEWEST, Version
from engine_api.conformance.run import Judge
from engine_api.spec.exchange import Request
from engine_api.versions.projection import project
from engine_api.wire.bindings import BINDINGS, ResponseKind
from engine_api.wire.paths import Router, split_version

__all__ = ["judge"]

_ROUTER = Router(BINDINGS)


@cache
def judge(version: Version) -> Judge:
    """Return a judge of responses at a version: successful JSON must survive decoding and encoding by its type."""

    def verdict(request: Request, status: int, body: bytes) -> Sequence[str]:
        asked, path = split_version(urlsplit(request.path).path) if request.raw else (None, urlsplit(request.path).path)
        match = _ROUTER.match(request.method, path)
        if match is None or status >= 300 or asked is not None:
            return []
        binding = match.binding
        spoken = NEWEST if request.raw else version
        if binding.response in (ResponseKind.MESSAGES, ResponseKind.DOCUMENTS):
            return [problem for line in body.splitlines() for problem in _lossless(line, binding.result, spoken)]
        if binding.response in (ResponseKind.JSON, ResponseKind.EARLY_JSON) and body.strip():
            return _lossless(body, binding.result, spoken)
        return []

    return verdict


def _lossless(body: bytes, kind: object, version: Version) -> list[str]:
    try:
        value = msgspec.json.decode(body, type=project(kind, version))
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        return [f"the answer is not of its type: {error}"]
    before, after = json.loads(body), json.loads(msgspec.json.encode(value))
    if before == after:
        return []
    return [f"the type does not have all of the answer: {_difference(before, after)}"]


def _difference(before: object, after: object, path: str = "") -> str:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            if before.get(key) != after.get(key) or (key in before) != (key in after):
                return _difference(before.get(key), after.get(key), f"{path}.{key}")
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            if one != other:
                return _difference(one, other, f"{path}[{index}]")
    return f"{path}: {json.dumps(before)[:80]} became {json.dumps(after)[:80]}"
