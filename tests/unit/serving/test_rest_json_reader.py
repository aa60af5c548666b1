"""JSON as TensorFlow Serving reads it: what is taken, what is refused and in which words."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.rest.values.json_reader import read
from line_sim_serving.rest.values.json_text import quoted, read_object, shown, text_bytes, type_name

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('a1"\\/\n\x7f\u00e9\u2028\U0001f600'),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc\u00e9"), inner, max_size=4),
    max_leaves=20,
)


def refusal_of(body: bytes) -> str:
    """Give the text with which a body is refused."""
    with pytest.raises(Refusal) as caught:
        read_object(body)
    assert caught.value.code.name == "INVALID_ARGUMENT"
    return caught.value.text


@given(json_values, st.booleans(), st.sampled_from([None, 1]))
def test_the_slow_reader_reads_what_pythons_does(value: Any, escaped: bool, indent: int | None) -> None:
    """Both readers stand behind one door, so they must agree on all that is right."""
    text = json.dumps(value, ensure_ascii=escaped, indent=indent)
    assert read(text) == read(text, json.JSONDecoder().raw_decode) == json.loads(text)


@given(json_values, st.data())
def test_a_broken_text_is_refused_by_both(value: Any, data: st.DataObject) -> None:
    """Cut anywhere, a text is read by neither reader, or by both with one result."""
    text = json.dumps({"a": value})
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    for decode in (None, json.JSONDecoder().raw_decode):
        with pytest.raises(Refusal):
            read(cut, decode)
    assert refusal_of(cut.encode()).startswith("JSON Parse error: ")


@given(st.binary(max_size=40) | st.text('{}[]",:0123-.eE\\ut nulNaInfiy \x00').map(str.encode))
def test_garbage_is_refused_and_nothing_else(body: bytes) -> None:
    """Whatever the bytes, the answer is an object or a refusal."""
    try:
        value: Any = read_object(body)
    except Refusal:
        return
    assert isinstance(value, dict)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "The document is empty"),
        (b" \n", "The document is empty. at offset: 2"),
        (b"]", "The document is empty. at offset: 0"),
        (b"this is not json", "Invalid value. at offset: 1"),
        (b"x", "Invalid value. at offset: 0"),
        (b"{", "Missing a name for object member. at offset: 1"),
        (b'{"a":1,}', "Missing a name for object member. at offset: 7"),
        (b"{1:2}", "Missing a name for object member. at offset: 1"),
        (b'{"a" 1}', "Missing a colon after a name of object member. at offset: 5"),
        (b'{"a":', "Invalid value. at offset: 5"),
        (b'{"a":1', "Missing a comma or } after an object member. at offset: 6"),
        (b'{"a":[1 2]}', "Missing a comma or ] after an array element. at offset: 8"),
        (b'{"a":[1,]}', "Invalid value. at offset: 8"),
        (b'{"a":nul}', "Invalid value. at offset: 8"),
        (b'{"a":01}', "Missing a comma or } after an object member. at offset: 6"),
        (b'{"a":-}', "Invalid value. at offset: 6"),
        (b'{"a":1.}', "Miss fraction part in number. at offset: 7"),
        (b'{"a":1e+}', "Miss exponent in number. at offset: 8"),
        (b'{"a":[' + b"9" * 5000 + b"]}", "Number too big to be stored in double. at offset: 6"),
        (b'{"a":"b', "Missing a closing quotation mark in string. at offset: 7"),
        (b'{"a":"\n"}', "Invalid encoding in string. at offset: 6"),
        (b'{"a":"\\x"}', "Invalid escape character in string. at offset: 6"),
        (b'{"a":"\\u12g4"}', "Incorrect hex digit after \\u escape in string. at offset: 6"),
        (b'{"a":"\\ud800"}', "The surrogate pair in string is invalid. at offset: 6"),
        (b'{"a":"\\udc00"}', "The surrogate pair in string is invalid. at offset: 6"),
        ('{"\u00e9":tru}'.encode(), "Invalid value. at offset: 9"),
    ],
)
def test_a_mistake_is_named_with_its_byte(body: bytes, text: str) -> None:
    """The words and places are RapidJSON's, which TensorFlow Serving hands on."""
    assert refusal_of(body) == f"JSON Parse error: {text}"


