"""Expanding words: variables, substitutions, fields, file names."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from engine_api.engines.memory.userland.patterns import compile_pattern, escape, has_pattern
from engine_api.engines.memory.userland.shell.arithmetic import evaluate
from engine_api.engines.memory.userland.shell.syntax import Arithmetic, Literal, Parameter, Part, Substitution, Word

__all__ = ["Expander", "ExpansionProblem"]


class ExpansionProblem(Exception):
    """A word cannot be expanded; ends the script."""


class Scope(Protocol):
    """The variables of a shell."""

    variables: dict[str, str]
    positional: list[str]

    def get(self, name: str) -> str | None:
        """Return the value of a variable or special parameter; None if it is not set."""
        ...

    def assign(self, name: str, value: str) -> None:
        """Set a variable."""
        ...


class _Field:
    """An incomplete field: a pattern in which quoted text is escaped."""

    def __init__(self) -> None:
        self.pattern = ""
        self.there = False


class Expander:
    """Expands the words of one shell."""

    def __init__(
        self,
        scope: Scope,
        substitute: Callable[[str], Awaitable[str]],
        glob: Callable[[str], Sequence[str]],
        nounset: Callable[[], bool],
    ) -> None:
        self._scope = scope
        self._substitute = substitute
        self._glob = glob
        self._nounset = nounset

    async def fields(self, words: Sequence[Word]) -> list[str]:
        """Return words as fields: split, and with file names in place of patterns."""
        result: list[str] = []
        for word in words:
            plain = word.plain
            if plain is not None and not has_pattern(plain) and not plain.startswith("~"):
                result.append(plain)
                continue
            for field in await self._split(word):
                names = self._glob(field) if has_pattern(field) else ()
                result += names or [_unescape(field)]
        return result

    async def text(self, word: Word) -> str:
        """Return a word as one text, neither split nor matched with file names."""
        return _unescape(await self.pattern(word))

    async def pattern(self, word: Word) -> str:
        """Return a word as one pattern, in which quoted text matches itself."""
        out: list[str] = []
        for index, part in enumerate(word.parts):
            for value, quoted in await self._values(part, first=index == 0):
                out.append(escape(value) if quoted else value)
                if isinstance(part, Parameter) and part.name in "@*" and part.quoted:
                    out.append(" ")
            if isinstance(part, Parameter) and part.name in "@*" and part.quoted and out and out[-1] == " ":
                out.pop()
        return "".join(out)

    async def _split(self, word: Word) -> list[str]:
        separators = self._scope.get("IFS")
        separators = " \t\n" if separators is None else separators
        done: list[str] = []
        field = _Field()

        def finish() -> None:
            nonlocal field
            if field.there:
                done.append(field.pattern)
            field = _Field()

        for index, part in enumerate(word.parts):
            values = await self._values(part, first=index == 0)
            for number, (value, quoted) in enumerate(values):
                if number:
                    finish()
                if quoted:
                    field.there = True
                    field.pattern += escape(value)
                elif isinstance(part, Literal):
                    field.there = True
                    field.pattern += value
                else:
                    self._split_value(value, separators, field, done)
        if field.there:
            done.append(field.pattern)
        return done

    def _split_value(self, value: str, separators: str, field: _Field, done: list[str]) -> None:
        """Split an unquoted value; `field` continues with the last piece."""
        blanks = "".join(c for c in separators if c in " \t\n")
        at, end = 0, len(value)
        while at < end:
            character = value[at]
            if character not in separators:
                field.there = True
                field.pattern += character if character != "\\" else "\\\\"
                at += 1
                continue
            hard = False
            while at < end and value[at] in separators:
                if value[at] not in blanks:
                    if hard:
                        break
                    hard = True
                at += 1
            if field.there or hard:
                done.append(field.pattern)
            field.pattern, field.there = "", False

    async def _values(self, part: Part, *, first: bool = False) -> list[tuple[str, bool]]:
        """Return the values of a part, and whether each is quoted; `"$@"` has several."""
        if isinstance(part, Literal):
            if first and not part.quoted and part.text.startswith("~"):
                user, slash, rest = part.text.partition("/")
                if user == "~root":
                    return [("/root" + slash + rest, False)]
                if user == "~":
                    return [((self._scope.get("HOME") or "/root") + slash + rest, False)]
            return [(part.text, part.quoted)]
        if isinstance(part, Substitution):
            return [((await self._substitute(part.script)).rstrip("\n"), part.quoted)]
        if isinstance(part, Arithmetic):
            return [(str(evaluate(await self.text(part.expression), self._scope.variables)), part.quoted)]
        return await self._parameter(part)

    async def _parameter(self, part: Parameter) -> list[tuple[str, bool]]:
        if part.name in ("@", "*") and part.operator == "":
            positional = list(self._scope.positional)
            if part.quoted and part.name == "*":
                separators = self._scope.get("IFS")
                return [((" " if separators is None else separators[:1]).join(positional), True)]
            return [(value, part.quoted) for value in positional]
        value = " ".join(self._scope.positional) if part.name in ("@", "*") else self._scope.get(part.name)
        operator = part.operator
        if operator == "length":
            return [(str(len(value or "")), part.quoted)]
        if operator and operator in (":-", "-", ":=", "=", ":+", "+", ":?", "?"):
            return await self._default(part, value)
        if value is None:
            if self._nounset() and part.name not in ("@", "*"):
                raise ExpansionProblem(f"{part.name}: parameter not set")
            value = ""
        if operator and part.word is not None:
            value = await self._edit(part, value, operator)
        return [(value, part.quoted)]

    async def _default(self, part: Parameter, value: str | None) -> list[tuple[str, bool]]:
        assert part.word is not None
        there = value is not None and not (part.operator.startswith(":") and value == "")
        kind = part.operator[-1]
        if kind == "+":
            if not there:
                return [("", part.quoted)]
        elif there:
            return [(value or "", part.quoted)]
        if kind == "?":
            message = await self.text(part.word) or "parameter not set"
            raise ExpansionProblem(f"{part.name}: {message}")
        if kind == "=":
            self._scope.assign(part.name, await self.text(part.word))
        if part.quoted:
            return [(await self.text(part.word), True)]
        found: list[tuple[str, bool]] = []
        for index, piece in enumerate(part.word.parts):
            found += await self._values(piece, first=index == 0)
        return [("".join(text for text, _ in found), any(quoted for _, quoted in found))] if found else [("", False)]

    async def _edit(self, part: Parameter, value: str, operator: str) -> str:
        assert part.word is not None
        pattern = await self.pattern(part.word)
        if operator in ("%", "%%", "#", "##"):
            matcher = compile_pattern(pattern)
            ends = operator[0] == "%"
            cuts = range(len(value) + 1)
            order = cuts if (operator in ("#", "%%")) else reversed(cuts)
            for cut in order:
                piece = value[cut:] if ends else value[:cut]
                if matcher.fullmatch(piece):
                    return value[:cut] if ends else value[cut:]
            return value
        if operator in ("/", "//"):
            old, _, new = pattern.partition("/")
            return compile_pattern(old).sub(lambda _: _unescape(new), value, count=0 if operator == "//" else 1)
        start, _, length = pattern.partition(":")
        first = evaluate(start, self._scope.variables)
        first = max(first + len(value), 0) if first < 0 else first
        if not length:
            return value[first:]
        count = evaluate(length, self._scope.variables)
        return value[first : first + count] if count >= 0 else value[first:count]


def _unescape(pattern: str) -> str:
    return re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL)
