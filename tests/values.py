"""Values of the API's types, made by hypothesis."""

import types
from functools import cache
from typing import Any, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from engine_api.api.struct import UNSET, ApiStruct, UnsetType

__all__ = ["TYPES", "values"]

TEXT = st.text(max_size=6)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
    UnsetType: st.just(UNSET),
    bytes: st.binary(max_size=6),
    object: st.recursive(
        st.none() | st.booleans() | st.integers(-(2**31), 2**31) | TEXT,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
        max_leaves=4,
    ),
    Any: st.none() | TEXT,
}


def _types() -> list[type[ApiStruct]]:
    from engine_api import api

    found = (getattr(api, name) for name in api.__all__)
    return [kind for kind in found if isinstance(kind, type) and issubclass(kind, ApiStruct) and kind is not ApiStruct]


TYPES = _types()
"""Every type of the API."""


@cache
def values(kind: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a type; deep inside, what can be absent is."""
    if hasattr(kind, "__metadata__"):
        return values(get_args(kind)[0], depth)
    if kind in PLAIN:
        return PLAIN[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if depth > 3 and UnsetType in arguments:
            return st.just(UNSET)
        return st.one_of([values(part, depth) for part in arguments])
    if origin is list:
        return st.lists(values(arguments[0], depth + 1), max_size=2)
    if origin is dict:
        return st.dictionaries(TEXT, values(arguments[1], depth + 1), max_size=2)
    assert isinstance(kind, type), kind
    assert issubclass(kind, msgspec.Struct), kind
    return _structs(kind, depth)


def _structs(kind: type[msgspec.Struct], depth: int) -> st.SearchStrategy[Any]:
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for field in msgspec.structs.fields(kind):
        own = st.deferred(lambda field=field: values(field.type, depth + 1))  # type: ignore[misc]
        (required if field.required else optional)[field.name] = own

    @st.composite
    def made(draw: st.DrawFn) -> Any:
        chosen = draw(st.sets(st.sampled_from(sorted(optional)), max_size=6)) if optional else set()
        given = {name: draw(own) for name, own in required.items()}
        return kind(**given, **{name: draw(optional[name]) for name in sorted(chosen)})

    return made()
