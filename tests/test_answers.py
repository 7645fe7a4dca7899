"""What real engines answered, recorded by scripts/record_answers.py: our types read all of it, and lose nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from engine_api.api.containers import ContainerPathStat
from engine_api.api.versions import Version
from engine_api.versions.projection import lacking
from engine_api.wire.bindings import ResponseKind, binding_of
from engine_api.wire.bodies import encode_json

FILES = sorted((Path(__file__).parent / "data" / "answers").glob("docker-*.jsonl"))


class Recorded(NamedTuple):
    """A line of a recording."""

    operation: str
    status: int
    versions: list[Version]
    answer: Any


def recorded(path: Path) -> Iterator[Recorded]:
    for line in path.read_text("utf-8").splitlines():
        own = json.loads(line)
        yield Recorded(own["operation"], own["status"], [*map(Version.parse, own["versions"])], own["answer"])


def kind_of(one: Recorded) -> Any:
    binding = binding_of(one.operation)
    return ContainerPathStat if binding.response in (ResponseKind.PATH_STAT, ResponseKind.ARCHIVE) else binding.result


def differences(expected: Any, found: Any, path: str = "") -> Iterator[str]:
    """Where two JSON values differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in expected.keys() | found.keys():
            if key not in found:
                yield f"{path}.{key} is lost: {json.dumps(expected[key])[:100]}"
            elif key not in expected:
                yield f"{path}.{key} was not there"
            else:
                yield from differences(expected[key], found[key], f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for one, other in zip(expected, found, strict=True):
            yield from differences(one, other, path + "[]")
    elif isinstance(expected, bool) is not isinstance(found, bool) or expected != found:
        yield f"{path} was {json.dumps(expected)[:60]} and is {json.dumps(found)[:60]}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_of_an_answer_is_unknown_or_lost(path: Path) -> None:
    problems: dict[str, None] = {}
    count = 0
    for one in recorded(path):
        raw = json.dumps(one.answer).encode()
        try:
            value = msgspec.json.decode(raw, type=kind_of(one))
        except msgspec.ValidationError as error:
            problems[f"{one.operation}: {error}"] = None
            continue
        count += 1
        found = json.loads(encode_json(value))
        problems |= dict.fromkeys(f"{one.operation}{each}" for each in differences(one.answer, found))
    assert not problems, "\n" + "\n".join(problems)
    assert count > 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_answer_has_no_field_that_was_gone_or_is_still_to_come(path: Path) -> None:
    """An engine sends some fields of its newest version in older ones, too; older or newer ones it never does."""
    lines = list(recorded(path))
    newest = max(version for one in lines for version in one.versions)
    for one in lines:
        value = msgspec.json.decode(json.dumps(one.answer).encode(), type=kind_of(one))
        for version in one.versions:
            for name, span in lacking(value, version):
                assert version <= span.until, f"{one.operation} in v{version}: {name} went with v{span.until}"
                assert span.since <= newest, f"{one.operation} in v{version}: {name} comes with v{span.since}"
