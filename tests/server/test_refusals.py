"""What Docker refuses is refused in its words, as of each release that was recorded; see scripts/record_refusals.py."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scripts.record_refusals import answers, connect
from tests.serving import serving

FOLDER = Path(__file__).parents[1] / "data" / "refusals"
RELEASES = {"docker-28.5": "28.5", "docker-29.7": None}
"""The recordings, and what the server is given to behave so."""
NOT_YET = {
    ("docker-29.7", "GET /images/NAME-none/get"): "the reference engine has the image store of before",
    ("docker-29.7", "GET /images/get?names=NAME-none"): "the same",
    (
        "docker-29.7",
        'POST /containers/create?name=NAME-q&platform=windows/amd64 {"Image": "busybox"}',
    ): "the same",
    (
        "docker-29.7",
        'POST /containers/create?name=NAME-c114 {"Image": "busybox", "Cmd": ["true"], "NetworkingConfig": '
        '{"EndpointsConfig": {"NAME-net": {"IPAMConfig": {"IPv6Address": "10.0.0.1"}}}}, "HostConfig": '
        '{"NetworkMode": "NAME-net"}}',
    ): "an address of a family that the network lacks has the words of before",
}
"""What the reference engine does not answer as a release does, and why."""


@cache
def recorded(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, Any]]]:
    """What the reference engine answers, by the recording and the request."""
    found = {}
    for name, release in RELEASES.items():
        path = tmp_path_factory.mktemp("refusals") / "s"
        lines = [one["request"] for one in recorded(name)]
        with serving([f"unix://{path}"], release=release, catalogue=["busybox"]), connect(str(path)) as client:
            found[name] = {one["request"]: one for one in answers(client, lines)}
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(name, one, marks=[pytest.mark.xfail(strict=True, reason=reason)] if reason else [])
        for name in RELEASES
        for one in recorded(name)
        for reason in [NOT_YET.get((name, one["request"]))]
    ],
    ids=lambda one: one if isinstance(one, str) else one["request"][:90],
)
def test_a_request_is_answered_as_docker_does(
    name: str, expected: dict[str, Any], answered: dict[str, dict[str, dict[str, Any]]]
) -> None:
    assert answered[name][expected["request"]] == expected
