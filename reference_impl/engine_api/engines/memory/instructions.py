"""Dockerfile instructions that change an image's configuration, as import and commit take them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

import msgspec

from engine_api.api.errors import InvalidParameter
from engine_api.api.health import HealthConfig
from engine_api.api.images import ImageConfig

__all__ = ["apply_instructions"]

_SHELL = ["/bin/sh", "-c"]
_KNOWN = (
    "CMD",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "HEALTHCHECK",
    "LABEL",
    "ONBUILD",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
)


def apply_instructions(config: ImageConfig, lines: Sequence[str]) -> ImageConfig:
    """A configuration with instructions such as `CMD echo hi` applied, in their order.

    Raises:
        InvalidParameter: a line is no such instruction, or says nothing.
    """
    config = msgspec.structs.replace(config)
    for line in lines:
        word, _, rest = line.strip().partition(" ")
        name, rest = word.upper(), rest.strip()
        if name not in _KNOWN:
            raise InvalidParameter(f"{name} is not a valid change command")
        if not rest:
            raise InvalidParameter(f"{name} requires at least one argument")
        _apply(config, name, rest)
    return config


def _apply(config: ImageConfig, name: str, rest: str) -> None:
    match name:
        case "CMD":
            config.cmd = _command(rest)
        case "ENTRYPOINT":
            config.entrypoint = _command(rest)
        case "ENV":
            known = dict(entry.partition("=")[::2] for entry in config.env or ())
            known |= _pairs(name, rest)
            config.env = [f"{key}={value}" for key, value in known.items()]
        case "LABEL":
            config.labels = {**(config.labels or {}), **_pairs(name, rest)}
        case "EXPOSE":
            ports: dict[str, dict[str, str]] = {port if "/" in port else f"{port}/tcp": {} for port in rest.split()}
            config.exposed_ports = {**(config.exposed_ports or {}), **ports}
        case "VOLUME":
            paths = _list(rest)
            config.volumes = {**(config.volumes or {}), **{p: {} for p in (rest.split() if paths is None else paths)}}
        case "USER":
            config.user = rest
        case "WORKDIR":
            config.working_dir = rest if rest.startswith("/") else f"{config.working_dir or ''}/{rest}"
        case "STOPSIGNAL":
            config.stop_signal = rest
        case "ONBUILD":
            config.on_build = [*(config.on_build or ()), rest]
        case _:
            config.healthcheck = _health(rest)


def _list(rest: str) -> list[str] | None:
    """A JSON list of strings, if it is one."""
    if not rest.startswith("["):
        return None
    try:
        value = json.loads(rest)
    except ValueError:
        return None
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _command(rest: str) -> list[str]:
    items = _list(rest)
    return [*_SHELL, rest] if items is None else items


def _words(name: str, rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError:
        raise InvalidParameter(f"unexpected end of statement while looking for matching quote: {rest}") from None


def _pairs(name: str, rest: str) -> dict[str, str]:
    words = _words(name, rest)
    if "=" not in words[0]:
        key, _, value = rest.partition(" ")
        if not value:
            raise InvalidParameter(f"{name} must have two arguments")
        return {key: value.strip()}
    for word in words:
        if "=" not in word:
            raise InvalidParameter(f"Syntax error - can't find = in {word!r}. Must be of the form: name=value")
    return dict(word.partition("=")[::2] for word in words)


_UNITS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000}


def _nanoseconds(text: str) -> int:
    number = text.rstrip("nusmh")
    unit = text[len(number) :]
    try:
        return int(float(number) * _UNITS[unit])
    except (ValueError, KeyError):
        raise InvalidParameter(f'time: invalid duration "{text}"') from None


def _health(rest: str) -> HealthConfig:
    health = HealthConfig()
    words = rest.split(" ")
    while words and words[0].startswith("--"):
        option, _, value = words.pop(0)[2:].partition("=")
        match option:
            case "interval":
                health.interval = _nanoseconds(value)
            case "timeout":
                health.timeout = _nanoseconds(value)
            case "start-period":
                health.start_period = _nanoseconds(value)
            case "start-interval":
                health.start_interval = _nanoseconds(value)
            case "retries" if value.isdigit():
                health.retries = int(value)
            case _:
                raise InvalidParameter(f"unknown flag: {option}")
    kind, _, command = " ".join(words).strip().partition(" ")
    if kind.upper() == "NONE":
        health.test = ["NONE"]
    elif kind.upper() == "CMD" and command.strip():
        items = _list(command.strip())
        health.test = ["CMD-SHELL", command.strip()] if items is None else ["CMD", *items]
    else:
        raise InvalidParameter(f'Unknown type "{kind}" in HEALTHCHECK (try CMD)')
    return health
