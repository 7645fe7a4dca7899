"""Patterns: of file names in `COPY` and `ADD`, and in the values of variables."""

from __future__ import annotations

import re

from engine_api.api.errors import InternalError

__all__ = ["has_wildcards", "name_pattern", "shell_pattern"]


def has_wildcards(path: str) -> bool:
    """Whether a path is a pattern."""
    return re.search(r"(?<!\\)[*?\[]", path.replace("\\\\", "")) is not None


def name_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of paths, in which no sign stands for a slash.

    Raises:
        InternalError: it is malformed.
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
                raise InternalError("syntax error in pattern")
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
        raise InternalError("syntax error in pattern") from None


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
