"""What scripts write is what they would write now."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["generate_api", "generate_clients"])
def test_they_are_up_to_date(name: str) -> None:
    script = Path(__file__).parents[1] / "scripts" / f"{name}.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
