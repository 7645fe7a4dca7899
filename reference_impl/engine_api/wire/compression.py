"""Compressed responses, whose coding the client selects by `Accept-Encoding`."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Final

__all__ = ["CODINGS", "choose", "compressed", "expanded"]

CODINGS: Final = {"gzip": 16 + zlib.MAX_WBITS, "deflate": -zlib.MAX_WBITS}
"""The codings, the preferred one first, with their `wbits` for zlib; `deflate` has no zlib header, as in engines."""
_ANY: Final = "*"


def choose(accept: str | None) -> str | None:
    """Return the coding that a client prefers, or None; names are case-sensitive, as in engines.

    Args:
        accept: the header `Accept-Encoding`.
    """
    likings = [_liking(text) for text in (accept or "").split(",")]
    found, best = None, 0.0
    for coding in CODINGS:
        for name, quality in likings:
            if name in (coding, _ANY) and quality > best:
                found, best = coding, quality
    return found


def _liking(text: str) -> tuple[str, float]:
    """Return a coding and its quality value, from 0 to 1."""
    name, _, rest = text.strip().partition(";")
    key, _, value = rest.strip().partition("=")
    try:
        return name.strip(), float(value) if key == "q" else 1.0
    except ValueError:
        return name.strip(), 0.0


async def compressed(pieces: AsyncIterator[bytes], coding: str) -> AsyncIterator[bytes]:
    """Yield compressed pieces of a stream of bytes, none of them empty."""
    compressor = zlib.compressobj(wbits=CODINGS[coding])
    async for piece in pieces:
        if done := compressor.compress(piece):
            yield done
    yield compressor.flush()


def expanded(body: bytes, coding: str | None) -> bytes:
    """Return a complete body decompressed, or unchanged if the coding is none of ours.

    Args:
        body: the body.
        coding: the header `Content-Encoding`.

    Raises:
        zlib.error: the body is damaged.
    """
    return zlib.decompress(body, CODINGS[coding]) if coding in CODINGS else body
