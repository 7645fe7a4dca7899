"""Values of every type, in every version: written and read again, lowered to older versions, and handed on."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine_api.api.struct import ApiStruct
from engine_api.api.versions import VERSIONS
from engine_api.versions.projection import lacking, project, prune
from engine_api.wire.bodies import decode_json, encode_json
from engine_api.wire.keeping import decode_kept
from tests.values import TYPES, values

CHECKED = settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_in_every_version(kind: type[ApiStruct]) -> None:
    @CHECKED
    @given(values(kind))
    def holds(value: ApiStruct) -> None:
        assert decode_json(encode_json(value), kind) == value
        whole = encode_json(value)
        for version in VERSIONS:
            pruner = prune(kind, version)
            if pruner is None:
                assert project(kind, version) is kind
                continue
            lowered = pruner(json.loads(whole))
            text = encode_json(lowered)
            assert lacking(decode_json(text, kind), version) == []
            older = decode_json(text, project(kind, version))
            assert json.loads(encode_json(older)) == lowered

    holds()


UNKNOWN = {"X-New": [{"Deep": 1}], "x-other": None}


def sprinkled(value: Any, kind: Any) -> Any:
    """The JSON with unknown keys in every object that has known ones."""
    from engine_api.wire.bodies import shape

    keys, item = shape(kind)
    if isinstance(value, dict):
        if keys is None:
            return {key: sprinkled(own, item) for key, own in value.items()}
        return {key: sprinkled(own, keys[key][1]) for key, own in value.items()} | UNKNOWN
    if isinstance(value, list):
        return [sprinkled(own, item) for own in value]
    return value


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_what_is_unknown_is_handed_on(kind: type[ApiStruct]) -> None:
    @CHECKED
    @given(values(kind))
    def holds(value: ApiStruct) -> None:
        came = sprinkled(json.loads(encode_json(value)), kind)
        assert json.loads(decode_kept(json.dumps(came).encode(), kind).encode()) == came

    holds()


@given(st.data())
@CHECKED
def test_every_version_of_a_type_is_made_of_the_fields_that_it_has(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(TYPES))
    version = data.draw(st.sampled_from(VERSIONS))
    names = {field.encode_name for field in msgspec.structs.fields(project(kind, version))}
    assert names <= {field.encode_name for field in msgspec.structs.fields(kind)}
