"""Files that run examples in the browser: Pyodide, wheels, this package and the pages.

Pyodide and the wheels come from the package registries through npm and pip, and are kept in the user's cache.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine_api.spec.pages import spec_root

if TYPE_CHECKING:
    from engine_api.site.settings import Settings

__all__ = ["VERSION", "fetch", "pack", "write"]

VERSION: Final = "314.0.7"
"""The version of Pyodide, which determines the version of Python for the wheels."""

_PYTHON: Final = "3.14"
_PLATFORM: Final = "pyemscripten_2026_0_wasm32"
_WHEELS: Final = ("msgspec==0.22.0", "starlette==1.10.0", "anyio==4.16.0", "idna==3.20", "typing_extensions==4.16.0")
_FILES: Final = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
_SECONDS: Final = 300
_LEFT_OUT: Final = ("site", "client", "__pycache__")
"""Folders of the package that examples do not need."""


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "docker-engine-api" / f"pyodide-{VERSION}"


def fetch() -> Path:
    """Return the folder with Pyodide and the wheels, and download them if they are missing.

    Raises:
        OSError: the download failed; the message says why.
    """
    folder = _cache()
    if (folder / "complete").is_file():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        target = Path(made) / "found"
        (target / "wheels").mkdir(parents=True)
        _run(["npm", "pack", f"pyodide@{VERSION}", "--pack-destination", made, "--silent", "--fetch-retries=0"])
        with tarfile.open(Path(made) / f"pyodide-{VERSION}.tgz") as archive:
            for name in _FILES:
                member = archive.extractfile(f"package/{name}")
                if member is None:
                    raise OSError(f"pyodide {VERSION} has no {name}")
                (target / name).write_bytes(member.read())
        options = ["--only-binary=:all:", "--no-deps", "--python-version", _PYTHON, "--implementation", "cp"]
        abi = f"cp{_PYTHON.replace('.', '')}"
        options += ["--abi", abi, "--abi", "none", "--platform", _PLATFORM, "--platform", "any"]
        _run([sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(target / "wheels"), *options, *_WHEELS])
        (target / "complete").touch()
        shutil.rmtree(folder, ignore_errors=True)
        target.rename(folder)
    return folder


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        raise OSError(f"{command[0]} took more than {_SECONDS} s") from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise OSError(f"{' '.join(command[:3])}: {lines[-1] if lines else 'failed'}")


def write(settings: Settings) -> None:
    """Write the files into the site. If Pyodide is unavailable, print why, and mark `run.json`."""
    target = settings.target / "assets" / "site" / "engine"
    target.mkdir(parents=True, exist_ok=True)
    availability: dict[str, object] = {"server": False, "browser": True}
    try:
        found = fetch()
    except OSError as error:
        print(f"Run shows the answers of the pages only, for want of Pyodide: {error}", file=sys.stderr)
        availability["browser"] = False
    else:
        for name in _FILES:
            shutil.copyfile(found / name, target / name)
        wheels = sorted(found.glob("wheels/*.whl"))
        for wheel in wheels:
            shutil.copyfile(wheel, target / wheel.name)
        pack(target / "engine_api.zip")
        availability["wheels"] = [wheel.name for wheel in wheels]
    (settings.target / "assets" / "site" / "run.json").write_text(json.dumps(availability) + "\n", "utf-8")


def pack(path: Path) -> None:
    """Write this package and the pages as a zip archive."""
    package = Path(__file__).parents[1]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(package.rglob("*.py")):
            inner = file.relative_to(package)
            if not set(inner.parts) & set(_LEFT_OUT):
                archive.write(file, Path("engine_api") / inner)
        for file in sorted(spec_root().rglob("*.md")):
            archive.write(file, Path("engine_api") / "spec" / "markdown" / file.relative_to(spec_root()))
