"""Engine releases, and the versions of the API that each serves: a new version begins with a row here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["RELEASES", "Release"]


@dataclass(frozen=True)
class Release:
    """A release of an engine."""

    name: str
    date: str
    """When its first version came out, as year and month; empty if it is not known."""
    minimum: str
    """The oldest version of the API that it serves."""
    maximum: str
    """The newest."""


RELEASES: Final = (
    Release("Docker 1.12", "2016-07", "1.12", "1.24"),
    Release("Docker 1.13.0", "2017-01", "1.12", "1.25"),
    Release("Docker 1.13.1, 17.03.0", "2017-02", "1.12", "1.26"),
    Release("Docker 17.03.1", "2017-03", "1.12", "1.27"),
    Release("Docker 17.04", "2017-04", "1.12", "1.28"),
    Release("Docker 17.05", "2017-05", "1.12", "1.29"),
    Release("Docker 17.06", "2017-06", "1.12", "1.30"),
    Release("Docker 17.07", "2017-08", "1.12", "1.31"),
    Release("Docker 17.09", "2017-09", "1.12", "1.32"),
    Release("Docker 17.10", "2017-10", "1.12", "1.33"),
    Release("Docker 17.11", "2017-11", "1.12", "1.34"),
    Release("Docker 17.12", "2017-12", "1.12", "1.35"),
    Release("Docker 18.02", "2018-02", "1.12", "1.36"),
    Release("Docker 18.03 to 18.05", "2018-03", "1.12", "1.37"),
    Release("Docker 18.06", "2018-07", "1.12", "1.38"),
    Release("Docker 18.09", "2018-11", "1.12", "1.39"),
    Release("Docker 19.03", "2019-07", "1.12", "1.40"),
    Release("Docker 20.10", "2020-12", "1.12", "1.41"),
    Release("Docker 23.0", "2023-02", "1.12", "1.42"),
    Release("Docker 24.0", "2023-05", "1.12", "1.43"),
    Release("Docker 25.0", "2024-01", "1.24", "1.44"),
    Release("Docker 26.0, 26.1", "2024-03", "1.24", "1.45"),
    Release("Docker 27.0, 27.1", "2024-06", "1.24", "1.46"),
    Release("Docker 27.2 to 27.5", "2024-08", "1.24", "1.47"),
    Release("Docker 28.0", "2025-02", "1.24", "1.48"),
    Release("Docker 28.1", "2025-04", "1.24", "1.49"),
    Release("Docker 28.2", "2025-05", "1.24", "1.50"),
    Release("Docker 28.3 to 28.5", "2025-06", "1.24", "1.51"),
    Release("Docker 29.0, 29.1", "2025-11", "1.44", "1.52"),
    Release("Docker 29.2", "2026-01", "1.44", "1.53"),
    Release("Docker 29.3 to 29.5", "2026-03", "1.40", "1.54"),
    Release("Docker 29.6, 29.7", "2026-06", "1.40", "1.55"),
    Release("Docker 29.8", "2026-09", "1.40", "1.56"),
    Release("Podman 4.3", "2022-10", "1.24", "1.41"),
    Release("Podman 5.8", "", "1.24", "1.44"),
)
"""Every release with an API of its own, oldest first, as far as it is known. The newest version is that of a row."""
