"""Types as of a version: without the fields that the version lacks, at any depth."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from engine_api.api.struct import UNSET, ApiStruct, fields_of
from engine_api.api.versions import Span, Version, span_of
from engine_api.formats.annotation import Annotation

__all__ = ["field_docs", "lacking", "project", "prune"]

Pruner = Callable[[Annotation], Annotation]


@cache
def project(kind: Annotation, version: Version) -> Any:
    """Return a type as of a version; the same type if nothing differs.

    The projection of a struct has the same name, without the fields that the version lacks. The projection of a generic
    type, such as a list, has projected arguments.
    """
    if isinstance(kind, type) and issubclass(kind, ApiStruct):
        return _project_struct(kind, version)
    arguments = get_args(kind)
    if not arguments or not _differs(kind, version):
        return kind
    if hasattr(kind, "__metadata__"):
        return Annotated[project(arguments[0], version), *kind.__metadata__]
    if get_origin(kind) in (Union, types.UnionType):
        return Union[tuple(project(part, version) for part in arguments)]  # noqa: UP007
    origin: Any = get_origin(kind)
    return origin[tuple(project(part, version) for part in arguments)]


def _project_struct(kind: type[ApiStruct], version: Version) -> type[ApiStruct]:
    if not _differs(kind, version):
        return kind
    fields: list[tuple[str, Any, Any]] = []
    for field in fields_of(kind):
        if version not in span_of(field.type):
            continue
        own = project(field.type, version)
        if field.default_factory is not msgspec.NODEFAULT:
            default = msgspec.field(default_factory=field.default_factory, name=field.encode_name)
        elif field.default is not msgspec.NODEFAULT:
            default = msgspec.field(default=field.default, name=field.encode_name)
        else:
            default = msgspec.field(name=field.encode_name)
        fields.append((field.name, own, default))
    made = msgspec.defstruct(
        kind.__name__,
        fields,
        bases=(ApiStruct,),
        kw_only=True,
        module=f"engine_api.v{version.major}_{version.minor}",
        namespace={"__doc__": inspect.getdoc(kind), "__head__": kind},
    )
    assert issubclass(made, ApiStruct)
    return made


@cache
def _differs(kind: Annotation, version: Version) -> bool:
    return _struct_differs(kind, version, frozenset())


def _struct_differs(kind: Annotation, version: Version, above: frozenset[Annotation]) -> bool:
    if isinstance(kind, type) and issubclass(kind, ApiStruct):
        return kind not in above and any(
            version not in span_of(field.type) or _struct_differs(field.type, version, above | {kind})
            for field in fields_of(kind)
        )
    return any(_struct_differs(part, version, above) for part in get_args(kind) if not isinstance(part, list))


@cache
def prune(kind: Annotation, version: Version) -> Pruner | None:
    """Return a function that removes the fields that the version lacks from builtins (see `msgspec.to_builtins`).

    The function changes its argument. None if the version lacks no field of the type.
    """
    if not _differs(kind, version):
        return None
    if isinstance(kind, type) and issubclass(kind, ApiStruct):
        return _prune_struct(kind, version)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is dict:
        return _each_value(prune(arguments[1], version))
    if origin is list:
        return _each_item(prune(arguments[0], version))
    found = [pruner for pruner in (prune(part, version) for part in arguments) if pruner is not None]
    return found[0] if found else None


def _prune_struct(kind: type[ApiStruct], version: Version) -> Pruner:
    drop: list[str] = []
    inner: list[tuple[str, Pruner]] = []
    for field in fields_of(kind):
        if version not in span_of(field.type):
            drop.append(field.encode_name)
        elif (pruner := prune(field.type, version)) is not None:
            inner.append((field.encode_name, pruner))

    def apply(value: Annotation) -> Annotation:
        if isinstance(value, dict):
            for name in drop:
                value.pop(name, None)
            for name, pruner in inner:
                if name in value:
                    pruner(value[name])
        return value

    return apply


def _each_value(pruner: Pruner | None) -> Pruner | None:
    def apply(value: Annotation) -> Annotation:
        if isinstance(value, dict) and pruner is not None:
            for item in value.values():
                pruner(item)
        return value

    return apply


def _each_item(pruner: Pruner | None) -> Pruner | None:
    def apply(value: Annotation) -> Annotation:
        if isinstance(value, list) and pruner is not None:
            for item in value:
                pruner(item)
        return value

    return apply


def lacking(value: Annotation, version: Version) -> list[tuple[str, Span]]:
    """Return the set fields of a value that the version lacks: dotted paths, with the versions that have the fields."""
    return list(_lacking(value, version, ""))


def _lacking(value: Annotation, version: Version, prefix: str) -> Iterator[tuple[str, Span]]:
    if isinstance(value, ApiStruct):
        for field in fields_of(type(value)):
            own = getattr(value, field.name)
            if own is UNSET:
                continue
            path = f"{prefix}.{field.encode_name}" if prefix else field.encode_name
            span = span_of(field.type)
            if version not in span:
                yield path, span
            else:
                yield from _lacking(own, version, path)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _lacking(item, version, prefix + "{}")
    elif isinstance(value, list):
        for item in value:
            yield from _lacking(item, version, prefix + "[]")


@cache
def field_docs(kind: type[ApiStruct]) -> dict[str, str]:
    """Return the docstrings of the fields of a struct, by the names of fields in Python."""
    kind = getattr(kind, "__head__", kind)
    docs: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if issubclass(base, msgspec.Struct) and base.__module__.startswith("engine_api."):
            docs |= _class_docs(base.__module__).get(base.__name__, {})
    return docs


@cache
def _class_docs(module: str) -> dict[str, dict[str, str]]:
    source = inspect.getsource(__import__(module, fromlist=["_"]))
    docs: dict[str, dict[str, str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            own = docs.setdefault(node.name, {})
            for before, after in zip(node.body, node.body[1:], strict=False):
                if (
                    isinstance(before, ast.AnnAssign)
                    and isinstance(before.target, ast.Name)
                    and isinstance(after, ast.Expr)
                    and isinstance(after.value, ast.Constant)
                    and isinstance(after.value.value, str)
                ):
                    own[before.target.id] = inspect.cleandoc(after.value.value)
    return docs
