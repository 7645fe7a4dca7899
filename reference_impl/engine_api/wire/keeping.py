"""JSON that a proxy forwards: unknown keys are kept.

A server ignores unknown keys. A proxy must forward them, since a client and its engine may both be newer than the
proxy.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from engine_api.api.errors import InvalidParameter
from engine_api.wire.bodies import canonical, encode_json, shape

__all__ = ["Kept", "decode_kept"]

T = TypeVar("T")


class Kept(Generic[T]):
    """A value with the unknown keys of its JSON.

    Args:
        value: the value, which may be changed or replaced.
        kind: the type of the value.
        whole: the JSON document that the value was read from.
    """

    def __init__(self, value: T, kind: object, whole: object) -> None:
        self.value = value
        self._kind = kind
        self._whole = whole

    def encode(self) -> bytes:
        """Return the value as JSON with the unknown keys at their places, and a newline.

        A field set to UNSET is omitted. Items of an array keep their unknown keys by position if the array has its
        original length, and otherwise if an original item has the same known fields. New items have no unknown keys.
        """
        return encode_json(_merged(self._whole, msgspec.to_builtins(self.value), self._kind))


def decode_kept(body: bytes, kind: type[T]) -> Kept[T]:
    """Return a body as a value that keeps unknown keys; see `decode_json`.

    Args:
        body: the JSON document.
        kind: the type of the value.

    Raises:
        InvalidParameter: see `decode_json`.
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
    """Remove and return the first original item with these known fields; return the fields if there is no such item."""
    for number, came in enumerate(rest):
        if _known_part(came, kind) == known:
            return rest.pop(number)
    return known


def _known_part(came: object, kind: object) -> object:
    return msgspec.to_builtins(msgspec.convert(came, kind))
