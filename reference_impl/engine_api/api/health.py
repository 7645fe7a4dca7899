"""Whether a container works."""

from __future__ import annotations

from typing import Annotated

from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import OneOf, Since, Value

__all__ = [
    "Health",
    "HealthConfig",
    "HealthSummary",
    "HealthcheckResult",
]


class HealthConfig(ApiStruct):
    """How the engine finds out whether a container works."""

    test: list[str] | None | UnsetType = UNSET
    """What to run: `["CMD", ...]` as it is, `["CMD-SHELL", COMMAND]` in a shell, `["NONE"]` nothing; empty for the
    image's.
    """
    interval: int | UnsetType = UNSET
    """Nanoseconds between checks, at least 1000000. Default: 0, the image's, or 30 seconds."""
    timeout: int | UnsetType = UNSET
    """Nanoseconds that a check may take. Default: 0, the image's, or 30 seconds."""
    retries: int | UnsetType = UNSET
    """Failed checks in a row that make it unhealthy. Default: 0, the image's, or 3."""
    start_period: Annotated[int | UnsetType, Since("1.29")] = UNSET
    """Nanoseconds at the start in which failed checks do not count. Default: 0, the image's, or none."""
    start_interval: Annotated[int | UnsetType, Since("1.44")] = UNSET
    """Nanoseconds between checks within that period. Default: 0, the image's, or 5 seconds."""


class HealthcheckResult(ApiStruct):
    """How a check went."""

    start: str | UnsetType = UNSET
    """When it began, in RFC 3339."""
    end: str | UnsetType = UNSET
    """When it ended, in RFC 3339."""
    exit_code: int | UnsetType = UNSET
    """0 for healthy, 1 for unhealthy, anything else for a check that failed to run."""
    output: str | UnsetType = UNSET
    """What it wrote, at most 4096 bytes."""


class Health(ApiStruct):
    """What the checks of a container found."""

    status: Annotated[
        str | UnsetType,
        OneOf(
            Value("none", "it has no check"),
            Value("starting", "it is not ready yet"),
            Value("healthy", "it works"),
            Value("unhealthy", "it does not"),
        ),
    ] = UNSET
    """The state of its health."""
    failing_streak: int | UnsetType = UNSET
    """Failed checks in a row."""
    log: list[HealthcheckResult] | None | UnsetType = UNSET
    """The last checks, at most five, oldest first."""


class HealthSummary(ApiStruct):
    """What the checks of a container found, in short."""

    status: Annotated[
        str | UnsetType,
        OneOf(
            Value("none", "it has no check"),
            Value("starting", "it is not ready yet"),
            Value("healthy", "it works"),
            Value("unhealthy", "it does not"),
        ),
    ] = UNSET
    """The state of its health."""
    failing_streak: int | UnsetType = UNSET
    """Failed checks in a row."""
