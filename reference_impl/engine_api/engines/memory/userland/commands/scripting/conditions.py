"""`true`, `false` and `test`."""

from __future__ import annotations

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.nodes import Device, Directory, File, Symlink
from engine_api.engines.memory.userland.process import Process

__all__ = ["false", "test", "true"]


@command("true")
async def true(p: Process) -> int:
    """Return 0."""
    return 0


@command("false")
async def false(p: Process) -> int:
    """Return 1."""
    return 1


@command("test", "[", "[[")
async def test(p: Process) -> int:
    """Return 0 if a condition holds, 1 if not, 2 if it is malformed."""
    arguments = p.argv[1:]
    if p.argv[0].endswith("[["):
        arguments = arguments[:-1]
    elif p.argv[0].endswith("["):
        if not arguments or arguments[-1] != "]":
            await p.stderr.write(b"sh: missing ]\n")
            return 2
        arguments = arguments[:-1]
    try:
        return 0 if _Condition(p, arguments).whole() else 1
    except ValueError as problem:
        await p.stderr.write(f"sh: {problem}\n".encode())
        return 2


class _Condition:
    def __init__(self, process: Process, tokens: list[str]) -> None:
        self._process = process
        self._tokens = tokens

    def whole(self) -> bool:
        if not self._tokens:
            return False
        value = self._or()
        if self._tokens:
            raise ValueError(f"{self._tokens[0]}: unknown operand")
        return value

    def _or(self) -> bool:
        value = self._and()
        while self._tokens and self._tokens[0] in ("-o", "||"):
            self._tokens.pop(0)
            value = self._and() or value
        return value

    def _and(self) -> bool:
        value = self._not()
        while self._tokens and self._tokens[0] in ("-a", "&&"):
            self._tokens.pop(0)
            value = self._not() and value
        return value

    def _not(self) -> bool:
        if len(self._tokens) > 1 and self._tokens[0] == "!":
            self._tokens.pop(0)
            return not self._not()
        return self._primary()

    def _primary(self) -> bool:
        tokens = self._tokens
        if not tokens:
            raise ValueError("argument expected")
        if len(tokens) > 2 and tokens[1] in _BINARY:
            left, operator, right = tokens[:3]
            del tokens[:3]
            return self._binary(left, operator, right)
        if tokens[0] == "(" and len(tokens) > 1:
            tokens.pop(0)
            value = self._or()
            if not tokens or tokens.pop(0) != ")":
                raise ValueError("closing paren expected")
            return value
        if len(tokens) > 1 and len(tokens[0]) == 2 and tokens[0][0] == "-":
            operator, operand = tokens[:2]
            del tokens[:2]
            return self._unary(operator[1], operand)
        return tokens.pop(0) != ""

    def _binary(self, left: str, operator: str, right: str) -> bool:
        if operator in ("=", "=="):
            return left == right
        if operator == "!=":
            return left != right
        if operator == "<":
            return left < right
        if operator == ">":
            return left > right
        if operator in ("-nt", "-ot", "-ef"):
            return self._files(left, operator, right)
        numbers = []
        for text in (left, right):
            try:
                numbers.append(int(text))
            except ValueError:
                raise ValueError(f"{text}: bad number") from None
        a, b = numbers
        return {"-eq": a == b, "-ne": a != b, "-lt": a < b, "-le": a <= b, "-gt": a > b, "-ge": a >= b}[operator]

    def _files(self, left: str, operator: str, right: str) -> bool:
        try:
            a, b = (self._process.fs.node(self._process.path(name)) for name in (left, right))
        except OSError:
            return False
        return a is b if operator == "-ef" else a.mtime > b.mtime if operator == "-nt" else a.mtime < b.mtime

    def _unary(self, operator: str, operand: str) -> bool:
        if operator == "n":
            return operand != ""
        if operator == "z":
            return operand == ""
        if operator == "t":
            return self._process.tty is not None
        try:
            node = self._process.fs.node(self._process.path(operand), follow=operator not in "hL")
        except OSError:
            return False
        checks = {
            "e": True,
            "f": isinstance(node, File),
            "d": isinstance(node, Directory),
            "s": node.size > 0,
            "h": isinstance(node, Symlink),
            "L": isinstance(node, Symlink),
            "c": isinstance(node, Device),
            "r": True,
            "w": True,
            "x": bool(node.mode & 0o111),
            "b": False,
            "p": False,
            "S": False,
        }
        if operator not in checks:
            raise ValueError(f"-{operator}: unknown operand")
        return checks[operator]


_BINARY = frozenset(("=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"))
