"""A new version begins with a script; the rest follows from what that writes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine_api.api.versions import NEWEST, Version

ROOT = Path(__file__).parents[2]
NEXT = Version(NEWEST.major, NEWEST.minor + 1)
AFTER = Version(NEWEST.major, NEWEST.minor + 2)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository with the package and the pages."""
    for folder in ("reference_impl", "spec"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "compatibility"))
    return tmp_path


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root / "reference_impl"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=root, env=environment)


def begin(root: Path, version: Version) -> subprocess.CompletedProcess[str]:
    return run(root, str(ROOT / "scripts" / "new_version.py"), str(version), "Docker 99.0", "--root", str(root))


def test_it_is_a_version_like_the_others(copy: Path) -> None:
    module = f"v{NEXT.major}_{NEXT.minor}"
    written = begin(copy, NEXT).stdout.splitlines()[:3]
    assert written == [
        "reference_impl/engine_api/api/releases.py",
        f"spec/v{NEXT}/changes.md",
        f"reference_impl/engine_api/versions/changes/{module}.py",
    ]
    assert all((copy / path).is_file() for path in written)
    script = (
        f"from engine_api.api.versions import NEWEST, speaking\n"
        f"from engine_api.{module} import VERSION\n"
        f"from engine_api.spec.pages import changes_page\n"
        f"from engine_api.versions.changes import changes_of\n"
        f"assert NEWEST == VERSION, NEWEST\n"
        f"print(VERSION, changes_page(VERSION).title, changes_of(VERSION), [one.name for one in speaking(VERSION)])"
    )
    assert run(copy, "-c", script).stdout == f"{NEXT} What v{NEXT} changed () ['Docker 99.0']\n"
    assert f"v{NEWEST} -> v{NEXT}" in run(copy, "-m", "engine_api", "diff", str(NEWEST), str(NEXT)).stdout
    assert f'"version": "{NEXT}"' in run(copy, "-m", "engine_api", "openapi", str(NEXT)).stdout


@pytest.mark.parametrize("version", [NEWEST, AFTER], ids=["that there is", "with a gap before it"])
def test_a_version_that_is_not_the_next_is_refused(copy: Path, version: Version) -> None:
    done = begin(copy, version)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"v{version} is not the version after v{NEWEST}\n"
    assert (copy / f"spec/v{version}").exists() == (version == NEWEST)
