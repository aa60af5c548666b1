"""Answers over REST: tensors and results become the JSON that TensorFlow Serving writes."""

import json
import math
import struct
from typing import Any

import numpy as np
import pytest
from generated import classification_pb2, regression_pb2
from hypothesis import given
from hypothesis import strategies as st
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.rest.predict_answer import predict_answer
from line_sim_serving.rest.predict_body import Format
from line_sim_serving.rest.results import classification_answer, regression_answer
from line_sim_serving.rest.values.data_types import BOOL, STRING
from line_sim_serving.rest.values.decimals import decimal_texts
from rest_stories import DOUBLE, FLOAT, HALF, INT8, INT32, INT64, UINT64, inputs_of, outputs, value_in


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (3.0, "3.0"),
        (-0.0, "-0.0"),
        (1e10, "1e+10"),
        (1 / 3, "0.333333343"),
        (9_000_000.0, "9e+06"),
        (0.00003, "3e-05"),
        (16777217.0, "16777216.0"),
        (123456.0, "123456.0"),
        (3.4028235e38, "3.40282347e+38"),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
    ],
)
def test_a_float_has_six_digits_or_as_many_as_it_needs(value: float, text: str) -> None:
    """And a point or an exponent, so that a reader knows it from an integer."""
    assert decimal_texts(np.array([value], np.float32)) == [text]


def packed(values: list[float], layout: str) -> list[bytes]:
    """Give each number's bytes, and the same ones for every NaN."""
    return [struct.pack(layout, math.nan if math.isnan(value) else value) for value in values]


@given(st.lists(st.floats(width=32), max_size=20), st.lists(st.floats(), max_size=20))
def test_every_float_reads_back_as_itself(singles: list[float], doubles: list[float]) -> None:
    """Whatever the digits, nothing is lost: not even the sign of zero."""
    for values, dtype, layout in ((singles, np.float32, "<f"), (doubles, np.float64, "<d")):
        texts = decimal_texts(np.array(values, dtype))
        read = json.loads(f"[{','.join(texts)}]")
        assert packed(read, layout) == packed(values, layout)


ROWS: list[tuple[dict[str, Any], Any]] = [
    ({"x": (FLOAT, (3,), [2.5, 3, 4.5])}, [2.5, 3.0, 4.5]),
    ({"x": (INT32, (2, 2), [1, 2, 3, 4])}, [[1, 2], [3, 4]]),
    ({"x": (INT64, (2, 0), [])}, [[], []]),
    ({"x": (INT64, (2, 0, 3), [])}, [[], []]),
    ({"x": (INT64, (2, 3, 0), [])}, [[[], [], []], [[], [], []]]),
    ({"x": (INT64, (0, 3), [])}, []),
    ({"x": (BOOL, (2,), [True, False])}, [True, False]),
    ({"x": (STRING, (1,), [b'a"\n'])}, ['a"\n']),
    ({"x_bytes": (STRING, (1,), [b"hi"])}, [{"b64": "aGk="}]),
    ({"x_bytes": (INT8, (1,), [-1])}, [-1]),
    (
        {"label": (STRING, (2,), [b"good", b"bad"]), "score": (FLOAT, (2,), [0.5, 0.25])},
        [{"label": "good", "score": 0.5}, {"label": "bad", "score": 0.25}],
    ),
]


@pytest.mark.parametrize(("tensors", "value"), ROWS)
def test_rows_are_bare_or_objects(tensors: dict[str, Any], value: Any) -> None:
    """One output gives its values, several give an object a row."""
    assert json.loads(predict_answer(outputs(**tensors), Format.ROW)) == {"predictions": value}


COLUMNS: list[tuple[dict[str, Any], Any]] = [
    ({"x": (DOUBLE, (), [0.1])}, 0.1),
    ({"x": (UINT64, (1, 2), [0, 2**64 - 1])}, [[0, 2**64 - 1]]),
    ({"x": (INT64, (0,), [])}, []),
    ({"x": (INT64, (2, 0), [])}, [[], []]),
    ({"a": (FLOAT, (), [1]), "b": (STRING, (2,), [b"s", b"t"])}, {"a": 1.0, "b": ["s", "t"]}),
    ({"a_bytes": (STRING, (), [b"\xff"]), "b": (INT32, (1,), [1])}, {"a_bytes": {"b64": "/w=="}, "b": [1]}),
]


