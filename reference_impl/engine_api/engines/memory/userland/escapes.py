"""Backslash escapes such as `\\n`, as the shell, `printf` and `tr` read them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["unescape"]

_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\033", "\\": "\\"}
_ESCAPE: Final = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|0?[0-7]{1,3}|.)", re.DOTALL)


def unescape(text: str) -> str:
    """Return a text with its backslash escapes replaced by the characters that they stand for."""

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code in _ESCAPES:
            return _ESCAPES[code]
        if code[0] == "x" and len(code) > 1:
            return chr(int(code[1:], 16))
        if code[0] in "01234567":
            return chr(int(code, 8) & 0xFF)
        return match[0]

    return _ESCAPE.sub(one, text)
