"""Regular expressions as the commands write them."""

from __future__ import annotations

import re

__all__ = ["basic", "classes", "problem_of"]


def basic(text: str) -> str:
    """Return a basic regular expression as an extended one."""
    text = re.sub(r"\\?[(){}|+?]", lambda m: m[0][1:] if len(m[0]) == 2 else "\\" + m[0], text)
    return re.sub(r"^\*", r"\\*", text)


def classes(text: str) -> str:
    """Return an expression with its named classes of characters replaced."""
    names = {"digit": "0-9", "alpha": "A-Za-z", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s"}
    return re.sub(r"\[:(\w+):\]", lambda m: names.get(m[1], ""), text)


def problem_of(error: re.error) -> str:
    """Return the message of the C library for an invalid expression."""
    if "parenthesis" in error.msg or "subpattern" in error.msg:
        return "Unmatched ( or \\("
    if "character set" in error.msg:
        return "Unmatched [, [^, [:, [., or [="
    return "Invalid preceding regular expression"
