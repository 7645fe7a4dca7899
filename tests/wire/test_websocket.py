"""Messages of websockets; the frames are those of RFC 6455, section 5.7."""

import pytest

from engine_api.wire.websocket import Kind, MessageDecoder, WebsocketError, accept_of, encode_message, new_key

HELLO = bytes.fromhex("810548656c6c6f")
MASKED_HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
HEL_LO = bytes.fromhex("010348656c") + bytes.fromhex("80026c6f")
PING = bytes.fromhex("890548656c6c6f")


def test_the_handshake_of_the_standard() -> None:
    assert accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert len(new_key()) == 24
    assert new_key() != new_key()


def test_a_message_as_the_standard_writes_it() -> None:
    assert encode_message(Kind.TEXT, b"Hello") == HELLO
    assert encode_message(Kind.BINARY, bytes(256))[:4] == bytes.fromhex("827e0100")
    assert encode_message(Kind.BINARY, bytes(65536))[:10] == bytes.fromhex("827f0000000000010000")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_messages_however_they_are_cut(size: int) -> None:
    data = (
        MASKED_HELLO
        + encode_message(Kind.PING, b"still there", mask=True)
        + encode_message(Kind.BINARY, b"y" * 70_000, mask=True)
    )
    decoder = MessageDecoder(masked=True)
    found = [one for at in range(0, len(data), size) for one in decoder.feed(data[at : at + size])]
    assert (Kind.PING, b"still there") in found
    assert b"".join(piece for kind, piece in found if kind is Kind.BINARY) == b"Hello" + b"y" * 70_000


def test_fragments_and_kinds() -> None:
    assert MessageDecoder(masked=False).feed(HEL_LO) == [(Kind.BINARY, b"Hel"), (Kind.BINARY, b"lo")]
    told = MessageDecoder(masked=False, kinds=True).feed(HEL_LO + PING + encode_message(Kind.BINARY, b"x"))
    assert told == [(Kind.TEXT, b"Hel"), (Kind.TEXT, b"lo"), (Kind.PING, b"Hello"), (Kind.BINARY, b"x")]


def test_a_length_that_lies_takes_no_memory() -> None:
    decoder = MessageDecoder(masked=False)
    assert decoder.feed(bytes.fromhex("827f7fffffffffffffff") + b"some") == [(Kind.BINARY, b"some")]


@pytest.mark.parametrize(
    ("data", "masked", "words"),
    [
        (HELLO, True, "is not masked"),
        (MASKED_HELLO, False, "is masked"),
        (bytes.fromhex("c100"), False, "no frame"),
        (bytes.fromhex("8300"), False, "no frame"),
        (bytes.fromhex("0900"), False, "in pieces"),
        (bytes.fromhex("897e0100"), False, "too long"),
    ],
)
def test_what_breaks_the_protocol(data: bytes, masked: bool, words: str) -> None:
    with pytest.raises(WebsocketError, match=words):
        MessageDecoder(masked=masked).feed(data)
