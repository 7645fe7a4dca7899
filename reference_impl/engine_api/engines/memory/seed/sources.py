"""Where seeds come from: files, and what a caller has at hand."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine_api.engines.memory.seed.document import Seed, SeedError, from_value, read_json

__all__ = ["Reading", "read_compose", "read_file", "read_seed"]


@dataclass(frozen=True)
class Reading:
    """A seed that was read."""

    seed: Seed
    source: str
    """What it is called in errors."""
    warnings: Sequence[str] = ()
    """What was left out of it, for people."""


def read_seed(source: str | os.PathLike[str] | Mapping[str, object] | Seed, *, project: str | None = None) -> Reading:
    """Read a file's path, a document as Python has it, or a seed.

    Args:
        source: which; a file whose name ends in `.json` is a document, one in `.yaml` or `.yml` is a compose file.
        project: the project's name, for a compose file. Default: as docker compose has it.

    Raises:
        SeedError: there is no such file, or something in it is wrong.
    """
    if isinstance(source, Seed):
        return Reading(source, "the seed")
    if isinstance(source, Mapping):
        return Reading(from_value(dict(source), "the seed"), "the seed")
    return read_file(Path(source), project=project)


def read_file(path: Path, *, project: str | None = None) -> Reading:
    """Read a file.

    Raises:
        SeedError: as `read_seed` does.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SeedError(str(path), "", error.strerror or "it cannot be read") from None
    if path.suffix == ".json":
        return Reading(read_json(data, str(path)), str(path))
    if path.suffix in (".yaml", ".yml"):
        return read_compose(data, str(path), path=path.absolute(), project=project)
    raise SeedError(str(path), "", "its name ends neither in .json nor in .yaml or .yml")


def read_compose(data: bytes, source: str, *, path: Path | None = None, project: str | None = None) -> Reading:
    """Read a compose file.

    Args:
        data: what is in it.
        source: what it is called in errors.
        path: where it is, if it is a file.
        project: the project's name. Default: as docker compose has it.

    Raises:
        SeedError: something in it is wrong, or YAML cannot be read here.
    """
    try:
        from engine_api.engines.memory.seed.composefile import ComposeFile
    except ModuleNotFoundError as error:
        if error.name != "yaml":
            raise
        raise SeedError(source, "", "compose files need PyYAML: pip install 'docker-engine-api[server]'") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise SeedError(source, "", "it is no UTF-8") from None
    file = ComposeFile(text, source, path, project, os.environ)
    return Reading(from_value(file.document(), source), source, file.warnings)
