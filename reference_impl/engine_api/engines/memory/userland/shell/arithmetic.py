"""Arithmetic expressions: `$((...))`."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from typing import Final

__all__ = ["ArithmeticProblem", "evaluate"]

_TOKEN: Final = re.compile(
    r"\s*(0[xX][0-9A-Fa-f]+|\d+#\w+|\d+|[A-Za-z_]\w*|\*\*|<<=|>>=|<<|>>|[-+*/%&|^]=|[<>=!]=|&&|\|\||\+\+|--|[-+*/%&|^!~<>=?:(),])"
)
_BINARY: Final[list[dict[str, Callable[[int, int], int]]]] = [
    {"||": lambda a, b: int(bool(a or b))},
    {"&&": lambda a, b: int(bool(a and b))},
    {"|": lambda a, b: a | b},
    {"^": lambda a, b: a ^ b},
    {"&": lambda a, b: a & b},
    {"==": lambda a, b: int(a == b), "!=": lambda a, b: int(a != b)},
    {
        "<=": lambda a, b: int(a <= b),
        ">=": lambda a, b: int(a >= b),
        "<": lambda a, b: int(a < b),
        ">": lambda a, b: int(a > b),
    },
    {"<<": lambda a, b: a << (b & 63), ">>": lambda a, b: a >> (b & 63)},
    {"+": lambda a, b: a + b, "-": lambda a, b: a - b},
    {"*": lambda a, b: a * b, "/": lambda a, b: _divide(a, b), "%": lambda a, b: a - b * _divide(a, b)},
]


_UNARY: Final[dict[str, Callable[[int], int]]] = {
    "-": lambda a: -a,
    "+": lambda a: a,
    "!": lambda a: int(not a),
    "~": lambda a: ~a,
}


class ArithmeticProblem(Exception):
    """The expression is malformed, or has no value."""


def _divide(a: int, b: int) -> int:
    if b == 0:
        raise ArithmeticProblem("divide by zero")
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def evaluate(text: str, variables: MutableMapping[str, str]) -> int:
    """Return the value of an expression, as a signed integer of 64 bits.

    Raises:
        ArithmeticProblem: the expression is malformed, or has no value.
    """
    tokens: list[str] = []
    at = 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ArithmeticProblem("arithmetic syntax error")
        tokens.append(match[1])
        at = match.end()
    if not tokens:
        return 0
    reader = _Reader(tokens, variables)
    value = reader.assignment()
    while reader.tokens[:1] == [","]:
        reader.tokens.pop(0)
        value = reader.assignment()
    if reader.tokens:
        raise ArithmeticProblem("arithmetic syntax error")
    return value


def _wrap(value: int) -> int:
    return (value + 2**63) % 2**64 - 2**63


class _Reader:
    def __init__(self, tokens: list[str], variables: MutableMapping[str, str]) -> None:
        self.tokens = tokens
        self.variables = variables
        self.depth = 0

    def _next(self) -> str:
        if not self.tokens:
            raise ArithmeticProblem("arithmetic syntax error")
        return self.tokens.pop(0)

    def assignment(self) -> int:
        self.depth += 1
        if self.depth > 100:
            raise ArithmeticProblem("expression nested too deep")
        if len(self.tokens) > 1 and re.fullmatch(r"[A-Za-z_]\w*", self.tokens[0]):
            operator = self.tokens[1]
            if operator == "=" or (operator.endswith("=") and operator not in ("==", "<=", ">=", "!=")):
                name = self._next()
                self._next()
                value = self.assignment()
                if operator != "=":
                    function = next(level[operator[:-1]] for level in _BINARY if operator[:-1] in level)
                    value = _wrap(function(self._variable(name), value))
                self.variables[name] = str(value)
                self.depth -= 1
                return value
        value = self._ternary()
        self.depth -= 1
        return value

    def _ternary(self) -> int:
        condition = self._binary(0)
        if self.tokens and self.tokens[0] == "?":
            self._next()
            yes = self.assignment()
            if not self.tokens or self._next() != ":":
                raise ArithmeticProblem("malformed ?: operator")
            no = self.assignment()
            return yes if condition else no
        return condition

    def _binary(self, level: int) -> int:
        if level == len(_BINARY):
            return self._power()
        value = self._binary(level + 1)
        while self.tokens and self.tokens[0] in _BINARY[level]:
            operator = self._next()
            value = _wrap(_BINARY[level][operator](value, self._binary(level + 1)))
        return value

    def _power(self) -> int:
        value = self._unary()
        if self.tokens[:1] == ["**"]:
            self._next()
            exponent = self._power()
            if exponent < 0:
                raise ArithmeticProblem("exponent less than 0")
            return _wrap(pow(value, exponent, 2**64))
        return value

    def _unary(self) -> int:
        token = self._next()
        if token in _UNARY:
            return _wrap(_UNARY[token](self._unary()))
        if token in ("++", "--"):
            return self._step(self._next(), token)
        if token == "(":
            value = self.assignment()
            if self._next() != ")":
                raise ArithmeticProblem("arithmetic syntax error")
            return value
        if token[0].isdigit():
            return _number(token)
        if not re.fullmatch(r"[A-Za-z_]\w*", token):
            raise ArithmeticProblem("arithmetic syntax error")
        value = self._variable(token)
        if self.tokens and self.tokens[0] in ("++", "--"):
            self._step(token, self._next())
        return value

    def _step(self, name: str, operator: str) -> int:
        """Add one to a variable, or take one away; return its new value."""
        value = self._variable(name) + (1 if operator == "++" else -1)
        self.variables[name] = str(value)
        return value

    def _variable(self, name: str) -> int:
        text = self.variables.get(name, "").strip()
        if not text:
            return 0
        if re.fullmatch(r"-?\w+", text) and text.lstrip("-")[0].isdigit():
            return -_number(text[1:]) if text.startswith("-") else _number(text)
        if re.fullmatch(r"[A-Za-z_]\w*", text):
            self.depth += 1
            if self.depth > 100:
                raise ArithmeticProblem("expression recursion loop detected")
            value = self._variable(text)
            self.depth -= 1
            return value
        raise ArithmeticProblem("arithmetic syntax error")


def _number(text: str) -> int:
    try:
        if "#" in text:
            base, _, digits = text.partition("#")
            return _wrap(int(digits, int(base)))
        if text.lower().startswith("0x"):
            return _wrap(int(text, 16))
        return _wrap(int(text, 8 if text.startswith("0") and len(text) > 1 else 10))
    except ValueError:
        raise ArithmeticProblem("arithmetic syntax error") from None
