"""Scripts give what busybox itself gave; see scripts/record_busybox.py."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.engines.memory.userland.running import execute

RECORDED: list[dict[str, Any]] = json.loads((Path(__file__).parents[3] / "data" / "busybox.json").read_text("utf-8"))


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["script"][:60])
def test_a_script_gives_what_busybox_gave(recorded: dict[str, Any]) -> None:
    output, code = execute(f"exec 2>&1\n{recorded['script']}", folder="/tmp/w")
    assert output.splitlines() == recorded["output"].splitlines()
    assert code == recorded["code"]
