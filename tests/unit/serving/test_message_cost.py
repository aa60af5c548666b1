"""What reading a message costs is known from its bytes, and never reckoned too low."""

import gc
import tracemalloc

import pytest
from generated import predict_pb2
from hypothesis import given
from hypothesis import strategies as st
from line_sim_serving.limits.shapes import (
    MOST_DIMENSIONS,
    MOST_FILLED,
    LimitError,
    check_filled,
    checked_shape,
)
from line_sim_serving.limits.wire import SMALL, WORST, reading_cost
from line_sim_serving.rest.bodies import reading_cost as body_cost
from line_sim_serving.rest.values.json_text import read_object
from serving_stories import STRING, request_for

DESCRIPTOR = predict_pb2.PredictRequest.DESCRIPTOR


def strings(*values: bytes) -> bytes:
    """Write a request."""
    return request_for("inspect", image=(STRING, (len(values),), {"string_val": values})).SerializeToString()


def test_a_small_message_is_not_looked_into():
    """It is reckoned as if it were the worst, which is little."""
    assert reading_cost(strings(bytes(100_000)), DESCRIPTOR) == WORST * len(strings(bytes(100_000)))


def test_a_large_picture_costs_its_copies_and_many_small_strings_much_more():
    """100 MB of one string five times; of empty strings thirty-two times."""
    assert reading_cost(strings(bytes(100_000_000)), DESCRIPTOR) < 501_000_000
    empties = strings(*[b""] * 1_000_000)
    assert reading_cost(empties, DESCRIPTOR) > 15 * len(empties)


@given(st.binary(max_size=300))
def test_nonsense_is_reckoned_too(head: bytes):
    """Whatever the bytes are, the cost is found, and bounded."""
    message = head + bytes(SMALL)
    assert 0 <= reading_cost(message, DESCRIPTOR) <= 100 * len(message)


@pytest.mark.parametrize(
    "piece", [b"[],", b"[0],", b"{},", b'{"a":0},', b"0,", b'"ab",', b'"\xc3\xa9\xf0\x9f\x98\x80",', b"1e9,"]
)
def test_json_costs_no_more_than_is_reckoned(piece: bytes):
    """Each kind of value, 50,000 of them."""
    body = b'{"instances":[' + piece * 50_000 + b"1]}"
    gc.collect()
    tracemalloc.start()
    try:
        kept = read_object(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept
    assert peak + len(body) <= body_cost(body, "")


def test_a_zipped_body_is_reckoned_by_what_it_may_hold():
    """1032 bytes for one, and no more than may be unzipped at all."""
    assert body_cost(bytes(1000), "gzip") == 1_032_000
    assert body_cost(bytes(1_000_000), "gzip") == 100 << 20


def test_shapes_have_limits():
    """Dimensions, repetition, and what an empty tensor's other dimensions would hold."""
    assert checked_shape([0, 299, 299, 3], 4) == (0, 299, 299, 3)
    assert checked_shape([1] * MOST_DIMENSIONS, 4) == (1,) * MOST_DIMENSIONS
    with pytest.raises(LimitError, match="17 dimensions, at most 16"):
        checked_shape([1] * 17, 4)
    with pytest.raises(LimitError, match="an empty tensor whose other dimensions hold"):
        checked_shape([0, 2**62, 2**62], 1)
    check_filled(MOST_FILLED // 4, 4, 1)
    with pytest.raises(LimitError, match="1 values cannot stand for"):
        check_filled(MOST_FILLED // 4 + 1, 4, 1)