@pytest.mark.parametrize(("tensors", "value"), COLUMNS)
def test_columns_are_bare_or_named(tensors: dict[str, Any], value: Any) -> None:
    """One output is the value itself, several are an object; nothing needs to be a batch."""
    assert json.loads(predict_answer(outputs(**tensors), Format.COLUMNAR)) == {"outputs": value}


@pytest.mark.parametrize(
    ("tensors", "text"),
    [
        ({}, "Cannot convert empty tensor map to JSON"),
        ({"x": (FLOAT, (), [1])}, "Tensor name: x has no shape information "),
        (
            {"a": (FLOAT, (1,), [1]), "b": (FLOAT, (2,), [1, 2])},
            "Tensor name: b has inconsistent batch size: 2 expecting: 1",
        ),
        ({"x": (HALF, (1,), [15360])}, "Failed to write JSON value for tensor type: half"),
    ],
)
def test_what_cannot_be_rows_is_refused(tensors: dict[str, Any], text: str) -> None:
    """The model answered, but not in a form that rows can hold."""
    with pytest.raises(Refusal) as caught:
        predict_answer(outputs(**tensors), Format.ROW)
    assert (caught.value.code.name, caught.value.text) == ("INVALID_ARGUMENT", text)


bounds = {INT32: (-(2**31), 2**31 - 1), INT64: (-(2**63), 2**63 - 1), UINT64: (0, 2**64 - 1)}


@given(st.data(), st.sampled_from(list(Format)))
def test_an_answer_can_be_asked_again(data: st.DataObject, form: Format) -> None:
    """Tensor to JSON to tensor: what one server answers, the next reads as the same values."""
    dtype = data.draw(st.sampled_from([FLOAT, DOUBLE, INT32, INT64, UINT64, BOOL, STRING]))
    shape = tuple(data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    elements: dict[int, st.SearchStrategy[Any]] = {
        FLOAT: st.floats(width=32, allow_nan=False),
        DOUBLE: st.floats(allow_nan=False),
        BOOL: st.booleans(),
        STRING: st.binary(max_size=4),
    }
    size = math.prod(shape)
    strategy = elements[dtype] if dtype in elements else st.integers(*bounds[dtype])
    values = data.draw(st.lists(strategy, min_size=size, max_size=size))
    answer = predict_answer(outputs(x_bytes=(dtype, shape, values)), form)
    key = "instances" if form is Format.ROW else "inputs"
    read, _ = inputs_of(answer.replace(form, key, 1), {"x": dtype})
    flat = np.empty(size, object)
    flat[:] = values
    assert read["x"] == flat.reshape(shape).tolist()


def test_strings_go_out_as_they_are() -> None:
    """Without the suffix bytes stand in quotes, UTF-8 or not: so does TensorFlow Serving."""
    assert value_in(predict_answer(outputs(x=(STRING, (), ["\u00e9".encode()])), Format.COLUMNAR)) == "\u00e9"
    written = predict_answer(outputs(x=(STRING, (), [b"\xff"])), Format.COLUMNAR)
    assert written.encode("utf-8", "surrogateescape").endswith(b'"\xff"\n}')


def test_classes_come_with_their_scores() -> None:
    """For each example a list of pairs; the key is `results`, not the guide's `result`."""
    result = classification_pb2.ClassificationResult()
    for label, score in (("good", 0.1), ("", 3)):
        result.classifications.add().classes.add(label=label, score=score)
    result.classifications.add()
    assert json.loads(classification_answer(result)) == {"results": [[["good", 0.1]], [["", 3.0]], []]}


def test_regressions_are_bare_numbers() -> None:
    """A number for each example."""
    result = regression_pb2.RegressionResult()
    for value in (2.5, 3):
        result.regressions.add(value=value)
    assert regression_answer(result) == '{\n    "results": [2.5, 3.0]\n}'


def test_no_results_are_refused() -> None:
    """An answer to nothing is none."""
    with pytest.raises(Refusal, match=r"Cannot convert empty ClassificationResults to JSON"):
        classification_answer(classification_pb2.ClassificationResult())
    with pytest.raises(Refusal, match=r"Cannot convert empty RegressionResults to JSON"):
        regression_answer(regression_pb2.RegressionResult())
