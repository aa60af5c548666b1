"""Predict over REST: rows and columns of JSON become the tensors of a request."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.rest.predict_body import Format, signature_name
from line_sim_serving.rest.values.data_types import BOOL, STRING
from line_sim_serving.rest.values.json_text import read_object
from rest_stories import DOUBLE, FLOAT, HALF, INT8, INT32, INT64, UINT8, UINT32, UINT64, inputs_of, refused

ONE = {"x": FLOAT}
TWO = {"a": INT32, "b": STRING}


def encoded(value: bytes) -> dict[str, str]:
    """Write bytes as clients do."""
    return {"b64": base64.b64encode(value).decode()}


@pytest.mark.parametrize(
    ("body", "types", "values"),
    [
        ('{"instances": [1, 2.5, -3e2]}', ONE, {"x": [1, 2.5, -300]}),
        ('{"instances": [[1, 2], [3, 4], [5, 6]]}', {"x": INT32}, {"x": [[1, 2], [3, 4], [5, 6]]}),
        ('{"instances": [{"a": 1, "b": "s"}, {"b": "t", "a": 2}]}', TWO, {"a": [1, 2], "b": [b"s", b"t"]}),
        ('{"instances": [{"x": [1]}, {"x": [2]}]}', ONE, {"x": [[1], [2]]}),
        ('{"instances": [{"b64": "aGk="}, "ho"]}', {"x": STRING}, {"x": [b"hi", b"ho"]}),
        ('{"instances": [[], []]}', ONE, {"x": [[], []]}),
        ('{"instances": [true, false]}', {"x": BOOL}, {"x": [True, False]}),
        ('{"inputs": 1}', ONE, {"x": 1}),
        ('{"inputs": [[1, 2]]}', ONE, {"x": [[1, 2]]}),
        ('{"inputs": []}', ONE, {"x": []}),
        ('{"inputs": {"b64": "aGk"}}', {"x": STRING}, {"x": b"hi"}),
        ('{"inputs": {"x": {"b64": "aGk"}}}', {"x": STRING}, {"x": b"hi"}),
        ('{"inputs": {"a": 1, "b": ["s"], "more": {}}}', TWO, {"a": 1, "b": [b"s"]}),
        ('{"inputs": [18446744073709551615]}', {"x": UINT64}, {"x": [2**64 - 1]}),
        ('{"inputs": [-9223372036854775808]}', {"x": INT64}, {"x": [-(2**63)]}),
        ('{"inputs": [300, -1]}', {"x": UINT8}, {"x": [44, 255]}),
        ('{"inputs": [1e39, -Infinity]}', ONE, {"x": [float("inf"), float("-inf")]}),
        ('{"inputs": [20000000000000000000]}', {"x": DOUBLE}, {"x": [2e19]}),
        ('{"inputs": 1, "more": [1, "x"]} and more', ONE, {"x": 1}),
    ],
)
def test_values_become_tensors(body: str, types: dict[str, int], values: dict[str, Any]) -> None:
    """Rows stack along a new first axis, columns are taken as they are."""
    form = Format.ROW if "instances" in body else Format.COLUMNAR
    assert inputs_of(body, types) == (values, form)


def failed(inner: str, place: str = "0") -> str:
    """Write how a row is refused."""
    return f"Failed to process element: {place} of 'instances' list. Error: INVALID_ARGUMENT: {inner}"


@pytest.mark.parametrize(
    ("body", "types", "text"),
    [
        ("{}", ONE, "Missing 'inputs' or 'instances' key"),
        ("{}", {}, "Failed to get input map for signature: DEFAULT"),
        (
            '{"inputs": 1, "instances": [1]}',
            ONE,
            (
                'JSON Value: {\n    "inputs": 1,\n    "instances": [1]\n} Not formatted correctly expecting '
                "only one of 'inputs' or 'instances' keys to exist "
            ),
        ),
        (
            '{"instances": {}}',
            ONE,
            "JSON Value: {\n    \"instances\": {}\n} Expecting 'instances' to be an list/array",
        ),
        ('{"instances": []}', ONE, "JSON Value: {\n    \"instances\": []\n} No values in 'instances' array"),
        (
            '{"instances": [1]}',
            TWO,
            (
                "instances is a plain list, but expecting list of objects as multiple input tensors required "
                "as per tensorinfo_map"
            ),
        ),
        (
            '{"inputs": [1]}',
            TWO,
            (
                "inputs is a plain value/list, but expecting an object as multiple input tensors required "
                "as per tensorinfo_map"
            ),
        ),
        ('{"inputs": {"a": 1}}', TWO, "Missing named input: b in 'inputs' object."),
        ('{"instances": [{"x": 1}, [1]]}', ONE, "Expecting object but got list at item 1 of input list"),
        ('{"instances": [1, {"x": 1}]}', ONE, "Expecting value/list but got object at item 1 of input list"),
        (
            '{"instances": [{"a": 1}]}',
            TWO,
            (
                "Failed to process element: 0 of 'instances' list. JSON object: {\n    \"a\": 1\n} "
                "keys must be equal to: a,b"
            ),
        ),
        (
            '{"instances": [{"x": 1, "c": 2}]}',
            ONE,
            failed("JSON object: does not have named input: c", "0 key: c"),
        ),
        (
            '{"instances": [1, "x"]}',
            ONE,
            failed('JSON Value: "x" Type: String is not of expected type: float', "1"),
        ),
        ('{"instances": [[1, 2], [3]]}', ONE, failed("Expecting tensor size: 2 but got: 1", "1")),
        ('{"instances": [[[1], [2]], [[1, 2]]]}', ONE, failed("Expecting shape [2,1] but got: [1,2]", "1")),
        ('{"instances": [[1, [2]]]}', ONE, failed("Encountered list at unexpected level: 1 expected < 1")),
        (
            '{"instances": [[[1, 2], [3]]]}',
            ONE,
            failed("Encountered list at unexpected size: 1 at level: 1 expected size: 2"),
        ),
        (
            '{"inputs": [[1], 2]}',
            ONE,
            "JSON Value: 2 found at incorrect level: 2 in the JSON DOM. Expected at level: 2",
        ),
        ('{"inputs": 1.0}', {"x": INT32}, "JSON Value: 1.0 Type: Number is not of expected type: int32"),
        (
            '{"inputs": 2147483648}',
            {"x": INT8},
            "JSON Value: 2147483648 Type: Number is not of expected type: int8",
        ),
        ('{"inputs": -1}', {"x": UINT32}, "JSON Value: -1 Type: Number is not of expected type: uint32"),
        ('{"inputs": true}', ONE, "JSON Value: true Type: True is not of expected type: float"),
        ('{"inputs": null}', {"x": BOOL}, "JSON Value: null Type: Null is not of expected type: bool"),
        ('{"inputs": 1}', {"x": STRING}, "JSON Value: 1 Type: Number is not of expected type: string"),
        (
            '{"inputs": [{"c": 1}]}',
            {"x": STRING},
            'JSON Value: {\n    "c": 1\n} not formatted correctly for base64 data',
        ),
        (
            '{"inputs": [{"b64": "a"}]}',
            ONE,
            'JSON Value: {\n    "b64": "a"\n} Type: Object is not of expected type: float',
        ),
        ('{"inputs": [{"b64": "!"}]}', {"x": STRING}, "Unable to base64 decode"),
        ('{"instances": ["a", {"b64": "a"}]}', {"x": STRING}, failed("Unable to base64 decode", "1")),
        ('{"inputs": 1.0}', {"x": HALF}, "UNIMPLEMENTED: Conversion of JSON Value: 1.0 to type: half"),
        (
            '{"instances": [1.0]}',
            {"x": HALF},
            (
                "Failed to process element: 0 of 'instances' list. Error: UNIMPLEMENTED: "
                "Conversion of JSON Value: 1.0 to type: half"
            ),
        ),
        ('{"inputs": ' + "[" * 255 + "]" * 255 + "}", ONE, "tensor parsing error: x"),
        ('{"instances": ' + "[" * 50_000 + "]" * 50_000 + "}", ONE, "tensor parsing error: x"),
        ('{"inputs": 1e400}', ONE, "JSON Parse error: Number too big to be stored in double."),
        ('{"inputs": 1' + "0" * 400 + "}", ONE, "JSON Parse error: Number too big to be stored in double."),
    ],
)
def test_what_does_not_fit_is_refused_in_the_known_words(body: str, types: dict[str, int], text: str) -> None:
    """Clients and their tests know these texts."""
    assert refused(body, types) == text


def test_a_signature_must_be_named_by_a_string() -> None:
    """However deep it is, what stands there instead is shown."""
    assert signature_name(read_object(b'{"signature_name": "s"}')) == "s"
    deep = read_object(b'{"signature_name":' + b"[" * 500_000 + b"]" * 500_000 + b"}")
    with pytest.raises(Refusal) as caught:
        signature_name(deep)
    assert caught.value.text.endswith(
        " not formatted correctly. 'signature_name' key must be a string value."
    )


@pytest.mark.parametrize("text", ["aGkh", "aGk=", "aGk", "a G\nk", "aGk."])
def test_base64_is_read_generously(text: str) -> None:
    """White space is left out, and padding may be missing."""
    values, _ = inputs_of(json.dumps({"inputs": {"b64": text}}), {"x": STRING})
    assert values["x"].startswith(b"hi")


@pytest.mark.parametrize("text", ["a", "aGk==", "aGk=x", "a-_k", "=", "aG=k"])
def test_base64_is_not_guessed(text: str) -> None:
    """Other alphabets and lengths that cannot be are refused."""
    assert refused(json.dumps({"inputs": {"b64": text}}), {"x": STRING}) == "Unable to base64 decode"


shapes = st.lists(st.integers(0, 3), min_size=1, max_size=4).filter(lambda shape: shape[0] > 0)
types = st.sampled_from([FLOAT, DOUBLE, INT32, INT64, UINT32, UINT64, BOOL, STRING])
bounds = {
    INT32: (-(2**31), 2**31 - 1),
    INT64: (-(2**63), 2**63 - 1),
    UINT32: (0, 2**32 - 1),
    UINT64: (0, 2**64 - 1),
}


@st.composite
def columns(draw: st.DrawFn) -> tuple[int, Any]:
    """Give a type and a regular nested list of JSON values of that type."""
    kind, shape = draw(types), draw(shapes)
    if kind == FLOAT:
        elements: st.SearchStrategy[Any] = st.floats(width=32, allow_nan=False)
    elif kind == DOUBLE:
        elements = st.floats(allow_nan=False)
    elif kind == BOOL:
        elements = st.booleans()
    elif kind == STRING:
        elements = st.text('a"\\\n\u00e9\U0001f600', max_size=3) | st.binary(max_size=4).map(encoded)
    else:
        elements = st.integers(*bounds[kind])
    flat = np.empty(int(np.prod(shape)), object)
    flat[:] = draw(st.lists(elements, min_size=flat.size, max_size=flat.size))
    return kind, flat.reshape(shape).tolist()


@given(columns())
def test_rows_and_columns_agree(column: tuple[int, Any]) -> None:
    """The same values as rows, as named rows and as a column are the same tensor."""
    kind, value = column
    as_column = inputs_of(json.dumps({"inputs": value}), {"x": kind})[0]
    as_rows = inputs_of(json.dumps({"instances": value}), {"x": kind})[0]
    as_objects = inputs_of(json.dumps({"instances": [{"x": row} for row in value]}), {"x": kind})[0]
    assert as_column == as_rows == as_objects


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text("a1\u00e9\ud800", max_size=3)
    | st.just({"b64": "aGk="}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "b64"]), inner),
    max_leaves=12,
)


def taken(body: bytes, types: dict[str, int]) -> dict[str, Any] | None:
    """Give the inputs of a body that is taken, None for one that is refused."""
    try:
        return inputs_of(body, types)[0]
    except Refusal:
        return None


@given(
    st.dictionaries(st.sampled_from(["instances", "inputs", "signature_name"]), json_values),
    st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 30)),
)
def test_anything_is_read_or_refused(document: dict[str, Any], types: dict[str, int]) -> None:
    """No value, in whatever place, for whatever type, ends in anything but tensors or a refusal."""
    body = json.dumps(document).encode("utf-8", "surrogatepass")
    values = taken(body, types)
    assert values is None or values.keys() == types.keys()


@given(st.lists(json_values, min_size=1, max_size=3), types)
def test_a_refused_row_is_refused_for_a_reason(rows: list[Any], kind: int) -> None:
    """The quick check and the search for the first mistake agree: no row is refused without one."""
    values = taken(json.dumps({"instances": rows}).encode("utf-8", "surrogatepass"), {"x": kind})
    assert values is None or len(values["x"]) == len(rows)
