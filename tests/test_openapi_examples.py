"""The examples in the OpenAPI documents: those of the pages, as their schemas say."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine_api.api.versions import NEWEST, OLDEST, Version
from engine_api.openapi import document


@pytest.mark.parametrize("version", [OLDEST, Version(1, 44), NEWEST], ids=str)
def test_every_example_is_as_its_schema_says(version: Version) -> None:
    found = document(version)
    count = 0
    for where, media in _media(found["paths"], ""):
        schema = {**media["schema"], "components": found["components"]}
        validator = Draft202012Validator(schema)
        for name, example in media.get("examples", {}).items():
            problems = [error.message for error in validator.iter_errors(example["value"])]
            assert not problems, f"{where} {name}: {problems}"
            count += 1
    assert count > 50


def _media(value: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whatever has a schema and may have examples."""
    if isinstance(value, dict):
        if "schema" in value:
            yield where, value
        for key, inner in value.items():
            yield from _media(inner, f"{where} {key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _media(inner, where)


def test_examples_are_those_of_the_pages() -> None:
    created = document(Version(1, 44))["paths"]["/containers/create"]["post"]
    shown = created["requestBody"]["content"]["application/json"]["examples"]["create-named"]
    assert shown["value"]["Image"] == "busybox"
    refused = created["responses"]["409"]["content"]["application/json"]["examples"]
    assert "is already in use" in refused["create-conflict"]["value"]["message"]
