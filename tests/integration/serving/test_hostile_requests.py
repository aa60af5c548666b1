"""Nothing that a request can say ends the server, or takes more memory than is stated.

HOSTILE_REQUESTS=10000 says how many are drawn of each transport; a few hundred where it is not set.
"""

import base64
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
import urllib3
from generated import classification_pb2
from hostile import HttpRequest, gif_header, grpc_requests, jpeg_of, png_header, rest_requests
from hypothesis import HealthCheck, given, settings
from PIL import Image
from rest_calls import RestClient, free_port
from serving_stories import (
    FLOAT,
    MODEL,
    PREDICTION,
    STRING,
    eventually,
    reload_request,
    request_for,
    states_of,
)

from line_sim.inspection.wires import grpc_wire

pytestmark = pytest.mark.server

DRAWN = int(os.environ.get("HOSTILE_REQUESTS", "300"))
LIMIT = 4 << 30
REFUSALS = {
    "INVALID_ARGUMENT",
    "NOT_FOUND",
    "FAILED_PRECONDITION",
    "UNIMPLEMENTED",
    "RESOURCE_EXHAUSTED",
    "INTERNAL",
}
STATUSES = {200, 400, 404, 429, 501}
PLAIN = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
]


@dataclass
class Target:
    """A server with two models that may have 4 GB, and clients of it."""

    process: "subprocess.Popen[bytes]"
    channel: grpc.Channel
    address: str
    rest: RestClient
    log: Path
    told: Counter[str] = field(default_factory=Counter)

    def ask(self, method: str, message: bytes) -> tuple[str, str]:
        """Make a call; gives its status and text."""
        try:
            self.channel.unary_unary(method)(message, timeout=60)
        except grpc.RpcError as error:
            return error.code().name, error.details() or ""
        return "OK", ""

    def predict(self, model: str, request: Any) -> tuple[str, str]:
        """Ask Predict."""
        request.model_spec.name = model
        return self.ask(grpc_wire.PREDICT, request.SerializeToString())

    def memory(self, key: str = "VmHWM") -> int:
        """Give what the process has or had at most, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split(f"{key}:")[1].split()[0]) << 10

    def is_well(self) -> bool:
        """Whether it lives, answers good requests over both transports, and logged no traceback."""
        good = request_for("inspect", image=(STRING, (1,), {"string_val": [bright()]}))
        encoded = {"b64": base64.b64encode(bright()).decode()}
        reply = self.rest.post("eye:predict", {"signature_name": "inspect", "instances": [encoded]})
        return (
            self.process.poll() is None
            and self.predict("eye", good) == ("OK", "")
            and reply.status == 200
            and "Traceback" not in self.log.read_text()
        )


def bright() -> bytes:
    """Give a good picture."""
    content = io.BytesIO()
    Image.new("L", (640, 480), 250).save(content, "jpeg")
    return content.getvalue()


def grey(side: int) -> bytes:
    """Give a real JPEG of so many pixels, all alike."""
    content = io.BytesIO()
    Image.new("L", (side, side), 90).save(content, "jpeg", quality=30)
    return content.getvalue()


@pytest.fixture(scope="module")
def target(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Start the server with 4 GB of memory to write to."""
    folder = tmp_path_factory.mktemp("hostile")
    entries = "".join(
        f'config {{ name: "{name}" base_path: "{base}" model_platform: "tensorflow" }} '
        for name, base in (("tiny", models / "tiny"), ("eye", models / "eye"))
    )
    (folder / "models.config").write_text(f"model_config_list {{ {entries} }}")
    port, rest_port = free_port(), free_port()
    flags = [
        f"--port={port}",
        f"--rest_api_port={rest_port}",
        f"--model_config_file={folder / 'models.config'}",
    ]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "line_sim_serving", *flags],
            stdout=output,
            stderr=output,
        )
    resource.prlimit(process.pid, resource.RLIMIT_DATA, (LIMIT, LIMIT))  # it has not looked yet
    address = f"127.0.0.1:{port}"
    with grpc.insecure_channel(address, options=PLAIN) as channel:
        assert eventually(lambda: states_of(address, "eye") == {1: "AVAILABLE"})
        yield Target(process, channel, address, RestClient(rest_port), log)
    process.kill()
    process.wait()


