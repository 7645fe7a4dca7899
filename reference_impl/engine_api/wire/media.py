"""Media types of answers."""

from __future__ import annotations

from typing import Final

__all__ = ["JSON", "MULTIPLEXED", "OCTETS", "RAW", "TAR", "output_type"]

JSON: Final = "application/json"
TAR: Final = "application/x-tar"
OCTETS: Final = "application/octet-stream"
RAW: Final = "application/vnd.docker.raw-stream"
"""A terminal's bytes; before v1.42 also frames, which the type did not tell."""
MULTIPLEXED: Final = "application/vnd.docker.multiplexed-stream"
"""Frames."""


def output_type(tty: bool) -> str:
    """The type of a process's output, by whether it has a terminal."""
    return RAW if tty else MULTIPLEXED
