"""No answer of a server of KServe's v2 protocol ends a run: drawn, damaged, or pure noise."""

import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fuzzing import examples
from hostile_answers import damaged, json_values, labels, scores, sizes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outcomes import LONGEST_REASON, check, refusal
from stub_server import inquiry
from stub_v2 import V2Server, answer, elements, metadata, ready, server, v2_gateway_to

from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.wires.classes import Classes
from line_sim.inspection.wires.kserve import grpc_wire, rest_wire
from line_sim.inspection.wires.kserve.form import InputForm, fitted
from line_sim.inspection.wires.kserve.messages import message, serialised
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.units import SECOND

EXAMPLES = examples(300)
QUESTIONS = (
    ModelQuestion("m"),
    ModelQuestion("m", label_output="label", score_output=""),
    ModelQuestion("m", label_output="", score_output="label"),
    ModelQuestion("m", classes=Classes(("good", "dent"), "labels.txt")),
    ModelQuestion("m", label_output="", classes=Classes(logits=True)),
)

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

datatypes = st.sampled_from(
    ["BYTES"] * 4 + ["FP32"] * 4 + ["FP16", "FP64", "INT64", "INT32", "UINT8", "", "x" * 300]
)
names = st.sampled_from(["label", "score"] * 4 + ["x", "", "\u00e9" * 200])
texts = st.one_of(labels, st.tuples(scores, labels).map(lambda pair: f"{pair[0]:f}:0:{pair[1]}"))
words = texts.map(lambda text: text.encode("utf-8", "surrogatepass"))
floats = st.floats(width=32) | st.floats(0, 1, width=32)
buffers = st.one_of(
    st.binary(max_size=12),
    st.lists(words, max_size=3).map(lambda pieces: elements(*pieces)),
    st.lists(floats, max_size=3).map(lambda numbers: struct.pack(f"<{len(numbers)}f", *numbers)),
)


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    """Draw a ModelInferResponse: mostly label and score, raw or typed, rightly or wrongly."""
    made = message("ModelInferResponse", model_version=draw(st.sampled_from(["", "1", "v" * 300])))
    for name in draw(st.just(["label", "score"]) | st.lists(names, max_size=4)):
        fits = {"label": "BYTES", "score": "FP32"}.get(name, "INT64")
        datatype = draw(st.just(fits) | datatypes)
        shape = draw(st.just([1]) | st.lists(sizes, max_size=3))
        tensor = made.outputs.add(name=name, datatype=datatype, shape=shape)
        match draw(st.integers(0, 3)):
            case 0:
                tensor.contents.bytes_contents.extend(draw(st.lists(words, max_size=2)))
                tensor.contents.fp32_contents.extend(draw(st.lists(floats, max_size=2)))
            case 1:
                made.raw_output_contents.append(draw(buffers))
            case _:
                sound = elements(draw(words)) if datatype == "BYTES" else struct.pack("<f", draw(floats))
                made.raw_output_contents.append(sound)
    return serialised(made)


