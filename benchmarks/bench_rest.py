"""The time of one inspection over REST, over gRPC and without any wire, of one model in one run.

    python benchmarks/bench_rest.py [CALLS] [MODEL_FOLDER]

The same rendered picture is asked about by turns: over gRPC and over REST from one server in a process of
its own, and straight from an engine in this process. What counts are the ratios of the medians.
A second table leaves the network out: GetModelStatus, which is little but transport.
"""

import base64
import json
import socket
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import grpc
import urllib3
from line_sim_serving.inference.caller import Caller
from line_sim_serving.inference.patience import FOR_EVER
from line_sim_serving.inference.predict import predict
from line_sim_serving.inference.tensors import to_proto
from line_sim_serving.limits.budget import Budgets
from line_sim_serving.limits.memory import GIB
from line_sim_serving.models.engine import load_engine
from line_sim_serving.models.runtime import predict_pb2
from line_sim_serving.models.settings import EngineSettings

from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.wires import grpc_wire
from line_sim.pictures.rendered.flange import RenderedFlanges

MODEL = "inception_v3"
QUESTION = grpc_wire.ModelQuestion(MODEL, "inspect")
WARM_UP = 10

Way = Callable[[], object]


def measure(ways: Mapping[str, Way], calls: int) -> dict[str, float]:
    """Call each way in turn, so that a noisy moment meets them all; gives the median milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(WARM_UP + calls):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            if turn >= WARM_UP:
                times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(each) for name, each in times.items()}


def rest_way(port: int) -> Callable[[str, bytes | None], bytes]:
    """Give a function that asks over one kept connection."""
    pool = urllib3.HTTPConnectionPool("127.0.0.1", port, retries=False)

    def ask(path: str, body: bytes | None) -> bytes:
        response = pool.urlopen("GET" if body is None else "POST", f"/v1/models/{MODEL}{path}", body)
        if response.status != 200:
            raise RuntimeError(response.data.decode())
        return response.data

    return ask


def in_process(folder: Path, request: bytes) -> Way:
    """Give a function that runs the same request on an engine of this process."""
    engine = load_engine(folder, EngineSettings())

    budgets = Budgets.of(GIB)

    def ask() -> None:
        message = predict_pb2.PredictRequest.FromString(request)
        with Caller.of(budgets, FOR_EVER) as caller:
            predict(engine, message, predict_pb2.PredictResponse(), caller, to_proto)

    return ask


def table(title: str, medians: Mapping[str, float], against: str) -> None:
    """Print medians and their ratios."""
    print(title)
    for name, median in medians.items():
        print(f"  {name:11}: {median:8.3f} ms   {median / medians[against]:6.3f} x {against}")


def compare_transports(folder: Path, calls: int) -> None:
    """Measure all ways of asking one model and print the tables."""
    picture = RenderedFlanges(1).picture(1, "good", "")
    request = grpc_wire.predict_request(QUESTION, picture)
    status = grpc_wire.status_request(QUESTION)
    encoded = base64.b64encode(picture).decode()

    def rest_body() -> bytes:
        return json.dumps({"signature_name": "inspect", "inputs": [{"b64": encoded}]}).encode()

    newest = max(folder.iterdir(), key=lambda version: int(version.name))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with EmbeddedServer(MODEL, folder, arguments=[f"--rest_api_port={port}"]) as server:
        rest = rest_way(port)
        with grpc.insecure_channel(server.target, options=[("grpc.enable_http_proxy", 0)]) as channel:
            ask, ask_status = (
                channel.unary_unary(grpc_wire.PREDICT),
                channel.unary_unary(grpc_wire.GET_MODEL_STATUS),
            )
            ways: dict[str, Way] = {
                "gRPC": lambda: ask(request),
                "REST": lambda: rest(":predict", rest_body()),
                "in process": in_process(newest, request),
            }
            title = f"one picture of {len(picture) / 1000:.0f} kB, medians of {calls} calls by turns"
            table(title, measure(ways, calls), "in process")
            bare: dict[str, Way] = {"gRPC": lambda: ask_status(status), "REST": lambda: rest("", None)}
            table("the model's status, which needs no network", measure(bare, 10 * calls), "gRPC")


def main() -> None:
    """Read the command line."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path("models/inception_v3")
    compare_transports(folder, calls)


if __name__ == "__main__":
    main()
