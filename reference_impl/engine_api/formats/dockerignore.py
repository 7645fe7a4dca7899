"""`.dockerignore`: the files of a folder that the context of a build excludes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

__all__ = ["IgnoreRules"]


class IgnoreRules:
    """The rules of a `.dockerignore`: the last line that matches a path, or a folder above it, applies."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._rules: list[tuple[bool, re.Pattern[str]]] = []
        self._kept: list[str] = []
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
                if keeps:
                    self._kept.append(f"{text}/")

    @classmethod
    def read(cls, data: bytes) -> IgnoreRules:
        """Return the rules of a file."""
        return cls(data.decode("utf-8-sig", "replace").splitlines())

    def keeps_below(self, folder: str) -> bool:
        """Return whether an exception can include a path within an excluded folder."""
        return any(text.startswith(f"{folder}/") for text in self._kept)

    def leaves_out(self, path: str) -> bool:
        """Return whether a path, relative to the context, is excluded."""
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