def strings(*values: bytes, signature: str = "inspect", shape: tuple[int, ...] | None = None) -> Any:
    """Write a request with strings."""
    return request_for(signature, image=(STRING, shape or (len(values),), {"string_val": values}))


@pytest.mark.parametrize("rank", [16, 17, 32, 33, 64, 254, 255])
def test_dimensions_beyond_the_limit_are_refused(target: Target, rank: int) -> None:
    """A string tensor of 33 ended the process by SIGSEGV: 117 bytes, from anybody."""
    for model in ("tiny", "eye"):
        code, text = target.predict(model, strings(b"x", shape=(1,) * rank))
        assert code in {"INVALID_ARGUMENT", "UNIMPLEMENTED"}
        if rank > 16:
            assert text == f"tensor parsing error: image: {rank} dimensions, at most 16 are read"
        for key in ("inputs", "instances"):
            body = f'{{"signature_name": "inspect", "{key}": {"[" * rank}"x"{"]" * rank}}}'.encode()
            assert target.rest.post(f"{model}:predict", body).status in {200, 400, 501}
    assert target.is_well()


def bombs() -> dict[str, Any]:
    """Give requests of some bytes or kilobytes that ask for gigabytes."""
    complex_one = request_for("inspect", image=(18, (2**28,), {"dcomplex_val": [1, 1]}))
    large = base64.urlsafe_b64encode(jpeg_of(13_000, 13_000))
    return {
        "one value for 4 GB": complex_one,
        "zeros for 2 GB": request_for("arithmetic", a=(FLOAT, (2**29,), {}), b=(FLOAT, (2**29,), {})),
        "sizes that overflow": request_for(
            "arithmetic", a=(FLOAT, (2**62, 4), {}), b=(FLOAT, (2**62, 4), {})
        ),
        "no rows of a terabyte": request_for("convolve", x=(FLOAT, (0, 2**20, 2**20, 3), {})),
        "one string many times": strings(b"x" * 100_000, shape=(100_000,)),
        "169 million pixels": strings(jpeg_of(13_000, 13_000)),
        "169 million pixels, really": strings(grey(13_000)),
        "in base64": strings(large, signature="serving_default"),
        "a PNG": strings(png_header(30_000, 30_000)),
        "a GIF of many frames": strings(gif_header(3000, 3000, 300)),
        "in JPEG XL": strings(b"\xff\x0a" + b"\xff" * 12),
        "a thousand small pictures": strings(*[jpeg_of(8, 8)] * 1000),
        "one picture a thousand times": strings(jpeg_of(8, 8), shape=(1000,)),
    }


@pytest.mark.parametrize("bomb", bombs())
def test_a_bomb_is_refused_at_once(target: Target, bomb: str) -> None:
    """By what it says it is, before anything is made of it; eight at a time."""
    request = bombs()[bomb]
    model = "tiny" if request.model_spec.signature_name in {"arithmetic", "convolve"} else "eye"
    request.model_spec.name = model
    message = request.SerializeToString()
    before, started = target.memory(), time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: target.ask(grpc_wire.PREDICT, message), range(8)))
    assert {code for code, _ in told} == {"INVALID_ARGUMENT"}
    assert time.monotonic() - started < 30
    assert target.memory() - before < 300 << 20
    assert target.is_well()


def test_the_limit_is_told(target: Target) -> None:
    """Whoever sends a large picture reads how large, and which flag allows more."""
    code, text = target.predict("eye", strings(grey(13_000)))
    assert code == "INVALID_ARGUMENT"
    assert "a picture of 13,000 x 13,000 pixels" in text
    assert "--request_memory_mb" in text


def test_large_pictures_wait_for_each_other(target: Target) -> None:
    """Each of 49 million pixels takes 0.7 GB to decode: two at once were killed, four are all answered."""
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: target.predict("eye", strings(grey(7000))), range(4)))
    assert told == [("OK", "")] * 4
    assert target.memory() < 3.5 * (1 << 30)
    assert target.is_well()


