"""Variables in compose files: `$NAME`, `${NAME}`, `${NAME:-default}` and the like."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Final

__all__ = ["interpolate", "read_variables"]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR: Final = re.compile(r":?[-?+]")


def interpolate(text: str, variables: Mapping[str, str], missing: Callable[[str], None]) -> str:
    """A text with the values of its variables; `$$` stands for a dollar.

    Args:
        text: the text.
        variables: their values.
        missing: called with the name of one that has none, and no default; it is empty then.

    Raises:
        ValueError: a form is malformed, or a variable that must be set is not.
    """
    found, at = [], 0
    while (start := text.find("$", at)) >= 0:
        found.append(text[at:start])
        if text.startswith("$$", start):
            found.append("$")
            at = start + 2
        elif name := _NAME.match(text, start + 1):
            found.append(_value(name[0], variables, missing))
            at = name.end()
        elif text.startswith("${", start):
            end = _closing(text, start)
            found.append(_form(text[start + 2 : end], variables, missing))
            at = end + 1
        else:
            raise ValueError(f"{text!r} has a $ that is none of $NAME, ${{NAME}} and $$")
    return "".join([*found, text[at:]])


def _value(name: str, variables: Mapping[str, str], missing: Callable[[str], None]) -> str:
    if name not in variables:
        missing(name)
    return variables.get(name, "")


def _closing(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        if text.startswith("${", at):
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
    raise ValueError(f"{text!r} has a ${{ without its }}")


def _form(inner: str, variables: Mapping[str, str], missing: Callable[[str], None]) -> str:
    name = _NAME.match(inner)
    operator = _OPERATOR.match(inner, name.end()) if name else None
    if name is None or (operator is None and name.end() < len(inner)):
        raise ValueError(
            f"${{{inner}}} is none of ${{NAME}}, ${{NAME:-default}}, ${{NAME:?error}} and ${{NAME:+other}}"
        )
    if operator is None:
        return _value(name[0], variables, missing)
    value = variables.get(name[0])
    there = bool(value) if operator[0].startswith(":") else value is not None
    rest = inner[operator.end() :]
    if operator[0].endswith("+"):
        return interpolate(rest, variables, missing) if there else ""
    if there:
        return value or ""
    if operator[0].endswith("?"):
        raise ValueError(f"the variable {name[0]} must be set: {interpolate(rest, variables, missing)}".rstrip(": "))
    return interpolate(rest, variables, missing)


def read_variables(text: str) -> dict[str, str]:
    """The variables of an environment file: a line `NAME=VALUE` each, `#` for comments, quotes as in a shell.

    Raises:
        ValueError: a line is none of these.
    """
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip().removeprefix("export ")
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not _NAME.fullmatch(name.strip()):
            raise ValueError(f"line {number} is no NAME=VALUE")
        value = value.strip()
        if value[:1] in ("'", '"'):
            found[name.strip()] = "".join(shlex.split(value, comments=True)[:1])
        else:
            found[name.strip()] = value.partition(" #")[0].rstrip()
    return found
