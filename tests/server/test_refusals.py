"""What docker 28.5 refuses is refused in its words; see scripts/record_refusals.py."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.record_refusals import answers, connect
from tests.serving import serving

RECORDED: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data" / "refusals.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the reference engine answers, by the request."""
    path = tmp_path_factory.mktemp("refusals") / "s"
    lines = [one["request"] for one in RECORDED]
    with serving([f"unix://{path}"], catalogue=["busybox"]), connect(str(path)) as client:
        return {one["request"]: one for one in answers(client, lines)}


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["request"][:90])
def test_a_request_is_answered_as_docker_does(recorded: dict[str, Any], answered: dict[str, dict[str, Any]]) -> None:
    assert answered[recorded["request"]] == recorded
