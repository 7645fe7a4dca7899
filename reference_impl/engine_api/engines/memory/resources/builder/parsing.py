"""Instructions, understood: stages, what each instruction asks for, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from engine_api.api.errors import InvalidParameter
from engine_api.api.health import HealthConfig
from engine_api.engines.memory.machine.durations import parse_duration
from engine_api.engines.memory.resources.builder.dockerfile import Dockerfile, Node, read_line

__all__ = ["Instruction", "Stage", "parse_changes", "parse_dockerfile", "parse_trigger"]

_STAGE_NAME: Final = re.compile(r"[a-z][a-z0-9\-_.]*")
_MINIMUM: Final = 1_000_000
"""Nanoseconds that an interval of a health check must have."""


@dataclass
class Instruction:
    """An instruction that is in order."""

    name: str
    """In capitals."""
    text: str
    """As it is written."""
    args: list[str] = field(default_factory=list)
    flags: dict[str, str] = field(default_factory=dict)
    json: bool = False
    health: HealthConfig | None = None
    literal: bool = False
    """Whether its words are taken as they are, without quotes and variables."""


@dataclass
class Stage:
    """What begins with a `FROM`."""

    text: str
    base: str
    name: str = ""
    """In lower case; empty if it has none."""
    platform: str = ""
    instructions: list[Instruction] = field(default_factory=list)


def parse_dockerfile(file: Dockerfile) -> tuple[list[Instruction], list[Stage]]:
    """The `ARG`s before the first stage, and the stages.

    Raises:
        InvalidParameter: an instruction is unknown or wrong, or stands before the first stage.
    """
    arguments: list[Instruction] = []
    stages: list[Stage] = []
    for node in file.nodes:
        try:
            found = _parse(node)
        except InvalidParameter as error:
            raise InvalidParameter(f"dockerfile parse error on line {node.line}: {error.message}") from None
        if isinstance(found, Stage):
            stages.append(found)
        elif stages:
            stages[-1].instructions.append(found)
        elif found.name == "ARG":
            arguments.append(found)
        else:
            raise InvalidParameter("no build stage in current context")
    return arguments, stages


def parse_trigger(text: str, escape: str) -> Instruction:
    """The instruction that an image of `ONBUILD` has kept.

    Raises:
        InvalidParameter: it is wrong.
    """
    found = _parse(read_line(text, escape))
    assert isinstance(found, Instruction)
    return found


def parse_changes(file: Dockerfile, known: Collection[str]) -> list[Instruction]:
    """The instructions of a text without stages.

    Args:
        file: the text.
        known: those that may be in it.

    Raises:
        InvalidParameter: another one is, or one is wrong.
    """
    for node in file.nodes:
        if node.name.upper() not in known:
            raise InvalidParameter(f"{node.name.upper()} is not a valid change command")
    found = [_parse(node) for node in file.nodes]
    return [instruction for instruction in found if isinstance(instruction, Instruction)]


def _parse(node: Node) -> Instruction | Stage:
    name = node.name.upper()
    if name == "FROM":
        return _from(node)
    check = _CHECKS.get(name)
    if check is None:
        raise InvalidParameter(f"unknown instruction: {node.name}{_hint(name, [*_CHECKS, 'FROM'])}")
    found = Instruction(name, node.original.strip(), node.args, json=node.json)
    if name != "ONBUILD":
        found.flags = _flags(node, _FLAGS.get(name, ()))
    check(found, node)
    return found


def _flags(node: Node, known: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for flag in node.flags:
        name, equals, value = flag.removeprefix("--").partition("=")
        if name not in known:
            raise InvalidParameter(f"unknown flag: --{name}{_hint(name, known)}")
        if name in found and name not in _REPEATED:
            raise InvalidParameter(f"duplicate flag specified: --{name}")
        if not equals and name not in _SWITCHES:
            raise InvalidParameter(f"missing a value on flag: --{name}")
        found[name] = value if equals else "true"
    return found


def _hint(word: str, known: Iterable[str]) -> str:
    """The known word that is nearest to one that is not known."""
    best, distance = "", 3
    for one in sorted(known):
        if (own := _distance(word, one)) < distance:
            best, distance = one, own
    return f" (did you mean {best}?)" if best else ""


def _distance(one: str, other: str) -> int:
    """How many letters must be changed, added or taken away to make one word of another; 3 stands for more."""
    if abs(len(one) - len(other)) > 2:
        return 3
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        above = row
        row = [index]
        for column, match in enumerate(other, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (letter != match)))
    return min(row[-1], 3)


def _from(node: Node) -> Stage:
    args = node.args
    stage = Stage(node.original.strip(), args[0] if args else "")
    if len(args) == 3 and args[1].lower() == "as":
        stage.name = args[2].lower()
        if not _STAGE_NAME.fullmatch(stage.name):
            raise InvalidParameter(
                f'invalid name for build stage: "{args[2]}", name can\'t start with a number or contain symbols'
            )
    elif len(args) != 1:
        raise InvalidParameter("FROM requires either one or three arguments")
    stage.platform = _flags(node, ("platform",)).get("platform", "")
    return stage


# Each instruction


def _one(found: Instruction, node: Node) -> None:
    if len(found.args) != 1:
        raise InvalidParameter(f"{found.name} requires exactly one argument")


def _some(found: Instruction, node: Node) -> None:
    if not found.args:
        raise InvalidParameter(f"{found.name} requires at least one argument")


def _pairs(found: Instruction, node: Node) -> None:
    _some(found, node)
    if any(not name for name in found.args[::2]):
        raise InvalidParameter(f"{found.name} names can not be blank")


def _argument(found: Instruction, node: Node) -> None:
    _some(found, node)
    if any(arg.startswith("=") for arg in found.args):
        raise InvalidParameter("ARG names can not be blank")


def _copy(found: Instruction, node: Node) -> None:
    if len(found.args) < 2 and not (found.args and "<<" in found.text):
        raise InvalidParameter(
            f"{found.name} requires at least two arguments, but only one was provided. Destination could not be "
            "determined"
        )


def _shell(found: Instruction, node: Node) -> None:
    _some(found, node)
    if not found.json:
        raise InvalidParameter("SHELL requires the arguments to be in JSON form")


def _volume(found: Instruction, node: Node) -> None:
    _some(found, node)
    found.args = [arg.strip() for arg in found.args]
    if "" in found.args:
        raise InvalidParameter("VOLUME specified can not be an empty string")


def _expose(found: Instruction, node: Node) -> None:
    _some(found, node)
    found.args = sorted(found.args)


def _onbuild(found: Instruction, node: Node) -> None:
    _some(found, node)
    assert node.sub is not None
    trigger = node.sub.name.upper()
    if trigger == "ONBUILD":
        raise InvalidParameter("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
    if trigger in ("FROM", "MAINTAINER"):
        raise InvalidParameter(f"{trigger} isn't allowed as an ONBUILD trigger")
    found.args = [re.sub(r"(?i)^\s*ONBUILD\s*", "", node.original).rstrip()]


def _healthcheck(found: Instruction, node: Node) -> None:
    _some(found, node)
    kind, args = found.args[0].upper(), found.args[1:]
    if kind == "NONE":
        if args:
            raise InvalidParameter("HEALTHCHECK NONE takes no arguments")
        found.health = HealthConfig(test=["NONE"])
        return
    if kind != "CMD":
        raise InvalidParameter(f'Unknown type "{kind}" in HEALTHCHECK (try CMD)')
    if not args:
        raise InvalidParameter("Missing command after HEALTHCHECK CMD")
    health = HealthConfig(test=["CMD" if found.json else "CMD-SHELL", *args])
    for name in ("interval", "timeout", "start-period", "start-interval"):
        value = _interval(name, found.flags.get(name, ""))
        if value:
            setattr(health, name.replace("-", "_"), value)
    retries = _retries(found.flags.get("retries", ""))
    if retries:
        health.retries = retries
    found.health = health


def _retries(text: str) -> int:
    if not text:
        return 0
    if not re.fullmatch(r"[+-]?\d+", text):
        raise InvalidParameter(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    if not -(2**31) <= int(text) < 2**31:
        raise InvalidParameter(f'strconv.ParseInt: parsing "{text}": value out of range')
    if int(text) < 0:
        raise InvalidParameter(f"--retries cannot be negative ({int(text)})")
    return int(text)


def _interval(name: str, text: str) -> int:
    if not text:
        return 0
    value = parse_duration(text)
    if value and value < _MINIMUM:
        raise InvalidParameter(f'Interval "{name}" cannot be less than 1ms')
    return value


def _nothing(found: Instruction, node: Node) -> None:
    """Nothing is wrong with it."""


_FLAGS: Final[Mapping[str, Sequence[str]]] = {
    "ADD": ("checksum", "chmod", "chown", "keep-git-dir", "link"),
    "COPY": ("chmod", "chown", "from", "link"),
    "HEALTHCHECK": ("interval", "retries", "start-interval", "start-period", "timeout"),
    "RUN": ("device", "mount", "network", "security"),
}
_REPEATED: Final = frozenset(("exclude", "mount", "device"))
_SWITCHES: Final = frozenset(("link", "keep-git-dir"))
_CHECKS: Final[dict[str, Callable[[Instruction, Node], None]]] = {
    "ADD": _copy,
    "ARG": _argument,
    "CMD": _nothing,
    "COPY": _copy,
    "ENTRYPOINT": _nothing,
    "ENV": _pairs,
    "EXPOSE": _expose,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _pairs,
    "MAINTAINER": _one,
    "ONBUILD": _onbuild,
    "RUN": _nothing,
    "SHELL": _shell,
    "STOPSIGNAL": _one,
    "USER": _one,
    "VOLUME": _volume,
    "WORKDIR": _one,
}
