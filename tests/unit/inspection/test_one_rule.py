"""An odd score or label is no answer, whichever way it comes in: one rule, one text."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from stub_server import answer as grpc_answer

from line_sim.errors import RunFileError
from line_sim.inspection.offline.replay import read_recording
from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.wires.grpc_wire import GrpcWire
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.rest.rest_wire import RestWire
from line_sim.recording.csvtext import score_value
from line_sim.testing import answered

QUESTION = ModelQuestion("m", "s")
Way = Callable[[float, Path], str]
"""Bring an answer with this score in; gives the complaint, empty where it is taken."""


def over_grpc(score: float, _: Path) -> str:
    """From a server's message."""
    outcome = GrpcWire(QUESTION).read_answer(grpc_answer(score=score)).outcome
    return outcome.detail if isinstance(outcome, Unreadable) else ""


def over_rest(score: float, _: Path) -> str:
    """From a server's JSON."""
    body = json.dumps({"outputs": {"label": ["good"], "score": [score]}}).encode()
    outcome = RestWire(QUESTION).read_answer(body).outcome
    return outcome.detail if isinstance(outcome, Unreadable) else ""


def from_a_recording(score: float, folder: Path) -> str:
    """From a `calls.csv` that is replayed."""
    calls = folder / "calls.csv"
    header = "item_id,station,attempt,latency_s,outcome,status,label,score,request_bytes"
    calls.write_text(f"{header}\n1,camera,1,0.1,answered,OK,good,{score!r},0\n")
    try:
        read_recording(calls, "camera")
    except RunFileError as error:
        return str(error).partition(": ")[2].partition("; restore")[0]
    return ""


def from_a_runs_files(score: float, _: Path) -> str:
    """From a field of a run's tables."""
    try:
        score_value(repr(score))
    except ValueError as error:
        return str(error)
    return ""


def from_a_test(score: float, _: Path) -> str:
    """From the public test doubles."""
    try:
        answered("good", score)
    except ValueError as error:
        return str(error)
    return ""


WAYS = [over_grpc, over_rest, from_a_recording, from_a_runs_files, from_a_test]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("score", [float("nan"), float("inf"), -float("inf"), 7.5, -0.5, 1.25])
def test_an_odd_score_is_refused_everywhere(way: Way, score: float, tmp_path: Path) -> None:
    """Not a number, or not in [0, 1]."""
    assert way(score, tmp_path) == f"the score is {score:g}; it must be in [0, 1]"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("score", [0.0, 0.5, 1.0, 1.0004, -0.0004])
def test_a_score_is_taken_everywhere(way: Way, score: float, tmp_path: Path) -> None:
    """In [0, 1], what a softmax in low precision rounds past it included."""
    assert way(score, tmp_path) == ""


def test_rounding_is_cut_off() -> None:
    """So that nobody behind it sees a score beyond 1."""
    assert (Answered("good", 1.0004).score, Answered("good", -0.0004).score) == (1.0, 0.0)


@pytest.mark.parametrize("score", [True, "0.5", None, 10**400])
def test_what_is_no_number_is_no_score(score: object) -> None:
    """A bool counts as none."""
    with pytest.raises(ValueError, match="the score is"):
        Answered("good", score)  # type: ignore[arg-type] # that is the point


@pytest.mark.parametrize("label", ["", " ", "a" * 1001, "\ud800", "\0", b"good", None])
def test_what_says_nothing_is_no_label(label: object) -> None:
    """Nor what cannot be written."""
    with pytest.raises(ValueError, match="the label"):
        Answered(label, 0.5)  # type: ignore[arg-type] # that is the point
