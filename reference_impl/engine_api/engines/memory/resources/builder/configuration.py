"""Instructions that change nothing but the configuration of an image, and what the engine notes of each."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from engine_api.api.containers import ContainerConfig
from engine_api.api.errors import InvalidParameter
from engine_api.api.health import HealthConfig
from engine_api.api.images import ImageConfig
from engine_api.engines.memory.machine.durations import format_duration
from engine_api.engines.memory.resources.builder.parsing import Instruction
from engine_api.engines.memory.userland.signals import number_of

__all__ = ["SHELL", "command_of", "configure", "container_config", "shell_of", "with_health_of", "working_dir"]

SHELL: Final = ["/bin/sh", "-c"]
_PORT: Final = re.compile(r"(?:(?:.*:)?(\d+(?:-\d+)?)?:)?(\d+)(?:-(\d+))?(?:/(\w+))?")
_DURATIONS: Final = ("interval", "timeout", "start_period", "start_interval")


def shell_of(config: ImageConfig) -> list[str]:
    """What runs an instruction in shell form."""
    return list(config.shell) if isinstance(config.shell, list) and config.shell else list(SHELL)


def command_of(config: ImageConfig, found: Instruction) -> list[str]:
    """The command of an instruction, with the shell in front if it is in shell form."""
    bare = found.json or (not found.args and found.name == "ENTRYPOINT")
    return list(found.args) if bare else [*shell_of(config), *found.args]


def working_dir(config: ImageConfig, path: str) -> str:
    """A path as the configuration's working directory makes it absolute."""
    own = config.working_dir if isinstance(config.working_dir, str) and config.working_dir else "/"
    return posixpath.normpath("/" + posixpath.join(own, path).lstrip("/"))


def container_config(config: ImageConfig, image: str) -> ContainerConfig:
    """The configuration of a container that runs in an image, with every part that engines show."""
    return ContainerConfig(
        hostname="",
        domainname="",
        user=config.user or "",
        attach_stdin=False,
        attach_stdout=False,
        attach_stderr=False,
        exposed_ports=config.exposed_ports or msgspec.UNSET,
        tty=False,
        open_stdin=False,
        stdin_once=False,
        env=config.env or None,
        cmd=config.cmd or None,
        healthcheck=config.healthcheck or msgspec.UNSET,
        image=image,
        volumes=config.volumes or None,
        working_dir=config.working_dir or "",
        entrypoint=config.entrypoint or None,
        on_build=config.on_build or None,
        labels=config.labels or None,
        stop_signal=config.stop_signal or msgspec.UNSET,
        shell=config.shell or msgspec.UNSET,
    )


def with_health_of(health: HealthConfig, base: HealthConfig | None | object) -> HealthConfig:
    """A health check with the times and retries of another one where it says nothing."""
    if not isinstance(base, HealthConfig):
        return health
    own = {name: getattr(health, name) or getattr(base, name) for name in (*_DURATIONS, "retries")}
    return msgspec.structs.replace(health, **own)


def configure(config: ImageConfig, found: Instruction, *, cmd_set: bool = False) -> str:
    """Change a configuration, whose parts are replaced and not changed themselves; gives the note of the change.

    Args:
        config: what to change.
        found: an instruction that needs no container and no files, with its words expanded.
        cmd_set: whether an instruction has set the command already, so that `ENTRYPOINT` keeps it.

    Raises:
        InvalidParameter: a port or a signal is none.
    """
    return _CONFIGURE[found.name](config, found, cmd_set)


def _pairs(args: Sequence[str]) -> dict[str, str]:
    return dict(zip(args[::2], args[1::2], strict=True))


def _env(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    known = {entry.partition("=")[0]: entry for entry in config.env or ()}
    note = "ENV"
    for name, value in zip(found.args[::2], found.args[1::2], strict=True):
        known[name] = f"{name}={value}"
        note += f" {name}={value}"
    config.env = list(known.values())
    return note


def _label(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    pairs = _pairs(found.args)
    config.labels = dict(sorted({**(config.labels or {}), **pairs}.items()))
    return "LABEL" + "".join(f" {name}={value}" for name, value in pairs.items())


def _cmd(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    config.cmd = command_of(config, found)
    return f"CMD {_quoted(config.cmd)}"


def _entrypoint(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    command = command_of(config, found)
    config.entrypoint = command or None
    if not cmd_set:
        config.cmd = None
    return f"ENTRYPOINT {_quoted(command)}"


def _quoted(words: Sequence[str]) -> str:
    return "[" + " ".join(json.dumps(word, ensure_ascii=False) for word in words) + "]"


def _expose(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    ports: dict[str, dict[str, str]] = {}
    for text in found.args:
        ports |= {port: {} for port in _ports(text)}
    config.exposed_ports = dict(sorted({**(config.exposed_ports or {}), **ports}.items()))
    return "EXPOSE " + " ".join(found.args)


def _ports(text: str) -> list[str]:
    match = _PORT.fullmatch(text)
    if match is None:
        raise InvalidParameter(f"Invalid containerPort: {text.partition('/')[0]}")
    protocol = (match[4] or "tcp").lower()
    first, last = int(match[2]), int(match[3] or match[2])
    if protocol not in ("tcp", "udp", "sctp"):
        raise InvalidParameter(f"Invalid proto: {protocol}")
    if last < first or last > 65535:
        raise InvalidParameter(f"Invalid containerPort: {text.partition('/')[0]}")
    return [f"{number}/{protocol}" for number in range(first, last + 1)]


def _volume(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    config.volumes = dict(sorted({**(config.volumes or {}), **{path: {} for path in found.args}}.items()))
    return f"VOLUME [{' '.join(found.args)}]"


def _user(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    config.user = found.args[0]
    return f"USER {found.args[0]}"


def _workdir(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    config.working_dir = working_dir(config, found.args[0])
    return f"WORKDIR {config.working_dir}"


def _stop_signal(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    if number_of(found.args[0]) is None:
        raise InvalidParameter(f"invalid signal: {found.args[0]}")
    config.stop_signal = found.args[0]
    return f"STOPSIGNAL {found.args[0]}"


def _on_build(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    config.on_build = [*(config.on_build or ()), found.args[0]]
    return f"ONBUILD {found.args[0]}"


def _shell(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    config.shell = list(found.args)
    return f"SHELL [{' '.join(found.args)}]"


def _healthcheck(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    health = found.health
    assert health is not None
    config.healthcheck = health
    times = " ".join(format_duration(getattr(health, name) or 0) for name in _DURATIONS)
    test = health.test if isinstance(health.test, list) else []
    return f"HEALTHCHECK &{{[{' '.join(test)}] {times} {health.retries or 0}}}"


def _maintainer(config: ImageConfig, found: Instruction, cmd_set: bool) -> str:
    return f"MAINTAINER {found.args[0]}"


_CONFIGURE: Final[Mapping[str, Callable[[ImageConfig, Instruction, bool], str]]] = {
    "CMD": _cmd,
    "ENTRYPOINT": _entrypoint,
    "ENV": _env,
    "EXPOSE": _expose,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _label,
    "MAINTAINER": _maintainer,
    "ONBUILD": _on_build,
    "SHELL": _shell,
    "STOPSIGNAL": _stop_signal,
    "USER": _user,
    "VOLUME": _volume,
    "WORKDIR": _workdir,
}
