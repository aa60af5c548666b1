"""What the coupled clock adds to a call, and whether several cameras meet a server as several clients do.

    python benchmarks/bench_coupled.py [CALLS] [--model models/inception_v3]

1. Skew: four cameras and a server that only sleeps (a process of its own), rendered pictures.
2. Overhead: the median call of one camera on the coupled clock, against a bare stub in a loop, in turn.
3. Contention (with --model): four cameras on the embedded server, against four processes that call it in
   a loop, and one of each beside; in turn, on the same server.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import grpc

from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.wires.grpc_transport import CHANNEL_OPTIONS
from line_sim.inspection.wires.grpc_wire import PREDICT, ModelQuestion, predict_request
from line_sim.pictures.rendered.flange import RenderedFlanges
from line_sim.recording.reader import RunRecords, read_run
from line_sim.scenario import Scenario
from line_sim.simulation import simulate

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]
from sleeping_server import sleeping_server  # noqa: E402 - the tests' server lies beside their stories

ROUNDS = 3
QUESTION = ModelQuestion("inception_v3", "inspect")


def scenario(target: str, cameras: int, calls: int) -> Scenario:
    """Return a saturated line that only inspects."""
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "benchmark",
            "run": {"items": calls},
            "arrivals": {"saturated": True},
            "line": [
                {
                    "inspection": "camera",
                    "units": cameras,
                    "buffer": 1,
                    "gateway": {"grpc": {"target": target}},
                }
            ],
            "review": {"time": 0, "buffer": calls},
        }
    )


def coupled(target: str, cameras: int, calls: int) -> RunRecords:
    """Run the line and return its records."""
    with tempfile.TemporaryDirectory() as folder:
        return read_run(simulate(scenario(target, cameras, calls), Path(folder) / "run").folder)


def bare(target: str, calls: int) -> list[float]:
    """Call the stub in a loop and return the seconds that each call took."""
    flanges = RenderedFlanges(0)
    requests = [
        predict_request(QUESTION, flanges.picture(item, "good", "")) for item in range(1, min(calls, 30) + 1)
    ]
    taken = []
    with grpc.insecure_channel(target, options=CHANNEL_OPTIONS) as channel:
        predict = channel.unary_unary(PREDICT)
        for call in range(calls + 3):
            began = time.perf_counter()
            predict(requests[call % len(requests)], timeout=20)
            taken.append(time.perf_counter() - began)
    return taken[3:]


def clients(target: str, number: int, calls: int) -> list[float]:
    """Let that many processes call in a loop at the same time; return what each call took."""
    command = [sys.executable, __file__, "--client", target, str(calls)]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(number)
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()  # ready
    taken: list[float] = []
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        output, _ = process.communicate()
        taken += map(float, output.split())
    return taken


def client(target: str, calls: int) -> None:
    """Be one of the processes: say ready, wait for the word, call."""
    flanges = RenderedFlanges(0)
    requests = [predict_request(QUESTION, flanges.picture(item, "good", "")) for item in range(1, 31)]
    with grpc.insecure_channel(target, options=CHANNEL_OPTIONS) as channel:
        predict = channel.unary_unary(PREDICT)
        predict(requests[0], timeout=60)
        print("ready", flush=True)
        sys.stdin.readline()
        for call in range(calls):
            began = time.perf_counter()
            predict(requests[call % len(requests)], timeout=60)
            print(time.perf_counter() - began)


def ms(seconds: float) -> str:
    """Write milliseconds."""
    return f"{seconds * 1e3:8.2f} ms"


def latencies(records: RunRecords) -> list[float]:
    """Return what each call took, in seconds."""
    return [call.latency / 1e9 for call in records.calls]


def quantile(values: list[float], p: float) -> float:
    """Return an order statistic."""
    return sorted(values)[min(len(values) - 1, int(p * len(values)))]


def skew_told(records: RunRecords) -> str:
    """Tell a run's skew."""
    skews = [call.skew / 1e9 for call in records.calls]
    return f"skew p50 {ms(quantile(skews, 0.5))}  p99 {ms(quantile(skews, 0.99))}  max {ms(max(skews))}"


def late_wakes(sleeps: int) -> str:
    """Tell how late this machine wakes a process that does nothing but sleep: no skew can be below that."""
    late = []
    for _ in range(sleeps):
        began = time.perf_counter()
        time.sleep(0.01)
        late.append(time.perf_counter() - began - 0.01)
    return f"late  p50 {ms(quantile(late, 0.5))}  p99 {ms(quantile(late, 0.99))}  max {ms(max(late))}"


def bench_skew(calls: int) -> None:
    """Four cameras and a server that sleeps: all four call at the same moments, which is the worst case."""
    with sleeping_server(0.05) as server:
        for _ in range(ROUNDS):
            print(f"a process that only sleeps             : {late_wakes(calls)}")
            print(f"4 cameras, a server that sleeps 50 ms: {skew_told(coupled(server.target, 4, calls))}")


def bench_overhead(calls: int) -> None:
    """One camera against a bare stub in a loop."""
    with sleeping_server(0.005) as server:
        pairs = []
        for _ in range(ROUNDS):
            alone = statistics.median(bare(server.target, calls))
            pairs.append((alone, statistics.median(latencies(coupled(server.target, 1, calls)))))
    for alone, on_line in pairs:
        print(f"median call: bare {ms(alone)}  coupled {ms(on_line)}  added {ms(on_line - alone)}")


def bench_contention(model: Path, calls: int) -> None:
    """Cameras against clients at the embedded server."""
    with EmbeddedServer("inception_v3", model) as server:
        clients(server.target, 1, 10)
        for _ in range(ROUNDS):
            for number in (1, 4):
                independent = clients(server.target, number, calls)
                records = coupled(server.target, number, calls * number)
                on_line = latencies(records)
                medians = (
                    f"clients {ms(statistics.median(independent))}  cameras {ms(statistics.median(on_line))}"
                )
                print(f"{number} at the embedded server: median {medians}  ({skew_told(records)})")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("calls", type=int, nargs="?", default=300)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--client", nargs=2, metavar=("TARGET", "CALLS"), help=argparse.SUPPRESS)
    chosen: Any = parser.parse_args()
    if chosen.client:
        client(chosen.client[0], int(chosen.client[1]))
        return
    bench_skew(chosen.calls)
    bench_overhead(chosen.calls)
    if chosen.model:
        bench_contention(chosen.model, max(20, chosen.calls // 5))


if __name__ == "__main__":
    main()
