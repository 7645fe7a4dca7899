"""JSON that is handed on."""

import json

import pytest

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.api.mounts import Mount
from engine_api.api.struct import UNSET
from engine_api.wire.keeping import Kept, decode_kept


def read(text: str) -> Kept[ContainerCreateRequest]:
    return decode_kept(text.encode(), ContainerCreateRequest)


def test_what_is_unknown_stays_beside_what_is_changed() -> None:
    kept = read('{"image": "a", "X": {"y": [1]}, "HostConfig": {"Memory": 1, "New": null}}')
    assert isinstance(kept.value.host_config, HostConfig)
    kept.value.host_config.memory = 2
    kept.value.image = "b"
    assert kept.encode() == b'{"Image":"b","X":{"y":[1]},"HostConfig":{"Memory":2,"New":null}}\n'


def test_what_is_taken_away_is_gone_and_what_is_added_is_there() -> None:
    kept = read('{"Image": "a", "Cmd": null, "X": 1}')
    kept.value.cmd = UNSET
    kept.value.host_config = HostConfig(memory=1)
    assert json.loads(kept.encode()) == {"Image": "a", "X": 1, "HostConfig": {"Memory": 1}}


def test_items_keep_what_is_theirs_when_others_go_and_come() -> None:
    kept = read('{"HostConfig": {"Mounts": [{"Target": "/a", "X": 1}, {"Target": "/b", "X": 2}, {"Target": "/c"}]}}')
    assert isinstance(kept.value.host_config, HostConfig)
    mounts = kept.value.host_config.mounts
    assert isinstance(mounts, list)
    del mounts[0]
    assert json.loads(kept.encode())["HostConfig"]["Mounts"] == [{"Target": "/b", "X": 2}, {"Target": "/c"}]
    mounts.insert(0, Mount(target="/new"))
    mounts.append(Mount(target="/newer"))
    assert json.loads(kept.encode())["HostConfig"]["Mounts"] == [
        {"Target": "/new"},
        {"Target": "/b", "X": 2},
        {"Target": "/c"},
        {"Target": "/newer"},
    ]


def test_maps_keep_what_is_below_their_keys() -> None:
    kept = read('{"NetworkingConfig": {"EndpointsConfig": {"a": {"X": 1}, "b": null}}}')
    assert kept.encode() == b'{"NetworkingConfig":{"EndpointsConfig":{"a":{"X":1},"b":null}}}\n'


def test_null_is_null() -> None:
    assert read("null").value is None
    assert read("null").encode() == b"null\n"


@pytest.mark.parametrize("text", ["{", "", "[]", '{"Image": 1}', '{"X": ' + "[" * 600 + "]" * 600 + "}"])
def test_what_is_malformed_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter):
        read(text)
