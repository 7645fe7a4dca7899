"""The host that the engine pretends to run on, as far as containers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from engine_api.engines.memory.userland.filesystem import FileSystem

__all__ = ["Host"]


@dataclass
class Host:
    """A host."""

    name: str
    files: FileSystem | None = None
    """Its files, which containers can mount; None if bind mounts are refused."""

    @classmethod
    def with_files(cls, name: str, files: Mapping[str, bytes] | None) -> Self:
        """Return a host of a name, with files by absolute path; None for a host without files."""
        if files is None:
            return cls(name)
        tree = FileSystem()
        for path, data in files.items():
            tree.mkdir(path.rpartition("/")[0] or "/", parents=True)
            tree.write(path, data)
        return cls(name, tree)
