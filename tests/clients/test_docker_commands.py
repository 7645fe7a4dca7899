"""The docker command prints on the reference engine what it printed on a real one; see scripts/record_commands.py."""

import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.clients.conftest import served

ROOT = Path(__file__).parents[2]
RECORDED: dict[str, Any] = json.loads((ROOT / "tests" / "data" / "docker-commands.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def recorder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("record_commands", ROOT / "scripts" / "record_commands.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def recorded_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an engine of the release that was recorded, or of the engine under test."""
    given = os.environ.get("TEST_DOCKER_HOST")
    if given:
        yield given
        return
    release = ".".join(RECORDED["engine"].split(".")[:2])
    with served(tmp_path_factory.mktemp("recorded") / "docker.sock", "--engine-release", release) as address:
        yield address


@pytest.mark.parametrize("title", list(RECORDED["sections"]))
def test_a_section_gives_what_docker_gave(title: str, recorder: ModuleType, recorded_host: str) -> None:
    if shutil.which("docker") is None:
        pytest.skip("there is no docker command on this machine")
    version = recorder.command_version()
    if version.partition(".")[0] != RECORDED["command"].partition(".")[0]:
        pytest.skip(f"recorded with the docker command {RECORDED['command']}; {version} words things otherwise")
    expected = [(one["command"], one["output"], one["code"]) for one in RECORDED["sections"][title]]
    found = recorder.run(recorded_host, [command for command, _, _ in expected])
    wrong = [
        f"$ {command}\nexpected {code}: {output!r}\ngot      {status}: {printed!r}"
        for (command, output, code), (_, printed, status) in zip(expected, found, strict=True)
        if (output, code) != (printed, status)
    ]
    assert not wrong, "\n".join(wrong)
