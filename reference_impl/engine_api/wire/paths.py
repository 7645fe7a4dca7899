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

    A path is either fixed, or has one name between a fixed head and an optional fixed tail; the name may have slashes.
    """

    def __init__(self, bindings: Iterable[Binding]) -> None:
        self._fixed: dict[tuple[str, str], Match] = {}
        self._named: dict[tuple[str, str, str], tuple[Binding, str]] = {}
        for binding in bindings:
            argument = _ARGUMENT.search(binding.path)
            if argument is None:
                for path in (binding.path, *binding.also):
                    self._fixed[binding.verb, path] = Match(binding, {})
            else:
                head, tail = binding.path[: argument.start()], binding.path[argument.end() :]
                self._named[binding.verb, head, tail] = binding, argument[1]

    def match(self, verb: str, path: str) -> Match | None:
        """The operation for a path without version, or None if there is none."""
        fixed = self._fixed.get((verb, path))
        if fixed is not None:
            return fixed
        start = path.find("/", 1) + 1
        if not start or start == len(path):
            return None
        head = path[:start]
        end = path.rfind("/", start)
        if end > start:
            found = self._named.get((verb, head, path[end:]))
            if found is not None:
                return Match(found[0], {found[1]: path[start:end]})
        found = self._named.get((verb, head, ""))
        return Match(found[0], {found[1]: path[start:]}) if found is not None else None
