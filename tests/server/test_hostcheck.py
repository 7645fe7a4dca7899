"""Requests that a page of another site makes a browser send."""

import pytest

from engine_api.server.hostcheck import HostCheck
from tests.serving import serving


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Host: localhost", 200),
        ("Host: 127.0.0.1:2375", 200),
        ("Host: [::1]:2375", 200),
        ("Host: attacker.example", 403),
        ("Host: 127.0.0.1.attacker.example", 403),
        ("Host: 10.1.2.3", 403),
        ("Host: ", 403),
        ("Host: [::1", 403),
        ("Host: localhost\r\nOrigin: http://attacker.example", 403),
        ("Host: localhost\r\nOrigin: null", 403),
        ("Host: localhost\r\nOrigin: http://localhost:8000", 200),
    ],
)
def test_a_browser_that_was_led_here_is_refused(headers: str, status: int) -> None:
    with serving(["tcp://127.0.0.1:0"]) as served, served.connect() as connection:
        connection.send(f"GET /_ping HTTP/1.1\r\n{headers}\r\n\r\n".encode())
        answer = connection.answer()
        assert answer.status == status
        if status == 403:
            assert answer.message
            assert answer.headers["connection"] == "close"


def test_names_that_the_operator_allows() -> None:
    check = HostCheck(["engine.example"], judge_host=True)
    assert check.refusal([(b"host", b"engine.example:2375")]) is None
    assert check.refusal([(b"host", b"other.example:2375")])
    assert HostCheck([], judge_host=False).refusal([(b"host", b"anything")]) is None
