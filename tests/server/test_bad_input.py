"""Bad input gets an error in the engine's form, and the server goes on (the fixture sees to that).

Statuses of targets were checked on docker 28.5.
"""

import json

import pytest

from engine_api.api.versions import NEWEST
from tests.serving import Served

DEEP = b'{"Image":"busybox","X":' + b"[" * 1000 + b"]" * 1000 + b"}"
VERY_DEEP = b"[" * 300_000
DEEP_KNOWN = b'{"Image":"busybox","Labels":' + b'{"a":' * 1000 + b"1" + b"}" * 1001


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"Image":"busybox"',
        b'{"Image":"busybox",}',
        b'{"Image":"busybox"} {}',
        b'{"Image":"busybox"}}',
        b'{"Image":"busybox"}\0',
        b"[]",
        b'"busybox"',
        b"1",
        b"true",
        b"NaN",
        b'{"Image":busybox}',
        b"{'Image':'busybox'}",
        b'{"Image":1}',
        b'{"Image":["busybox"]}',
        b'{"Image":"busybox","Cmd":{"a":1}}',
        b'{"Image":"busybox","Tty":"yes"}',
        b'{"Image":"busybox","Tty":1}',
        b'{"Image":"busybox","Labels":["a"]}',
        b'{"Image":"busybox","Labels":{"a":1}}',
        b'{"Image":"busybox","Env":"A=b"}',
        b'{"Image":"busybox","HostConfig":[]}',
        b'{"Image":"busybox","HostConfig":{"Memory":"much"}}',
        b'{"Image":"busybox","HostConfig":{"Memory":1e400}}',
        b'{"Image":"busybox","HostConfig":{"Memory":1' + b"0" * 400 + b"}}",
        b'{"Image":"busybox","HostConfig":{"Memory":1' + b"0" * 10_000 + b"}}",
        b'{"Image":"busybox","HostConfig":{"Memory":1.5}}',
        b'{"Image":"busybox","HostConfig":{"Memory":Infinity}}',
        b'{"Image":"\xff\xfe"}',
        b'{"Image":"\x01"}',
        b'{"Image":"\\x"}',
        b"\xef\xbb\xbf{}",
        b"null",
        DEEP,
        VERY_DEEP,
        DEEP_KNOWN,
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_cannot_be_a_container(server: Served, body: bytes) -> None:
    answer = server.ask("POST", "/v1.51/containers/create", body)
    assert answer.status == 400, answer
    assert answer.message
    assert server.ask("GET", "/containers/json?all=1").json == []


def test_keys_in_other_cases_and_duplicates_are_read_as_engines_read_them(server: Served) -> None:
    body = b'{"image":"nothing","IMAGE":"busybox","cmd":["false"],"CMD":["true"]}'
    created = server.ask("POST", "/v1.51/containers/create", body)
    assert created.status == 201
    assert server.ask("GET", f"/containers/{created.json['Id']}/json").json["Config"]["Cmd"] == ["true"]


