"""What comes back from servers of KServe's v2 protocol: every form that was seen, and what should not be."""

import math
import struct
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stub_v2 import answer, elements

from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.wires.kserve.elements import bytes_element, bytes_elements
from line_sim.inspection.wires.kserve.form import InputForm
from line_sim.inspection.wires.kserve.grpc_wire import KserveGrpcWire
from line_sim.inspection.wires.kserve.messages import message, serialised
from line_sim.inspection.wires.question import ModelQuestion

QUESTION = ModelQuestion("flanges")
BEST = ModelQuestion("flanges", label_output="", score_output="probs")

Told = tuple[str, str, Sequence[int], bytes]
"""Name, datatype, shape and raw contents of an output."""


def response(*outputs: Told, raw: bool = True) -> bytes:
    """Write an answer with these outputs."""
    made = message("ModelInferResponse", model_version="1")
    for name, datatype, shape, content in outputs:
        made.outputs.add(name=name, datatype=datatype, shape=shape)
        if raw:
            made.raw_output_contents.append(content)
    return serialised(made)


def read(body: bytes, question: ModelQuestion = QUESTION) -> Answered | Unreadable:
    """Read an answer."""
    return KserveGrpcWire(question, InputForm("image")).read_answer(body).outcome


def reason(body: bytes, question: ModelQuestion = QUESTION) -> str:
    """Read an answer that is none, and give why."""
    outcome = read(body, question)
    assert isinstance(outcome, Unreadable)
    return outcome.detail


def label(text: bytes = b"good", shape: Sequence[int] = (1,)) -> Told:
    """Return an output with a label."""
    return "label", "BYTES", shape, elements(text)


def score(layout: str = "<f", datatype: str = "FP32", value: float = 0.875) -> Told:
    """Return an output with a score."""
    return "score", datatype, (1,), struct.pack(layout, value)


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (1, 1, 1)])
def test_one_element_of_any_shape_is_an_answer(shape: tuple[int, ...], typed: bool) -> None:
    """Raw as Triton has it, typed as KServe has it; the outputs stand in any order."""
    assert read(answer(shape=shape, typed=typed)) == Answered("good", 0.875)


@pytest.mark.parametrize(("layout", "datatype"), [("<e", "FP16"), ("<f", "FP32"), ("<d", "FP64")])
def test_scores_of_every_width(layout: str, datatype: str) -> None:
    """Half, single and double."""
    assert read(response(label(), score(layout, datatype))) == Answered("good", 0.875)


def test_more_outputs_than_were_asked_for_are_passed_over() -> None:
    """Found by name, wherever they stand and whatever they are."""
    body = response(("boxes", "INT64", (2,), bytes(16)), label(), ("mask", "BOOL", (1,), b"\1"), score())
    assert read(body) == Answered("good", 0.875)


def test_empty_typed_contents_beside_raw_ones_are_no_contradiction() -> None:
    """MLServer mirrors the question: raw contents, and the typed ones there and empty."""
    made = message("ModelInferResponse")
    for name, datatype, shape, content in (label(), score()):
        tensor = made.outputs.add(name=name, datatype=datatype, shape=shape)
        tensor.contents.SetInParent()
        made.raw_output_contents.append(content)
    assert read(serialised(made)) == Answered("good", 0.875)


def test_several_classes_go_together_by_their_places() -> None:
    """The best score decides, wherever it stands."""
    labels = ("label", "BYTES", (1, 2), elements(b"dent", b"good"))
    body = response(labels, ("score", "FP32", (1, 2), struct.pack("<ff", 0.25, 0.75)))
    assert read(body) == Answered("good", 0.75)


def test_a_label_alone_counts_as_certain() -> None:
    """No score was asked for."""
    alone = ModelQuestion("flanges", label_output="class", score_output="")
    assert read(response(("class", "BYTES", (1,), elements(b"dent"))), alone) == Answered("dent", 1.0)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (b"0.900000:0:good", Answered("good", 0.9)),
        (b"0.900000:3:a:b:c", Answered("a:b:c", 0.9)),  # labels have colons of their own
        (b"0.900000:17", Answered("17", 0.9)),  # nobody named the class
        (b"0.900000:17:", Answered("17", 0.9)),
        (b"1:0:good", Answered("good", 1.0)),
    ],
)
def test_the_best_class_that_triton_names(said: bytes, found: Answered) -> None:
    """Score, index, label; of shape [1] or [1, 1]."""
    for shape in ((1,), (1, 1)):
        assert read(response(("probs", "BYTES", shape, elements(said))), BEST) == found


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"good", "must be score:index:label"),
        (b"", "must be score:index:label"),
        (b"0.9:good", "must be score:index:label"),
        (b"0_9:0:good", "must be score:index:label"),
        (b"7.25:0:good", "the score is 7.25; it must be in [0, 1]"),
        (b"nan:0:good", "the score is nan; it must be in [0, 1]"),
        (b"0.9:0:\xff", "the label is not UTF-8"),
        (b"0.9:0: ", "the label is empty"),
    ],
)
def test_a_best_class_that_is_none(said: bytes, why: str) -> None:
    """Told with what it should have been."""
    assert why in reason(response(("probs", "BYTES", (1,), elements(said))), BEST)


