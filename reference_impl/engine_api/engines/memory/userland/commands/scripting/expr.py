"""`expr`."""

from __future__ import annotations

import re

from engine_api.engines.memory.userland.commands.expressions import basic, classes
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.process import Process

__all__ = ["expr"]


class _Expression:
    """Computes an expression word by word."""

    _LEVELS = (("|",), ("&",), ("=", "==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"), (":",))

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def value(self, level: int = 0) -> str:
        """Return the value of the next words."""
        if level == len(self._LEVELS):
            return self._one()
        left = self.value(level + 1)
        while self.words and self.words[0] in self._LEVELS[level]:
            left = self._apply(self.words.pop(0), left, self.value(level + 1))
        return left

    def _one(self) -> str:
        if not self.words:
            raise ValueError("syntax error")
        word = self.words.pop(0)
        if word == "(":
            value = self.value()
            if self.words[:1] != [")"]:
                raise ValueError("syntax error")
            self.words.pop(0)
            return value
        if word == "length":
            return str(len(self._one()))
        if word == "index":
            text, letters = self._one(), self._one()
            return str(next((at for at, letter in enumerate(text, 1) if letter in letters), 0))
        if word == "substr":
            text, start, size = self._one(), int(self._one()), int(self._one())
            return text[start - 1 : start - 1 + size]
        return word

    def _apply(self, operator: str, left: str, right: str) -> str:
        if operator == "|":
            return left if left not in ("", "0") else right
        if operator == "&":
            return left if left not in ("", "0") and right not in ("", "0") else "0"
        if operator == ":":
            match = re.match(classes(basic(right)), left)
            if match is None:
                return "" if "\\(" in right else "0"
            return match[1] if match.re.groups else str(match.end())
        a: int | str
        b: int | str
        if re.fullmatch(r"-?\d+", left) and re.fullmatch(r"-?\d+", right):
            a, b = int(left), int(right)
            if operator in ("/", "%"):
                if b == 0:
                    raise ValueError("division by zero")
                quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
                return str(quotient if operator == "/" else a - b * quotient)
            if operator in ("+", "-", "*"):
                return str({"+": a + b, "-": a - b, "*": a * b}[operator])
            ordered = (a > b) - (a < b)
        elif operator in ("+", "-", "*", "/", "%"):
            raise ValueError("non-numeric argument")
        else:
            ordered = (left > right) - (left < right)
        true = {"<": ordered < 0, "<=": ordered <= 0, ">": ordered > 0, ">=": ordered >= 0, "!=": ordered != 0}
        return str(int(true.get(operator, ordered == 0)))


@command("expr")
async def expr(p: Process) -> int:
    """Print the value of an expression; return 1 if it is empty or 0, 2 if it is malformed."""
    expression = _Expression(p.argv[1:])
    try:
        if not expression.words:
            raise ValueError("too few arguments")
        value = expression.value()
        if expression.words:
            raise ValueError("syntax error")
    except ValueError as problem:
        await p.complain(str(problem))
        return 2
    await write_line(p, value)
    return 0 if value not in ("", "0") else 1
