"""Ports by name, and the reasons why connections fail."""

from __future__ import annotations

import errno
from typing import Final

__all__ = ["REFUSED", "port_of"]


def port_of(text: str) -> int:
    """Return the port that a text is, as a number or the name of a protocol; -1 for neither."""
    known = {"http": 80, "https": 443, "ftp": 21, "domain": 53}
    if text in known:
        return known[text]
    return int(text) if text.isascii() and text.isdecimal() and int(text) < 65536 else -1


REFUSED: Final = {
    errno.ECONNREFUSED: "Connection refused",
    errno.EHOSTUNREACH: "No route to host",
    errno.ENETUNREACH: "Network is unreachable",
}
"""Reasons by error number, where they differ from those of the C library."""
