"""Inputs that are the same for every part: their type and shape come from the signature."""

import json
from typing import Any

import pytest
from generated import predict_pb2
from hypothesis import given
from hypothesis import strategies as st

from line_sim.inspection.wires.fitting.constants import Constant, Given, constant
from line_sim.inspection.wires.fitting.signatures import Fit
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.inspection.wires.grpc_wire import predict_request
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.rest.rest_wire import RestWire

QUESTION = ModelQuestion("m", "inspect")


@pytest.mark.parametrize(
    ("given_value", "dtype", "shape", "sent"),
    [
        (0.5, "DT_FLOAT", (), ((), (0.5,))),
        (1, "DT_FLOAT", (), ((), (1.0,))),
        (1, "DT_DOUBLE", (-1,), ((1,), (1.0,))),
        (1, "DT_INT64", (-1, 1), ((1, 1), (1,))),
        ((1, 2), "DT_INT32", (-1,), ((2,), (1, 2))),
        ((1, 2), "DT_INT32", (-1, 2), ((1, 2), (1, 2))),
        ((1, 2), "DT_INT32", (-1, -1), ((1, 2), (1, 2))),
        ((1, 2), "DT_INT32", (2, 1), ((2, 1), (1, 2))),
        ((1, 2), "DT_UINT8", None, ((2,), (1, 2))),
        (True, "DT_BOOL", None, ((), (True,))),
        ("fast", "DT_STRING", (1,), ((1,), ("fast",))),
    ],
)
def test_a_value_takes_the_signatures_form(given_value: Given, dtype: str, shape: Any, sent: Any) -> None:
    """A batch of one where the first size is open; a list fills the last open size."""
    made = constant("x", given_value, TensorKind(dtype, shape))
    assert (made.shape, made.values) == sent


@pytest.mark.parametrize(
    ("given_value", "kind", "reason"),
    [
        ("x", TensorKind("DT_DOUBLE", ()), "the input 'x' is DT_DOUBLE of shape [], and 'x' is not a number"),
        (
            True,
            TensorKind("DT_INT32", ()),
            (
                "the input 'x' is DT_INT32 of shape [], and true is not a whole "
                "number from -2147483648 to 2147483647"
            ),
        ),
        (1, TensorKind("DT_BOOL"), "the input 'x' is DT_BOOL of any shape, and 1 is not true or false"),
        (1, TensorKind("DT_STRING"), "the input 'x' is DT_STRING of any shape, and 1 is not a text"),
        (
            0.5,
            TensorKind("DT_INT64"),
            (
                "the input 'x' is DT_INT64 of any shape, and 0.5 is not a whole number "
                "from -9223372036854775808 to 9223372036854775807"
            ),
        ),
        (
            256,
            TensorKind("DT_UINT8"),
            "the input 'x' is DT_UINT8 of any shape, and 256 is not a whole number from 0 to 255",
        ),
        (
            1e39,
            TensorKind("DT_FLOAT"),
            ("the input 'x' is DT_FLOAT of any shape, and 1e+39 is not a number from -3.4e+38 to 3.4e+38"),
        ),
        (
            (1, 2, 3),
            TensorKind("DT_INT32", (-1, 2)),
            "the input 'x' is DT_INT32 of shape [-1, 2], and 3 values cannot fill it",
        ),
        (
            1,
            TensorKind("DT_INT32", (2,)),
            "the input 'x' is DT_INT32 of shape [2], and 1 value cannot fill it",
        ),
        (
            1,
            TensorKind("DT_HALF"),
            (
                "the input 'x' is DT_HALF of any shape; only DT_FLOAT, DT_DOUBLE, DT_BOOL, "
                "DT_STRING, DT_INT32, DT_INT64, DT_UINT8 can be given"
            ),
        ),
    ],
)
def test_what_does_not_fit(given_value: Given, kind: TensorKind, reason: str) -> None:
    """The kind and the value are told."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is what is asked for
        constant("x", given_value, kind)
    assert str(caught.value) == reason


def test_both_wires_send_them() -> None:
    """TensorFlow's own classes read them; JSON has them as lists within lists."""
    made = (
        Constant("t", "DT_FLOAT", (), (0.5,)),
        Constant("n", "DT_INT64", (1, 2), (1, -2)),
        Constant("on", "DT_BOOL", (1,), (True,)),
        Constant("words", "DT_STRING", (2, 1), ("fast", "\u00e9t\u00e9")),
    )
    fit = Fit(constants=made)
    sent = predict_pb2.PredictRequest.FromString(predict_request(QUESTION, b"jpeg", fit)).inputs
    assert sorted(sent) == ["image", "n", "on", "t", "words"]
    assert (sent["t"].dtype, [*sent["t"].float_val]) == (1, [0.5])
    assert sent["t"].HasField("tensor_shape")
    assert (sent["n"].dtype, [*sent["n"].int64_val]) == (9, [1, -2])
    assert [dim.size for dim in sent["n"].tensor_shape.dim] == [1, 2]
    assert (sent["on"].dtype, [*sent["on"].bool_val]) == (10, [True])
    assert [*sent["words"].string_val] == [b"fast", "\u00e9t\u00e9".encode()]
    inputs = json.loads(RestWire(QUESTION, fit).predict(b"jpeg").body)["inputs"]
    assert {name: inputs[name] for name in inputs if name != "image"} == {
        "t": 0.5,
        "n": [[1, -2]],
        "on": [True],
        "words": [["fast"], ["\u00e9t\u00e9"]],
    }


@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=8).map(tuple) | st.integers(-5, 5),
    st.none() | st.lists(st.sampled_from([-1, -1, 1, 2, 3, 0, -2]), max_size=3).map(tuple),
)
def test_a_value_fills_its_shape_or_is_refused(given_value: Given, shape: Any) -> None:
    """Whatever the signature says: as many values as the shape has room for, in their order."""
    try:
        made = constant("x", given_value, TensorKind("DT_INT32", shape))
    except ValueError:
        assert shape is not None
        return
    flat = made.nested
    for _ in made.shape[1:]:
        flat = [value for row in flat for value in row]
    assert tuple(flat if made.shape else [flat]) == made.values
    assert shape is None or all(size in {-1, had} for size, had in zip(shape, made.shape, strict=True))
