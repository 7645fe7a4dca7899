"""Identifiers and names that the engine makes up."""

from __future__ import annotations

import random

__all__ = ["Identifiers"]

_ADJECTIVES = (
    "amber",
    "brisk",
    "calm",
    "deft",
    "eager",
    "fabled",
    "gentle",
    "hardy",
    "ideal",
    "jolly",
    "keen",
    "lucid",
    "mellow",
    "noble",
    "open",
    "plucky",
    "quiet",
    "ready",
    "steady",
    "tidy",
    "upbeat",
    "vivid",
    "warm",
    "young",
    "zesty",
)
_NAMES = (
    "abel",
    "bohr",
    "cauchy",
    "dirac",
    "euler",
    "fermi",
    "gauss",
    "hopper",
    "ito",
    "jemison",
    "kepler",
    "lovelace",
    "meitner",
    "noether",
    "ohm",
    "pascal",
    "quine",
    "raman",
    "sagan",
    "turing",
    "ulam",
    "volta",
    "wu",
    "yalow",
    "zuse",
)


class Identifiers:
    """Makes identifiers, the same ones again from the same seed.

    Args:
        seed: what they follow from; None for other ones each time.
    """

    def __init__(self, seed: int | str | None = None) -> None:
        self._random = random.Random(seed)

    def identifier(self) -> str:
        """64 hexadecimal digits, the first 12 of which are not all decimal."""
        while True:
            text = f"{self._random.getrandbits(256):064x}"
            if not text[:12].isdigit():
                return text

    def mac_address(self) -> str:
        """Return a MAC address that was not returned before."""
        return ":".join(["02", *(f"{self._random.getrandbits(8):02x}" for _ in range(5))])

    def name(self, attempt: int) -> str:
        """A name for a container, with a digit from the second attempt on."""
        base = f"{self._random.choice(_ADJECTIVES)}_{self._random.choice(_NAMES)}"
        return base if attempt == 0 else f"{base}{self._random.randrange(10)}"
