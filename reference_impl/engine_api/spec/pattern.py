"""Patterns of expected JSON and text, in which braces capture values and `...` matches anything.

`"{web}"` captures a value at its first occurrence, and later occurrences must be equal to it. `"{web:id}"` also
requires a kind of value, and `"{:time}"` only requires the kind. Within a longer string, braces match a part of it.
Doubled braces are literal braces. In an object, `...` allows further keys, and the bare word `absent` as a value
forbids the key. In an array, `...` allows any items at its place. As a value, `...` matches any value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = [
    "KINDS",
    "Captures",
    "NotationError",
    "Pattern",
    "insert",
    "match",
    "match_text",
    "parse",
    "parse_all",
    "render",
]

Captures = dict[str, object]
"""Captured values by name."""

KINDS: Final[Mapping[str, str]] = {
    "id": r"[0-9a-f]{64}",
    "short": r"[0-9a-f]{12}",
    "digest": r"sha256:[0-9a-f]{64}",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)",
    "number": r"-?\d+(?:\.\d+)?",
    "version": r"\d+\.\d+",
    "address": r"\d{1,3}(?:\.\d{1,3}){3}",
    "name": r"[a-zA-Z0-9][a-zA-Z0-9_.-]+",
    "text": r".+",
    "any": r"(?s:.*)",
}
"""Kinds of values, each with the regular expression that it must match."""

_TOKEN: Final = re.compile(r'\s*(?:(\.\.\.)|([{}\[\]:,])|("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(\w+))')


class NotationError(Exception):
    """An example is malformed."""


class _Rest:
    """`...` in an object or an array, and as a value."""


class _Absent:
    """`absent` as a value."""


REST: Final = _Rest()
ABSENT: Final = _Absent()

Pattern = object
"""A JSON value that may contain `REST` and `ABSENT`; an object that allows further keys has the key `...`."""


@dataclass
class _Reader:
    text: str
    at: int = 0

    def next(self) -> tuple[str, str]:
        match = _TOKEN.match(self.text, self.at)
        if match is None or not match[0].strip():
            rest = self.text[self.at :].strip()
            if not rest:
                return "end", ""
            raise NotationError(f"no JSON at {rest[:30]!r}")
        self.at = match.end()
        for kind, value in zip(("rest", "sign", "string", "number", "word"), match.groups(), strict=True):
            if value is not None:
                return kind, value
        raise NotationError("no JSON")

    def peek(self) -> tuple[str, str]:
        at = self.at
        token = self.next()
        self.at = at
        return token

    def value(self) -> Pattern:
        kind, text = self.next()
        if kind == "rest":
            return REST
        if kind in ("string", "number"):
            return json.loads(text)
        if kind == "word":
            words = {"true": True, "false": False, "null": None, "absent": ABSENT}
            if text in words:
                return words[text]
        if text == "{":
            return self._object()
        if text == "[":
            return self._array()
        raise NotationError(f"unexpected {text or 'end'!r} in JSON")

    def _object(self) -> dict[str, Pattern]:
        found: dict[str, Pattern] = {}
        if self.peek() == ("sign", "}"):
            self.next()
            return found
        while True:
            kind, text = self.next()
            if kind == "rest":
                found["..."] = REST
            elif kind == "string":
                if self.next() != ("sign", ":"):
                    raise NotationError(f"a colon is missing after {text}")
                found[json.loads(text)] = self.value()
            else:
                raise NotationError(f"a key is expected, not {text!r}")
            sign = self.next()
            if sign == ("sign", "}"):
                return found
            if sign != ("sign", ","):
                raise NotationError(f"a comma is missing before {sign[1]!r}")

    def _array(self) -> list[Pattern]:
        found: list[Pattern] = []
        if self.peek() == ("sign", "]"):
            self.next()
            return found
        while True:
            found.append(self.value())
            sign = self.next()
            if sign == ("sign", "]"):
                return found
            if sign != ("sign", ","):
                raise NotationError(f"a comma is missing before {sign[1]!r}")


def parse(text: str) -> Pattern:
    """Return the pattern of JSON with `...` and `absent`.

    Raises:
        NotationError: the string is malformed.
    """
    reader = _Reader(text)
    value = reader.value()
    if reader.next()[0] != "end":
        raise NotationError("there is more after the JSON")
    return value


def parse_all(text: str) -> list[Pattern]:
    """Return the patterns of consecutive documents; `...` alone matches any documents.

    Raises:
        NotationError: a document is malformed.
    """
    reader = _Reader(text)
    found: list[Pattern] = []
    while reader.peek()[0] != "end":
        found.append(reader.value())
    return found


def insert(text: str, captures: Captures) -> str:
    """Return a string with captured values in place of `{name}`; other braces are kept."""
    return re.sub(r"\{(\w+)\}", lambda m: str(captures.get(m[1], m[0])), text)


def match_text(expected: str, got: str, captures: Captures) -> bool:
    """Return whether a string matches; new captures are added if it does."""
    if "{" not in expected and "}" not in expected and "..." not in expected:
        return expected == got
    names: list[str] = []
    parts: list[str] = []
    at = 0
    for match in re.finditer(r"\{\{|\}\}|\{(\w*)(?::(\w+))?\}|\.\.\.", expected):
        parts.append(re.escape(expected[at : match.start()]))
        at = match.end()
        if match[0] == "...":
            parts.append("(?s:.*)")
        elif match[0] in ("{{", "}}"):
            parts.append(re.escape(match[0][0]))
        else:
            kind = match[2] or "text"
            if kind not in KINDS:
                raise NotationError(f"{match[0]} has no kind that is known; {', '.join(KINDS)} are")
            if match[1] in captures:
                parts.append(re.escape(str(captures[match[1]])))
            elif match[1] in names:
                parts.append(f"(?P={match[1]})")
            elif match[1]:
                names.append(match[1])
                parts.append(f"(?P<{match[1]}>{KINDS[kind]})")
            else:
                parts.append(KINDS[kind])
    parts.append(re.escape(expected[at:]))
    found = re.fullmatch("".join(parts), got)
    if found is None:
        return False
    captures.update({name: found[name] for name in names})
    return True


_WHOLE: Final = re.compile(r"\{(\w*)(?::(\w+))?\}")


def match(expected: Pattern, got: object, captures: Captures, path: str = "") -> list[str]:
    """Return the mismatches of a value, each with its path; new captures are added."""
    if expected is REST:
        return []
    if isinstance(expected, str):
        return _match_string(expected, got, captures, path)
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return [f"{path or 'the body'}: an object is expected, not {_show(got)}"]
        return _match_object(expected, got, captures, path)
    if isinstance(expected, list):
        if not isinstance(got, list):
            return [f"{path or 'the body'}: an array is expected, not {_show(got)}"]
        return _match_array(expected, got, captures, path)
    if isinstance(expected, bool) or isinstance(got, bool) or expected is None or not isinstance(got, int | float):
        same = expected is got
    else:
        same = expected == got
    return [] if same else [f"{path or 'the body'}: {_show(expected)} is expected, not {_show(got)}"]


def _match_string(expected: str, got: object, captures: Captures, path: str) -> list[str]:
    whole = _WHOLE.fullmatch(expected)
    if whole and whole[1] and whole[1] in captures:
        if captures[whole[1]] == got:
            return []
        return [f"{path}: {_show(captures[whole[1]])}, captured as {expected}, is expected, not {_show(got)}"]
    if whole and whole[2] == "any":
        if whole[1]:
            captures[whole[1]] = got
        return []
    if whole and whole[2] == "number":
        if isinstance(got, bool) or not isinstance(got, int | float):
            return [f"{path}: a number is expected, not {_show(got)}"]
        if whole[1]:
            captures[whole[1]] = got
        return []
    if not isinstance(got, str) or not match_text(expected, got, captures):
        return [f"{path or 'the body'}: {_show(expected)} is expected, not {_show(got)}"]
    return []


def _match_object(expected: dict[str, Pattern], got: dict[str, object], captures: Captures, path: str) -> list[str]:
    problems: list[str] = []
    known = set()
    for key, value in expected.items():
        if key == "...":
            continue
        name = key
        if "{" in key:
            name = next((k for k in got if k not in expected and match_text(key, k, captures)), key)
        known.add(name)
        place = f"{path}.{name}" if path else name
        if value is ABSENT:
            if name in got:
                problems.append(f"{place}: must not be there, but is {_show(got[name])}")
        elif name not in got:
            problems.append(f"{place}: is missing")
        else:
            problems += match(value, got[name], captures, place)
    if "..." not in expected:
        for key in got:
            if key not in known:
                problems.append(f"{path}.{key}: is not expected".lstrip("."))
    return problems


def _match_array(expected: list[Pattern], got: list[object], captures: Captures, path: str) -> list[str]:
    if REST not in expected:
        if len(expected) != len(got):
            return [f"{path or 'the body'}: {len(expected)} items are expected, not {len(got)}: {_show(got)}"]
        return [
            problem
            for index, (one, other) in enumerate(zip(expected, got, strict=True))
            for problem in match(one, other, captures, f"{path}[{index}]")
        ]
    at = 0
    free = False
    for one in expected:
        if one is REST:
            free = True
            continue
        while True:
            if at >= len(got):
                return [f"{path or 'the body'}: no item is {_show(one)} in {_show(got)}"]
            trial = dict(captures)
            problems = match(one, got[at], trial, f"{path}[{at}]")
            at += 1
            if not problems:
                captures.update(trial)
                break
            if not free:
                return problems
        free = False
    if expected[-1] is not REST and at != len(got):
        return [f"{path or 'the body'}: there are {len(got) - at} items more than expected: {_show(got[at:])}"]
    return []


def _show(value: object) -> str:
    text = render(value)
    return text if len(text) < 300 else text[:300] + "…"


def render(value: Pattern) -> str:
    """Return a pattern or a value on one line."""
    if value is REST:
        return "..."
    if value is ABSENT:
        return "absent"
    if isinstance(value, dict):
        items = ("..." if key == "..." else f"{json.dumps(key)}: {render(one)}" for key, one in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(render(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
