"""Batching in the embedded server: the answers are the same, the runs are fewer."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from serving_stories import classification, classify, floats, predict, refusal, request_for

from line_sim.inspection.servers.embedded import EmbeddedServer

pytestmark = pytest.mark.server
Code = grpc.StatusCode

PARAMETERS = """
max_batch_size { value: 4 }
batch_timeout_micros { value: 3000 }
max_enqueued_batches { value: 1000 }
num_batch_threads { value: 2 }
allowed_batch_sizes: 2
allowed_batch_sizes: 4
"""


@pytest.fixture(scope="module")
def batching(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of the tiny model that batches four rows at most."""
    file = tmp_path_factory.mktemp("batching") / "batching.config"
    file.write_text(PARAMETERS)
    flags = ["--enable_batching", f"--batching_parameters_file={file}", "--grpc_max_threads=32"]
    with EmbeddedServer("tiny", models / "tiny", arguments=flags) as running:
        yield running


def at_once(server: EmbeddedServer, requests: list[Any]) -> list[Any]:
    """Ask from a thread each; gives the responses in order."""
    answers: list[Any] = [None] * len(requests)

    def ask(number: int) -> None:
        answers[number] = predict(server, requests[number])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_everybody_gets_their_own_rows(batching: EmbeddedServer) -> None:
    """Of requests of one to three rows at once; padding is nobody's."""
    sent = [[100 * number + row for row in range(1 + number % 3)] for number in range(40)]
    requests = [request_for("arithmetic", a=floats(*rows), b=floats(*rows)) for rows in sent]
    sums = [list(answer.outputs["sum"].float_val) for answer in at_once(batching, requests)]
    assert sums == [[2 * value for value in rows] for rows in sent]


def test_a_classification_is_batched_too(batching: EmbeddedServer) -> None:
    """It is the same engine."""
    (row,) = classify(batching, classification("classify", 0.75)).result.classifications
    assert [one.score for one in row.classes] == [0.25, 0.75]


def test_what_cannot_be_batched_is_refused_in_the_known_words(batching: EmbeddedServer) -> None:
    """Too many rows, no rows, and outputs that are nobody's."""
    five = floats(1, 2, 3, 4, 5)
    scalar = (1, (), {"float_val": [1]})
    assert refusal(batching, request_for("arithmetic", a=five, b=five)) == (
        "INVALID_ARGUMENT",
        "Task size 5 is larger than maximum input batch size 4",
    )
    assert refusal(batching, request_for("arithmetic", a=scalar, b=scalar)) == (
        "INVALID_ARGUMENT",
        "Batching Run() input tensors must have at least one dimension",
    )
    assert refusal(batching, request_for("arithmetic", a=floats(1), b=floats(1, 2))) == (
        "INVALID_ARGUMENT",
        "Batching Run() input tensors must have equal 0th-dimension size",
    )


def test_a_wrong_request_fails_alone(batching: EmbeddedServer) -> None:
    """A wrong type is refused by the graph, in its words, whoever else asks meanwhile."""
    assert refusal(batching, request_for("inspect", image=floats(1))) == (
        "INVALID_ARGUMENT",
        "Expects arg[0] to be string but float is provided",
    )
    no_rows = request_for("arithmetic", a=floats(), b=floats())
    assert list(predict(batching, no_rows).outputs["sum"].float_val) == []
