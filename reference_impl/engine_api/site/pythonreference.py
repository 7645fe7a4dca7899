"""Generated parts of the Python reference: the page of types, and links from methods to the API and to types."""

from __future__ import annotations

import re
import types
from functools import cache
from inspect import getdoc
from typing import Final, Union, get_args, get_origin

import msgspec

import engine_api.api as api
from engine_api.api.engine import RESOURCES
from engine_api.api.struct import ApiStruct, fields_of
from engine_api.api.versions import NEWEST, OLDEST, span_of
from engine_api.site.markup import badge, escape, inline, wide_table
from engine_api.site.order import newest_folder, operation_pages
from engine_api.versions.projection import field_docs
from engine_api.wire.bindings import BINDINGS

__all__ = ["OPERATIONS", "TYPES_PAGE", "operations", "types_page", "with_operations", "with_types"]

TYPES_PAGE: Final = "<!-- types -->"
"""Placeholder for the tables of all types."""

OPERATIONS: Final = "<!-- operations -->"
"""Placeholder for the methods of all resources."""

_METHOD: Final = re.compile(r'<h3 id="(engine_api\.api\.\w+\.\w+\.\w+)" class="doc.*?</h3>', re.DOTALL)
_NAME: Final = re.compile(r'<span title="engine_api\.api\.\w+\.(\w+)">\1</span>')


@cache
def _structs() -> dict[str, type[ApiStruct]]:
    """Return the types by name, in alphabetical order."""
    named = {name: getattr(api, name) for name in sorted(api.__all__)}
    return {
        name: kind
        for name, kind in named.items()
        if isinstance(kind, type) and issubclass(kind, ApiStruct) and kind is not ApiStruct
    }


def types_page() -> str:
    """Return a list of all types as HTML, each with its fields: names in Python and in the API."""
    modules: dict[str, list[str]] = {}
    for name, kind in _structs().items():
        modules.setdefault(kind.__module__, []).append(name)
    links = "".join(f'<li><a href="#{name}">{name}</a></li>' for name in _structs())
    made = [f'<ul class="columns names">{links}</ul>']
    for module, names in sorted(modules.items()):
        title = module.removeprefix("engine_api.api.")
        made.append(f'<h2 id="{module}"><code>{title}</code></h2>')
        made += [_struct(name, _structs()[name]) for name in names]
    return "".join(made)


def _struct(name: str, kind: type[ApiStruct]) -> str:
    docs = field_docs(kind)
    rows = []
    for field in fields_of(kind):
        span = span_of(field.type)
        notes = badge(f"from v{span.since}", "since") if span.since > OLDEST else ""
        notes += badge(f"up to v{span.until}", "until") if span.until < NEWEST else ""
        rows.append(
            f'<tr><th scope="row"><code>{field.name}</code>{notes}</th><td><code>{field.encode_name}</code></td>'
            f"<td><code>{_type(field.type)}</code></td><td>{inline(docs.get(field.name, ''))}</td></tr>"
        )
    words = (getdoc(kind) or "").split("\n\n")[0]
    return f'<h3 id="{name}"><code>{name}</code></h3><p>{inline(words)}</p>' + (
        wide_table(("Python", "API", "Type", "Meaning"), rows, "types") if rows else ""
    )


def _type(kind: object) -> str:
    """Return a type in Python notation without marks of versions; types of the API are links."""
    origin, arguments = get_origin(kind), get_args(kind)
    if hasattr(kind, "__metadata__"):
        return _type(arguments[0])
    if origin in (Union, types.UnionType):
        return " | ".join(_type(part) for part in arguments if part is not msgspec.UnsetType)
    if origin is not None:
        return f"{_plain(origin)}[{', '.join(_type(part) for part in arguments)}]"
    if kind is type(None):
        return "None"
    name = _plain(kind)
    return f'<a href="#{name}">{name}</a>' if name in _structs() else name


def _plain(kind: object) -> str:
    return escape(getattr(kind, "__name__", str(kind)))


def operations() -> str:
    """Return the resources as Markdown for mkdocstrings."""
    return "\n\n".join(
        f"::: {resource.protocol.__module__}.{resource.protocol.__name__}\n    options:\n      show_bases: false"
        for resource in RESOURCES
    )


@cache
def _operations() -> dict[str, str]:
    """Return the note below the heading of each method: its operation, with a link."""
    found: dict[str, str] = {}
    for binding in BINDINGS:
        method, operation = binding.method, binding.operation
        where = operation_pages().get(operation.id)
        if where is None:
            continue
        found[f"{method.__module__}.{method.__qualname__}"] = (
            f'<p class="operation"><span class="verb verb-{binding.verb.lower()}">{binding.verb}</span> '
            f"<code>{escape(binding.path)}</code>"
            f'<a class="name" href="../{newest_folder(operation)}/{where[0]}/#{where[1]}">{operation.id}</a></p>'
        )
    return found


def with_operations(html: str) -> str:
    """Return a page of methods with each method's operation below its heading."""
    return _METHOD.sub(lambda found: found[0] + _operations().get(found[1], ""), html)


def with_types(html: str) -> str:
    """Return a page of the reference with links from names of types."""
    return _NAME.sub(
        lambda found: f'<a href="../python-types/#{found[1]}">{found[1]}</a>' if found[1] in _structs() else found[0],
        html,
    )
