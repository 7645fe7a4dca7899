"""The script that compares an official document with ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

SCRIPT = Path(__file__).parents[1] / "scripts" / "compare_official.py"


def run(*arguments: str | Path) -> tuple[list[str], int]:
    done = subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines(), done.returncode


SWAGGER = {
    "swagger": "2.0",
    "paths": {
        "/containers/json": {
            "get": {
                "parameters": [
                    {"name": "all", "in": "query", "type": "boolean"},
                    {"name": "limit", "in": "query", "type": "boolean"},
                    {"name": "colour", "in": "query", "type": "string"},
                ],
                "responses": {
                    200: {"schema": {"type": "array", "items": {"$ref": "#/definitions/Summary"}}},
                    418: {"description": "a teapot"},
                },
            }
        },
        "/teapots/{name}": {"get": {"responses": {200: {"schema": {"$ref": "#/definitions/Summary"}}}}},
    },
    "definitions": {
        "Summary": {
            "type": "object",
            "properties": {
                "Id": {"type": "string"},
                "Labels": {"type": "object", "additionalProperties": {"type": "integer"}},
                "Colour": {"type": "object", "properties": {"Red": {"type": "integer"}}},
                "Within": {"$ref": "#/definitions/Summary"},
            },
        }
    },
}


def test_what_is_missing_and_what_has_another_type_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "official.yaml"
    path.write_text(yaml.safe_dump(SWAGGER, sort_keys=False))
    lines, code = run(path, "1.44")
    assert lines[:-1] == [
        "type GET /containers/json query limit: official boolean, ours integer",
        "missing parameter GET /containers/json query colour",
        "type GET /containers/json 200 [].Labels{}: official integer, ours string",
        "missing field GET /containers/json 200 [].Colour",
        "missing field GET /containers/json 200 [].Within",
        "missing status GET /containers/json 418",
        "missing operation GET /teapots/{}",
    ]
    assert code == 1


def test_what_is_ignored_is_not_printed(tmp_path: Path) -> None:
    path, ignored = tmp_path / "official.yaml", tmp_path / "more.ignore"
    path.write_text(yaml.safe_dump(SWAGGER, sort_keys=False))
    ignored.write_text(
        "# VERSIONS | KIND | PATTERN | REASON\n\n"
        "1.40-1.44 | parameter | GET /containers/json query * | no reason\n"
        "1.44 | operation | GET /teapots/{name} | no reason\n"
        "* | field | GET /containers/json 200 [].* | no reason\n"
        "-1.43, 1.44- | status | *418 | no reason\n"
        "1.45- | operation | * | of later versions\n"
    )
    assert run(path, "1.44", "--ignore", ignored)[1] == 0
    assert run(path, "1.39", "--ignore", ignored)[1] == 1


def test_what_only_ours_has_is_printed_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "official.yaml"
    path.write_text(yaml.safe_dump(SWAGGER, sort_keys=False))
    assert "extra operation GET /info" in run(path, "1.44", "--extras")[0]


@pytest.mark.parametrize("version", ["1.25", "1.44", "1.55"])
def test_nothing_of_an_official_document_is_missing(version: str) -> None:
    folder = os.environ.get("ENGINE_API_MOBY")
    if not folder:
        pytest.skip("ENGINE_API_MOBY does not name the folder with the official documents")
    known = Path(folder) / "known-errors.ignore"
    assert run(Path(folder) / "swagger" / f"v{version}.yaml", version, "--ignore", known)[1] == 0
