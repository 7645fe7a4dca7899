"""The OpenAPI documents: valid, and complete beside the official ones, where these are at hand."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from engine_api.api.versions import NEWEST, OLDEST, VERSIONS, Version
from engine_api.openapi import document, tag_of
from engine_api.wire.bindings import BINDINGS

IGNORED = Path(__file__).parent / "data" / "official-errors.ignore"


@pytest.mark.parametrize("version", [OLDEST, Version(1, 44), NEWEST], ids=str)
def test_it_is_valid(version: Version) -> None:
    validate(document(version))


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_every_field_and_parameter_is_described(version: Version) -> None:
    found = document(version)
    for name, schema in found["components"]["schemas"].items():
        assert schema["description"], name
        for field, own in schema["properties"].items():
            assert own["description"] or name == "ErrorResponse", f"{name}.{field}"
    for path, operations in found["paths"].items():
        for verb, operation in operations.items():
            assert operation["summary"], f"{verb} {path}"
            for parameter in operation.get("parameters", ()):
                assert parameter["description"], f"{verb} {path} {parameter['name']}"


def test_streams_and_connections_are_described() -> None:
    paths = document(Version(1, 44))["paths"]
    attach = paths["/containers/{id}/attach"]["post"]["responses"]["101"]
    assert set(attach["headers"]) >= {"Connection", "Upgrade"}
    assert set(attach["content"]) == {
        "application/vnd.docker.raw-stream",
        "application/vnd.docker.multiplexed-stream",
    }
    older = document(Version(1, 41))["paths"]["/containers/{id}/attach"]["post"]["responses"]["101"]
    assert set(older["content"]) == {"application/vnd.docker.raw-stream"}
    assert "CR LF" in paths["/images/create"]["post"]["responses"]["200"]["description"]


def test_filters_are_told_key_by_key() -> None:
    filters = next(
        own for own in document(NEWEST)["paths"]["/containers/json"]["get"]["parameters"] if own["name"] == "filters"
    )
    assert "status" in filters["schema"]["contentSchema"]["properties"]


def test_operations_come_and_go() -> None:
    assert "head" not in document(Version(1, 39))["paths"]["/_ping"]
    assert "head" in document(Version(1, 40))["paths"]["/_ping"]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_nothing_of_the_official_document_is_missing(version: Version, tmp_path: Path) -> None:
    folder = os.environ.get("ENGINE_API_MOBY")
    if not folder:
        pytest.skip("ENGINE_API_MOBY does not name the folder with the official documents and `compare`")
    if version > OLDEST and not (Path(folder) / "swagger" / f"v{version}.yaml").exists():
        pytest.skip(f"there is no official document of v{version}")
    found = document(version)
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(found))
    operations = [
        f"{verb.upper()} {re.sub('{[^}]*}', '{[^}]*}', route)}" for route, own in found["paths"].items() for verb in own
    ]
    only = f"^({'|'.join(operations)})$"
    ignored = ["--ignore", str(IGNORED), "--ignore", str(Path(folder) / "known-errors.ignore")]
    done = subprocess.run(
        [sys.executable, str(Path(folder) / "compare"), str(path), str(version), "--only", only, *ignored],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_tags_and_ids_are_those_of_the_official_documents() -> None:
    folder = os.environ.get("ENGINE_API_MOBY")
    if not folder:
        pytest.skip("ENGINE_API_MOBY does not name the folder with the facts")
    with open(Path(folder) / "operations.tsv", encoding="utf-8") as file:
        official = {(row["method"], row["path"]): row for row in csv.DictReader(file, delimiter="\t")}
    compared = 0
    for binding in BINDINGS:
        row = next(
            (row for (verb, path), row in official.items() if verb == binding.verb and _same(path, binding.path)), None
        )
        if row is not None and row["operationId"]:
            assert binding.operation.id in row["operationId"].split("/")
            assert tag_of(binding) == row["tag"]
            compared += 1
    assert compared > 50


def _same(path: str, other: str) -> bool:
    return re.sub("{[^}]*}", "{}", path) == re.sub("{[^}]*}", "{}", other)
