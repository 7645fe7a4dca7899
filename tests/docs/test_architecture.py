"""The drawings in the guide on the architecture are those of the import contracts."""

import re
import tomllib
from pathlib import Path

import pytest

import engine_api

ROOT = Path(__file__).parents[2]
PACKAGE = Path(engine_api.__file__).parent
CONTRACTS = {
    contract["id"]: contract["layers"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    if contract["type"] == "layers"
}
GUIDE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_drawing_has_the_layers_of_its_contract(contract: str) -> None:
    drawing = re.search(rf"<!-- contract: {contract} -->\n```text\n(.*?)```", GUIDE, re.DOTALL)
    assert drawing is not None
    layers = [re.split(r"  +", line)[0] for line in drawing[1].splitlines()]
    assert layers == CONTRACTS[contract]


@pytest.mark.parametrize(("contract", "folder"), [("packages", PACKAGE), ("floors", PACKAGE / "engines" / "memory")])
def test_no_package_is_left_out(contract: str, folder: Path) -> None:
    named = {name.strip() for layer in CONTRACTS[contract] for name in layer.split("|")}
    there = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert there - {"__init__", "__pycache__"} == named


def test_modules_that_the_guide_names_are_there() -> None:
    named = set(
        re.findall(r"`((?:api|wire|spec|server|conformance|runtime|model|userland|versions|engines)(?:\.\w+)+)`", GUIDE)
    )
    assert named
    for name in named:
        parts = [part for part in name.split(".") if part[0].islower() and part != "RESOURCES"]
        places = [PACKAGE.joinpath(*parts), (PACKAGE / "engines" / "memory").joinpath(*parts)]
        assert any(place.with_suffix(".py").is_file() or place.is_dir() for place in places), name
