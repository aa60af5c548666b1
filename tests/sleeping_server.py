"""A real inference server that sleeps instead of computing, as a process of its own.

    python sleeping_server.py --sleep 0.02 [--exponential SEED] [--workers N]

Prints its port, serves until its stdin ends, then prints how long its calls really kept a worker: their
number and the mean of their seconds. A worker that is busy makes the others wait, first come, first served.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import grpc


class SleepingServer:
    """Answers `good` after sleeping; `workers` calls sleep at a time."""

    def __init__(self, sleep: float, seed: int | None, workers: int) -> None:
        from stub_server import answer, signatures, states

        self._sleep = sleep
        self._chance = None if seed is None else random.Random(seed)  # noqa: S311 - no secrets here
        self._answer = answer()
        self.busy: list[float] = []
        self._server = grpc.server(ThreadPoolExecutor(workers), options=[("grpc.so_reuseport", 0)])
        services = {
            "tensorflow.serving.PredictionService": {
                "Predict": self._predict,
                "GetModelMetadata": lambda request, context: signatures(),
            },
            "tensorflow.serving.ModelService": {"GetModelStatus": lambda request, context: states({1: 30})},
        }
        for service, methods in services.items():
            handlers = {name: grpc.unary_unary_rpc_method_handler(method) for name, method in methods.items()}
            handler = grpc.method_handlers_generic_handler(service, handlers)
            self._server.add_generic_rpc_handlers((handler,))
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def _predict(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        began = time.perf_counter()
        time.sleep(self._sleep * (1 if self._chance is None else self._chance.expovariate(1)))
        self.busy.append(time.perf_counter() - began)
        return self._answer

    def stop(self) -> None:
        """End at once."""
        self._server.stop(None).wait()


class Report(NamedTuple):
    """What the server reports at its end."""

    calls: int
    busy: float


class Serving:
    """A server that runs in a process of its own; `report` is there when it has ended."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.target = f"127.0.0.1:{int(process.stdout.readline())}"
        self.report = Report(0, 0)

    def end(self) -> None:
        """Let it end and tell."""
        rest, _ = self._process.communicate(timeout=20)
        self.report = Report(**json.loads(rest))


@contextmanager
def sleeping_server(sleep: float, *, seed: int | None = None, workers: int = 16) -> Iterator[Serving]:
    """Run the server as a process for as long as the with-block lasts."""
    chance = [] if seed is None else ["--exponential", str(seed)]
    command = [sys.executable, __file__, "--sleep", str(sleep), "--workers", str(workers), *chance]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        serving = Serving(process)
        try:
            yield serving
        finally:
            serving.end()


def main() -> None:
    """Serve until stdin ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sleep", type=float, required=True)
    parser.add_argument("--exponential", type=int)
    parser.add_argument("--workers", type=int, required=True)
    chosen = parser.parse_args()
    server = SleepingServer(chosen.sleep, chosen.exponential, chosen.workers)
    print(server.port, flush=True)  # noqa: T201 - what its parent reads
    sys.stdin.read()
    server.stop()
    calls = len(server.busy)
    print(json.dumps({"calls": calls, "busy": sum(server.busy) / max(1, calls)}))  # noqa: T201 - as above


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