def test_an_example_is_looked_into(target: Target) -> None:
    """Classify's pictures are in tf.Examples; a context of one is written before every other one."""
    request = classification_pb2.ClassificationRequest()
    request.model_spec.name, request.model_spec.signature_name = "eye", "classify"
    example = request.input.example_list.examples.add()
    example.features.feature["image"].bytes_list.value.append(jpeg_of(13_000, 13_000))
    code, text = target.ask(PREDICTION + "Classify", request.SerializeToString())
    assert (code, "a picture of 13,000 x 13,000 pixels" in text) == ("INVALID_ARGUMENT", True)
    listed = request.input.example_list_with_context
    listed.context.features.feature["x"].bytes_list.value.append(bytes(1_000_000))
    for _ in range(10_000):
        listed.examples.add()
    code, text = target.ask(PREDICTION + "Classify", request.SerializeToString())
    assert (code, text.startswith("the request needs 9,5")) == ("INVALID_ARGUMENT", True)
    assert target.is_well()


def test_many_empty_strings_are_dear(target: Target) -> None:
    """Two bytes each on the wire, fifty in memory: 15 million took 2 GB."""
    code, text = target.predict("tiny", strings(*[b""] * 15_000_000))
    assert (code, "to read it" in text) == ("INVALID_ARGUMENT", True)
    lists = b'{"signature_name": "inspect", "instances": [' + b"[]," * 10_000_000 + b"[]]}"
    assert target.rest.post("tiny:predict", lists).status == 400
    assert target.is_well()


def test_a_request_may_be_so_large(target: Target) -> None:
    """Under 4 GB of memory 30 MB are read, 200 MB are not; who sends on is answered."""
    assert target.predict("tiny", strings(bytes(30_000_000))) == ("OK", "")
    assert target.predict("tiny", strings(bytes(200_000_000)))[0] == "RESOURCE_EXHAUSTED"
    body = b'{"inputs": [{"b64": "' + b"QUJD" * 50_000_000 + b'"}]}'
    assert target.rest.post("tiny:predict", body).status == 400
    assert target.is_well()


def test_the_list_of_models_is_closed(target: Target, models: Path) -> None:
    """Nobody who merely reaches the port may have other folders loaded."""
    request = reload_request({"name": "tiny", "base_path": str(models / "tiny")})
    code, text = target.ask(MODEL + "HandleReloadConfigRequest", request.SerializeToString())
    assert (code, "--allow_reload_config" in text) == ("PERMISSION_DENIED", True)


@given(grpc_requests())
@settings(
    max_examples=DRAWN, deadline=None, suppress_health_check=list(HealthCheck), derandomize=DRAWN < 1000
)
def test_hostile_calls_end_in_a_known_way(target: Target, asked: tuple[str, bytes]) -> None:
    """Answered or refused with a documented status; INTERNAL only says that it is no message."""
    code, text = target.ask(*asked)
    target.told[code] += 1
    assert code in {"OK", *REFUSALS}, text
    assert code != "INTERNAL" or text == "Exception deserializing request!"


@given(rest_requests())
@settings(
    max_examples=DRAWN, deadline=None, suppress_health_check=list(HealthCheck), derandomize=DRAWN < 1000
)
def test_hostile_http_ends_in_a_known_way(target: Target, asked: HttpRequest) -> None:
    """Answered or refused with a documented status and a body of JSON, or none."""
    try:
        reply = target.rest.ask(asked.method, asked.path, asked.body, **asked.headers)
    except urllib3.exceptions.HTTPError as error:
        pytest.fail(f"no answer: {error}")
    target.told[str(reply.status)] += 1
    assert reply.status in STATUSES, reply.body
    if reply.body:
        json.loads(reply.body.decode("utf-8", "replace"))


def test_after_all_of_it(target: Target) -> None:
    """It lives, it answers, its log tells of no fault of its own, and it never took its 4 GB."""
    assert target.is_well()
    assert target.memory() < 3.5 * (1 << 30)
    print(f"\n{target.told}, at most {target.memory() >> 20} MiB")  # noqa: T201 - read by whoever runs it long
