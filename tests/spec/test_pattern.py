"""The notation of what an example expects."""

from typing import Any

import pytest

from engine_api.spec.pattern import ABSENT, REST, NotationError, insert, match, match_text, parse, render


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        ("[]", []),
        ('{"a": [1, -2.5e1, true, false, null, "x"]}', {"a": [1, -25.0, True, False, None, "x"]}),
        ("...", REST),
        ('{"a": absent, ...}', {"a": ABSENT, "...": REST}),
        ('[..., 1]', [REST, 1]),
        ('"\\u00e9"', "é"),
    ],
)  # fmt: skip
def test_json_with_dots_and_absent_is_read(text: str, value: Any) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "unexpected 'end'"),
        ("{", "a key is expected"),
        ('{"a" 1}', "a colon is missing"),
        ('{"a": 1 "b": 2}', "a comma is missing"),
        ("{1: 2}", "a key is expected"),
        ("[1 2]", "a comma is missing"),
        ("[1] 2", "there is more"),
        ("teapot", "unexpected 'teapot'"),
        ("{'a': 1}", "no JSON at"),
    ],
)
def test_what_is_no_json_is_refused(text: str, problem: str) -> None:
    with pytest.raises(NotationError, match=problem):
        parse(text)


@pytest.mark.parametrize(
    "text", ['{"a": [1, {"b": null}], ...}', '[..., "x", 2.5]', '{"a": absent}', "{}", "[]", "true"]
)
def test_what_is_rendered_is_read_back(text: str) -> None:
    assert render(parse(text)) == text


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ('{"a": 1}', {"a": 1}),
        ('{"a": 1, "b": 2}', {"b": 2, "a": 1.0}),
        ('{"a": 1, ...}', {"a": 1, "b": 2}),
        ('{"a": absent, ...}', {"b": 2}),
        ("[1, ..., 4]", [1, 2, 3, 4]),
        ("[..., 3, ...]", [1, 2, 3, 4]),
        ("[1, ...]", [1]),
        ('{"{key}": 1}', {"anything": 1}),
        ('"{:id}"', "0" * 64),
        ('"{:short}"', "0123456789ab"),
        ('"{:digest}"', "sha256:" + "f" * 64),
        ('"{:time}"', "2026-01-02T03:04:05.000000001Z"),
        ('"{:number}"', 3.5),
        ('"{:any}"', None),
        ('"{:address}"', "172.17.0.2"),
        ('"about {:number} apples"', "about 3 apples"),
        ('"a ... z"', "a b c z"),
        ('"{{}}"', "{}"),
        ('{"a": "{x}", "b": "{x}"}', {"a": "same", "b": "same"}),
    ],
)
def test_what_fits(expected: str, got: Any) -> None:
    assert match(parse(expected), got, {}) == []


@pytest.mark.parametrize(
    ("expected", "got", "problem"),
    [
        ('{"a": 1}', {"a": 2}, "a: 1 is expected, not 2"),
        ('{"a": 1}', {"a": True}, "a: 1 is expected, not true"),
        ('{"a": true}', {"a": 1}, "a: true is expected, not 1"),
        ('{"a": null}', {"a": ""}, 'a: null is expected, not ""'),
        ('{"a": 1}', {}, "a: is missing"),
        ("{}", {"b": 1}, "b: is not expected"),
        ('{"a": {"b": 1}}', {"a": {"b": 1, "c": 2}}, "a.c: is not expected"),
        ('{"a": absent}', {"a": 1}, "a: must not be there, but is 1"),
        ('{"a": 1}', [1], "the body: an object is expected, not [1]"),
        ("[1]", {"a": 1}, 'the body: an array is expected, not {"a": 1}'),
        ("[1]", [1, 2], "the body: 1 items are expected, not 2: [1, 2]"),
        ("[1, ..., 4]", [1, 2, 3], "the body: no item is 4 in [1, 2, 3]"),
        ("[..., 1]", [1, 2], "the body: there are 1 items more than expected: [2]"),
        ("[1, ...]", [2], "[0]: 1 is expected, not 2"),
        ('{"a": "{:number}"}', {"a": "3"}, 'a: a number is expected, not "3"'),
        ('{"a": "{:number}"}', {"a": False}, "a: a number is expected, not false"),
        ('"{:id}"', "0" * 63, 'the body: "{:id}" is expected'),
        ('{"a": "{x}", "b": "{x}"}', {"a": "1", "b": "2"}, 'b: "1", captured as {x}, is expected, not "2"'),
        ('"{x} and {x}"', "1 and 2", "is expected"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(expected: str, got: Any, problem: str) -> None:
    (found,) = match(parse(expected), got, {})
    assert found.startswith(problem) or problem in found


def test_a_capture_holds_from_then_on() -> None:
    captures: dict[str, Any] = {}
    assert (
        match(
            parse('{"Id": "{web:id}", "N": "{n:number}", "X": "{x:any}"}'), {"Id": "a" * 64, "N": 2, "X": [1]}, captures
        )
        == []
    )
    assert captures == {"web": "a" * 64, "n": 2, "x": [1]}
    assert match(parse('"{web}"'), "b" * 64, captures) != []
    assert match_text("container {web} is up", f"container {'a' * 64} is up", captures)
    assert insert("/containers/{web}/json?x={unknown}", captures) == f"/containers/{'a' * 64}/json?x={{unknown}}"


def test_nothing_is_captured_by_what_does_not_fit() -> None:
    captures: dict[str, Any] = {}
    assert not match_text("{a} and {b:id}", "one and two", captures)
    assert captures == {}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(NotationError, match="has no kind that is known"):
        match_text("{:colour}", "red", {})
