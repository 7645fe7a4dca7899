"""Connections that are taken over: early bytes, half-close, ends, and nothing left behind."""

import json
import os
import select
import socket
import struct

import pytest

from tests.server.conftest import run
from tests.serving import Raw, Served

UPGRADE = "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"


def attach(
    server: Served, identifier: str, query: str = "stream=1&stdin=1&stdout=1&stderr=1", early: bytes = b""
) -> Raw:
    """Attach to a container, perhaps with bytes that come together with the request."""
    connection = server.connect()
    connection.send(f"POST /v1.51/containers/{identifier}/attach?{query} HTTP/1.1\r\n{UPGRADE}\r\n".encode() + early)
    answer = connection.answer()
    assert answer.status == 101, answer
    assert answer.headers["upgrade"] == "tcp"
    return connection


def frames(data: bytes) -> list[tuple[int, bytes]]:
    """Frames, each complete."""
    found = []
    while data:
        stream, size = struct.unpack(">BxxxI", data[:8])
        assert len(data) >= 8 + size
        found.append((stream, data[8 : 8 + size]))
        data = data[8 + size :]
    return found


CAT = {"OpenStdin": True, "StdinOnce": True, "AttachStdin": True, "AttachStdout": True, "AttachStderr": True}


def test_early_bytes_are_kept_and_half_close_is_the_end_of_input(server: Served) -> None:
    identifier = run(server, "cat", **CAT)
    with attach(server, identifier, early=b"came with the request\n") as connection:
        connection.send(b"came later\n")
        connection.end()
        output = b"".join(data for stream, data in frames(connection.rest()) if stream == 1)
        assert output == b"came with the request\ncame later\n"
    assert server.ask("POST", f"/containers/{identifier}/wait").json["StatusCode"] == 0


def test_output_goes_on_after_the_end_of_input(server: Served) -> None:
    identifier = run(server, "sh", "-c", "cat >/dev/null; sleep 0.2; echo out; echo err >&2; exit 3", **CAT)
    with attach(server, identifier) as connection:
        connection.end()
        assert sorted(frames(connection.rest())) == [(1, b"out\n"), (2, b"err\n")]
    assert server.ask("POST", f"/containers/{identifier}/wait").json["StatusCode"] == 3


def test_the_end_of_the_process_ends_the_connection_while_input_is_open(server: Served) -> None:
    identifier = run(server, "sh", "-c", "read line; echo $line", **CAT)
    with attach(server, identifier) as connection:
        connection.send(b"hello\n")
        assert frames(connection.rest()) == [(1, b"hello\n")]


def test_a_terminal_has_no_frames(server: Served) -> None:
    identifier = run(server, "sh", "-c", "read line; echo got $line", Tty=True, OpenStdin=True)
    with attach(server, identifier) as connection:
        connection.send(b"x\n")
        assert connection.rest() == b"x\r\ngot x\r\n"


def test_the_end_of_an_exec_closes_its_connection(server: Served) -> None:
    identifier = run(server, "sleep", "600")
    body = {"Cmd": ["sh", "-c", "cat; exit 4"], "AttachStdin": True, "AttachStdout": True, "AttachStderr": True}
    created = server.ask("POST", f"/containers/{identifier}/exec", json.dumps(body).encode())
    execution = created.json["Id"]
    start = b'{"Detach":false,"Tty":false}'
    with server.connect() as connection:
        connection.send(
            f"POST /exec/{execution}/start HTTP/1.1\r\n{UPGRADE}Content-Type: application/json\r\n"
            f"Content-Length: {len(start)}\r\n\r\n".encode()
            + start
            + b"early\n"
        )
        assert connection.answer().status == 101
        connection.end()
        assert frames(connection.rest()) == [(1, b"early\n")]
    inspected = server.ask("GET", f"/exec/{execution}/json").json
    assert (inspected["Running"], inspected["ExitCode"]) == (False, 4)


def test_a_client_that_asks_for_no_upgrade_gets_the_connection_too(server: Served) -> None:
    identifier = run(server, "echo", "hello")
    server.ask("POST", f"/containers/{identifier}/wait")
    with server.connect() as connection:
        connection.send(f"POST /containers/{identifier}/attach?logs=1&stdout=1 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = connection.answer()
        assert (answer.status, answer.headers["content-type"]) == (200, "application/vnd.docker.raw-stream")
        assert frames(connection.rest()) == [(1, b"hello\n")]


def test_two_are_attached_to_one_container(server: Served) -> None:
    identifier = run(server, "cat", OpenStdin=True)
    with attach(server, identifier) as one, attach(server, identifier) as two:
        one.send(b"from one\n")
        for connection in (one, two):
            assert connection.until(b"from one\n").endswith(b"from one\n")
        two.send(b"from two\n")
        for connection in (one, two):
            assert connection.until(b"from two\n").endswith(b"from two\n")


def test_a_stream_of_megabytes_both_ways(server: Served) -> None:
    identifier = run(server, "cat", **CAT)
    payload = os.urandom(1 << 20) * 4
    with attach(server, identifier) as connection:
        connection.socket.setblocking(False)
        sent, received = 0, bytearray()
        while True:
            readable, writable, _ = select.select(
                [connection.socket], [connection.socket] if sent < len(payload) else [], [], 10
            )
            assert readable or writable, "nothing moves"
            if writable:
                sent += connection.socket.send(payload[sent : sent + 65536])
                if sent == len(payload):
                    connection.end()
            if readable:
                data = connection.socket.recv(1 << 20)
                if not data:
                    break
                received += data
        assert b"".join(data for _, data in frames(bytes(received))) == payload


@pytest.mark.parametrize("ending", ["half", "close", "abort"])
def test_a_thousand_attach_cycles_leave_no_task_and_no_descriptor(server: Served, ending: str) -> None:
    identifier = run(server, "cat", OpenStdin=True)
    before = server.settled()
    descriptors = len(os.listdir("/proc/self/fd"))
    for number in range(1000 if ending == "close" else 100):
        connection = attach(server, identifier)
        if number % 10 == 0:
            connection.send(b"x\n")
            connection.until(b"x\n")
        if ending == "half":
            connection.end()
        if ending == "abort":
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    server.returns_to(before)
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert server.ask("DELETE", f"/containers/{identifier}?force=1").status == 204


def test_an_upgrade_that_is_refused_is_answered_as_http(server: Served) -> None:
    with server.connect() as connection:
        connection.send(f"POST /v1.51/exec/nobody/start HTTP/1.1\r\n{UPGRADE}Content-Length: 0\r\n\r\n".encode())
        answer = connection.answer()
        assert answer.status == 404
        assert answer.message == "No such exec instance: nobody"
