"""The OpenAPI documents beside the API."""

from pathlib import Path

import pytest

from engine_api.api.versions import NEWEST, Version
from engine_api.openapi import document
from tests.serving import Served, serving


def test_each_version_has_its_document(server: Served) -> None:
    answer = server.ask("GET", "/v1.44/openapi.json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == document(Version(1, 44))
    assert server.ask("GET", "/openapi.json").json == document(NEWEST)
    assert server.ask("HEAD", "/openapi.json").body == b""


@pytest.mark.parametrize(("path", "status"), [("/v1.23/openapi.json", 400), ("/v1.99/openapi.json", 400)])
def test_a_version_that_is_not_served_has_none(server: Served, path: str, status: int) -> None:
    assert server.ask("GET", path).status == status


def test_it_is_no_operation(server: Served) -> None:
    assert server.ask("POST", "/openapi.json").status == 404


def test_without_it(tmp_path: Path) -> None:
    with serving([f"unix://{tmp_path}/docker.sock"], documents=None) as served:
        assert served.ask("GET", "/openapi.json").json == {"message": "page not found"}
