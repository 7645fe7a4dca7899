"""Query strings are read as the engine reads them (checked against docker 28.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine_api.api.errors import EngineError, InternalError, InvalidParameter
from engine_api.wire import queries
from engine_api.wire.queries import encode_query, parse_query


@pytest.mark.parametrize("text", ["", "0", "no", "false", "none", "No", "FALSE", " none "])
def test_a_boolean_is_false_for_five_words(text: str) -> None:
    assert queries.BOOLEAN.parse([text]) is False


@pytest.mark.parametrize("text", ["1", "2", "true", "off", "x", "null"])
def test_any_other_boolean_is_true(text: str) -> None:
    assert queries.BOOLEAN.parse([text]) is True


def test_the_first_of_several_values_counts() -> None:
    assert queries.TEXT.parse(parse_query(b"name=a&name=b")["name"]) == "a"


def test_escapes_and_pluses_are_decoded() -> None:
    assert parse_query(b"a=%2Fx+y&b&c=%e2%82%ac") == {"a": ["/x y"], "b": [""], "c": ["€"]}


@pytest.mark.parametrize(("query", "bad"), [(b"all=%zz", "%zz"), (b"all=%z", "%z"), (b"%", "%")])
def test_a_malformed_escape_is_refused_with_its_text(query: bytes, bad: str) -> None:
    with pytest.raises(InvalidParameter, match=f'^invalid URL escape "{bad}"$'):
        parse_query(query)


def test_a_semicolon_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="^invalid semicolon separator in query$"):
        parse_query(b"a=1;b=2")


@pytest.mark.parametrize(
    ("kind", "error"), [(queries.INTEGER, InvalidParameter), (queries.UNCLASSIFIED_INTEGER, InternalError)]
)
def test_a_malformed_integer_is_refused(kind: queries.QueryKind, error: type[Exception]) -> None:
    with pytest.raises(error, match=r'^strconv\.Atoi: parsing "x": invalid syntax$'):
        kind.parse(["x"])
    with pytest.raises(error, match="value out of range$"):
        kind.parse(["99999999999999999999"])


def test_an_empty_number_is_none() -> None:
    assert queries.INTEGER.parse([""]) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", 'invalid resize height "x": invalid syntax'),
        ("", 'invalid resize height "": invalid syntax'),
        ("-1", 'invalid resize height "-1": invalid syntax'),
        ("99999999999999", 'invalid resize height "99999999999999": value out of range'),
    ],
)
def test_a_dimension_is_an_unsigned_number_of_32_bits(text: str, message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        queries.HEIGHT.parse([text])
    assert caught.value.message == message


@pytest.mark.parametrize(
    "text", ['{"label":{"a":true,"b":true}}', '{"label":["a","b"]}', '{"label":{"a":true,"b":true,"c":false}}']
)
def test_filters_come_in_two_forms(text: str) -> None:
    assert queries.FILTERS.parse([text]) == {"label": ["a", "b"]}


@pytest.mark.parametrize("text", ["x", "[]", '{"label":"a"}', "[" * 5000, "3", '{"a":{"b":1}}'])
def test_malformed_filters_are_refused(text: str) -> None:
    with pytest.raises(InvalidParameter, match="^invalid filter$"):
        queries.FILTERS.parse([text])


@given(st.dictionaries(st.text(min_size=1), st.lists(st.text(), min_size=1)))
def test_what_is_written_is_read_back(values: dict[str, list[str]]) -> None:
    written = {name: [v.encode("utf-8", "replace").decode() for v in many] for name, many in values.items()}
    written = {name.encode("utf-8", "replace").decode(): many for name, many in written.items()}
    assert parse_query(encode_query(written).encode()) == written


@given(st.dictionaries(st.text(), st.lists(st.text(), min_size=1, unique=True)))
def test_filters_survive(filters: dict[str, list[str]]) -> None:
    assert queries.FILTERS.parse(queries.FILTERS.format(filters)) == filters


@given(st.binary())
def test_any_bytes_are_read_or_refused(query: bytes) -> None:
    try:
        parse_query(query)
    except EngineError as error:
        assert error.message
