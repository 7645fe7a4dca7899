"""The published history of the API: differences of neighbouring versions tell all of it, where its table is at hand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_every_change_of_the_history_is_told() -> None:
    folder = os.environ.get("ENGINE_API_MOBY")
    if not folder:
        pytest.skip("ENGINE_API_MOBY does not name the folder with the facts")
    ignored = ROOT / "tests" / "data" / "history.ignore"
    command = [sys.executable, str(ROOT / "scripts" / "compare_history.py"), folder, "--ignore", str(ignored), "--rows"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"version-changes.tsv: (\d+) of (\d+) rows covered, (\d+) wrong, 0 missing", done.stdout)
    assert found is not None, done.stdout
    covered, rows, wrong = map(int, found.groups())
    assert covered + wrong == rows
    assert covered > 300
