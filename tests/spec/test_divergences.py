"""Which engines a divergence is about."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine_api.api.versions import Version
from engine_api.spec.divergences import EngineIdentity, divergences, divergences_of, identify
from engine_api.spec.pattern import NotationError

DOCKER = EngineIdentity("docker", "26.1.5+dfsg1", Version(1, 24), Version(1, 45))


@pytest.mark.parametrize(
    ("answer", "product", "release"),
    [
        ({"Version": "28.5.2", "ApiVersion": "1.51", "MinAPIVersion": "1.24"}, "docker", "28.5.2"),
        (
            {"Version": "4.3.1", "ApiVersion": "1.41", "Components": [{"Name": "Podman Engine", "Version": "4.3.1"}]},
            "podman",
            "4.3.1",
        ),
        ({"Version": "29.0.0+reference", "ApiVersion": "1.55"}, "reference", "29.0.0+reference"),
    ],
)
def test_an_engine_is_known_by_its_version(answer: dict[str, Any], product: str, release: str) -> None:
    found = identify(json.dumps(answer).encode())
    assert (found.product, found.release) == (product, release)
    assert str(found) == f"{product} {release}"


@pytest.mark.parametrize("body", [b"[]", b"hello", b'{"ApiVersion": "new"}'])
def test_other_answers_are_no_engines(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        identify(body)


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("docker", True),
        ("docker<28", True),
        ("docker<26", False),
        ("docker<=26", True),
        ("docker>=26 <28", True),
        ("docker>26", False),
        ("docker>26.0", True),
        ("docker=26.1", True),
        ("docker=26.2", False),
        ("podman", False),
        ("podman, docker<27", True),
    ],
)
def test_conditions(condition: str, fits: bool) -> None:
    assert DOCKER.fits(condition) is fits


def test_a_condition_that_names_no_engines_is_refused() -> None:
    with pytest.raises(NotationError, match="names no engines"):
        DOCKER.fits("Docker 28!")


def test_entries_are_found_by_example_engine_and_version(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    (tmp_path / "latest" / "divergences.md").write_text(
        '# D\n\n## One {#one example=a#b,a#c answer=2 engine="docker<28" api-until=1.40}\n\n'
        "```http\n404 Not Found\n```\n\n## Two {#two example=a#d}\n\n```stream\n< stdout: x\n```\n",
        "utf-8",
    )
    one, two = divergences(tmp_path)
    assert (one.index, one.engines, len(one.responses)) == (2, "docker<28", 1)
    assert (two.index, two.engines, len(two.responses)) == (None, "docker", 1)
    assert list(divergences_of("a#c", DOCKER, Version(1, 40), tmp_path)) == [one]
    assert list(divergences_of("a#c", DOCKER, Version(1, 41), tmp_path)) == []
    assert list(divergences_of("a#x", DOCKER, Version(1, 40), tmp_path)) == []


def test_no_page_is_no_entries(tmp_path: Path) -> None:
    assert divergences(tmp_path) == ()
