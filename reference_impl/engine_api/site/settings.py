"""The settings of a build, and the folders of versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine_api.api.versions import NEWEST, VERSIONS, Version
from engine_api.site.order import ordered

__all__ = ["LATEST", "Settings", "folder_of"]

LATEST: Final = "latest"
"""The folder of the newest version, whose requests have no version in their paths."""


@dataclass(frozen=True)
class Settings:
    """The settings of a build."""

    target: Path
    versions: tuple[Version, ...] = VERSIONS
    url: str = ""
    """Address of the site, for files that need absolute addresses. Default: `site_url` of mkdocs.yml."""
    names: tuple[str, ...] = field(default_factory=lambda: tuple(ordered()))

    @property
    def folders(self) -> dict[str, Version]:
        """Return the folders of versions: `latest`, then newest first."""
        found = {folder_of(version): version for version in reversed(self.versions)}
        return ({LATEST: NEWEST} if NEWEST in self.versions else {}) | found


def folder_of(version: Version) -> str:
    """Return the folder of a version's pages."""
    return f"v{version}"
