"""Query strings, as the engine reads and writes them.

The engine's rules differ from those of most frameworks: a boolean is true unless it is empty, `0`, `no`, `false` or
`none`; filters are JSON in one of two forms; and what is no number is not always the client's fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

import msgspec

from engine_api.api.errors import InternalError, InvalidParameter
from engine_api.formats.annotation import Annotation
from engine_api.formats.json import JsonObject
from engine_api.wire.bodies import decode_json

__all__ = ["QueryKind", "byte_count", "document", "encode_query", "parse_query"]

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_FALSE = frozenset(("", "0", "no", "false", "none"))


def parse_query(query: bytes) -> dict[str, list[str]]:
    """Return the values of each name, in order.

    Raises:
        InvalidParameter: an escape is malformed, or a semicolon separates parameters.
    """
    values: dict[str, list[str]] = {}
    for pair in query.decode("latin-1").split("&"):
        if not pair:
            continue
        if ";" in pair:
            raise InvalidParameter("invalid semicolon separator in query")
        name, _, value = pair.partition("=")
        values.setdefault(_unescape(name), []).append(_unescape(value))
    return values


def _unescape(text: str) -> str:
    bad = _BAD_ESCAPE.search(text)
    if bad is not None:
        raise InvalidParameter(f'invalid URL escape "{bad[0]}"')
    return unquote_to_bytes(text.replace("+", " ").encode("latin-1")).decode("utf-8", "replace")


def encode_query(values: Mapping[str, Sequence[str]]) -> str:
    """Return the query string for the values of each name."""
    return urlencode([(name, value) for name, many in values.items() for value in many])


class QueryKind:
    """How values of one kind are written in a query."""

    __slots__ = ("format", "name", "parse", "schema")

    def __init__(
        self,
        name: str,
        parse: Callable[[Sequence[str]], object],
        format: Callable[[Any], list[str]],
        schema: JsonObject,
    ) -> None:
        self.name = name
        self.parse = parse
        """Returns the value from the strings of a name, of which there is at least one."""
        self.format = format
        self.schema = schema
        """The JSON Schema of the value."""

    def __repr__(self) -> str:
        return f"QueryKind({self.name})"


def _parse_boolean(values: Sequence[str]) -> bool:
    return values[0].strip().lower() not in _FALSE


def _parse_integer(values: Sequence[str]) -> int | None:
    text = values[0]
    if text == "":
        return None
    if not _INTEGER.fullmatch(text):
        raise InvalidParameter(f'strconv.Atoi: parsing "{text}": invalid syntax')
    if not -(2**63) <= int(text) < 2**63:
        raise InvalidParameter(f'strconv.Atoi: parsing "{text}": value out of range')
    return int(text)


def _parse_unclassified_integer(values: Sequence[str]) -> int | None:
    try:
        return _parse_integer(values)
    except InvalidParameter as error:
        raise InternalError(error.message) from None


def _is_int64(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None and -(2**63) <= int(text) < 2**63


def _parse_int64(values: Sequence[str]) -> int | None:
    text = values[0]
    if text and not _is_int64(text):
        reason = "value out of range" if _INTEGER.fullmatch(text) else "invalid syntax"
        raise InternalError(f'strconv.ParseInt: parsing "{text}": {reason}')
    return int(text) if text else None


def byte_count(name: str) -> QueryKind:
    """Return the kind of a number of bytes, whose error message names the parameter."""

    def parse(values: Sequence[str]) -> int | None:
        try:
            return _parse_integer(values)
        except InvalidParameter as error:
            raise InvalidParameter(
                f"{name} is in bytes and expects an integer, got {values[0]}: {error.message}"
            ) from None

    return QueryKind("integer", parse, lambda value: [str(value)], {"type": "integer"})


def document(failed: str, kind: Annotation, shown: str) -> QueryKind:
    """Return the kind of a JSON document.

    Args:
        failed: how the error message for malformed JSON begins.
        kind: the type of the document.
        shown: the engine's name of the type.
    """
    array = shown.startswith("[]")

    def parse(values: Sequence[str]) -> object:
        text = values[0]
        if not text:
            return None
        try:
            return decode_json(text.encode(), kind)
        except InvalidParameter as error:
            reason = error.message.removeprefix("invalid JSON: ")
            if reason.startswith("Expected"):
                found, wanted = _json_kind(text), shown
                if found == ("array" if array else "object"):
                    found, wanted = "value", shown.removeprefix("[]").removeprefix("map[string]").removeprefix("*")
                reason = f"json: cannot unmarshal {found} into Go value of type {wanted}"
            raise InvalidParameter(f"{failed}: {reason}") from None

    return QueryKind("JSON", parse, lambda value: [msgspec.json.encode(value).decode()], {"type": "string"})


def _json_kind(text: str) -> str:
    first = text.lstrip()[:1]
    return {"[": "array", "{": "object", '"': "string", "t": "bool", "f": "bool"}.get(first, "number")


def _parse_search_limit(values: Sequence[str]) -> int | None:
    try:
        return _parse_integer(values)
    except InvalidParameter as error:
        raise InvalidParameter(f"invalid limit specified: {error.message}") from None


def _parse_number(values: Sequence[str]) -> int:
    number = _parse_integer(values)
    if number is None:
        raise InvalidParameter('strconv.Atoi: parsing "": invalid syntax')
    return number


def _object_version(message: str) -> QueryKind:
    """Return the kind of the version of an object; braces in the message stand for the string and the problem."""

    def parse(values: Sequence[str]) -> int:
        text = values[0]
        if not (text.isascii() and text.isdigit()):
            raise InvalidParameter(message.format(text, f'strconv.ParseUint: parsing "{text}": invalid syntax'))
        if int(text) >= 2**64:
            raise InvalidParameter(message.format(text, f'strconv.ParseUint: parsing "{text}": value out of range'))
        return int(text)

    return QueryKind("object version", parse, lambda value: [str(value)], {"type": "integer"})


_STRICT = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}


def _strict_boolean(name: str, reason: str = "") -> QueryKind:
    """Return the kind of a strict boolean, as in the operations of the swarm."""

    def parse(values: Sequence[str]) -> bool | None:
        text = values[0]
        if text and text not in _STRICT:
            raise InvalidParameter(f"invalid value for {name}: {text}" + reason.format(text))
        return _STRICT.get(text)

    return QueryKind(f"strict boolean {name}", parse, lambda value: ["1" if value else "0"], {"type": "boolean"})


def _dimension(name: str) -> QueryKind:
    def parse(values: Sequence[str]) -> int:
        text = values[0]
        if not (text.isascii() and text.isdigit()):
            raise InvalidParameter(f'invalid resize {name} "{text}": invalid syntax')
        if int(text) >= 2**32:
            raise InvalidParameter(f'invalid resize {name} "{text}": value out of range')
        return int(text)

    return QueryKind(f"resize {name}", parse, lambda value: [str(value)], {"type": "integer"})


def _parse_filters(values: Sequence[str]) -> dict[str, list[str]] | None:
    text = values[0]
    if text == "":
        return None
    try:
        return {
            key: [value for value, on in many.items() if on]
            for key, many in msgspec.json.decode(text, type=dict[str, dict[str, bool]]).items()
        }
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return msgspec.json.decode(text, type=dict[str, list[str]])
    except (msgspec.DecodeError, RecursionError):
        raise InvalidParameter("invalid filter") from None


def _format_filters(filters: Mapping[str, Sequence[str]]) -> list[str]:
    native = {key: dict.fromkeys(values, True) for key, values in filters.items()}
    return [msgspec.json.encode(native).decode()]


BOOLEAN = QueryKind("boolean", _parse_boolean, lambda value: ["1" if value else "0"], {"type": "boolean"})
FLAG = QueryKind("flag", _parse_boolean, lambda value: ["1" if value else "0"], {"type": "string"})
INTEGER = QueryKind("integer", _parse_integer, lambda value: [str(value)], {"type": "integer"})
UNCLASSIFIED_INTEGER = QueryKind("integer", _parse_unclassified_integer, INTEGER.format, INTEGER.schema)
"""An integer whose refusal has status 500."""
TEXT = QueryKind("text", lambda values: values[0], lambda value: [value], {"type": "string"})
TEXTS = QueryKind("texts", list, list, {"type": "array", "items": {"type": "string"}})
FILTERS = QueryKind("filters", _parse_filters, _format_filters, {"type": "string"})
BOOLEAN_AS_TEXT = QueryKind("boolean", _parse_boolean, BOOLEAN.format, {"type": "string"})
BOOLEAN_OR_DEFAULT = QueryKind(
    "boolean", lambda values: _parse_boolean(values) if values[0] else None, BOOLEAN.format, {"type": "boolean"}
)
TEXT_OR_DEFAULT = QueryKind("text", lambda values: values[0] or None, TEXT.format, {"type": "string"})
LENIENT_INTEGER = QueryKind(
    "integer", lambda values: int(values[0]) if _is_int64(values[0]) else None, INTEGER.format, {"type": "integer"}
)
INTEGER_64 = QueryKind("integer", _parse_int64, INTEGER.format, {"type": "integer"})
UNIX_TIME = QueryKind("Unix time", lambda values: values[0] or None, lambda value: [value], {"type": "integer"})
SEARCH_LIMIT = QueryKind("integer", _parse_search_limit, lambda value: [str(value)], {"type": "integer"})
NUMBER = QueryKind("number", _parse_number, lambda value: [str(value)], {"type": "integer"})
SWARM_VERSION = _object_version("invalid swarm version '{}': {}")
NODE_VERSION = _object_version("invalid node version '{}': {}")
SERVICE_VERSION = _object_version("invalid service version '{}': {}")
SECRET_VERSION = _object_version("invalid secret version")
CONFIG_VERSION = _object_version("invalid config version")
VOLUME_VERSION = QueryKind(
    "object version",
    lambda values: int(values[0]) if values[0].isascii() and values[0].isdigit() else 0,
    lambda value: [str(value)],
    {"type": "integer"},
)
"""If omitted, the version is 0: an engine outside a swarm refuses the call before it reads the version."""
_PARSE_BOOL = ': strconv.ParseBool: parsing "{}": invalid syntax'
STATUS = _strict_boolean("status", _PARSE_BOOL)
VERBOSE = _strict_boolean("verbose", _PARSE_BOOL)
INSERT_DEFAULTS = _strict_boolean("insertDefaults", _PARSE_BOOL)
ROTATE_WORKER_TOKEN = _strict_boolean("rotateWorkerToken")
ROTATE_MANAGER_TOKEN = _strict_boolean("rotateManagerToken")
ROTATE_MANAGER_UNLOCK_KEY = _strict_boolean("rotateManagerUnlockKey")
HEIGHT = _dimension("height")
WIDTH = _dimension("width")
