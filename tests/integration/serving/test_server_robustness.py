"""What a server must live through: nonsense, crowds, being stopped, killed and started again."""

import base64
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from generated import predict_pb2
from serving_stories import (
    FLOAT,
    INT32,
    MODEL,
    PREDICTION,
    STRING,
    eventually,
    floats,
    predict,
    refusal,
    request_for,
    spin,
    states_of,
)

from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.wires import grpc_wire

pytestmark = pytest.mark.server
Code = grpc.StatusCode

UNLIMITED = ("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)
PLAIN = [("grpc.enable_http_proxy", 0), *UNLIMITED]
METHODS = [
    PREDICTION + name for name in ("Predict", "Classify", "Regress", "MultiInference", "GetModelMetadata")
] + [MODEL + "GetModelStatus"]
REFUSALS = {"INTERNAL", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "UNIMPLEMENTED"}


def is_well(server: EmbeddedServer) -> bool:
    """Whether it still adds up."""
    response = predict(server, request_for("arithmetic", a=floats(1), b=floats(2)))
    return list(response.outputs["sum"].float_val) == [3]


def random_request(dice: random.Random) -> bytes:
    """Write bytes that are nonsense, a request with a few bytes changed, or one that fits nothing."""
    kind = dice.random()
    if kind < 0.2:
        return dice.randbytes(dice.randrange(200))
    signature = dice.choice(["", "inspect", "arithmetic", "convolve", "echo", "classify", "half", "no"])
    request = request_for(signature)
    request.model_spec.name = dice.choice(["tiny", "tiny", "tiny", "", "../../etc/passwd", "x" * 5000])
    if dice.random() < 0.2:
        request.model_spec.version.value = dice.choice([0, 1, -1, 2**63 - 1])
    for name in dice.sample(["image", "a", "b", "x", "inputs", "turns"], dice.randrange(4)):
        tensor = request.inputs[name]
        tensor.dtype = dice.choice([FLOAT, STRING, INT32, 0, 2, 9, 19, 21, 99, 101])
        for _ in range(dice.randrange(6)):
            tensor.tensor_shape.dim.add(size=dice.choice([0, 1, 1, 2, 8, -1, 2**40]))
        if dice.random() < 0.5:
            tensor.tensor_content = dice.randbytes(dice.choice([0, 4, 8, 64]))
        else:
            tensor.float_val.extend([1.5] * dice.randrange(3))
            tensor.string_val.extend([dice.randbytes(5)] * dice.randrange(3))
    written = bytearray(request.SerializeToString())
    if kind < 0.5 and written:
        for _ in range(3):
            written[dice.randrange(len(written))] = dice.randrange(256)
    return bytes(written)


@pytest.mark.slow
def test_ten_thousand_random_requests_are_answered_or_refused(server: EmbeddedServer) -> None:
    """Nothing that comes over the wire ends the server or goes unanswered, or is answered with a crash."""
    dice = random.Random(20231015)  # noqa: S311 - nonsense, not secrets
    codes: Counter[str] = Counter()
    with grpc.insecure_channel(server.target, options=PLAIN) as channel:
        calls = [channel.unary_unary(method) for method in METHODS]
        for _ in range(100):
            asked = [dice.choice(calls).future(random_request(dice), timeout=60) for _ in range(100)]
            codes.update(future.code().name for future in asked)
    assert codes.total() == 10_000
    assert set(codes) <= {"OK", *REFUSALS}
    assert codes["OK"] > 100
    assert is_well(server)


def test_a_path_is_no_name(server: EmbeddedServer) -> None:
    """A model's name is looked up, never opened."""
    request = request_for("count")
    request.model_spec.name = "../../../etc/passwd"
    assert refusal(server, request) == (
        "NOT_FOUND",
        "Servable not found for request: Latest(../../../etc/passwd)",
    )


def test_a_long_text_is_cut(server: EmbeddedServer) -> None:
    """After 1024 characters, as TensorFlow Serving cuts it, so that the headers stay small."""
    request = request_for("count")
    request.model_spec.name = "x" * 5000
    _, text = refusal(server, request)
    assert text == f"Servable not found for request: Latest({'x' * 5000}"[:1024] + "...TRUNCATED"


def test_a_picture_of_a_hundred_megabytes_is_read(server: EmbeddedServer) -> None:
    """There is no limit of gRPC's on either side."""
    large = (STRING, (1,), {"string_val": [bytes(100_000_000)]})
    assert list(predict(server, request_for("inspect", image=large)).outputs["label"].string_val) == [b"good"]


def test_two_hundred_clients_at_once_are_all_answered(server: EmbeddedServer) -> None:
    """Each over a connection of its own, each with its own sum."""
    sums: dict[int, list[float]] = {}

    def ask(client: int) -> None:
        response = predict(server, request_for("arithmetic", a=floats(client), b=floats(1000)))
        sums[client] = list(response.outputs["sum"].float_val)

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(200)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert sums == {number: [1000 + number] for number in range(200)}


def test_what_nobody_waits_for_is_not_computed(models: Path) -> None:
    """With one thread that is busy, a late and a cancelled request are left out when their turn comes."""
    flags = ["--grpc_max_threads=1"]
    with (
        EmbeddedServer("tiny", models / "tiny", arguments=flags) as server,
        grpc.insecure_channel(server.target, options=PLAIN) as channel,
    ):
        call = channel.unary_unary(grpc_wire.PREDICT)
        count = request_for("count").SerializeToString()
        counted = predict_pb2.PredictResponse.FromString(call(count, timeout=60))
        before = counted.outputs["count"].int_val[0]
        busy = call.future(spin(2**31 - 1).SerializeToString(), timeout=3)
        time.sleep(0.5)  # the one thread has it
        late = call.future(count, timeout=0.5)
        leaving = call.future(count, timeout=60)
        with pytest.raises(grpc.RpcError):
            late.result()
        leaving.cancel()
        with pytest.raises(grpc.RpcError):
            busy.result()
        assert (late.code(), busy.code()) == (Code.DEADLINE_EXCEEDED, Code.DEADLINE_EXCEEDED)
        assert predict(server, request_for("count")).outputs["count"].int_val[0] == before + 1


@contextmanager
def command(base: Path, port: int, *more: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the server as a command on a given port, until the block ends."""
    flags = [f"--port={port}", "--host=127.0.0.1", "--model_name=tiny", f"--model_base_path={base}", *more]
    with subprocess.Popen(
        [sys.executable, "-m", "line_sim_serving", *flags], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def free_port() -> int:
    """Find a port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_it_comes_back_on_the_same_port(models: Path) -> None:
    """Ended politely it ends at once; killed while it works it can be started again where it was."""
    port = free_port()
    target = f"127.0.0.1:{port}"
    with grpc.insecure_channel(target, options=PLAIN) as channel:
        call = channel.unary_unary(grpc_wire.PREDICT)
        for ending in (signal.SIGKILL, signal.SIGTERM):
            with command(models / "tiny", port) as process:
                assert eventually(lambda: states_of(target, "tiny") == {2: "AVAILABLE"})
                asked = call.future(spin(2**31 - 1).SerializeToString(), timeout=60, wait_for_ready=True)
                time.sleep(0.5)
                process.send_signal(ending)
                assert process.wait(30) == -ending
                assert asked.code() is Code.UNAVAILABLE


def test_a_stopped_server_is_late_and_then_well(server: EmbeddedServer) -> None:
    """SIGSTOP: the client's deadline passes; SIGCONT: it answers as if nothing had been."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        assert refusal(server, request_for("count"), timeout=1)[0] == "DEADLINE_EXCEEDED"
    finally:
        os.kill(server.pid, signal.SIGCONT)
    assert is_well(server)


def test_a_unix_socket_and_raw_content(models: Path, tmp_path: Path) -> None:
    """Without a port, over a socket in the file system; and answers in bytes where that is asked for."""
    path = tmp_path / "s"
    flags = [f"--grpc_socket_path={path}", "--enable_serialization_as_tensor_content"]
    flags += [
        "--enable_grpc_healthcheck_service=false",
        "--grpc_channel_arguments=grpc.max_concurrent_streams=9",
    ]
    with command(models / "tiny", 0, *flags):
        assert eventually(lambda: states_of(f"unix:{path}", "tiny") == {2: "AVAILABLE"})
        with grpc.insecure_channel(f"unix:{path}") as channel:
            request = request_for("inspect", image=(STRING, (1,), {"string_val": [b"x" * 10]}))
            answer = channel.unary_unary(grpc_wire.PREDICT)(request.SerializeToString(), timeout=60)
            outputs = predict_pb2.PredictResponse.FromString(answer).outputs
            assert outputs["label"].tensor_content == b"\x04good"
            assert outputs["score"].tensor_content == bytes.fromhex("0000403f")
            assert not outputs["score"].float_val
            with pytest.raises(grpc.RpcError) as caught:
                channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=60)
            assert caught.value.code() is Code.UNIMPLEMENTED


# Other people's clients


def test_the_published_client_of_this_pattern_is_served(server: EmbeddedServer) -> None:
    """One base64 text in, `output_0` as a string out, within five seconds."""
    request = request_for(
        "published", image=(STRING, (1,), {"string_val": [base64.urlsafe_b64encode(b"jpeg")]})
    )
    response = predict(server, request, timeout=5)
    assert response.outputs["output_0"].string_val[0] == b"4 bytes"


OVMS_STORY = """
import sys
from ovmsclient import make_grpc_client
client = make_grpc_client(sys.argv[1])
print(client.get_model_status("tiny", 1))
print(sorted(client.get_model_metadata("tiny", 1)["inputs"]))
try:
    client.predict({"image": [b"0123456789"]}, "tiny")
except Exception as error:
    print(type(error).__name__, "Specific(tiny, 0)" in str(error))
print(client.predict({"image": [b"0123456789"]}, "tiny", 1)["label"])
"""


def test_ovmsclient_is_served(server: EmbeddedServer) -> None:
    """A client written for another server of this API; its default version 0 is one that is not there."""
    pytest.importorskip("ovmsclient")
    done = subprocess.run(
        [sys.executable, "-c", OVMS_STORY, server.target],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "{1: {'state': 'AVAILABLE', 'error_code': 0, 'error_message': ''}}",
        "['image']",
        "ModelNotFoundError True",
        "[b'good']",
    ], done.stderr