def test_what_is_no_object_is_shown() -> None:
    """The body must be an object; the text shows what it was."""
    assert refusal_of(b"[1, 2.50]") == "JSON Value: [1, 2.5] Is not object"


def test_text_behind_the_object_is_left_unread() -> None:
    """Also a byte order mark before it, and space around it."""
    assert read_object(b'\xef\xbb\xbf \n{"a": 1} and so on {') == {"a": 1}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NaN", math.nan),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        ("Inf", math.inf),
        ("-Inf", -math.inf),
    ],
)
def test_what_is_no_number_has_names(written: str, value: float) -> None:
    """Python's reader knows three of them, the other takes over for the rest."""
    assert repr(read_object(f'{{"a": {written}}}'.encode())["a"] + 0.0) == repr(value)


def test_depth_is_no_danger() -> None:
    """Half a million lists in each other are read, told the type of, and shown."""
    body = b'{"a": ' + b"[" * 500_000 + b"]" * 500_000 + b"}"
    value = read_object(body)
    assert type_name(value["a"]) == "Array"
    assert shown(value["a"]) == "[" * 256


def test_a_large_text_is_read_in_pieces() -> None:
    """No piece is longer than a row; a mistake far inside is named all the same."""
    rows = [[place, "[", {"b64": "]"}] for place in range(20_000)]
    text = json.dumps({"instances": rows, "inputs": {"x": rows}})
    pieces: list[int] = []

    decoder = json.JSONDecoder()

    def decode(text: str, at: int) -> tuple[Any, int]:
        value, end = decoder.raw_decode(text, at)
        pieces.append(end - at)
        return value, end

    assert read(text, decode) == json.loads(text) == read_object(text.encode())
    assert max(pieces) < 40
    broken = text.replace("[19999, ", "[19999; ")
    place = broken.index(";")
    assert refusal_of(broken.encode()) == (
        f"JSON Parse error: Missing a comma or ] after an array element. at offset: {place}"
    )


def test_bytes_that_are_not_utf8_pass_through() -> None:
    """Encodings are not looked at: the model gets the bytes that were sent, and so does the client."""
    value = read_object(b'{"a": "\xff\xc3\xa9"}')["a"]
    assert text_bytes(value) == b"\xff\xc3\xa9"
    assert text_bytes(quoted(b"\xff\xc3\xa9")) == b'"\xff\xc3\xa9"'


@given(json_values)
def test_a_value_is_shown_whole_or_cut(value: Any) -> None:
    """A short value reads back from its own text; a long one is cut after 256 bytes at the next token."""
    text = shown(value)
    if len(text.encode()) < 256:
        assert json.loads(text) == value
    else:
        assert len(text) <= len(json.dumps(value, indent=4, ensure_ascii=False)) + 64


def test_an_object_is_shown_over_several_lines() -> None:
    """Lists stay on one line; numbers are written as RapidJSON writes them."""
    value = {"a": [1, {"b": None, "c": []}, {}], "d": 1e-7, "e": 1e20, "f": 1e22, "g": 0.00001}
    assert shown(value) == (
        '{\n    "a": [1, {\n            "b": null,\n            "c": []\n        }, {}],\n'
        '    "d": 1e-7,\n    "e": 100000000000000000000.0,\n    "f": 1e22,\n    "g": 0.00001\n}'
    )


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "Null"),
        (True, "True"),
        (False, "False"),
        ({}, "Object"),
        ([], "Array"),
        ("", "String"),
        (1, "Number"),
    ],
)
def test_types_have_names(value: Any, name: str) -> None:
    """The names that error texts use."""
    assert type_name(value) == name
