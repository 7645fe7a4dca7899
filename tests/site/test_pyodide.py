"""The archive that runs examples in a browser, and the wheel: the package finds its pages in both."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from engine_api.site.pyodide import pack
from engine_api.spec import pages

ROOT = Path(__file__).parents[2]
LACKING = ("httptools", "ssl", "httpx", "uvloop", "multiprocessing", "mkdocs", "pytest", "yaml", "shtab")
"""Modules that Pyodide does not have there."""
RUN = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    sys.modules[name] = None
from engine_api.conformance.trial import trial

async def scenario():
    return [event async for event in trial("containers#list-running", "1.44")]

print(sys.modules["engine_api"].__file__)
print(asyncio.run(scenario())[-1]["result"])
"""


def test_the_archive_is_all_that_an_example_needs(tmp_path: Path) -> None:
    pack(tmp_path / "engine_api.zip")
    with zipfile.ZipFile(tmp_path / "engine_api.zip") as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN, str(tmp_path), *LACKING], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [str(tmp_path / "engine_api" / "__init__.py"), "holds"]


def test_the_wheel_has_the_pages_where_they_are_looked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    place = Path(pages.__file__).parent / "markdown"
    package = Path(pages.__file__).parents[1]
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"] == {
        "spec": place.relative_to(package.parent).as_posix()
    }
