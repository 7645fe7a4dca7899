"""A reference server on a unix socket and on TCP."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.serving import Served, serving


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving([f"unix://{tmp_path_factory.mktemp('server')}/docker.sock"]) as served:
        yield served


@pytest.fixture
def server(_server: Served) -> Iterator[Served]:
    """A server that a test may use; afterwards it must still answer, and is reset."""
    yield _server
    assert _server.ask("GET", "/_ping").body == b"OK"
    _server.reset()


def run(server: Served, *command: str, **options: Any) -> str:
    """Start a container; gives its identifier."""
    body = {"Image": "busybox", "Cmd": list(command), **options}
    created = server.ask("POST", "/v1.51/containers/create", json.dumps(body).encode())
    assert created.status == 201, created
    identifier: str = created.json["Id"]
    assert server.ask("POST", f"/v1.51/containers/{identifier}/start").status == 204
    return identifier
