"""`engine_api.api` is the newest version; `engine_api.v1_44` and its like are the older ones."""

import importlib
import pkgutil
import subprocess
import sys

import msgspec
import pytest

import engine_api
from engine_api import api
from engine_api.api.versions import VERSIONS, Version


def test_every_public_name_is_exported() -> None:
    names = [
        name
        for module in pkgutil.iter_modules(api.__path__)
        for name in importlib.import_module(f"engine_api.api.{module.name}").__all__
    ]
    assert sorted(names) == sorted(api.__all__)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_each_version_has_its_module(version: Version) -> None:
    module = importlib.import_module(f"engine_api.v{version.major}_{version.minor}")
    assert version == module.VERSION
    for name in module.__all__:
        assert getattr(module, name) is not None
    fields = {field.encode_name for field in msgspec.structs.fields(module.ImageInspect)}
    assert ("VirtualSize" in fields) == (version <= Version(1, 43))
    assert ("Manifests" in fields) == (version >= Version(1, 48))
    ids = {operation.id for operation in module.OPERATIONS}
    assert ("SystemPingHead" in ids) == (version >= Version(1, 40))


def test_a_version_that_is_not_described_has_no_module() -> None:
    with pytest.raises(ModuleNotFoundError, match="engine_api.v1_23"):
        importlib.import_module("engine_api.v1_23")


def test_no_version_has_a_file_of_its_own() -> None:
    modules = [module.name for module in pkgutil.iter_modules(engine_api.__path__)]
    assert not [name for name in modules if name.startswith("v1")]


def test_a_name_that_there_is_not() -> None:
    module = importlib.import_module("engine_api.v1_44")
    with pytest.raises(AttributeError, match="v1.44 has no 'Teapot'"):
        _ = module.Teapot


def test_importing_the_library_imports_neither_server_nor_client() -> None:
    script = (
        "import sys, engine_api, engine_api.api, engine_api.v1_44, engine_api.engines.memory.engine\n"
        "bad = [m for m in ('starlette', 'httpx', 'httptools', 'mkdocs', 'sybil', 'pytest') if m in sys.modules]\n"
        "assert not bad, bad\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
