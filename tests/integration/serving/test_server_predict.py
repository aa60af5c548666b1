"""Predict: what the embedded server answers, to one client and to many."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import grpc
import pytest
from generated import predict_pb2
from serving_stories import (
    FLOAT,
    STRING,
    Pictures,
    floats,
    predict,
    refusal,
    request_for,
    spin,
)

from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.outcome import Answered, TimedOut
from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.servers.grpc import GRPC
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.wires import grpc_wire
from line_sim.units import MILLISECOND, SECOND

pytestmark = pytest.mark.server
Code = grpc.StatusCode


def test_the_network_is_asked_through_the_gateway(server: EmbeddedServer) -> None:
    """From picture to label: launcher, channel, server, SavedModel and back."""
    with ServerGateway(GRPC, server.target, "tiny", "inspect", Pictures(), server="embedded") as gateway:
        good = gateway.ask(Inquiry(1, 0, "good", "", 0, 60 * SECOND))
        defective = gateway.ask(Inquiry(2, 0, "defective", "stain", 0, 60 * SECOND))
        assert gateway.identity["version"] == "1"
    assert (good.outcome, good.status) == (Answered("good", 0.75), "OK")
    assert defective.outcome == Answered("defective", 0.75)


def test_the_simulator_does_not_load_tensorflow(server: EmbeddedServer) -> None:
    """The network runs in another process; the one that asks keeps no module of TensorFlow."""
    script = f"""
import sys
from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.servers.grpc import GRPC
from line_sim.inspection.servers.live import ServerGateway
from serving_stories import Pictures
with ServerGateway(GRPC, {server.target!r}, "tiny", "inspect", Pictures()) as gateway:
    print(gateway.ask(Inquiry(1, 0, "good", "", 0, 60 * 10**9)).status)
print([name for name in sys.modules if name.split(".")[0] == "tensorflow"])
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["OK", "[]"]


def test_outputs_are_typed_fields_of_full_length(server: EmbeddedServer) -> None:
    """Clients of TensorFlow Serving read float_val; tensor_content stays empty."""
    response = predict(server, request_for("arithmetic", a=floats(1, 1), b=floats(2, 2)))
    assert list(response.outputs["sum"].float_val) == [3, 3]
    assert list(response.outputs["difference"].float_val) == [-1, -1]
    assert response.outputs["sum"].tensor_content == b""
    assert [dim.size for dim in response.outputs["sum"].tensor_shape.dim] == [2]


def test_the_response_names_what_answered(server: EmbeddedServer) -> None:
    """Name, version, and the signature that was really used where none was named."""
    response = predict(server, request_for("", image=(STRING, (1,), {"string_val": [b"jpeg"]})))
    spec = response.model_spec
    assert (spec.name, spec.version.value, spec.signature_name) == ("tiny", 1, "serving_default")


@pytest.mark.parametrize(
    "fields",
    [
        {"float_val": [1.0, 2.0, 2.0]},
        {"float_val": [1.0, 2.0]},
        {"tensor_content": bytes.fromhex("0000803f0000004000000040")},
    ],
    ids=["typed", "last value repeated", "content"],
)
def test_both_encodings_of_a_tensor_are_read(server: EmbeddedServer, fields: dict[str, Any]) -> None:
    """Typed fields, shortened typed fields, and raw content say the same."""
    request = request_for("arithmetic", a=(FLOAT, (3,), fields), b=(FLOAT, (3,), {}))
    assert list(predict(server, request).outputs["sum"].float_val) == [1, 2, 2]


def test_strings_are_read_from_content_too(server: EmbeddedServer) -> None:
    """Lengths first, then the bytes, as TensorFlow packs them."""
    content = bytes([10, 1]) + b"x" * 10 + b"y"
    request = request_for("inspect", image=(STRING, (2,), {"tensor_content": content}))
    assert list(predict(server, request).outputs["label"].string_val) == [b"good", b"defective"]


def test_a_scalar_is_answered_with_a_scalar(server: EmbeddedServer) -> None:
    """One string without a shape: what the graph can digest is answered."""
    outputs = predict(server, request_for("inspect", image=(STRING, (), {"string_val": [b"short"]}))).outputs
    assert list(outputs["label"].string_val) == [b"defective"]
    assert list(outputs["score"].float_val) == [0.75]
    assert len(outputs["label"].tensor_shape.dim) == 0


