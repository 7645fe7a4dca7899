"""The generated resources are those of the Protocols."""

import subprocess
import sys
from pathlib import Path


def test_they_are_up_to_date() -> None:
    script = Path(__file__).parents[2] / "scripts" / "generate_clients.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