def test_a_server_that_does_not_know_the_question_for_the_best_class() -> None:
    """It sends the scores as they are; only Triton has that extension."""
    body = response(("probs", "FP32", (2,), struct.pack("<ff", 0.25, 0.75)))
    assert reason(body, BEST).startswith("'probs' came as FP32, though its best class was asked for")
    two = response(("probs", "BYTES", (2,), elements(b"0.9:0:a", b"0.1:1:b")))
    assert reason(two, BEST) == "the answer has 2 best classes; one was asked for"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\xff\xff\xff", "the answer is not a ModelInferResponse"),
        (b"", "the answer has no output 'label'; it has none"),
        (response(label()), "the answer has no output 'score'; it has 'label'"),
        (response(label(), label(), score()), "the answer has 2 outputs 'label'"),
        (response(label(), ("score", "FP32", (1,), b"")), "the score is empty"),
        (response(label(), ("score", "FP32", (), b"")), "the score is empty"),
        (response(("label", "BYTES", (1,), b""), score()), "the label is empty"),
        (response(label(), score(), raw=False), "the label is empty"),
        (response(label(), ("score", "FP32", (1,), b"abc")), "the score has 3 bytes, no multiple of 4"),
        (response(label(), score(value=7.5)), "the score is 7.5; it must be in [0, 1]"),
        (response(label(), score(value=math.nan)), "the score is nan; it must be in [0, 1]"),
        (response(label(b"\xff"), score()), "the label is not UTF-8"),
        (response(label(b""), score()), "the label is empty"),
        (response(label(shape=(2,)), score()), "the label is of the shape [2] and has 1 values"),
        (response(label(shape=(-1,)), score()), "the label is of the shape [-1] and has 1 values"),
        (response(label(shape=(1,) * 300), score()), "the label has 300 dimensions"),
        (
            response(label(), ("score", "INT64", (1,), bytes(8))),
            "the score is INT64; it must be FP16, FP32, FP64",
        ),
        (
            response(("label", "INT16", (1,), bytes(2)), score()),
            "the label is INT16; it must be BYTES, INT32, INT64",
        ),
        (
            response(("label", "BYTES", (1,), b"\x09\x00\x00\x00good"), score()),
            "the BYTES of the answer are shorter than they say",
        ),
        (
            response(("label", "BYTES", (1,), b"\x04\x00\x00\x00good\x01"), score()),
            "the BYTES of the answer end in the middle of a length",
        ),
    ],
)
def test_what_is_no_answer(body: bytes, why: str) -> None:
    """Unreadable, with the reason; an empty buffer under status OK is one of them."""
    assert reason(body) == why


def test_fewer_raw_contents_than_outputs() -> None:
    """Which belongs to which is not known then."""
    made = message("ModelInferResponse", raw_output_contents=[b"\x04\x00\x00\x00good"])
    for name, datatype, shape, _ in (label(), score()):
        made.outputs.add(name=name, datatype=datatype, shape=shape)
    assert reason(serialised(made)) == "the answer has 2 outputs and 1 raw contents"


def test_an_output_that_comes_twice() -> None:
    """Raw and typed: nobody says which is meant."""
    made = message("ModelInferResponse")
    for name, datatype, shape, content in (label(), score()):
        made.outputs.add(name=name, datatype=datatype, shape=shape)
        made.raw_output_contents.append(content)
    made.outputs[0].contents.bytes_contents.append(b"dent")
    assert reason(serialised(made)) == "the output 'label' has raw contents and typed ones"


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_elements_come_back_as_they_were(texts: list[bytes]) -> None:
    """Any bytes, also such as look like lengths."""
    assert bytes_elements(b"".join(map(bytes_element, texts))) == texts


@given(st.binary(max_size=60))
def test_any_buffer_is_elements_or_refused(buffer: bytes) -> None:
    """What is read adds up to the buffer."""
    try:
        found = bytes_elements(buffer)
    except ValueError:
        return
    assert b"".join(map(bytes_element, found)) == buffer


@given(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30),
    st.floats(0, 1, width=32),
    st.booleans(),
)
def test_every_sound_answer_is_read(text: str, value: float, typed: bool) -> None:
    """Whatever the label and the score."""
    assert read(answer(text.encode(), value, typed=typed)) == Answered(text, value)


@given(st.text(":a0. ", max_size=20))
def test_any_best_class_is_read_or_refused(said: str) -> None:
    """Never raised, and the label is what stands behind the second colon."""
    outcome: Any = read(response(("probs", "BYTES", (1,), elements(said.encode()))), BEST)
    if isinstance(outcome, Answered):
        assert said.split(":", 2)[-1] in {outcome.label, ""}
