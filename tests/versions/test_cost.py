"""What versions cost when nobody asks for them: nothing."""

import subprocess
import sys

from engine_api.api.versions import VERSIONS


def run(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_no_older_type_is_made_before_it_is_used() -> None:
    script = """
import engine_api.api, engine_api.client, engine_api.server, engine_api.engines.memory.engine, engine_api.v1_44
from engine_api.versions.projection import project
before = project.cache_info().currsize
engine_api.v1_44.ContainerInspectResponse
print(before, project.cache_info().currsize > 0)
"""
    assert run(script) == "0 True"


def test_changes_are_read_when_a_version_needs_them() -> None:
    script = "import sys, engine_api.api, engine_api.server; print([m for m in sys.modules if 'changes.v1' in m])"
    assert run(script) == "[]"


def test_all_pairs_take_seconds() -> None:
    """Ten, on two cores with nothing else to do; measured here is the time of the process itself."""
    pairs = len(VERSIONS) * (len(VERSIONS) - 1)
    script = """
import contextlib, io, sys, time
from engine_api.cli import main
sys.stdout = io.TextIOWrapper(io.BytesIO())
assert main(["diff", "--all", "--format", "json"]) == 0
sys.stdout.seek(0)
lines = sys.stdout.read().count("\\n")
sys.stdout = sys.__stdout__
print(lines, time.process_time() < 10)
"""
    assert run(script) == f"{pairs} True"
