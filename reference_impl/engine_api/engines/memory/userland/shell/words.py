"""Words of scripts: quotes, escapes, parameters, substitutions."""

from __future__ import annotations

import re
from typing import Final, NoReturn, Self

from engine_api.engines.memory.userland.escapes import unescape
from engine_api.engines.memory.userland.shell.problems import Incomplete, SyntaxProblem
from engine_api.engines.memory.userland.shell.syntax import (
    Arithmetic,
    Literal,
    Parameter,
    Part,
    Substitution,
    Word,
)

__all__ = ["WordReader"]

_DEPTH: Final = 100


class WordReader:
    """Reads the words of a text; the scripts in them are read by the parser of commands that extends it."""

    def __init__(self, text: str, depth: int = 0) -> None:
        self.text = text
        self.at = 0
        self.depth = depth
        self.check_depth()

    def check_depth(self) -> None:
        """Refuse scripts that are nested too deep.

        Raises:
            SyntaxProblem: this script is.
        """
        if self.depth > _DEPTH:
            raise SyntaxProblem("syntax error: nested too deep")

    def nested(self, text: str) -> Self:
        """Return a reader of a text within this one."""
        return type(self)(text, self.depth + 1)

    def substituted_script(self) -> None:
        """Read the script of a substitution with the parenthesis that ends it.

        Raises:
            SyntaxProblem: the script is malformed.
        """
        raise NotImplementedError

    def unexpected(self, wanted: str = "", *, reserved: bool = True) -> NoReturn:
        """Raise the error for the next token."""
        raise NotImplementedError

    def skip_blanks(self) -> None:
        """Skip blanks, comments and continued lines."""
        text = self.text
        while self.at < len(text):
            if text[self.at] in " \t":
                self.at += 1
            elif text.startswith("\\\n", self.at):
                self.at += 2
            elif text[self.at] == "#":
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
            else:
                return

    def document(self) -> Word:
        """Return the whole text as if in double quotes, with quotes as they are."""
        return Word(self._quoted(None))

    def word(self, *, empty: bool = False, until: str = "") -> Word:
        """Return a word, which ends before a blank or operator, or at `until` if that is given."""
        if not until and not empty:
            self.skip_blanks()
        parts: list[Part] = []
        text: list[str] = []
        ends = until or " \t\n;&|<>()"
        while self.at < len(self.text) and (character := self.text[self.at]) not in ends:
            if character in "'\"\\$`":
                part = self._special(character)
                if isinstance(part, str):
                    text.append(part)
                    continue
                if text:
                    parts.append(Literal("".join(text)))
                    text = []
                parts += part
            else:
                text.append(character)
                self.at += 1
        if text:
            parts.append(Literal("".join(text)))
        if not parts and not empty and not until:
            self.unexpected()
        return Word(parts)

    def _special(self, character: str) -> str | list[Part]:
        if character == "'":
            end = self.text.find("'", self.at + 1)
            if end < 0:
                raise Incomplete("syntax error: unterminated quoted string")
            body = self.text[self.at + 1 : end]
            self.at = end + 1
            return [Literal(body, True)]
        if character == '"':
            self.at += 1
            parts = self._quoted('"')
            return parts or [Literal("", True)]
        if character == "\\":
            self.at += 2
            if self.at > len(self.text):
                return "\\"
            escaped = self.text[self.at - 1]
            return [Literal(escaped, True)] if escaped != "\n" else [Literal("", False)]
        return self._dollar(quoted=False)

    def _quoted(self, end: str | None) -> list[Part]:
        parts: list[Part] = []
        text: list[str] = []

        def flush() -> None:
            if text:
                parts.append(Literal("".join(text), True))
                text.clear()

        while self.at < len(self.text) and (character := self.text[self.at]) != end:
            if character == "\\" and self.at + 1 < len(self.text):
                following = self.text[self.at + 1]
                self.at += 2
                if following == "\n":
                    continue
                text.append(following if following in '$`\\"' and (following != '"' or end) else "\\" + following)
            elif character in "$`":
                part = self._dollar(quoted=True)
                if isinstance(part, str):
                    text.append(part)
                else:
                    flush()
                    parts += part
            else:
                text.append(character)
                self.at += 1
        if end is not None:
            if self.at >= len(self.text):
                raise Incomplete("syntax error: unterminated quoted string")
            self.at += 1
        flush()
        return parts

    def _dollar(self, *, quoted: bool) -> str | list[Part]:
        text = self.text
        if text[self.at] == "`":
            return [self._backquoted(quoted)]
        if text.startswith("$((", self.at):
            close = self._balanced(self.at + 3, "))")
            if close is not None:
                expression = self.nested(text[self.at + 3 : close]).document()
                self.at = close + 2
                return [Arithmetic(expression, quoted)]
        if text.startswith("$(", self.at):
            inner = self.nested(text)
            inner.at = self.at + 2
            start = inner.at
            inner.substituted_script()
            script = text[start : inner.at - 1]
            self.at = inner.at
            return [Substitution(script, quoted)]
        if text.startswith("${", self.at):
            return [self._braced(quoted)]
        match = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*|[0-9?#@*$!-])").match(text, self.at)
        if match is not None:
            self.at = match.end()
            return [Parameter(match[1], quoted=quoted)]
        if text.startswith("$'", self.at) and not quoted:
            end = self._unescaped("'", self.at + 2)
            body = text[self.at + 2 : end]
            self.at = end + 1
            body = re.sub(r"(\\\\)|\\(['\"])", lambda found: found[1] or found[2], body)
            return [Literal(unescape(body), True)]
        self.at += 1
        return "$"

    def _unescaped(self, character: str, start: int) -> int:
        """Return where a character stands next without a backslash in front; the end of the text if nowhere."""
        end = start
        while end < len(self.text) and self.text[end] != character:
            end += 2 if self.text[end] == "\\" else 1
        return end

    def _backquoted(self, quoted: bool) -> Substitution:
        end = self._unescaped("`", self.at + 1)
        if end >= len(self.text):
            raise Incomplete("syntax error: EOF in backquote substitution")
        script = re.sub(r"\\([\\`$])", r"\1", self.text[self.at + 1 : end])
        self.at = end + 1
        return Substitution(script, quoted)

    def _balanced(self, start: int, end: str) -> int | None:
        level = 0
        at = start
        while at < len(self.text):
            if level == 0 and self.text.startswith(end, at):
                return at
            if self.text[at] == "(":
                level += 1
            elif self.text[at] == ")":
                level -= 1
                if level < 0:
                    return None
            at += 1
        return None

    def _braced(self, quoted: bool) -> Parameter:
        match = re.compile(r"\$\{(#?)([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[?#@*$!-])").match(self.text, self.at)
        if match is None:
            raise SyntaxProblem("syntax error: bad substitution")
        self.at = match.end()
        if match[1]:
            if not self.text.startswith("}", self.at):
                raise SyntaxProblem("syntax error: bad substitution")
            self.at += 1
            return Parameter(match[2], "length", quoted=quoted)
        operator = re.compile(r":?[-=+?]|%%?|##?|//?|:|").match(self.text, self.at)
        assert operator is not None
        self.at = operator.end()
        word = self.word(until="}")
        if not self.text.startswith("}", self.at):
            raise Incomplete("syntax error: missing '}'")
        self.at += 1
        if not operator[0] and word.parts:
            raise SyntaxProblem("syntax error: bad substitution")
        return Parameter(match[2], operator[0], word, quoted)
