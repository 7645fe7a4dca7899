"""Events over a connection: their types, and clients that vanish or never read."""

import json
import time
from typing import Any

import pytest

from tests.server.conftest import run
from tests.serving import Served


def listeners(server: Served) -> int:
    found: int = server.ask("GET", "/v1.51/info").json["NEventsListener"]
    return found


def eventually(server: Served, count: int) -> None:
    end = time.monotonic() + 10
    while listeners(server) != count:
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("version", "accept", "media"),
    [
        ("1.51", None, "application/json"),
        ("1.52", None, "application/jsonl"),
        ("1.55", "*/*", "application/jsonl"),
        ("1.55", "application/x-ndjson", "application/x-ndjson"),
        ("1.55", "application/jsonl", "application/jsonl"),
        ("1.55", "application/json-seq", "application/json-seq"),
        ("1.24", "application/json-seq", "application/json-seq"),
        ("1.24", "application/json", "application/json"),
    ],
)
def test_the_type_is_the_versions_or_the_clients(server: Served, version: str, accept: str | None, media: str) -> None:
    assert server.ask("POST", "/v1.51/volumes/create", b'{"Name": "data"}').status == 201
    headers: dict[str, Any] = {"Accept": accept} if accept else {}
    answer = server.ask("GET", f"/v{version}/events?since=0&until={time.time():.9f}", **headers)
    assert answer.headers["content-type"] == media
    document, rest = answer.body.split(b"\n", 1)
    assert rest == b""
    assert document.startswith(b"\x1e") == (media == "application/json-seq")
    event = json.loads(document.lstrip(b"\x1e"))
    assert (event["Type"], event["Action"], event["Actor"]["ID"]) == ("volume", "create", "data")


def test_legacy_fields_end_with_v1_51(server: Served) -> None:
    identifier = run(server, "sleep", "100")
    query = f"since=0&until={time.time():.9f}&filters=" + '{"event":["start"]}'
    old = server.ask("GET", f"/v1.51/events?{query}").json
    assert (old["status"], old["id"], old["from"]) == ("start", identifier, "busybox")
    new = server.ask("GET", f"/v1.52/events?{query}").json
    assert {"status", "id", "from"}.isdisjoint(new)
    assert new["Actor"] == old["Actor"]


def test_the_headers_come_before_anything_happens_and_events_as_they_happen(server: Served) -> None:
    with server.connect() as connection:
        connection.send(b"GET /v1.51/events HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.until(b"\r\n\r\n").startswith(b"HTTP/1.1 200")
        server.ask("POST", "/v1.51/volumes/create", b'{"Name": "data"}')
        assert b'"Action":"create"' in connection.until(b"}\n")


def test_a_client_that_vanishes_leaves_nothing_behind(server: Served) -> None:
    before = server.settled()
    connection = server.connect()
    connection.send(b"GET /v1.51/events HTTP/1.1\r\nHost: x\r\n\r\n")
    connection.until(b"\r\n\r\n")
    assert listeners(server) == 1
    connection.close()
    eventually(server, 0)
    server.returns_to(before)


def test_a_client_that_never_reads_holds_nobody_up(server: Served) -> None:
    before = server.settled()
    connection = server.connect()
    connection.send(b"GET /v1.51/events HTTP/1.1\r\nHost: x\r\n\r\n")
    connection.until(b"\r\n\r\n")
    long = json.dumps({"Name": "data", "Labels": {"a": "b"}}).encode()
    for _ in range(300):
        assert server.ask("POST", "/v1.51/volumes/create", long).status == 201
        assert server.ask("DELETE", "/v1.51/volumes/data").status == 204
    connection.close()
    eventually(server, 0)
    server.returns_to(before)
