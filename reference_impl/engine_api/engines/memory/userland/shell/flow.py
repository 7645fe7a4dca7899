"""How running commands is left: `exit`, `return`, `break`, `continue`, and interrupts of the terminal."""

from __future__ import annotations

__all__ = ["Broken", "Continued", "Exited", "Interrupted", "Returned"]


class _Flow(Exception):
    """Leaves what runs."""

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
    """The foreground command ended by an interrupt of the terminal."""
