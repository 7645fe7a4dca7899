"""What the pretended machine is: its engine release, processors and memory."""

from __future__ import annotations

from typing import Final

__all__ = ["CPUS", "ENGINE_VERSION", "KERNEL", "MEMORY"]

ENGINE_VERSION: Final = "29.8.0+reference"
"""The engine release whose behaviour the reference engine has, marked as the reference engine's."""

CPUS: Final = 2
"""Number of processors."""

MEMORY: Final = 8 * 1024**3
"""Memory in bytes."""

KERNEL: Final = "6.1.0"
"""Kernel release."""
