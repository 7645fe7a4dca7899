"""Exceptions for `exit`, `return`, `break`, `continue` and interrupts of the terminal."""

from __future__ import annotations

__all__ = ["Broken", "Continued", "Exited", "Interrupted", "Returned"]


class _Flow(Exception):
    """Ends running commands up to the one that catches it."""

    def __init__(self, value: int) -> None:
        super().__init__(value)
        self.value = value


class Exited(_Flow):
    """`exit`."""


class Returned(_Flow):
    """`return`."""


class Broken(_Flow):
    """`break`."""


class Continued(_Flow):
    """`continue`."""


class Interrupted(Exception):
    """An interrupt of the terminal ended the foreground command."""
