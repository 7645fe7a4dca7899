"""What the pretended machine is: its engine release, processors and memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine_api.api.versions import NEWEST, OLDEST, Version

__all__ = ["CPUS", "ENGINE_VERSION", "KERNEL", "MEMORY", "NEWEST_RELEASE", "RELEASES", "EngineRelease"]


@dataclass(frozen=True)
class EngineRelease:
    """What an engine reports of its release."""

    version: str
    """The release, marked as the reference engine's."""
    minimum: Version = OLDEST
    """The oldest version of the API that it serves."""
    maximum: Version = NEWEST
    """The newest."""

    @property
    def shows_gateways(self) -> bool:
        """Whether networks show the gateways that the engine chose for subnets that were asked for: Docker 29 does."""
        return self.maximum >= Version(1, 52)


NEWEST_RELEASE: Final = EngineRelease("29.8.0+reference")
"""The release whose behaviour the reference engine has. Unlike Docker's, it serves every version."""

RELEASES: Final = {
    "28.5": EngineRelease("28.5.2+reference", Version(1, 24), Version(1, 51)),
    "29.7": EngineRelease("29.7.2+reference", Version(1, 40), Version(1, 55)),
    "29.8": EngineRelease("29.8.0+reference", Version(1, 40), Version(1, 56)),
}
"""The releases that it can be told to report, by their first two numbers."""

ENGINE_VERSION: Final = NEWEST_RELEASE.version
"""The release that built and committed images name."""

CPUS: Final = 2
"""Number of processors."""

MEMORY: Final = 8 * 1024**3
"""Memory in bytes."""

KERNEL: Final = "6.1.0"
"""Kernel release."""