@st.composite
def models(draw: st.DrawFn) -> bytes:
    """Draw a ModelMetadataResponse."""
    made = message("ModelMetadataResponse", versions=draw(st.lists(names, max_size=3)))
    for tensors in (made.inputs, made.outputs):
        for name in draw(st.lists(names, max_size=4)):
            tensors.add(name=name, datatype=draw(datatypes), shape=draw(st.lists(sizes, max_size=4)))
    return serialised(made)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Draw a JSON document over REST: mostly an answer, with anything in each of its places."""
    outputs = []
    for name in draw(st.just(["label", "score"]) | st.lists(names, max_size=4)):
        fits: dict[str, Any] = {"label": ("BYTES", texts), "score": ("FP32", floats)}
        datatype, values = fits.get(name, ("INT64", json_values))
        told = {"name": name, "datatype": datatype, "shape": [1], "data": [draw(values)]}
        for key in draw(st.lists(st.sampled_from(sorted(told)), max_size=2)):
            told[key] = draw(json_values)
        outputs.append(told)
    key = draw(st.sampled_from(["outputs"] * 6 + ["inputs", "versions", "extensions"]))
    return json.dumps({"model_version": draw(json_values), key: outputs}).encode()


bodies = st.one_of(
    st.binary(max_size=60), responses(), responses(), models(), damaged(responses()), damaged(models())
)


@fuzz
@given(bodies)
def test_any_message_is_an_outcome(body: bytes) -> None:
    """For each of the things that may be asked; what a model is, is read or refused in words."""
    for question in QUESTIONS:
        check(grpc_wire.KserveGrpcWire(question, InputForm("image")).read_answer(body).outcome)
    readers = (grpc_wire.read_server, grpc_wire.read_server_ready, grpc_wire.read_model_ready)
    for read in (*readers, grpc_wire.read_model):
        reason = ""
        try:
            read(body)
        except ValueError as error:
            reason = str(error)
        assert len(reason) < LONGEST_REASON


@fuzz
@given(documents() | damaged(documents()))
def test_any_document_is_an_outcome(body: bytes) -> None:
    """Over REST, as the transport hands it on."""
    for question in QUESTIONS:
        check(rest_wire.KserveRestWire(question, InputForm("image"), binary=True).read_answer(body).outcome)
    for read in (rest_wire.read_model, rest_wire.read_server):
        reason = ""
        try:
            read(body)
        except ValueError as error:
            reason = str(error)
        assert len(reason) < LONGEST_REASON


@fuzz
@given(models(), st.sampled_from(QUESTIONS), st.sampled_from(["", "image", "label"]))
def test_any_model_fits_or_is_refused_in_words(body: bytes, question: ModelQuestion, name: str) -> None:
    """And where it fits, the picture can be written in its form."""
    reason = ""
    try:
        found, form = fitted(replace(question, input_name=name), grpc_wire.read_model(body))
        assert grpc_wire.KserveGrpcWire(found, form).predict(b"jpeg").body
    except ValueError as error:
        reason = str(error) or "none is told"
    assert len(reason) < LONGEST_REASON
    assert reason != "none is told"


@pytest.fixture(scope="module")
def v2_server() -> Iterator[V2Server]:
    """One for all examples."""
    running = V2Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def gateway(v2_server: V2Server) -> Iterator[ServerGateway]:
    """One that is open while they come."""
    with v2_gateway_to(v2_server) as opened:
        yield opened


@fuzz
@given(body=bodies)
def test_any_message_passes_the_gateway(v2_server: V2Server, gateway: ServerGateway, body: bytes) -> None:
    """Over a real channel, in the middle of a run: always a reply."""
    v2_server.infer = lambda request, context: body
    check(gateway.ask(inquiry()).outcome)
    assert all(text.isprintable() or "\n" in text for text in gateway.identity.values())


@pytest.mark.parametrize("which", ["server", "ready", "metadata", "infer"])
@settings(fuzz, max_examples=max(20, EXAMPLES // 10))
@given(body=bodies)
def test_any_message_at_the_start_is_a_gateway_or_none(v2_server: V2Server, which: str, body: bytes) -> None:
    """The run begins, or is refused with exit code 3 and a text."""
    said: dict[str, Any] = {which: body}
    v2_server.server_metadata = lambda: said.get("server", server("stub", "1"))
    v2_server.model_ready = lambda name, version: said.get("ready", ready("ModelReadyResponse"))
    v2_server.metadata = lambda name, version: said.get("metadata", metadata())
    v2_server.infer = lambda request, context: said.get("infer", answer())
    refused = refusal(v2_gateway_to(v2_server, warm_up_timeout=SECOND // 10))
    if refused is not None:
        assert refused.exit_code == 3
        assert 0 < len(str(refused)) <= LONGEST_REASON
        str(refused).encode()
