"""Frames: what is cut apart comes together, and what lies is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine_api.api.streams import Chunk, StreamName
from engine_api.wire.frames import HEADER, FrameDecoder, FrameError, RawDecoder, encode_frames

CHUNKS = st.lists(st.builds(Chunk, st.sampled_from(StreamName), st.binary(min_size=1, max_size=40)))


def joined(chunks: list[Chunk]) -> list[Chunk]:
    """Neighbours of one stream as one chunk."""
    result: list[Chunk] = []
    for chunk in chunks:
        if result and result[-1].stream is chunk.stream:
            result[-1] = Chunk(chunk.stream, result[-1].data + chunk.data)
        else:
            result.append(chunk)
    return result


def test_a_frame_is_a_stream_number_a_length_and_data() -> None:
    assert encode_frames([Chunk(StreamName.STDERR, b"hi\n")]) == b"\x02\0\0\0\0\0\0\x03hi\n"


@given(CHUNKS, st.lists(st.integers(1, 60)))
def test_frames_survive_however_they_are_cut(chunks: list[Chunk], cuts: list[int]) -> None:
    data = encode_frames(chunks)
    decoder = FrameDecoder()
    got: list[Chunk] = []
    at = 0
    for cut in [*cuts, len(data)]:
        got += decoder.feed(data[at : at + cut])
        at += cut
    decoder.end()
    assert joined(got) == joined(chunks)


@pytest.mark.parametrize("header", [b"\x04\0\0\0\0\0\0\x01", b"\x01\0\x01\0\0\0\0\x01", b"HTTP/1.1"])
def test_an_unknown_stream_is_refused(header: bytes) -> None:
    with pytest.raises(FrameError, match="not a frame header"):
        FrameDecoder().feed(header + b"x")


def test_an_end_within_a_frame_is_refused() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(HEADER.pack(1, 5) + b"abc") == [Chunk(StreamName.STDOUT, b"abc")]
    with pytest.raises(FrameError, match="2 bytes before the end"):
        decoder.end()


def test_an_end_within_a_header_is_refused() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(b"\x01\0\0") == []
    with pytest.raises(FrameError, match="within a frame header"):
        decoder.end()


def test_a_length_that_lies_allocates_nothing() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(HEADER.pack(1, 2**32 - 1)) == []
    assert decoder.feed(b"x") == [Chunk(StreamName.STDOUT, b"x")]


def test_an_empty_frame_brings_nothing() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(HEADER.pack(1, 0) + HEADER.pack(2, 1) + b"e") == [Chunk(StreamName.STDERR, b"e")]
    decoder.end()


def test_a_raw_stream_is_standard_output() -> None:
    decoder = RawDecoder()
    assert decoder.feed(b"\x01\0") == [Chunk(StreamName.STDOUT, b"\x01\0")]
    assert decoder.feed(b"") == []
    decoder.end()
