"""JSON bodies are read as the engine reads them (messages checked against docker 28.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine_api.api.errors import InvalidParameter
from engine_api.api.networks import IPAMConfig
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.wire.bodies import check_json_type, decode_json, encode_json


class Inner(ApiStruct):
    cpu_shares: int | UnsetType = UNSET


class Outer(ApiStruct):
    image: str | None | UnsetType = UNSET
    cmd: list[str] | None | UnsetType = UNSET
    host_config: Inner | None | UnsetType = UNSET
    labels: dict[str, str] | None | UnsetType = UNSET


def test_absent_null_and_empty_are_three_things() -> None:
    assert decode_json(b"{}", Outer).cmd is UNSET
    assert decode_json(b'{"Cmd":null}', Outer).cmd is None
    assert decode_json(b'{"Cmd":[]}', Outer).cmd == []
    assert encode_json(Outer(cmd=None, labels={})) == b'{"Cmd":null,"Labels":{}}\n'


def test_keys_are_read_without_regard_to_case_but_those_of_maps() -> None:
    value = decode_json(b'{"IMAGE":"x","hostconfig":{"cpushares":3},"lAbels":{"A":"1","a":"2"}}', Outer)
    assert value == Outer(image="x", host_config=Inner(cpu_shares=3), labels={"A": "1", "a": "2"})


def test_the_last_duplicate_wins_in_whatever_case() -> None:
    assert decode_json(b'{"Image":"a","image":"b"}', Outer).image == "b"
    assert decode_json(b'{"image":"b","Image":"a"}', Outer).image == "a"
    assert decode_json(b'{"Image":"a","image":"b","Image":"c"}', Outer).image == "c"


def test_what_stands_for_no_character_is_replaced() -> None:
    # as docker 28.5 reads it: bytes that are no UTF-8, and halves of pairs
    body = rb'{"a": "x\xffy\xc3", "b": "\ud800z", "c": "\ud83d\ude00", "d": "\\ud800", "e": "\ude00\ud83d"}'
    body = body.replace(rb"\xff", b"\xff").replace(rb"\xc3", b"\xc3")
    expected = {"a": "x\ufffdy\ufffd", "b": "\ufffdz", "c": "\U0001f600", "d": "\\ud800", "e": "\ufffd\ufffd"}
    assert decode_json(body, dict[str, str]) == expected


def test_unknown_keys_are_ignored() -> None:
    assert decode_json(b'{"Nonsense":{"a":[1]},"Image":"x"}', Outer) == Outer(image="x")


def test_null_is_none() -> None:
    assert decode_json(b"null", Outer) is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "invalid JSON: got EOF while reading request body"),
        (b"  ", "invalid JSON: got EOF while reading request body"),
        (b"{", "invalid JSON: unexpected EOF"),
        (b'{"Image":', "invalid JSON: unexpected EOF"),
        (b'{"Image":"', "invalid JSON: unexpected EOF"),
        (b"{} {}", "unexpected content after JSON"),
        (b"{}x", "unexpected content after JSON"),
        (b"x", "invalid JSON: invalid character 'x' looking for beginning of value"),
        (b"{x", "invalid JSON: invalid character 'x' looking for beginning of object key string"),
        (b"\xef\xbb\xbf{}", r"invalid JSON: invalid character '\ufeff' looking for beginning of value"),
        (b"NaN", "invalid JSON: invalid character 'N' looking for beginning of value"),
    ],
)
def test_what_is_no_json_is_refused_in_the_engines_words(body: bytes, message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        decode_json(body, Outer)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "body",
    [
        b'{"Image":3}',
        b"[]",
        b'{"HostConfig":[]}',
        b'{"Cmd":[1]}',
        b'{"HostConfig":{"CpuShares":1.5}}',
        b'{"HostConfig":{"CpuShares":123456789012345678901234567890}}',
        b'{"x":' + b"9" * 10000 + b"}",
        b"[" * 1000 + b"]" * 1000,
        b'{"a":' * 1000 + b"1" + b"}" * 1000,
        b"[" * 200000,
        b"\xff\xfe",
    ],
)
def test_what_is_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidParameter, match="^invalid JSON: "):
        decode_json(body, Outer)


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        decode_json(body, Outer)
    except InvalidParameter as error:
        assert error.message


@pytest.mark.parametrize("text", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_accepted(text: str) -> None:
    check_json_type(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text/plain", "unsupported Content-Type header (text/plain): must be 'application/json'"),
        (None, "malformed Content-Type header (): mime: no media type"),
        ("a b c", "malformed Content-Type header (a b c): mime: expected slash after first token"),
    ],
)
def test_another_type_is_refused(text: str | None, message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        check_json_type(text)
    assert caught.value.message == message


def test_null_where_there_is_none_says_nothing() -> None:
    found = decode_json(b'{"Subnet":"10.0.0.0/24","IPRange":null,"AuxiliaryAddresses":null}', IPAMConfig)
    assert (found.subnet, found.ip_range, found.auxiliary_addresses) == ("10.0.0.0/24", UNSET, None)
    assert decode_json(b'{"Subnet":"10.0.0.0/24","subnet":null}', IPAMConfig).subnet == "10.0.0.0/24"
