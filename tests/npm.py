"""Packages of npm that tests use, installed once beside the virtual environment's own packages."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

__all__ = ["installed"]


def installed(package: str, version: str) -> Path:
    """The folder to run node in so that it finds a package; the test is skipped where it cannot be had."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("there is no node and npm on this machine")
    folder = Path(sys.prefix) / "npm" / f"{package}-{version}"
    if not (folder / "ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", f"{package}@{version}"]
        done = subprocess.run(
            [*command, "--prefix", str(folder)], cwd=folder, capture_output=True, text=True, timeout=180
        )
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            pytest.skip(f"npm cannot install {package}: {lines[0] if lines else done.returncode}")
        (folder / "ready").touch()
    return folder
