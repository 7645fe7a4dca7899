"""Packages of npm that tests use, installed once beside the virtual environment's own packages."""

import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

__all__ = ["installed"]


def installed(package: str, version: str) -> Path:
    """The folder to run node in so that it finds a package; the test is skipped where it cannot be had."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("there is no node and npm on this machine")
    folder = Path(sys.prefix) / "npm" / f"{package}-{version}"
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as made:
            options = ["--silent", "--no-audit", "--no-fund", "--no-package-lock", "--fetch-retries=0"]
            command = [npm, "install", *options, "--prefix", made, f"{package}@{version}"]
            try:
                done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=90)
            except subprocess.TimeoutExpired:
                pytest.skip(f"npm does not get {package} within 90 s")
            if done.returncode:
                lines = (done.stderr or done.stdout).strip().splitlines()
                pytest.skip(f"npm cannot install {package}: {lines[0] if lines else done.returncode}")
            with suppress(OSError):  # another process was faster
                Path(made).rename(folder)
            Path(made).mkdir(exist_ok=True)
    return folder
