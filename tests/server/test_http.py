"""HTTP read strictly, limits, and deadlines."""

import json
import threading
import time
from pathlib import Path

import pytest

from engine_api.api.versions import NEWEST
from engine_api.server.limits import Limits
from tests.certificates import Certificates
from tests.serving import Raw, Served, serving

PING = b"GET /_ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
CREATE = b"POST /containers/create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        CREATE + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        CREATE + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        CREATE + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        CREATE + b"Content-Length: -1\r\n\r\n",
        CREATE + b"Content-Length: 0x2\r\n\r\n{}",
        CREATE + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
        CREATE + b"Transfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n",
        CREATE + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        CREATE + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n",
        CREATE + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\n0\r\n\r\n",
        CREATE + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
        CREATE + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 5000,
        CREATE + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
        b"GET /_ping HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n folded\r\n\r\n",
        b"GET /_ping HTTP/1.1\r\nHost: localhost\r\nX A: 1\r\n\r\n",
        b"GET /_ping HTTP/1.1\r\nHost: localhost\r\nX-A : 1\r\n\r\n",
        b"GET /_ping HTTP/1.1\r\nHost: localhost\r\nX-A: 1\nX-B: 2\r\n\r\n",
        b"GET /_ping HTTP/1.1\r\nHost: localhost\r\nX-A: \0\r\n\r\n",
        b"GET /_ping HTTP/1.1\r\n\r\n",
        b"GET /_ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /_ping HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET /containers/%zz/json HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /containers/%/json HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /containers/\xff/json HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_and_the_connection_closed(server: Served, request_bytes: bytes) -> None:
    with server.connect() as connection:
        connection.send(request_bytes)
        answer = connection.answer()
        assert answer.status == 400
        assert answer.message
        assert answer.headers["connection"] == "close"
        assert connection.rest() == b""
    assert server.ask("GET", "/containers/json?all=1").json == []


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"gzip", b"chunked, chunked", b"x"])
def test_other_transfer_encodings_are_refused(server: Served, coding: bytes) -> None:
    with server.connect() as connection:
        connection.send(CREATE + b"Transfer-Encoding: " + coding + b"\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        assert connection.answer().status in (400, 501)
        assert connection.rest() == b""


def test_pipelined_requests_are_answered_in_order(server: Served) -> None:
    with server.connect() as connection:
        connection.send(PING + b"\r\n" + PING.replace(b"/_ping", b"/nothing") + PING)
        assert [connection.answer().status for _ in range(3)] == [200, 404, 200]


def test_a_request_in_single_bytes(server: Served) -> None:
    body = b'{"Image":"busybox"}'
    with server.connect() as connection:
        for byte in CREATE + b"Transfer-Encoding: chunked\r\n\r\n13;x=y\r\n" + body + b"\r\n0\r\nA: b\r\n\r\n":
            connection.send(bytes([byte]))
        assert connection.answer().status == 201
        connection.send(PING)
        assert connection.answer().status == 200


def test_a_client_that_asks_whether_to_go_on_is_told(server: Served) -> None:
    body = b'{"Image":"busybox"}'
    with server.connect() as connection:
        connection.send(CREATE + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert connection.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.send(body)
        assert connection.answer().status == 201


def test_http_1_0_closes_unless_asked_not_to(server: Served) -> None:
    with server.connect() as connection:
        connection.send(b"GET /version HTTP/1.0\r\n\r\n")
        assert b'"ApiVersion"' in connection.rest()


def test_head_has_the_headers_and_no_body(server: Served) -> None:
    with server.connect() as connection:
        connection.send(PING.replace(b"GET", b"HEAD") + PING)
        assert connection.answer("HEAD").headers["api-version"] == str(NEWEST)
        assert connection.answer().body == b"OK"


def test_a_body_that_nobody_reads_does_not_disturb_the_next_request(server: Served) -> None:
    with server.connect() as connection:
        connection.send(b"POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n")
        connection.send(b"x" * 200000 + PING)
        assert [connection.answer().status for _ in range(2)] == [404, 200]


def test_a_huge_body_that_nobody_reads_ends_the_connection(server: Served) -> None:
    with server.connect() as connection:
        connection.send(b"POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n\r\n")
        assert connection.answer().status == 404
        with pytest.raises(ConnectionError):
            connection.send(b"x" * 200_000_000)


def test_headers_over_their_limit(server: Served) -> None:
    for text in (b"X: " + b"a" * 70_000, b"\r\n".join(b"X-%d: y" % n for n in range(9000))):
        with server.connect() as connection:
            connection.send(b"GET /_ping HTTP/1.1\r\nHost: localhost\r\n" + text)
            answer = connection.answer()
            assert answer.status == 431
            assert "65536 bytes" in answer.message


@pytest.mark.parametrize("how", ["told", "chunked", "lied"])
def test_a_json_body_over_its_limit(tmp_path: Path, how: str) -> None:
    with serving([f"unix://{tmp_path}/s"], json_limit=1000) as served, served.connect() as connection:
        if how == "told":
            connection.send(CREATE + b"Content-Length: 1001\r\n\r\n")
        elif how == "chunked":
            connection.send(CREATE + b"Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + b" " * 1001)
        else:
            connection.send(CREATE + b"Content-Length: 999\r\n\r\n" + b" " * 2000)
        answer = connection.answer()
        assert answer.status == (400 if how == "lied" else 413)
        assert answer.message


def test_headers_that_never_end_are_closed_at_the_deadline(tmp_path: Path) -> None:
    limits = Limits(head_time=0.4, idle_time=5)
    with serving([f"unix://{tmp_path}/s"], limits=limits) as served, served.connect() as connection:
        began = time.monotonic()
        connection.send(b"GET /_ping HTTP/1.1\r\nHost: localhost\r\n")
        dripping = threading.Event()

        def drip() -> None:
            while not dripping.wait(0.05):
                try:
                    connection.send(b"X: y\r\n")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        answer = connection.answer()
        dripping.set()
        thread.join()
        assert answer.status == 408
        assert answer.message
        assert time.monotonic() - began > 0.3


def test_idle_connections_and_bodies_that_stop_are_closed(tmp_path: Path) -> None:
    limits = Limits(idle_time=1, body_idle_time=1)
    with serving([f"unix://{tmp_path}/s"], limits=limits) as served:
        with served.connect() as idle, served.connect() as used, served.connect() as stopped:
            used.send(PING)
            assert used.answer().status == 200
            stopped.send(CREATE + b"Content-Length: 100\r\n\r\n{")
            for connection in (idle, used, stopped):
                assert connection.rest() == b""
        assert served.settled()[1] == 0


def test_a_tls_handshake_that_never_comes_is_closed(tmp_path: Path) -> None:
    files = Certificates(tmp_path).files
    with (
        serving(["tcp://127.0.0.1:0"], tls=files, limits=Limits(head_time=0.3)) as served,
        served.connect() as connection,
    ):
        assert connection.rest() == b""


def test_a_quiet_stream_meets_no_deadline(tmp_path: Path) -> None:
    limits = Limits(idle_time=1, head_time=1, body_idle_time=1)
    with serving([f"unix://{tmp_path}/s"], limits=limits) as served:
        body = json.dumps({"Image": "busybox", "Cmd": ["sh", "-c", "sleep 2; echo late"]}).encode()
        identifier = served.ask("POST", "/containers/create", body).json["Id"]
        with served.connect() as attached:
            attached.send(
                f"POST /containers/{identifier}/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\n"
                "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n".encode()
            )
            assert attached.answer().status == 101
            assert served.ask("POST", f"/containers/{identifier}/start").status == 204
            assert b"late\n" in served.ask("GET", f"/containers/{identifier}/logs?follow=1&stdout=1").body
            assert attached.rest() == b"\x01\0\0\0\0\0\0\x05late\n"


def test_over_the_cap_of_connections_new_ones_are_refused_and_streams_go_on(tmp_path: Path) -> None:
    with serving([f"unix://{tmp_path}/s"], limits=Limits(connections=3)) as served:
        body = json.dumps({"Image": "busybox", "Cmd": ["cat"], "OpenStdin": True}).encode()
        identifier = served.ask("POST", "/containers/create", body).json["Id"]
        assert served.ask("POST", f"/containers/{identifier}/start").status == 204
        assert served.settled()[1] == 0
        with served.connect() as stream, served.connect() as second, served.connect() as third:
            stream.send(
                f"POST /containers/{identifier}/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: x\r\n"
                "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n".encode()
            )
            assert stream.answer().status == 101
            for connection in (second, third):
                connection.send(PING)
                assert connection.answer().status == 200
            with served.connect() as refused:
                answer = refused.answer()
                assert answer.status == 503
                assert answer.message == "too many connections"
            stream.send(b"still here\n")
            assert stream.until(b"still here\n")
        assert served.settled()[1] == 0
        assert served.ask("GET", "/_ping").status == 200


def test_clients_that_vanish_leave_nothing(server: Served) -> None:
    before = server.settled()
    body = json.dumps({"Image": "busybox", "Cmd": ["sh", "-c", "while :; do echo tick; sleep 0.01; done"]}).encode()
    identifier = server.ask("POST", "/containers/create", body).json["Id"]
    assert server.ask("POST", f"/containers/{identifier}/start").status == 204
    during = server.settled()
    for target in ("logs?follow=1&stdout=1", "wait", "attach?stream=1&stdout=1"):
        for sent in (20, 60, 1000):
            method = b"GET" if target.startswith("logs") else b"POST"
            with server.connect() as connection:
                head = method + f" /containers/{identifier}/{target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
                connection.send(head[:sent])
                if sent == 1000 and target != "wait":
                    connection.until(b"tick")
    server.returns_to(during)
    assert server.ask("DELETE", f"/containers/{identifier}?force=1").status == 204
    server.returns_to(before)


def test_a_client_that_never_reads_holds_up_nobody_and_costs_no_memory(server: Served) -> None:
    body = json.dumps({"Image": "busybox", "Cmd": ["sh", "-c", "yes | head -c 3000000; sleep 30"]}).encode()
    identifier = server.ask("POST", "/containers/create", body).json["Id"]
    with server.connect() as connection:
        connection.send(f"POST /containers/{identifier}/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        connection.until(b"\r\n\r\n")
        assert server.ask("POST", f"/containers/{identifier}/start").status == 204
        time.sleep(0.3)
        sizes = server.call(lambda engine: [c.transport.get_write_buffer_size() for c in server.server.connections])
        assert max(sizes) < 1_000_000
        assert server.ask("GET", "/_ping").status == 200
    assert server.ask("DELETE", f"/containers/{identifier}?force=1").status == 204


def test_a_failure_says_so_without_a_trace(server: Served, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("a secret detail")

    server.call(lambda engine: setattr(engine.system, "info", fail))
    try:
        answer = server.ask("GET", "/info")
        assert answer.status == 500
        assert answer.message == "the engine failed; its log says why"
        assert "ZeroDivisionError" in caplog.text
    finally:
        server.call(lambda engine: delattr(engine.system, "info"))


def test_shutdown_ends_streams_and_waits_for_short_requests(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with serving([f"unix://{path}"], limits=Limits(shutdown_time=1)) as served:
        body = json.dumps({"Image": "busybox", "Cmd": ["sleep", "600"]}).encode()
        identifier = served.ask("POST", "/containers/create", body).json["Id"]
        assert served.ask("POST", f"/containers/{identifier}/start").status == 204
        streams: list[Raw] = []
        for target in ("logs?follow=1&stdout=1", "wait", "attach?stream=1&stdout=1"):
            method = "GET" if target.startswith("logs") else "POST"
            stream = served.connect()
            stream.send(f"{method} /containers/{identifier}/{target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            streams.append(stream)
        idle, half = served.connect(), served.connect()
        half.send(b"GET /_ping HTTP/1.1\r\n")
        for stream in streams:
            stream.until(b"\r\n\r\n")
    for stream in (*streams, idle, half):
        stream.rest()
        stream.close()
    assert not path.exists()
