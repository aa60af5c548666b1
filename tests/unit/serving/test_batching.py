"""Batching at work, on a model that doubles numbers: threads, queues, deadlines."""

import threading
import time
from collections.abc import Mapping, Sequence

import grpc
import numpy as np
import pytest
from line_sim_serving.batching.queues import BatchedModel, BatchScheduler
from line_sim_serving.batching.rules import BatchRules
from line_sim_serving.inference.patience import FOR_EVER, Patience
from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.models.runner import Array

Code = grpc.StatusCode


class Doubler:
    """Gives twice what it is fed, and remembers the sizes of its runs; waits while its gate is shut."""

    def __init__(self) -> None:
        self.signatures: Mapping[str, object] = {}
        self.sizes: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self.is_closed = False

    def run(self, feeds: Mapping[str, Array], fetches: Sequence[str], patience: Patience) -> list[Array]:
        """Refuse 13; `sum` is another output than `double`."""
        patience.left_ms()
        self.sizes.append(len(feeds["x"]))
        self.begun.set()
        assert self.gate.wait(30)
        if 13 in feeds["x"]:
            raise invalid("unlucky")
        return [feeds["x"] * (2 if name == "double" else 3) for name in fetches]

    def close(self) -> None:
        """Be gone."""
        self.is_closed = True


def batched(model: Doubler, **rules: object) -> BatchedModel:
    """Batch the doubler with one thread."""
    return BatchedModel(model, BatchRules(**rules), BatchScheduler(1))  # type: ignore[arg-type]


def asked_at_once(
    runner: BatchedModel, requests: Sequence[Sequence[int]], fetch: str = "double"
) -> list[list[int] | str]:
    """Ask from a thread each; gives everybody's answer or refusal."""
    answers: list[list[int] | str] = [[] for _ in requests]

    def ask(number: int) -> None:
        try:
            feeds = {"x": np.array(requests[number], np.int64)}
            answers[number] = runner.run(feeds, [fetch], FOR_EVER)[0].tolist()
        except Refusal as refusal:
            answers[number] = str(refusal)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_requests_that_come_together_run_together() -> None:
    """Four rows fill a batch long before its time is up, and everybody gets their own."""
    model = Doubler()
    answers = asked_at_once(batched(model, max_size=4, timeout_s=30), [[1], [2], [3, 4]])
    assert answers == [[2], [4], [6, 8]]
    assert model.sizes == [4]


def test_a_batch_that_is_not_filled_runs_when_its_time_is_up() -> None:
    """Nobody waits for ever for company."""
    model = Doubler()
    assert asked_at_once(batched(model, max_size=100, timeout_s=0.01), [[5]]) == [[10]]


def test_no_batch_is_larger_than_allowed_and_padding_never_shows() -> None:
    """Of many requests at once none loses a row or sees another's."""
    model = Doubler()
    runner = batched(model, max_size=8, timeout_s=0.002, max_enqueued=1000, allowed_sizes=(4, 8))
    requests = [[100 * number + row for row in range(1 + number % 5)] for number in range(60)]
    assert asked_at_once(runner, requests) == [[2 * value for value in rows] for rows in requests]
    assert set(model.sizes) <= {4, 8}


def test_a_large_request_is_cut_and_put_together_again() -> None:
    """With large batch splitting, in runs of four rows at most."""
    model = Doubler()
    runner = batched(model, max_size=100, split_large=True, max_execution_size=4)
    assert asked_at_once(runner, [list(range(20, 31))]) == [[2 * value for value in range(20, 31)]]
    assert sum(model.sizes) == 11
    assert max(model.sizes) <= 4


def test_other_outputs_are_another_queue() -> None:
    """What fetches other tensors is never run in the same batch."""
    model = Doubler()
    runner = batched(model, max_size=2, timeout_s=0.01)
    assert asked_at_once(runner, [[1]], "double") == [[2]]
    assert asked_at_once(runner, [[1]], "triple") == [[3]]
    assert model.sizes == [1, 1]


def test_a_failing_batch_fails_everybody_in_it() -> None:
    """And nobody else: the next batch runs."""
    runner = batched(Doubler(), max_size=2, timeout_s=30)
    assert asked_at_once(runner, [[13], [1]]) == ["INVALID_ARGUMENT: unlucky"] * 2
    assert asked_at_once(runner, [[2], [1]]) == [[4], [2]]


def held_up(model: Doubler, runner: BatchedModel) -> threading.Thread:
    """Keep the only batch thread busy with a first request, until the gate is opened."""
    model.gate.clear()
    thread = threading.Thread(target=asked_at_once, args=(runner, [[0]]))
    thread.start()
    assert model.begun.wait(30)
    return thread


def test_a_full_queue_refuses() -> None:
    """The text says how full it is."""
    model = Doubler()
    runner = batched(model, max_size=1, max_enqueued=1)
    first = held_up(model, runner)
    waiting = threading.Thread(target=asked_at_once, args=(runner, [[1]]))
    waiting.start()
    deadline = time.monotonic() + 30
    answers: list[list[int] | str] = [[]]
    while not isinstance(answers[0], str) and time.monotonic() < deadline:
        with pytest.raises(Refusal) as caught:
            runner.run({"x": np.array([2])}, ["double"], Patience.of(0.05))
        if caught.value.code is Code.UNAVAILABLE:
            answers[0] = caught.value.text
    model.gate.set()
    for thread in (first, waiting):
        thread.join(30)
    assert answers[0] == (
        "The batch scheduling queue to which this task was submitted is full; "
        "currently 1 batches enqueued and max_enqueued_batches is 1"
    )


def test_what_nobody_waits_for_is_not_computed() -> None:
    """A deadline that passed, or a client that left, in the queue: the model never sees the request."""
    model = Doubler()
    runner = batched(model, max_size=1)
    first = held_up(model, runner)
    with pytest.raises(Refusal, match="Run\\(\\) timeout exceeded while waiting in batching queue"):
        runner.run({"x": np.array([7])}, ["double"], Patience.of(0.05))
    refusals: list[Refusal] = []

    def ask_and_leave() -> None:
        with pytest.raises(Refusal) as caught:
            runner.run({"x": np.array([8])}, ["double"], Patience(None, lambda: False))
        refusals.append(caught.value)

    leaving = threading.Thread(target=ask_and_leave)
    leaving.start()
    model.gate.set()
    for thread in (first, leaving):
        thread.join(30)
    assert [refusal.code for refusal in refusals] == [Code.CANCELLED]
    assert model.sizes == [1]


def test_a_model_is_closed_after_its_last_batch() -> None:
    """A run that its client has given up is still a run."""
    model = Doubler()
    runner = batched(model, max_size=1)
    first = held_up(model, runner)
    closing = threading.Thread(target=runner.close)
    closing.start()
    closing.join(0.1)
    assert not model.is_closed
    model.gate.set()
    for thread in (first, closing):
        thread.join(30)
    assert model.is_closed
