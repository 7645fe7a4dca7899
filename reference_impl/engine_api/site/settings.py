"""What a build of the site makes, and the folders of its versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine_api.api.versions import NEWEST, VERSIONS, Version
from engine_api.site.order import ordered

__all__ = ["LATEST", "Settings", "folder_of"]

LATEST: Final = "latest"
"""The folder of the API without a version."""


@dataclass(frozen=True)
class Settings:
    """What a build is to make."""

    target: Path
    versions: tuple[Version, ...] = VERSIONS
    url: str = ""
    """Where the site will stand, for the files that need whole addresses. Default: as mkdocs.yml says."""
    names: tuple[str, ...] = field(default_factory=lambda: tuple(ordered()))

    @property
    def folders(self) -> dict[str, Version]:
        """The folders of versions, newest first, and `latest` before them."""
        found = {folder_of(version): version for version in reversed(self.versions)}
        return ({LATEST: NEWEST} if NEWEST in self.versions else {}) | found


def folder_of(version: Version) -> str:
    """The folder of a version's pages."""
    return f"v{version}"
