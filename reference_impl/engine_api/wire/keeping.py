"""JSON that is handed on: what a type does not know stays as it came.

A server ignores what it does not know. Whoever forwards must not: a client may be newer than the proxy between it and
its engine, and so may be the engine.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from engine_api.api.errors import InvalidParameter
from engine_api.wire.bodies import canonical, encode_json, shape

__all__ = ["Kept", "decode_kept"]

T = TypeVar("T")


class Kept(Generic[T]):
    """A value with what came beside it.

    Args:
        value: the value; it may be changed, or another of its type put in its place.
        kind: its type.
        whole: the JSON that it was read from, as Python has it.
    """

    def __init__(self, value: T, kind: object, whole: object) -> None:
        self.value = value
        self._kind = kind
        self._whole = whole

    def encode(self) -> bytes:
        """The value as JSON, with what came beside it, at its place, and a newline.

        What was set to UNSET is not there, whatever came. An item of a list is the one that came if the list has as
        many as came, and else the one that came with the same known part, if there is one; new items are as they are.
        """
        return encode_json(_merged(self._whole, msgspec.to_builtins(self.value), self._kind))


def decode_kept(body: bytes, kind: type[T]) -> Kept[T]:
    """Read a body as `decode_json` does, and keep what the type does not know.

    Args:
        body: the JSON text.
        kind: the type of the value.

    Raises:
        InvalidParameter: as `decode_json` does.
    """
    whole = canonical(body, kind, keep=True)
    try:
        return Kept(msgspec.convert(whole, kind | None), kind, whole)
    except msgspec.ValidationError as error:
        raise InvalidParameter(f"invalid JSON: {error}") from None


def _merged(whole: object, known: object, kind: object) -> object:
    keys, item = shape(kind)
    if isinstance(whole, dict) and isinstance(known, dict):
        if keys is None:
            return {key: _merged(whole[key], own, item) if key in whole else own for key, own in known.items()}
        found: dict[str, object] = {}
        for key, came in whole.items():
            if key not in keys:
                found[key] = came
            elif key in known:
                found[key] = _merged(came, known[key], keys[key][1])
        return found | {key: own for key, own in known.items() if key not in found}
    if isinstance(whole, list) and isinstance(known, list):
        if len(whole) == len(known):
            return [_merged(came, own, item) for came, own in zip(whole, known, strict=True)]
        rest = list(whole)
        return [_merged(_taken(rest, own, item), own, item) for own in known]
    return known


def _taken(rest: list[object], known: object, kind: object) -> object:
    """Take from what came the first whose known part is this; gives the known part itself if there is none."""
    for number, came in enumerate(rest):
        if _known_part(came, kind) == known:
            return rest.pop(number)
    return known


def _known_part(came: object, kind: object) -> object:
    return msgspec.to_builtins(msgspec.convert(came, kind))
