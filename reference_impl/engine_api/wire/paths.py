"""Paths: the version in front, the names in between, and which operation is meant."""

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
    """The version in front of a path, if there is one, and the rest."""
    match = _VERSIONED.fullmatch(path)
    return (match[1], match[2]) if match else (None, path)


def clean(path: str) -> str:
    """The path without empty, `.` and `..` parts; where it differs from the one asked for, the engine redirects."""
    cleaned = "/" + posixpath.normpath("/" + path).lstrip("/")
    return cleaned + "/" if path.endswith("/") and cleaned != "/" else cleaned


def fill(path: str, names: Mapping[str, str]) -> str:
    """The path with names in place of its braces."""
    return _ARGUMENT.sub(lambda match: quote(names[match[1]], safe="/:@"), path)


class Match(NamedTuple):
    """The operation that a request asks for, and the names in its path."""

    binding: Binding
    names: dict[str, str]


class Router:
    """Finds the row of the table for a request, by dictionary.

    A path is fixed, or has a name between a fixed head and an optional fixed tail of one or two parts, after which
    another name may end it. The first name may have slashes.
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
        """The operation for a path without version, or None if there is none."""
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
        """The operation for a path that ends where a name would begin: on some resources that is an empty name."""
        found = self._named.get((verb, head, ""))
        return Match(found[0], {found[1]: ""}) if found is not None and found[0].resource in _NAMELESS else None
