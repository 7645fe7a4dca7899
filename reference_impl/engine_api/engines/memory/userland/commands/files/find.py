"""`find`: files for which an expression holds."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.nodes import Device, Directory, File, Node, Symlink
from engine_api.engines.memory.userland.patterns import compile_pattern
from engine_api.engines.memory.userland.process import Process

__all__ = ["Judge", "Test", "find"]


Test: TypeAlias = Callable[[str, Node], Awaitable[bool]]


Judge: TypeAlias = Callable[[str, Node], bool]


class _Expression:
    """An expression: alternatives of tests that must all hold."""

    def __init__(self, p: Process, arguments: list[str]) -> None:
        self._p = p
        self._arguments = arguments
        self.most, self.least = 100, 0
        self._acts = False
        self._together: list[tuple[list[str], list[str]]] = []
        """Commands that run once, with their files."""
        self._left_out: list[str] = []
        self._test = self._either()
        if self._arguments:
            raise LookupError(f"unrecognized: {self._arguments[0]}")

    def _value(self, option: str) -> str:
        if not self._arguments:
            raise LookupError(f"{option} requires an argument")
        return self._arguments.pop(0)

    def _either(self) -> Test:
        alternatives = [self._every()]
        while self._arguments[:1] in (["-o"], ["-or"]):
            self._arguments.pop(0)
            alternatives.append(self._every())

        async def test(path: str, node: Node) -> bool:
            for alternative in alternatives:
                if await alternative(path, node):
                    return True
            return False

        return test

    def _every(self) -> Test:
        tests: list[Test] = []
        while self._arguments and self._arguments[0] not in ("-o", "-or", ")"):
            option = self._arguments.pop(0)
            if option not in ("-a", "-and"):
                tests.append(self._one(option))

        async def test(path: str, node: Node) -> bool:
            for each in tests:
                if not await each(path, node):
                    return False
            return True

        return test

    def _one(self, option: str) -> Test:
        if option in ("!", "-not"):
            inner = self._one(self._value(option))

            async def negated(path: str, node: Node) -> bool:
                return not await inner(path, node)

            return negated
        if option == "(":
            inside = self._either()
            if self._arguments[:1] != [")"]:
                raise LookupError("unpaired '('")
            self._arguments.pop(0)
            return inside
        if option in ("-print", "-print0", "-delete", "-exec"):
            return self._action(option)
        judge = self._judge(option)

        async def test(path: str, node: Node) -> bool:
            return judge(path, node)

        return test

    def _judge(self, option: str) -> Judge:
        if option == "-maxdepth":
            self.most = int(self._value(option))
            return lambda path, node: True
        if option == "-mindepth":
            self.least = int(self._value(option))
            return lambda path, node: True
        if option == "-prune":
            return self._prune
        if option == "-empty":
            return lambda path, node: not (node.entries if isinstance(node, Directory) else node.size)
        if option not in _WITH_VALUE:
            raise LookupError(f"unrecognized: {option}")
        return _WITH_VALUE[option](self._p, option, self._value(option))

    def _prune(self, path: str, node: Node) -> bool:
        self._left_out.append(path + "/")
        return True

    def _action(self, option: str) -> Test:
        self._acts = True
        p = self._p
        command: list[str] = []
        end = ""
        if option == "-exec":
            while (end := self._value(option)) not in (";", "+"):
                command.append(end)
        files: list[str] = []
        if end == "+":
            self._together.append((command, files))

        async def act(path: str, node: Node) -> bool:
            if option == "-delete":
                p.fs.remove(p.path(path))
            elif end == "+":
                files.append(path)
            elif option == "-exec":
                child = p.spawn([word.replace("{}", path) for word in command])
                return await child.wait() == 0
            else:
                text = path.encode("utf-8", "surrogateescape")
                await p.stdout.write(text + (b"\0" if option == "-print0" else b"\n"))
            return True

        return act

    async def run(self, path: str, node: Node) -> None:
        """Test a file and run the actions on it; print it if there are no actions."""
        if path.startswith(tuple(self._left_out)):
            return
        if await self._test(path, node) and not self._acts:
            await write_line(self._p, path)

    async def finish(self) -> None:
        """Run the commands that run once for all files."""
        for template, files in self._together:
            if files:
                words = [each for word in template for each in (files if word == "{}" else [word])]
                await self._p.spawn(words).wait()


def _kind(p: Process, option: str, value: str) -> Judge:
    kind = {"f": File, "d": Directory, "l": Symlink, "c": Device}.get(value)
    if kind is None:
        raise LookupError(f"invalid argument '{value}' to '-type'")
    return lambda path, node: isinstance(node, kind)


def _name(p: Process, option: str, value: str) -> Judge:
    change = str.lower if option == "-iname" else str
    pattern = compile_pattern(change(value))
    return lambda path, node: bool(pattern.fullmatch(change(posixpath.basename(path) or path)))


def _path(p: Process, option: str, value: str) -> Judge:
    pattern = compile_pattern(value)
    return lambda path, node: bool(pattern.fullmatch(path))


def _newer(p: Process, option: str, value: str) -> Judge:
    reference = p.fs.node(p.path(value)).mtime
    return lambda path, node: node.mtime > reference


def _permissions(p: Process, option: str, value: str) -> Judge:
    match = re.fullmatch(r"([-+/]?)([0-7]+)", value)
    if match is None:
        raise LookupError(f"invalid mode '{value}'")
    sign, mode = match[1], int(match[2], 8)
    if sign == "-":
        return lambda path, node: node.mode & mode == mode
    return lambda path, node: bool(node.mode & mode) if sign else node.mode == mode


def _size(p: Process, option: str, value: str) -> Judge:
    match = re.fullmatch(r"([-+]?)(\d+)([ckb]?)", value)
    if match is None:
        raise LookupError(f"invalid number '{value}'")
    sign, number, unit = match[1], int(match[2]), {"c": 1, "k": 1024}.get(match[3], 512)

    def sized(path: str, node: Node) -> bool:
        blocks = (node.size + unit - 1) // unit
        return blocks > number if sign == "+" else blocks < number if sign == "-" else blocks == number

    return sized


_WITH_VALUE: dict[str, Callable[[Process, str, str], Judge]] = {
    "-iname": _name,
    "-name": _name,
    "-newer": _newer,
    "-path": _path,
    "-perm": _permissions,
    "-size": _size,
    "-type": _kind,
}


def _starts(arguments: list[str]) -> Sequence[str]:
    """Take the starting paths from the front of the arguments."""
    found: list[str] = []
    while arguments and arguments[0][:1] not in ("-", "!", "("):
        found.append(arguments.pop(0))
    return found or ["."]


@command("find")
async def find(p: Process) -> int:
    """Print the files for which an expression holds, or run its actions on them."""
    arguments = p.argv[1:]
    starts = _starts(arguments)
    try:
        expression = _Expression(p, arguments)
    except LookupError as problem:
        await p.complain(str(problem.args[0]))
        return 1
    status = 0
    for start in starts:
        root = posixpath.normpath(p.path(start))
        if not p.fs.exists(root, follow=False):
            await p.complain(f"{start}: No such file or directory")
            status = 1
            continue
        for path, node in list(p.fs.walk(root)):
            below = path[len(root) :].lstrip("/")
            depth = below.count("/") + bool(below)
            if expression.least <= depth <= expression.most:
                await expression.run(f"{start.rstrip('/')}/{below}" if below else start, node)
    await expression.finish()
    return status
