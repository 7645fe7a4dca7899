"""Paths of requests: the version prefix, the names of arguments, and the operation."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from engine_api.wire.bindings import Binding

__all__ = ["Match", "Router", "clean", "fill", "split_version"]

_VERSIONED = re.compile(r"/v([0-9.]+)(/.*)", re.DOTALL)
_NAMELESS = frozenset(("containers", "images", "networks", "plugins", "volumes"))
_ARGUMENT = re.compile(r"\{(\w+)\}")


def split_version(path: str) -> tuple[str | None, str]:
    """Return the version prefix of a path, or None, and the rest."""
    match = _VERSIONED.fullmatch(path)
    return (match[1], match[2]) if match else (None, path)


def clean(path: str) -> str:
    """Return a path without empty, `.` and `..` segments; the engine redirects requests for other forms of the path."""
    cleaned = "/" + posixpath.normpath("/" + path).lstrip("/")
    return cleaned + "/" if path.endswith("/") and cleaned != "/" else cleaned


def fill(path: str, names: Mapping[str, str]) -> str:
    """Return a path with its braces replaced by values."""
    return _ARGUMENT.sub(lambda match: quote(names[match[1]], safe="/:@"), path)


class Match(NamedTuple):
    """The operation of a request, and the values in its path."""

    binding: Binding
    names: dict[str, str]


class Router:
    """Finds the row of the table for a request, in dictionaries.

    A path is fixed, or has a name after a fixed head. A fixed tail of one or two segments may follow the name, and a
    second name may follow the tail. The first name may contain slashes.
    """

    def __init__(self, bindings: Iterable[Binding]) -> None:
        self._fixed: dict[tuple[str, str], Match] = {}
        self._named: dict[tuple[str, str, str], tuple[Binding, str]] = {}
        self._pairs: dict[tuple[str, str, str], tuple[Binding, str, str]] = {}
        for binding in bindings:
            arguments = list(_ARGUMENT.finditer(binding.path))
            if not arguments:
                for path in (binding.path, *binding.also):
                    self._fixed[binding.verb, path] = Match(binding, {})
                continue
            first, last = arguments[0], arguments[-1]
            head = binding.path[: first.start()]
            if first is last:
                self._named[binding.verb, head, binding.path[first.end() :]] = binding, first[1]
            else:
                middle = binding.path[first.end() : last.start()]
                self._pairs[binding.verb, head, middle] = binding, first[1], last[1]

    def match(self, verb: str, path: str) -> Match | None:
        """Return the operation for a path without version prefix, or None."""
        fixed = self._fixed.get((verb, path))
        if fixed is not None:
            return fixed
        start = path.find("/", 1) + 1
        if not start:
            return None
        head = path[:start]
        if start == len(path):
            return self._nameless(verb, head)
        end = path.rfind("/", start)
        if end > start:
            found = self._named.get((verb, head, path[end:]))
            if found is not None:
                return Match(found[0], {found[1]: path[start:end]})
            before = path.rfind("/", start, end)
            if before > start:
                found = self._named.get((verb, head, path[before:]))
                if found is not None:
                    return Match(found[0], {found[1]: path[start:before]})
                pair = self._pairs.get((verb, head, path[before : end + 1]))
                if pair is not None and end + 1 < len(path):
                    return Match(pair[0], {pair[1]: path[start:before], pair[2]: path[end + 1 :]})
        found = self._named.get((verb, head, ""))
        return Match(found[0], {found[1]: path[start:]}) if found is not None else None

    def _nameless(self, verb: str, head: str) -> Match | None:
        """Return the operation for a path that ends before the name; on some resources the name is then empty."""
        found = self._named.get((verb, head, ""))
        return Match(found[0], {found[1]: ""}) if found is not None and found[0].resource in _NAMELESS else None
