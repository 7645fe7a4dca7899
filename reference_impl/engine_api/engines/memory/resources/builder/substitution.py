"""Quotes, escapes and variables in the words of instructions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from engine_api.api.errors import InvalidParameter
from engine_api.engines.memory.resources.builder.parsing import Instruction
from engine_api.engines.memory.resources.builder.patterns import shell_pattern

__all__ = ["expand", "expand_words", "expanded"]

_EXPANDED: Final = frozenset(("ADD", "ARG", "COPY", "ENV", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"))
"""Instructions each of whose words is expanded."""

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")


def expand(word: str, variables: Mapping[str, str], escape: str) -> str:
    """A word without quotes and escapes, and with the values of variables; unknown ones are empty.

    Raises:
        InvalidParameter: a quote or a brace is open, a modifier is unknown, or a required variable is not set.
    """
    return _expand(word, variables, escape)[0]


def expand_words(word: str, variables: Mapping[str, str], escape: str) -> list[str]:
    """The same, split at white space that came from variables or stood outside quotes.

    Raises:
        InvalidParameter: as for `expand`.
    """
    return _expand(word, variables, escape)[1]


def expanded(found: Instruction, variables: Mapping[str, str], escape: str) -> Instruction:
    """An instruction with its words expanded, where it is one of those that are.

    Raises:
        InvalidParameter: as for `expand`.
    """
    if found.name == "EXPOSE":
        return replace(found, args=[word for arg in found.args for word in expand_words(arg, variables, escape)])
    if found.name not in _EXPANDED or found.literal:
        return found
    flags = dict(found.flags)
    if "chown" in flags:
        flags["chown"] = expand(flags["chown"], variables, escape)
    return replace(found, args=[expand(arg, variables, escape) for arg in found.args], flags=flags)


def _expand(word: str, variables: Mapping[str, str], escape: str) -> tuple[str, list[str]]:
    reader = _Reader(word, variables, escape)
    try:
        text = reader.read("")
    except InvalidParameter as error:
        raise InvalidParameter(f"failed to process {_quoted(word)}: {error.message}") from None
    return text, reader.words()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'"{escaped}"'


class _Reader:
    def __init__(self, text: str, variables: Mapping[str, str], escape: str) -> None:
        self._text = text
        self._at = 0
        self._variables = variables
        self._escape = escape
        self._words: list[str] = []
        self._word: str | None = None

    def words(self) -> list[str]:
        return self._words if self._word is None else [*self._words, self._word]

    def _keep(self, text: str, *, split: bool = False) -> str:
        """Note a piece for the list of words."""
        if split:
            for char in text:
                if char.isspace():
                    if self._word is not None:
                        self._words.append(self._word)
                    self._word = None
                else:
                    self._word = (self._word or "") + char
        else:
            self._word = (self._word or "") + text
        return text

    def _next(self) -> str:
        char = self._text[self._at : self._at + 1]
        self._at += 1
        return char

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def read(self, stop: str) -> str:
        """Up to an unquoted character, which is passed; up to the end if there is none."""
        found = ""
        while self._at < len(self._text):
            char = self._peek()
            if stop and char == stop:
                self._at += 1
                return found
            if char == "'":
                found += self._keep(self._single())
            elif char == '"':
                found += self._keep(self._double())
            elif char == "$":
                found += self._keep(self._variable(), split=True)
            else:
                self._at += 1
                if char == self._escape:
                    char = self._next()
                    found += self._keep(char)
                else:
                    found += self._keep(char, split=True)
        if stop:
            raise InvalidParameter(f"unexpected end of statement while looking for matching {stop}")
        return found

    def _single(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise InvalidParameter("unexpected end of statement while looking for matching single-quote")
        found = self._text[self._at + 1 : end]
        self._at = end + 1
        return found

    def _double(self) -> str:
        self._at += 1
        found = ""
        while True:
            char = self._peek()
            if not char:
                raise InvalidParameter("unexpected end of statement while looking for matching double-quote")
            if char == '"':
                self._at += 1
                return found
            if char == "$":
                found += self._variable()
                continue
            self._at += 1
            if char == self._escape:
                following = self._peek()
                if not following:
                    raise InvalidParameter("unexpected end of statement while looking for matching double-quote")
                if following in ('"', "$", self._escape):
                    char = self._next()
            found += char

    def _variable(self) -> str:
        self._at += 1
        if self._peek() != "{":
            match = _NAME.match(self._text, self._at)
            if match is None:
                return "$"
            self._at = match.end()
            return self._variables.get(match[0], "")
        self._at += 1
        following = self._peek()
        if following in ("", "}", ":"):
            raise InvalidParameter("syntax error: bad substitution")
        match = _NAME.match(self._text, self._at)
        name = match[0] if match is not None else ""
        self._at += len(name)
        return self._modified(name)

    def _modified(self, name: str) -> str:
        modifier = self._next()
        value = self._variables.get(name)
        colon = ""
        if modifier == "}":
            return value or ""
        if modifier == ":":
            colon, modifier = ":", self._next()
        if modifier and modifier in "-+?":
            return self._default(name, value, colon, modifier)
        if not colon and modifier and modifier in "#%/":
            return self._cut(value or "", modifier)
        raise InvalidParameter(f"unsupported modifier ({colon}{modifier or chr(0xFFFD)}) in substitution")

    def _default(self, name: str, value: str | None, colon: str, modifier: str) -> str:
        inner = _Reader(self._text, self._variables, self._escape)
        inner._at = self._at
        word = inner.read("}")
        self._at = inner._at
        there = value is not None and not (colon and not value)
        if modifier == "-":
            return value or "" if there else word
        if modifier == "+":
            return word if there else ""
        if there:
            return value or ""
        if not word:
            word = "is not allowed to be empty" if value is not None else "is not allowed to be unset"
        raise InvalidParameter(f"{name}: {word}")

    def _cut(self, value: str, modifier: str) -> str:
        greedy = self._peek() == modifier
        self._at += greedy
        if modifier == "/":
            pattern, replacement = self._until("/", "}"), ""
            if self._text[self._at - 1] == "/":
                replacement = self._until("}")
            expression = re.compile(shell_pattern(pattern, greedy=True, escape=self._escape))
            return expression.sub(lambda _: replacement, value, count=0 if greedy else 1)
        pattern = self._until("}")
        if modifier == "#":
            expression = re.compile(shell_pattern(pattern, greedy=greedy, escape=self._escape))
            match = expression.match(value)
            return value[match.end() :] if match is not None else value
        expression = re.compile(shell_pattern(pattern, greedy=True, escape=self._escape))
        starts = range(len(value) + 1) if greedy else range(len(value), -1, -1)
        return next((value[:at] for at in starts if expression.fullmatch(value, at)), value)

    def _until(self, *stops: str) -> str:
        """A pattern up to one of some characters, with its variables replaced; escapes stay in it."""
        found = ""
        while char := self._next():
            if char in stops:
                return found
            if char == self._escape:
                found += char + self._next()
            elif char == "$":
                self._at -= 1
                found += self._variable()
            else:
                found += char
        raise InvalidParameter("syntax error: missing '}' in substitution")
