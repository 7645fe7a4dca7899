"""What CONTRIBUTING.md says a change costs, done in a copy of the project."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    ignore = shutil.ignore_patterns("__pycache__", "compatibility")
    for folder in ("reference_impl", "scripts", "spec"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def python(copy: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(copy / "reference_impl"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(before) == 1, f"{path.name} has {before!r} {text.count(before)} times"
    path.write_text(text.replace(before, after), "utf-8")


def test_a_field_costs_one_file(copy: Path) -> None:
    replace(
        copy / "reference_impl/engine_api/api/volumes.py",
        '    mountpoint: str | UnsetType = UNSET\n    """Where it lies on the host."""\n    name: str',
        '    mountpoint: str | UnsetType = UNSET\n    """Where it lies on the host."""\n'
        '    colour: Annotated[str | UnsetType, Since("1.55")] = UNSET\n    """Colour of the volume."""\n    name: str',
    )
    script = """
import json, msgspec
from engine_api import v1_54, v1_55
from engine_api.api.versions import Version
from engine_api.api.volumes import Volume
from engine_api.diff.differences import diff
from engine_api.openapi import document
from engine_api.versions.fields import field_paths
schema = document(Version(1, 55))["components"]["schemas"]["Volume"]["properties"]
print(json.dumps({
    "wire": msgspec.json.encode(Volume(name="x", colour="red")).decode(),
    "old": hasattr(v1_54.Volume(name="data"), "colour"),
    "openapi": schema["Colour"]["description"],
    "documented": "Colour" in {one.path for one in field_paths(Volume)},
    "diff": sorted({e.path for e in diff(Version(1, 54), Version(1, 55)).entries if e.path.endswith("Colour")}),
}))
"""
    found = json.loads(python(copy, "-c", script))
    assert json.loads(found["wire"]) == {"Name": "x", "Colour": "red"}
    assert found["old"] is False
    assert found["openapi"].startswith("Colour of the volume.")
    assert found["documented"] is True
    assert "Colour" in found["diff"]


def test_an_operation_costs_four_files(copy: Path) -> None:
    package = copy / "reference_impl/engine_api"
    replace(  # 1: the declaration
        package / "api/volumes.py",
        '    @operation(\n        "VolumeUpdate",',
        '    @operation("VolumeTouch", changes=True, since="1.55", errors={NotFound: "The volume does not exist."})\n'
        '    async def touch(self, name: str) -> None:\n        """Set the time of a volume."""\n        ...\n\n'
        '    @operation(\n        "VolumeUpdate",',
    )
    replace(  # 2: the binding
        package / "wire/bindings.py",
        '    Binding("GET", "/volumes/{name}", Volumes.inspect),\n',
        '    Binding("GET", "/volumes/{name}", Volumes.inspect),\n'
        '    Binding("POST", "/volumes/{name}/touch", Volumes.touch, 204, response=ResponseKind.EMPTY),\n',
    )
    replace(  # 3: the engine
        package / "engines/memory/resources/volumes.py",
        "    async def update(",
        "    async def touch(self, name: str) -> None:\n        self._driver.store.find(name)\n\n    async def update(",
    )
    page = copy / "spec/latest/volumes.md"  # 4: the page
    section = "\n## Touch a volume {#touch operation=VolumeTouch since=1.55}\n\nSets its time.\n"
    page.write_text(page.read_text("utf-8") + section, "utf-8")
    python(copy, "scripts/generate_clients.py")
    script = """
import asyncio
from engine_api.api.errors import EngineError
from engine_api.api.versions import Version
from engine_api.api.volumes import VolumeCreateRequest
from engine_api.client import ApplicationTransport, AsyncClient
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.wrapping import WrappingEngine
from engine_api.openapi import document
from engine_api.server import app
from engine_api.site.order import operation_pages

async def main():
    async with MemoryEngine() as engine:
        client = AsyncClient(transport=ApplicationTransport(app(WrappingEngine(engine))))
        await client.volumes.create(VolumeCreateRequest(name="data"))
        await client.volumes.touch("data")
        try:
            await client.volumes.touch("none")
        except EngineError as error:
            print(error.message)
        await client.aclose()
    path = "/volumes/{name}/touch"
    print(path in document(Version(1, 55))["paths"], path in document(Version(1, 54))["paths"])
    print(operation_pages()["VolumeTouch"])

asyncio.run(main())
"""
    assert python(copy, "-c", script).splitlines() == ["get none: no such volume", "True False", "('volumes', 'touch')"]
