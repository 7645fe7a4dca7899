"""Attaching by websockets, byte by byte."""

from pathlib import Path

import pytest

from engine_api.wire.websocket import CLOSE, Kind, MessageDecoder, encode_message
from tests.server.conftest import run
from tests.serving import Raw, Served, serving

HANDSHAKE = (
    "Host: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
READER = ("sh", "-c", "while read x; do echo got $x; done; echo end")


def attach(server: Served, identifier: str, *, version: str = "1.51", early: bytes = b"") -> Raw:
    connection = server.connect()
    query = "stream=1&stdin=1&stdout=1"
    path = f"/v{version}/containers/{identifier}/attach/ws?{query}"
    connection.send(f"GET {path} HTTP/1.1\r\n{HANDSHAKE}\r\n".encode() + early)
    answer = connection.answer()
    assert (answer.status, answer.reason) == (101, "Switching Protocols")
    assert answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    return connection


def messages(data: bytes) -> list[tuple[Kind, bytes]]:
    return MessageDecoder(masked=False, kinds=True).feed(data)


def test_early_messages_and_both_kinds_are_input(server: Served) -> None:
    identifier = run(server, *READER, OpenStdin=True, StdinOnce=True)
    with attach(server, identifier, early=encode_message(Kind.TEXT, b"one\n", mask=True)) as connection:
        connection.send(encode_message(Kind.BINARY, b"two\n", mask=True))
        connection.send(encode_message(Kind.CLOSE, CLOSE, mask=True))
        found = messages(connection.rest())
    assert b"".join(data for kind, data in found if kind is Kind.BINARY) == b"got one\ngot two\nend\n"
    assert found[-1] == (Kind.CLOSE, CLOSE)


def test_old_versions_get_text(server: Served) -> None:
    identifier = run(server, "sh", "-c", "sleep 0.2; echo hello")
    with attach(server, identifier, version="1.27") as connection:
        assert messages(connection.rest()) == [(Kind.TEXT, b"hello\n"), (Kind.CLOSE, CLOSE)]


def test_pings_are_answered(server: Served) -> None:
    identifier = run(server, "cat", OpenStdin=True)
    with attach(server, identifier) as connection:
        connection.send(encode_message(Kind.PING, b"there?", mask=True))
        assert connection.exactly(8) == encode_message(Kind.PONG, b"there?")


@pytest.mark.parametrize("origin", ["http://attacker.example", "null"])
@pytest.mark.parametrize("address", ["unix://{}/s", "tcp://127.0.0.1:0"])
def test_a_page_of_another_site_gets_none(tmp_path: Path, address: str, origin: str) -> None:
    """Browsers let any page open a websocket to anywhere."""
    with serving([address.format(tmp_path)]) as served:
        identifier = run(served, "cat", OpenStdin=True)
        with served.connect() as connection:
            head = f"GET /containers/{identifier}/attach/ws?stream=1&stdin=1 HTTP/1.1\r\n{HANDSHAKE}Origin: {origin}"
            connection.send(f"{head}\r\n\r\n".encode())
            assert connection.answer().status == 403
            assert connection.rest() == b""


def test_libraries_that_name_the_host_as_origin_get_one(server: Served) -> None:
    identifier = run(server, "cat", OpenStdin=True)
    with server.connect() as connection:
        handshake = HANDSHAKE.replace("Host: localhost", "Host: docker\r\nOrigin: http://docker")
        connection.send(f"GET /containers/{identifier}/attach/ws?stream=1 HTTP/1.1\r\n{handshake}\r\n".encode())
        assert connection.answer().status == 101


def test_a_frame_without_a_mask_ends_it(server: Served) -> None:
    identifier = run(server, "cat", OpenStdin=True)
    before = server.settled()
    with attach(server, identifier) as connection:
        connection.send(encode_message(Kind.TEXT, b"bare"))
        assert connection.rest() == b""
    server.returns_to(before)
    assert server.ask("GET", f"/containers/{identifier}/json").json["State"]["Running"] is True


def test_a_client_that_vanishes_leaves_nothing(server: Served) -> None:
    identifier = run(server, "sleep", "1000")
    before = server.settled()
    for _ in range(3):
        attach(server, identifier).close()
    server.returns_to(before)
