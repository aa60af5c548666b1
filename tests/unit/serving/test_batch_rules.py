"""Batching's decisions: sizes, rows that come back to whom they belong, padding that never shows."""

from pathlib import Path

import grpc
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_sim_serving.batching.parameters import default_rules, read_rules
from line_sim_serving.batching.rules import (
    BatchRules,
    join,
    padded_size,
    parts_of,
    refuse_too_large,
    rows_of,
    split,
)
from line_sim_serving.inference.refusal import Refusal

Code = grpc.StatusCode


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.lists(st.integers(1, 200), max_size=5))
def test_rows_come_back_to_whom_they_belong(sizes: list[int], allowed: list[int]) -> None:
    """Whatever is put together and padded, everybody gets the answers to their own rows, and no others."""
    rules = BatchRules(allowed_sizes=tuple(sorted({*allowed, sum(sizes)})))
    ends = np.cumsum(sizes)
    requests = [{"x": np.arange(end - size, end)} for size, end in zip(sizes, ends, strict=True)]
    joined = join(requests, rules)
    padded = padded_size(int(ends[-1]), rules.allowed_sizes)
    assert len(joined["x"]) == padded in rules.allowed_sizes
    shares = split([joined["x"] * 2, joined["x"].astype(str)], sizes, padded)
    for request, (doubled, written) in zip(requests, shares, strict=True):
        assert doubled.tolist() == (request["x"] * 2).tolist()
        assert written.tolist() == [str(value) for value in request["x"]]


@given(st.integers(1, 500), st.integers(0, 32), st.integers(1, 32))
def test_no_part_is_larger_than_a_batch(rows: int, free: int, largest: int) -> None:
    """A large request is cut so that no row is lost, the first part fits the open batch, none is empty."""
    rules = BatchRules(max_size=500, split_large=True, max_execution_size=largest)
    free = min(free, largest)
    parts = parts_of(rows, free, rules)
    assert sum(parts) == rows
    assert all(0 < part <= largest for part in parts)
    assert rows <= free or not free or parts[0] == free


def test_without_splitting_a_request_stays_whole() -> None:
    """It is run in one batch, or refused."""
    rules = BatchRules(max_size=4)
    assert parts_of(4, 1, rules) == [4]
    with pytest.raises(Refusal, match="Task size 5 is larger than maximum input batch size 4"):
        refuse_too_large(5, rules)


def test_padding_repeats_the_first_row_of_the_last_request() -> None:
    """It is a row that the network is known to be able to read."""
    rules = BatchRules(allowed_sizes=(8,))
    joined = join([{"x": np.array([[1], [2]])}, {"x": np.array([[3], [4]])}], rules)
    assert joined["x"].ravel().tolist() == [1, 2, 3, 4, 3, 3, 3, 3]


def test_rows_of_different_length_are_widened_with_their_own_first_value() -> None:
    """Only where that is asked for; strings are widened alike."""
    short, long = np.array([[1, 2]]), np.array([[3, 4, 5]])
    widened = join([{"x": short}, {"x": long}], BatchRules(pad_lengths=True))["x"]
    assert widened.tolist() == [[1, 2, 1], [3, 4, 5]]
    with pytest.raises(Refusal, match="padding is turned off") as caught:
        join([{"x": short}, {"x": long}], BatchRules())
    assert caught.value.code is Code.FAILED_PRECONDITION


@pytest.mark.parametrize(
    ("feeds", "text"),
    [
        ({"x": np.array(1)}, "Batching Run() input tensors must have at least one dimension"),
        (
            {"x": np.zeros(2), "y": np.zeros(3)},
            "Batching Run() input tensors must have equal 0th-dimension size",
        ),
    ],
)
def test_what_has_no_rows_cannot_be_batched(feeds: dict[str, np.ndarray], text: str) -> None:
    """The texts are TensorFlow Serving's."""
    with pytest.raises(Refusal) as caught:
        rows_of(feeds)
    assert (caught.value.code, caught.value.text) == (Code.INVALID_ARGUMENT, text)


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (np.array(1.0), "Batched output tensor has 0 dimensions"),
        (
            np.zeros(3),
            (
                "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of "
                "the input tensors"
            ),
        ),
    ],
)
def test_outputs_without_everybodys_rows_are_refused(output: np.ndarray, text: str) -> None:
    """Nobody gets another's answer."""
    with pytest.raises(Refusal) as caught:
        split([output], [1, 1], 2)
    assert (caught.value.code, caught.value.text) == (Code.FAILED_PRECONDITION, text)


def written(folder: Path, text: str) -> Path:
    """Write a file of parameters."""
    path = folder / "batching.txt"
    path.write_text(text)
    return path


def test_parameters_are_read_as_tensorflow_serving_writes_them(tmp_path: Path) -> None:
    """Wrapped values, repeated sizes, comments; what is left out has its default."""
    text = """
        max_batch_size { value: 8 }   # rows
        batch_timeout_micros { value: 2500 }
        num_batch_threads { value: 3 }
        max_enqueued_batches { value: 7 }
        thread_pool_name { value: "any" }
        allowed_batch_sizes: 2 allowed_batch_sizes: 8
        pad_variable_length_inputs: true
    """
    assert read_rules(written(tmp_path, text)) == BatchRules(
        8, 0.0025, 7, 3, (2, 8), pad_lengths=True, max_execution_size=8
    )
    assert read_rules(written(tmp_path, "")) == default_rules()
    assert (default_rules().max_size, default_rules().max_enqueued, default_rules().timeout_s) == (
        1000,
        10,
        0,
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "max_batch_size { value: 8 } allowed_batch_sizes: 4",
            "Last entry in allowed_batch_sizes must match max_batch_size; last entry was 4; expected 8",
        ),
        (
            "max_batch_size { value: 8 } allowed_batch_sizes: [4, 4, 8]",
            "allowed_batch_sizes entries must be monotonically increasing",
        ),
        ("num_batch_threads { value: 0 }", "num_batch_threads must be positive; was 0"),
        ("max_batch: 8", "Invalid protobuf file"),
    ],
)
def test_parameters_that_cannot_be_followed_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    """At once, before anything is loaded."""
    with pytest.raises(Refusal) as caught:
        read_rules(written(tmp_path, text))
    assert caught.value.code is Code.INVALID_ARGUMENT
    assert complaint in caught.value.text


def test_a_file_that_cannot_be_parsed_is_shown_its_place(tmp_path: Path) -> None:
    """Line and column, for whoever has to mend it."""
    with pytest.raises(Refusal) as caught:
        read_rules(written(tmp_path, "\n  max_batch: 8"))
    assert caught.value.detail.startswith(
        "Error parsing text-format tensorflow.serving.BatchingParameters: 2:3: "
    )