@pytest.mark.parametrize(
    ("content_type", "words"),
    [
        ("text/plain", "unsupported Content-Type header (text/plain): must be 'application/json'"),
        ("application/x-tar", "unsupported Content-Type header"),
        ("", "malformed Content-Type header"),
        ("application", "Content-Type header (application)"),
        ("nonsense/", "malformed Content-Type header"),
    ],
)
def test_another_content_type(server: Served, content_type: str, words: str) -> None:
    answer = server.ask("POST", "/containers/create", b'{"Image":"busybox"}', Content_Type=content_type)
    assert answer.status == 400
    assert words in answer.message


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
def test_the_content_type_of_json(server: Served, content_type: str) -> None:
    answer = server.ask("POST", "/containers/create", b'{"Image":"busybox"}', Content_Type=content_type)
    assert answer.status == 201


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/containers/json?limit=x", 400),
        ("/containers/json?filters={", 400),
        ("/containers/json?filters=[]", 400),
        ("/containers/json?filters=1", 400),
        ('/containers/json?filters={"label":1}', 400),
        ('/containers/json?filters={"label":[1]}', 400),
        ('/containers/json?filters={"nonsense":["1"]}', 400),
        ("/containers/json?filters=" + "[" * 2000, 400),
        ('/images/json?filters={"dangling":["x"]}', 400),
        ("/containers/json?filters=%zz", 400),
        ("/containers/json?%zz=1", 400),
        ("/containers/json?limit=99999999999999999999999", 400),
        ("/containers/json?a;b", 400),
        ("/containers/json?unknown=1", 200),
        ("/containers/json?all=maybe", 200),
        ("/containers/json?&&=&", 200),
        ("/containers/json?all", 200),
        ("/containers/json?all=1&all=0", 200),
        ("/containers/" + "x" * 5000 + "/json", 404),
        ("/containers/a%2fb/json", 404),
        ("/containers/%00/json", 404),
        ("/containers/%ff%fe/json", 404),
        ("/images/%20/json", 400),
        ("/exec/../json", 301),
        ("//containers/json", 301),
        ("/v1.51/../containers/json", 301),
        ("/v1.51/nothing", 404),
        (f"/v{NEWEST.major}.{NEWEST.minor + 1}/containers/json", 400),
        ("/v9999999999999999999999/containers/json", 400),
        ("/v1.51.0/containers/json", 200),
        ("/vx/containers/json", 404),
    ],
)
def test_targets(server: Served, target: str, status: int) -> None:
    answer = server.ask("GET", target.replace('"', "%22").replace(" ", "%20"))
    assert answer.status == status, answer
    if status >= 400:
        assert answer.message


@pytest.mark.parametrize("version", ["1.23", "1.12", "1", "0.9"])
def test_versions_from_before_errors_were_json_are_refused_in_plain_text(server: Served, version: str) -> None:
    answer = server.ask("GET", f"/v{version}/containers/json")
    assert answer.status == 400
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.body.decode() == (
        f"client version {version} is too old. Minimum supported API version is 1.24, "
        "please upgrade your client to a newer version\n"
    )


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "PROPFIND"])
def test_a_method_that_an_operation_lacks(server: Served, method: str) -> None:
    answer = server.ask(method, "/containers/json")
    assert answer.status == 404
    assert answer.message == "page not found"


def test_options_are_answered(server: Served) -> None:
    assert server.ask("OPTIONS", "/containers/json").status == 200
    with server.connect() as connection:
        connection.send(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.answer().status == 200


@pytest.mark.parametrize("size", ["h=x&w=1", "h=1&w=x", "h=-1&w=1", "h=99999999999&w=1", "h=1", ""])
def test_sizes_of_a_terminal_that_are_none(server: Served, size: str) -> None:
    from tests.server.conftest import run

    identifier = run(server, "sleep", "60", Tty=True)
    answer = server.ask("POST", f"/containers/{identifier}/resize?{size}")
    assert answer.status == 400
    assert answer.message


@pytest.mark.parametrize("query", ["since=x", "until=x", "since=1.x"])
def test_times_that_are_none(server: Served, query: str) -> None:
    created = server.ask("POST", "/containers/create", b'{"Image":"busybox"}')
    answer = server.ask("GET", f"/containers/{created.json['Id']}/logs?stdout=1&{query}")
    assert answer.status >= 400
    assert answer.message


def test_a_body_that_ends_early_makes_nothing(server: Served) -> None:
    with server.connect() as connection:
        connection.send(
            b"POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b'Content-Length: 100\r\n\r\n{"Image":"busybox"}'
        )
        connection.end()
        connection.rest()
    server.settled()
    assert server.ask("GET", "/containers/json?all=1").json == []


def test_registry_credentials_that_are_nonsense_make_an_anonymous_pull(server: Served) -> None:
    for value in ("!!!", "e30=", json.dumps({"username": "x"})):
        answer = server.ask("POST", "/images/create?fromImage=alpine&tag=3.20", X_Registry_Auth=value)
        assert answer.status == 200
