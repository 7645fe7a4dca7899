"""Compressed answers: which coding a client gets (as Docker 20.10, 26.1 and 28.5 chose), and that it is readable."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import pytest

from engine_api.wire.compression import choose, compressed, expanded


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("*", "gzip"),
        ("deflate", "deflate"),
        ("gzip;q=0", None),
        ("gzip;q=0, deflate", "deflate"),
        ("gzip;q=0.5, deflate", "deflate"),
        ("deflate, gzip;q=0.1", "deflate"),
        ("x-gzip", None),
        ("GZIP", None),
        ("gzip;q=much", None),
    ],
)
def test_the_coding_that_a_client_gets(accept: str | None, coding: str | None) -> None:
    assert choose(accept) == coding


async def _pieces() -> AsyncIterator[bytes]:
    for _ in range(100):
        yield b"a piece " * 1000


async def _compressed(coding: str) -> list[bytes]:
    return [piece async for piece in compressed(_pieces(), coding)]


def test_others_can_read_it_and_no_piece_is_empty() -> None:
    whole = b"a piece " * 100_000
    found = {coding: asyncio.run(_compressed(coding)) for coding in ("gzip", "deflate")}
    assert gzip.decompress(b"".join(found["gzip"])) == whole
    assert zlib.decompress(b"".join(found["deflate"]), -zlib.MAX_WBITS) == whole
    for coding, pieces in found.items():
        assert all(pieces)
        assert len(b"".join(pieces)) < len(whole) / 100
        assert expanded(b"".join(pieces), coding) == whole
    assert expanded(whole, None) == whole
