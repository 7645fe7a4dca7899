"""JSON bodies, as the engine reads and writes them.

Keys are read case-insensitively, and the last duplicate wins. Unknown keys are ignored. Absent, null and empty are
different values. Malformed JSON is refused with the messages of the engine.
"""

from __future__ import annotations

import json
import re
import types
from functools import cache
from typing import Any, Final, NoReturn, Union, get_args, get_origin

import msgspec

from engine_api.api.errors import InvalidParameter
from engine_api.api.struct import fields_of
from engine_api.formats.annotation import Annotation
from engine_api.formats.json import Json, JsonObject

__all__ = ["MAX_DEPTH", "TooLarge", "canonical", "check_json_type", "decode_json", "encode_json", "shape"]

MAX_DEPTH: Final = 500
"""The maximum nesting depth of a body."""

_ESCAPE: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
"""An escape in JSON: a surrogate pair, a lone surrogate, or anything else."""
_encoder = msgspec.json.Encoder()


class TooLarge(InvalidParameter):
    """A JSON body exceeds the limit of the server."""


def encode_json(value: object) -> bytes:
    """Return a value as JSON, with a newline at the end."""
    return _encoder.encode(value) + b"\n"


def check_json_type(content_type: str | None) -> None:
    """Check that a media type is `application/json`.

    Raises:
        InvalidParameter: the type is malformed, or another one.
    """
    if not content_type:
        raise InvalidParameter("malformed Content-Type header (): mime: no media type")
    media = content_type.partition(";")[0].strip().lower()
    if media == "application/json":
        return
    kind, slash, sub = media.partition("/")
    if " " in media or not kind or (slash and not sub):
        reason = "mime: expected slash after first token" if not slash else "mime: expected token after slash"
        raise InvalidParameter(f"malformed Content-Type header ({content_type}): {reason}")
    raise InvalidParameter(f"unsupported Content-Type header ({content_type}): must be 'application/json'")


def decode_json(body: bytes, kind: Annotation, *, as_of: Annotation = None) -> Json:
    """Return a body as a value of `kind`; None for null.

    Args:
        body: the JSON document.
        kind: the type of the value.
        as_of: the type as of a version, to ignore fields that the version lacks. Default: all fields are read.

    Raises:
        InvalidParameter: the body is not one JSON document, exceeds `MAX_DEPTH`, or does not fit the type.
    """
    try:
        return _decoder(kind).decode(_encode(canonical(body, as_of or kind)))
    except msgspec.ValidationError as error:
        raise InvalidParameter(f"invalid JSON: {error}") from None


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Json]:
    return msgspec.json.Decoder(kind | None)


def canonical(body: bytes, kind: Annotation, *, keep: bool = False) -> Json:
    """Return a body as plain JSON values, with each known key once, in its declared case.

    Args:
        body: the JSON document.
        kind: the type, which declares the known keys.
        keep: whether to keep unknown keys.

    Raises:
        InvalidParameter: see `decode_json`.
    """
    if not body.strip():
        raise InvalidParameter("invalid JSON: got EOF while reading request body")
    try:
        value = json.loads(_text(body), object_pairs_hook=_Pairs, parse_constant=_refuse_constant)
    except RecursionError:
        raise InvalidParameter("invalid JSON: exceeded max depth") from None
    except json.JSONDecodeError as error:
        raise InvalidParameter(_words(error)) from None
    except ValueError as error:  # too many digits
        raise InvalidParameter(f"invalid JSON: {error}") from None
    try:
        return _canonical_value(value, kind, 0, keep)
    except RecursionError:
        raise InvalidParameter("invalid JSON: exceeded max depth") from None


def _text(body: bytes) -> str:
    """Return the body as a string; invalid UTF-8 becomes U+FFFD, as in engines."""
    text = body.decode("utf-8", "replace")
    return _ESCAPE.sub(lambda found: "\\ufffd" if found["half"] else found[0], text) if "\\u" in text else text


def _encode(value: Json) -> bytes:
    try:
        return msgspec.json.encode(value)
    except OverflowError:
        raise InvalidParameter("invalid JSON: number out of range") from None


class _Pairs(list[tuple[str, Json]]):
    """The pairs of an object, duplicate keys included."""


def _refuse_constant(text: str) -> NoReturn:
    raise InvalidParameter(f"invalid JSON: invalid character '{text[0]}' looking for beginning of value")


def _words(error: json.JSONDecodeError) -> str:
    if error.msg == "Extra data":
        return "unexpected content after JSON"
    rest = error.doc[error.pos :]
    if not rest.strip() or error.msg.startswith("Unterminated"):
        return "invalid JSON: unexpected EOF"
    character = rest.lstrip()[0]
    if error.doc.startswith("\ufeff"):
        return r"invalid JSON: invalid character '\ufeff' looking for beginning of value"
    if error.msg == "Expecting value":
        return f"invalid JSON: invalid character '{character}' looking for beginning of value"
    if error.msg.startswith("Expecting property name"):
        return f"invalid JSON: invalid character '{character}' looking for beginning of object key string"
    return f"invalid JSON: {error.msg} at offset {error.pos}"


def _canonical_value(value: Json, kind: Annotation, depth: int, keep: bool) -> Json:
    if depth > MAX_DEPTH:
        raise InvalidParameter("invalid JSON: exceeded max depth")
    if isinstance(value, _Pairs):
        keys, item = shape(kind)
        result: JsonObject = {}
        for key, inner in value:
            if keys is None:
                result[key] = _canonical_value(inner, item, depth + 1, keep)
            elif (known := keys.get(key) or keys.get(key.casefold())) is not None:
                if inner is None and not keep and not _takes_null(known[1]):
                    continue  # as the engine does, who takes null for nothing said
                result[known[0]] = _canonical_value(inner, known[1], depth + 1, keep)
            else:
                own = _canonical_value(inner, Any, depth + 1, keep)
                if keep:
                    result[key] = own
        return result
    if isinstance(value, list):
        item = shape(kind)[1]
        return [_canonical_value(inner, item, depth + 1, keep) for inner in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise InvalidParameter("invalid JSON: json: cannot unmarshal number into Go value: out of range")
    return value


@cache
def shape(kind: Annotation) -> tuple[dict[str, tuple[str, Annotation]] | None, Annotation]:
    """The keys of a struct, in their own case and in lower case, with that name and their types, if `kind` is one; and
    the type of an item or of a map's value.
    """
    for part in _alternatives(kind):
        if isinstance(part, type) and issubclass(part, msgspec.Struct):
            keys: dict[str, tuple[str, Annotation]] = {}
            for field in fields_of(part):
                keys[field.encode_name] = keys[field.encode_name.casefold()] = (field.encode_name, field.type)
            return keys, Any
        arguments = get_args(part)
        if arguments and get_origin(part) in (list, dict):
            return None, arguments[-1]
    return None, Any


@cache
def _takes_null(kind: Annotation) -> bool:
    """Return whether null is a value of a type."""
    return any(part in (Any, type(None)) for part in _alternatives(kind))


def _alternatives(kind: Annotation) -> list[Annotation]:
    if hasattr(kind, "__metadata__"):
        return _alternatives(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return [part for one in get_args(kind) for part in _alternatives(one)]
    return [kind]
