"""Patterns of file names."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["compile_pattern", "escape", "has_pattern"]


def has_pattern(text: str) -> bool:
    """Whether a text has unescaped characters of a pattern."""
    return re.search(r"(?<!\\)[*?\[]", text) is not None


def escape(text: str) -> str:
    """Return a pattern that matches a text only."""
    return re.sub(r"([*?\[\\\]])", r"\\\1", text)


_BRACKET = re.compile(r"([!^]?)(\]?(?:\[:\w+:\]|[^\]])*)\]", re.DOTALL)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        if character == "*":
            out.append(".*")
        elif character == "?":
            out.append(".")
        elif character == "\\" and at < len(pattern):
            out.append(re.escape(pattern[at]))
            at += 1
        elif character == "[" and (match := _BRACKET.match(pattern, at)) is not None:
            at = match.end()
            body = re.sub(r"\[:(\w+):\]|([\\\[\]^&~|])", _class, match[2])
            out.append(f"[{'^' if match[1] else ''}{body}]")
        else:
            out.append(re.escape(character))
    try:
        return re.compile("".join(out), re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern), re.DOTALL)


def _class(match: re.Match[str]) -> str:
    if match[2]:
        return "\\" + match[2]
    return {
        "digit": "0-9",
        "alpha": "A-Za-z",
        "alnum": "A-Za-z0-9",
        "upper": "A-Z",
        "lower": "a-z",
        "space": " \t\n",
    }.get(match[1], "")