def test_every_type_comes_back_as_it_went(server: EmbeddedServer) -> None:
    """Integers, halves, booleans, strings and complex numbers keep their values and their fields."""
    sent = {
        "bool": (10, (2,), {"bool_val": [True, False]}),
        "complex64": (8, (1,), {"scomplex_val": [1.5, -2.5]}),
        "double": (2, (2,), {"double_val": [0.1, -1e300]}),
        "half": (19, (2,), {"half_val": [0x3C00, 0xC000]}),
        "int32": (3, (2,), {"int_val": [-5, 2**31 - 1]}),
        "int64": (9, (2,), {"int64_val": [-(2**63), 2**63 - 1]}),
        "string": (7, (2,), {"string_val": [b"zero\0", b""]}),
        "uint8": (4, (2,), {"int_val": [0, 255]}),
        "uint64": (23, (1,), {"uint64_val": [2**64 - 1]}),
    }
    request = request_for("echo", **sent)
    outputs = predict(server, request).outputs
    assert {name: outputs[name] for name in sent} == {name: request.inputs[name] for name in sent}


def test_the_filter_chooses_outputs(server: EmbeddedServer) -> None:
    """Only what is asked for is computed and sent."""
    request = request_for("arithmetic", a=floats(1), b=floats(2))
    request.output_filter.append("sum")
    assert list(predict(server, request).outputs) == ["sum"]


def test_variables_live_between_requests(server: EmbeddedServer) -> None:
    """A signature that counts goes on counting."""
    counts = [predict(server, request_for("count")).outputs["count"].int_val[0] for _ in range(3)]
    assert counts == [counts[0], counts[0] + 1, counts[0] + 2]


def test_large_messages_pass(server: EmbeddedServer) -> None:
    """GRPC's usual limit of 4 MiB is lifted in both directions."""
    many = (FLOAT, (2_000_000,), {"tensor_content": bytes(8_000_000)})
    response = predict(server, request_for("arithmetic", a=many, b=many))
    assert len(response.outputs["sum"].float_val) == 2_000_000


def test_a_deadline_is_kept(server: EmbeddedServer) -> None:
    """A run that takes too long ends with DEADLINE_EXCEEDED, and the server goes on."""
    assert refusal(server, spin(2**31 - 1), timeout=0.3)[0] == "DEADLINE_EXCEEDED"
    assert predict(server, spin(3)).outputs["turns"].int_val[0] == 3


def test_no_deadline_is_needed(server: EmbeddedServer) -> None:
    """A client that waits for as long as it takes is answered."""
    with grpc.insecure_channel(server.target, options=[("grpc.enable_http_proxy", 0)]) as channel:
        answer = channel.unary_unary(grpc_wire.PREDICT)(spin(3).SerializeToString())
    assert predict_pb2.PredictResponse.FromString(answer).outputs["turns"].int_val[0] == 3


def test_the_gateway_gives_up_in_time(server: EmbeddedServer) -> None:
    """A hopeless deadline is a timed-out call, with the line free to go on."""
    with ServerGateway(GRPC, server.target, "tiny", "inspect", Pictures()) as gateway:
        reply = gateway.ask(Inquiry(1, 0, "good", "", 0, MILLISECOND // 100))
    assert (reply.outcome, reply.status) == (TimedOut(), "DEADLINE_EXCEEDED")


def test_many_clients_at_once_are_all_answered(server: EmbeddedServer) -> None:
    """Each of fifty clients gets the sum of its own numbers."""
    sums: dict[int, list[float]] = {}

    def ask(client: int) -> None:
        response = predict(server, request_for("arithmetic", a=floats(client), b=floats(1000)))
        sums[client] = list(response.outputs["sum"].float_val)

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert sums == {number: [1000 + number] for number in range(50)}


def test_a_slow_request_holds_up_no_other(server: EmbeddedServer) -> None:
    """While one request spins, another is answered."""
    spinning = threading.Thread(target=refusal, args=(server, spin(2**31 - 1), 3.0))
    spinning.start()
    answered = predict(server, request_for("arithmetic", a=floats(1), b=floats(2)), timeout=60)
    spinning.join()
    assert list(answered.outputs["sum"].float_val) == [3]
