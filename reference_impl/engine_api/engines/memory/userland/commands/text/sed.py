"""`sed`: edits lines with a program of one-letter commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from engine_api.engines.memory.userland.commands.expressions import basic, classes, problem_of
from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import read_all
from engine_api.engines.memory.userland.pipes import FileReader
from engine_api.engines.memory.userland.process import Process

__all__ = ["sed"]


@command("sed")
async def sed(p: Process) -> int:
    """Edit lines with a program; return 1 if it is malformed or a file cannot be read."""
    given, rest = await parse_options(p, "nrEi", "ef")
    if not {"e", "f"} & set(given) and not rest:
        await p.complain("missing operand")
        return 1
    try:
        script = given["e"] if "e" in given else _read(p, given["f"]) if "f" in given else rest.pop(0)
        program = _Parser(script, extended="r" in given or "E" in given).program()
    except (ValueError, OSError) as problem:
        await p.complain(str(problem))
        return 1
    texts: list[tuple[str, list[str]]] = []
    status = 0
    for name in rest or ["-"]:
        try:
            reader = p.stdin if name == "-" else FileReader(p.fs.node(p.path(name)))
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            status = 1
            continue
        texts.append((name, (await read_all(reader)).decode("utf-8", "surrogateescape").splitlines()))
    if "i" in given:
        for name, lines in texts:
            p.fs.write(p.path(name), _edited(program, lines, quiet="n" in given))
    else:
        lines = [line for _, own in texts for line in own]
        await p.stdout.write(_edited(program, lines, quiet="n" in given))
    return status


def _read(p: Process, name: str) -> str:
    try:
        return p.fs.read(p.path(name)).decode("utf-8", "surrogateescape").removesuffix("\n")
    except OSError as error:
        raise ValueError(f"{name}: {error.strerror}") from None


def _edited(program: list[_Command], lines: list[str], *, quiet: bool) -> bytes:
    for each in program:
        each.inside, each.last = False, 0
    return "".join(line + "\n" for line in _Run(program, lines, quiet=quiet).all()).encode("utf-8", "surrogateescape")


@dataclass
class _Command:
    """A command and the lines that it applies to."""

    addresses: list[str]
    negated: bool
    name: str
    pattern: re.Pattern[str] | None = None
    new: str = ""
    """Text or label of the command."""
    flags: str = ""
    jump: int = 0
    """Position to continue at: after a block that is skipped, or at the label."""
    inside: bool = False
    """Whether the current line is within the range."""
    last: int = 0
    """Last line of a range that is given by its length."""


_SEPARATORS = "; \n\t"


class _Parser:
    """Parses a program; blocks and labels become positions."""

    def __init__(self, script: str, *, extended: bool) -> None:
        self._rest = script.lstrip(_SEPARATORS)
        self._extended = extended
        self._found: list[_Command] = []
        self._labels: dict[str, int] = {}
        self._blocks: list[_Command] = []
        """Blocks whose end is not read yet."""

    def program(self) -> list[_Command]:
        """Return the commands.

        Raises:
            ValueError: the text has something else.
        """
        while self._rest:
            self._statement()
        for jump in self._found:
            if jump.name in "bt":
                if jump.new and jump.new not in self._labels:
                    raise ValueError(f"can't find label for jump to '{jump.new}'")
                jump.jump = self._labels.get(jump.new, len(self._found))
        for block in self._blocks:
            block.jump = len(self._found)
        return self._found

    def _statement(self) -> None:
        """Read the end of a block, a comment, a label or a command, and what separates it from the next one."""
        mark = self._rest[0]
        if mark not in "}#:":
            self._found.append(self._command())
            if self._found[-1].name == "{":
                self._blocks.append(self._found[-1])
        elif mark == "#":
            self._rest = self._rest.partition("\n")[2]
        else:
            self._rest = self._rest[1:]
            if mark == ":":
                self._labels[self._label()] = len(self._found)
            elif self._blocks:
                self._blocks.pop().jump = len(self._found)
        self._rest = self._rest.lstrip(_SEPARATORS)

    def _label(self) -> str:
        match = re.match(r"\s*([^;\n}]*)", self._rest)
        assert match is not None
        self._rest = self._rest[match.end() :]
        return match[1].strip()

    def _command(self) -> _Command:
        match = re.match(rf"({_ADDRESS})?(?:,({_ADDRESS}|\+\d+))?\s*(!?)\s*(.)", self._rest, re.DOTALL)
        if match is None:
            raise ValueError("missing command")
        made = _Command([text for text in match.group(1, 2) if text], bool(match[3]), match[4])
        self._rest = self._rest[match.end() :]
        if made.name in "sy":
            self._delimited(made)
        elif made.name in "aic":
            text, _, self._rest = self._rest.partition("\n")
            made.new = re.sub(r"^\s*\\?\s*", "", text)
        elif made.name in "bt":
            made.new = self._label()
        elif made.name not in "dDgGhHnNpPqx={":
            raise ValueError(f"unsupported command {made.name}")
        return made

    def _delimited(self, made: _Command) -> None:
        mark = re.escape(self._rest[:1])
        text = rf"((?:\\.|(?!{mark}).)*)"
        parts = re.match(rf"{mark}{text}{mark}{text}{mark}([gipI0-9]*)", self._rest, re.DOTALL) if mark else None
        if parts is None:
            raise ValueError(f"unmatched '{self._rest[:1]}'")
        self._rest = self._rest[parts.end() :]
        made.flags = parts[3]
        if made.name == "y":
            made.new = (parts[1] + "\0" + parts[2]).replace("\\n", "\n")
            return
        old = parts[1] if self._extended else basic(parts[1])
        try:
            made.pattern = re.compile(classes(old), re.IGNORECASE if {"i", "I"} & set(made.flags) else 0)
        except re.error as problem:
            raise ValueError(f"bad regex '{parts[1]}': {problem_of(problem)}") from None
        new = re.sub(r"(?<!\\)&", r"\\g<0>", parts[2])
        made.new = new.replace("\\&", "&").replace("\\/", "/").replace("\\n", "\n")


_ADDRESS = r"\d+|\$|/(?:[^/\\]|\\.)*/"


class _Next(Enum):
    """What follows after a command."""

    COMMAND = auto()
    LINE = auto()
    """The cycle ends, and its line is printed."""
    NOTHING = auto()
    """The cycle ends, and its line is not printed."""


class _Run:
    """Runs a program over lines."""

    def __init__(self, program: list[_Command], lines: list[str], *, quiet: bool) -> None:
        self._program = program
        self._lines = lines
        self._quiet = quiet
        self._number = 0
        self._space = ""
        """Edited line."""
        self._held = ""
        self._out: list[str] = []
        self._after: list[str] = []
        self._again = False
        """Whether the next cycle starts with the rest of the line."""
        self._stopped = False
        self._substituted = False

    def all(self) -> list[str]:
        """Return the printed lines."""
        while not self._stopped and (self._again or self._number < len(self._lines)):
            if not self._again:
                self._space = self._take()
            self._again = self._substituted = False
            self._cycle()
        return self._out

    def _take(self) -> str:
        self._number += 1
        return self._lines[self._number - 1]

    def _cycle(self) -> None:
        at, then = 0, _Next.COMMAND
        while at < len(self._program) and then is _Next.COMMAND:
            command = self._program[at]
            at += 1
            if self._hit(command) == command.negated:
                at = command.jump if command.name == "{" else at
            elif command.name == "b" or (command.name == "t" and self._substituted):
                self._substituted = False
                at = command.jump
            else:
                then = self._do(command)
        self._end_line(shown=then is not _Next.NOTHING)

    def _end_line(self, *, shown: bool) -> None:
        if shown and not self._quiet:
            self._out.append(self._space)
        self._out += self._after
        self._after = []

    def _do(self, command: _Command) -> _Next:
        match command.name:
            case "d" | "D" | "c" | "q":
                return self._leave(command)
            case "n" | "N":
                return self._join(command)
            case "p" | "P" | "=" | "i" | "a":
                self._show(command)
            case _:
                self._edit(command)
        return _Next.COMMAND

    def _leave(self, command: _Command) -> _Next:
        """End the cycle."""
        match command.name:
            case "q":
                self._stopped = True
                return _Next.LINE
            case "D":
                _, newline, self._space = self._space.partition("\n")
                self._again = bool(newline)
            case "c":
                self._out.append(command.new)
        return _Next.NOTHING

    def _join(self, command: _Command) -> _Next:
        """Read the next line, in place of this one or appended to it; without one, the cycle ends."""
        if self._number >= len(self._lines):
            return _Next.LINE
        if command.name == "n":
            self._end_line(shown=True)
            self._space = self._take()
        else:
            self._space += f"\n{self._take()}"
        return _Next.COMMAND

    def _show(self, command: _Command) -> None:
        match command.name:
            case "a":
                self._after.append(command.new)
            case "i":
                self._out.append(command.new)
            case "p":
                self._out.append(self._space)
            case "P":
                self._out.append(self._space.partition("\n")[0])
            case "=":
                self._out.append(str(self._number))

    def _edit(self, command: _Command) -> None:
        match command.name:
            case "h":
                self._held = self._space
            case "H":
                self._held += f"\n{self._space}"
            case "g":
                self._space = self._held
            case "G":
                self._space += f"\n{self._held}"
            case "x":
                self._space, self._held = self._held, self._space
            case "y":
                old, _, new = command.new.partition("\0")
                self._space = self._space.translate({ord(a): b for a, b in zip(old, new, strict=False)})
            case "s":
                self._substitute(command)

    def _substitute(self, command: _Command) -> None:
        assert command.pattern is not None
        which = int("".join(letter for letter in command.flags if letter.isdigit()) or "1")
        which = 1 if "g" in command.flags else which  # as busybox does; others begin at that one
        hits = 0

        def replaced(match: re.Match[str]) -> str:
            nonlocal hits
            hits += 1
            wanted = hits >= which if "g" in command.flags else hits == which
            return match.expand(command.new) if wanted else match[0]

        self._space = command.pattern.sub(replaced, self._space)
        if hits >= which:
            self._substituted = True
            if "p" in command.flags:
                self._out.append(self._space)

    def _hit(self, command: _Command) -> bool:
        if not command.addresses:
            return True
        if len(command.addresses) == 1:
            return self._at(command.addresses[0])
        end = command.addresses[1]
        if command.inside:
            command.inside = self._number < command.last if end.startswith("+") else not self._at(end)
            return True
        if not self._at(command.addresses[0]):
            return False
        command.last = self._number + int(end[1:]) if end.startswith("+") else 0
        command.inside = not (
            self._number >= command.last if end.startswith("+") else end.isdigit() and int(end) <= self._number
        )
        return True

    def _at(self, address: str) -> bool:
        if address.startswith("/"):
            return re.search(classes(basic(address[1:-1])), self._space) is not None
        return self._number == (len(self._lines) if address == "$" else int(address))
