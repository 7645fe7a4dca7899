"""Patterns of file names: in `COPY` and `ADD`, in `.dockerignore`, and in the values of variables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

from engine_api.api.errors import SystemError

__all__ = ["IgnoreRules", "has_wildcards", "name_pattern", "shell_pattern"]


def has_wildcards(path: str) -> bool:
    """Whether a path is a pattern."""
    return re.search(r"(?<!\\)[*?\[]", path.replace("\\\\", "")) is not None


def name_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of paths, in which no sign stands for a slash.

    Raises:
        SystemError: it is malformed.
    """
    found = ""
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            found += "[^/]*"
        elif char == "?":
            found += "[^/]"
        elif char == "[":
            end = pattern.find("]", at + 1)
            if end < 0:
                raise SystemError("syntax error in pattern")
            inner = pattern[at:end].replace("\\", "\\\\")
            found += f"[{inner}]"
            at = end + 1
        elif char == "\\" and at < len(pattern):
            found += re.escape(pattern[at])
            at += 1
        else:
            found += re.escape(char)
    try:
        return re.compile(found, re.DOTALL)
    except re.error:
        raise SystemError("syntax error in pattern") from None


def shell_pattern(pattern: str, *, greedy: bool, escape: str) -> str:
    """A pattern in which `*` and `?` stand for any characters, as an expression."""
    found = ""
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            found += ".*" if greedy else ".*?"
        elif char == "?":
            found += "."
        elif char == escape and at < len(pattern):
            found += re.escape(pattern[at])
            at += 1
        else:
            found += re.escape(char)
    return f"(?s:{found})"


class IgnoreRules:
    """What a `.dockerignore` leaves out: the last line that fits a path or a folder above it decides."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._rules: list[tuple[bool, re.Pattern[str]]] = []
        for line in lines:
            text = line.strip()
            if not text or line.startswith("#"):
                continue
            keeps = text.startswith("!")
            text = text[1:].strip() if keeps else text
            if not text:
                continue
            text = posixpath.normpath(text).lstrip("/")
            if text not in ("", "."):
                self._rules.append((keeps, _ignore_expression(text)))

    @classmethod
    def read(cls, data: bytes) -> IgnoreRules:
        """The rules of a file."""
        return cls(data.decode("utf-8-sig", "replace").splitlines())

    @property
    def keeps_some(self) -> bool:
        """Whether a rule takes something back, so that left-out folders must be looked into."""
        return any(keeps for keeps, _ in self._rules)

    def leaves_out(self, path: str) -> bool:
        """Whether a path, relative to the context, is left out."""
        parts: Sequence[str] = path.strip("/").split("/")
        above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        found = False
        for keeps, expression in self._rules:
            if found != (not keeps) and any(expression.fullmatch(one) for one in above):
                found = not keeps
        return found


def _ignore_expression(pattern: str) -> re.Pattern[str]:
    found = ""
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*" and pattern.startswith("*", at):
            at += 1
            if pattern.startswith("/", at):
                at += 1
            found += ".*" if at == len(pattern) else "(.*/)?"
        elif char == "*":
            found += "[^/]*"
        elif char == "?":
            found += "[^/]"
        elif char == "[" and (end := pattern.find("]", at + 1)) > 0:
            found += f"[{pattern[at:end]}]".replace("\\", "\\\\")
            at = end + 1
        elif char == "\\" and at < len(pattern):
            found += re.escape(pattern[at])
            at += 1
        else:
            found += re.escape(char)
    try:
        return re.compile(found, re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))
