"""Dockerfile instructions that change an image's configuration, as import and commit take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from engine_api.api.images import ImageConfig
from engine_api.engines.memory.resources.builder.configuration import configure
from engine_api.engines.memory.resources.builder.dockerfile import read_dockerfile
from engine_api.engines.memory.resources.builder.parsing import parse_changes
from engine_api.engines.memory.resources.builder.substitution import expanded

__all__ = ["apply_instructions"]

_KNOWN: Final = (
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
        InvalidParameter: a line is no such instruction, or is wrong.
    """
    config = msgspec.structs.replace(config)
    if not lines:
        return config
    file = read_dockerfile("\n".join(lines).encode())
    cmd_set = False
    for found in parse_changes(file, _KNOWN):
        env: Mapping[str, str] = dict(entry.partition("=")[::2] for entry in config.env or ())
        configure(config, expanded(found, env, file.escape), cmd_set=cmd_set)
        cmd_set = cmd_set or found.name == "CMD"
    return config
