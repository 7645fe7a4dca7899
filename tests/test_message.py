"""What the hook says of commit messages."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "check_message.py"


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ("Add a thing\n\nIt was missing.\n", ""),
        ("Add a thing\n\nIt was missing.\n# Please enter the commit message\n", ""),
        ("Merge branch 'x'\n", ""),
        ("Add a thing\n", "say why"),
        ("Add a thing\nIt was missing.\n", "leave a line empty"),
        ("Add a thing.\n\nWhy.\n", "full stop"),
        ("x" * 72 + "\n\nWhy.\n", "72 characters"),
        ("# only a comment\n", "no subject"),
    ],
)
def test_messages(tmp_path: Path, message: str, problem: str) -> None:
    file = tmp_path / "message"
    file.write_text(message, "utf-8")
    done = subprocess.run([sys.executable, SCRIPT, file], capture_output=True, text=True)
    assert done.returncode == (1 if problem else 0)
    assert problem in done.stderr
