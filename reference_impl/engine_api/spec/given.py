"""Parses what an example says is given, such as a running container, into conditions."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from engine_api.spec.pattern import NotationError

__all__ = ["Condition", "conditions_of"]

_CODE: Final = r"`([^`]+)`"
_PHRASES: Final = (
    ("image", rf"the image {_CODE}"),
    ("no image", rf"no image {_CODE}"),
    ("registry", rf"a registry with {_CODE}"),
    ("registry at", rf"a registry at {_CODE}"),
    ("imported", rf"an imported image {_CODE}"),
    ("created", rf"a container {_CODE} that runs {_CODE}"),
    ("running", rf"a running container {_CODE} that runs {_CODE}"),
    ("exited", rf"an exited container {_CODE} that ran {_CODE}"),
    ("network", rf"a network {_CODE}"),
    ("volume", rf"a volume {_CODE}"),
    ("exec", rf"an exec {_CODE} of {_CODE} in {_CODE}"),
)
_OPTION: Final = re.compile(
    rf" with (?:(a terminal)|(open standard input)|the label {_CODE}|(attached streams)|the image {_CODE}"
    rf"|the subnet {_CODE}|the network {_CODE})"
)
_BETWEEN: Final = re.compile(r"[\s,.]*(?:and)?[\s,.]*")


@dataclass(frozen=True)
class Condition:
    """An image, a container, a network, a volume, an exec or a registry that an example needs, or must not find."""

    kind: Literal[
        "image",
        "no image",
        "registry",
        "registry at",
        "imported",
        "created",
        "running",
        "exited",
        "network",
        "volume",
        "exec",
    ]
    name: str
    command: tuple[str, ...] = ()
    container: str = ""
    tty: bool = False
    stdin: bool = False
    attached: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    image: str = "busybox"
    subnet: str = ""
    network: str = ""


def conditions_of(texts: Iterable[str]) -> list[Condition]:
    """Return the conditions of `Given ...` sentences, in order.

    Raises:
        NotationError: a phrase is unknown.
    """
    found: list[Condition] = []
    for text in texts:
        rest = text.removeprefix("Given ").strip()
        while rest:
            condition, rest = _next(rest)
            found.append(condition)
            rest = rest[_BETWEEN.match(rest).end() :]  # type: ignore[union-attr]
    return found


def _next(text: str) -> tuple[Condition, str]:
    for kind, phrase in _PHRASES:
        match = re.match(phrase, text)
        if match is None:
            continue
        rest = text[match.end() :]
        values = match.groups()
        command = tuple(shlex.split(values[1])) if len(values) > 1 else ()
        options: dict[str, object] = {}
        labels: list[tuple[str, str]] = []
        while option := _OPTION.match(rest):
            rest = rest[option.end() :]
            if option[1]:
                options["tty"] = True
            elif option[2]:
                options["stdin"] = True
            elif option[3]:
                key, _, value = option[3].partition("=")
                labels.append((key, value))
            elif option[4]:
                options["attached"] = True
            elif option[5]:
                options["image"] = option[5]
            elif option[6]:
                options["subnet"] = option[6]
            else:
                options["network"] = option[7]
        name = values[0].strip("{}") if kind == "exec" else values[0]
        container = values[2] if kind == "exec" else ""
        return Condition(kind, name, command, container, labels=tuple(labels), **options), rest  # type: ignore[arg-type]
    raise NotationError(f"no condition is known as {text!r}")
