"""What the gateway `kserve` measures beside Triton's own perf_analyzer, on the same server, in turns.

    python benchmarks/bench_triton.py [--rounds 3] [--calls 60] [--only sleeping|inception_v3]
    python benchmarks/bench_triton.py --line     # scenarios/default.yaml, 300 parts, on the exported model
    python benchmarks/bench_triton.py --queue    # what a queue policy does to calls that need not wait

Two models of NVIDIA's Triton: one that only sleeps 50 ms, four at a time, and the exported InceptionV3 as
`line-sim export --for triton` puts it there (left out where there is none). With 1, 2 and 4 calls in flight
four ways of asking take turns, in another order each round: perf_analyzer (the baseline), perf_analyzer once
more (what two measurements of the same differ by on this machine), the gateway, called in a loop by as many
threads, and the cameras of a saturated line on the coupled clock. All send flanges of 21 kB, and the first
calls of each are left out. What counts are the ratios of medians and of 99th percentiles.

Triton, TensorFlow and perf_analyzer are installed once into the cache of the tests' real servers (2.5 GB).
"""

import argparse
import base64
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.opening import open_gateways
from line_sim.pictures.rendered.flange import RenderedFlanges
from line_sim.recording.reader import read_run
from line_sim.scenario import Scenario
from line_sim.simulation import simulate

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests")]
from real_servers.environments import Environment, environment  # noqa: E402 - beside the tests' stories
from real_servers.triton import Triton, TritonModel, triton_server  # noqa: E402 - as above

SLEEPING, EXPORTED = "sleeping", "inception_v3"
IN_FLIGHT = (1, 2, 4)
COLD = 5
"""Calls left out, of each that is in flight: connections are made, and batches find their rhythm."""

PICTURES = 30
STALLED_MS = 400
BASELINE = "perf_analyzer"

Way = Callable[[str, int, int], list[float]]
"""From a model, the calls in flight and the calls of each, to what each call took, in milliseconds."""


class Peer:
    """Triton's own perf_analyzer, out of tritonclient's wheel, with the libraries that it looks for."""

    def __init__(self, installed: Environment, folder: Path, target: str) -> None:
        self._program, self._folder, self._target = (
            installed.python.with_name("perf_analyzer"),
            folder,
            target,
        )
        for wanted, brought in (("libb64.so.0d", "libb64-*"), ("libcudart.so.12", "libcudart-*")):
            (library,) = (installed.packages / "nvidia_pytriton.libs").glob(brought)
            (folder / wanted).symlink_to(library)
        flanges = RenderedFlanges(0)
        jpegs = [flanges.picture(item, "good", "") for item in range(1, PICTURES + 1)]
        steps = [
            {"image": {"b64": base64.b64encode(struct.pack("<I", len(each)) + each).decode()}}
            for each in jpegs
        ]
        (folder / "b64.json").write_text(json.dumps({"data": steps}))

    def __call__(self, model: str, in_flight: int, calls: int) -> list[float]:
        """Let it keep so many calls in flight; it writes down when each began and ended."""
        told = self._folder / "told.json"
        told.unlink(missing_ok=True)
        command = [str(self._program), "-m", model, "-u", self._target, "-i", "grpc", "--sync"]
        command += ["--input-data", str(self._folder / "b64.json"), "--profile-export-file", str(told)]
        command += ["--concurrency-range", str(in_flight), "--request-count", str(in_flight * (calls + COLD))]
        done = subprocess.run(
            command,
            env={**os.environ, "LD_LIBRARY_PATH": str(self._folder)},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode or not told.exists():
            raise SystemExit(f"perf_analyzer failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        text = told.read_text(encoding="utf-8", errors="replace")  # the pictures in it are no text
        (experiment,) = json.loads(text)["experiments"]
        asked = sorted((each["timestamp"], each["response_timestamps"]) for each in experiment["requests"])
        return [(last - began) / 1e6 for began, (*_, last) in asked][COLD * in_flight :]


class Drawn:
    """Flanges that were drawn before the first call: drawing would compete with the server."""

    defect_kinds = ()
    remarks = ()

    def __init__(self) -> None:
        flanges = RenderedFlanges(0)
        self._pictures = [flanges.picture(item, "good", "") for item in range(1, PICTURES + 1)]

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Return one of them."""
        del true_state, defect
        return self._pictures[item_id % PICTURES]


def scenario(target: str, model: str, cameras: int, calls: int) -> Scenario:
    """Return a saturated line that only inspects."""
    gateway = {"kserve": {"target": target, "model": model}}
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "benchmark",
            "run": {"items": cameras * calls},
            "arrivals": {"saturated": True},
            "line": [{"inspection": "camera", "units": cameras, "buffer": 1, "gateway": gateway}],
            "review": {"time": 0, "buffer": cameras * calls},
        }
    )


def by_gateway(target: str) -> Way:
    """Ask through the gateway, from a thread for each call in flight."""

    def ask(model: str, in_flight: int, calls: int) -> list[float]:
        with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
            wanted = scenario(target, model, in_flight, calls)
            gateway = open_gateways(wanted, Drawn(), stack, lambda _: None, Path(folder, "log"))["camera"]

            def loop(first: int) -> list[float]:
                items = range(first, first + calls + COLD)
                replies = [gateway.ask(Inquiry(item, 1, "good", "", 0, None)) for item in items]
                if any(reply.status != "OK" for reply in replies):
                    raise SystemExit(f"a call failed: {[reply.status for reply in replies]}")
                return [reply.latency / 1e6 for reply in replies[COLD:]]

            with ThreadPoolExecutor(in_flight) as threads:
                return [each for taken in threads.map(loop, range(in_flight)) for each in taken]

    return ask


def by_line(target: str) -> Way:
    """Ask from the cameras of a line, as many as calls in flight."""

    def ask(model: str, in_flight: int, calls: int) -> list[float]:
        with tempfile.TemporaryDirectory() as folder:
            wanted = scenario(target, model, in_flight, calls + COLD)
            records = read_run(simulate(wanted, Path(folder) / "run").folder)
        if any(call.status != "OK" for call in records.calls):
            raise SystemExit("a call of the line failed")
        return [call.latency / 1e6 for call in records.calls][COLD * in_flight :]

    return ask


def measured(
    ways: dict[str, Way], model: str, rounds: int, calls: int
) -> dict[int, dict[str, list[list[float]]]]:
    """Let the ways take turns; return what their calls took, by calls in flight, way and round."""
    times: dict[int, dict[str, list[list[float]]]] = {
        in_flight: {name: [] for name in ways} for in_flight in IN_FLIGHT
    }
    names = list(ways)
    for turn in range(rounds):
        for in_flight in IN_FLIGHT:
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                times[in_flight][name].append(ways[name](model, in_flight, calls))
    return times


def quantile(values: list[float], p: float) -> float:
    """Return an order statistic."""
    return sorted(values)[min(len(values) - 1, int(p * len(values)))]


def row(name: str, rounds: list[list[float]], baseline: list[list[float]]) -> str:
    """Tell a way: of all its calls the quantiles, and how far the ratios of single rounds lie apart."""
    all_calls, all_of_baseline = list(chain(*rounds)), list(chain(*baseline))
    ratios = [
        statistics.median(mine) / statistics.median(its) for mine, its in zip(rounds, baseline, strict=True)
    ]
    median, p99 = quantile(all_calls, 0.5), quantile(all_calls, 0.99)
    its_median, its_p99 = quantile(all_of_baseline, 0.5), quantile(all_of_baseline, 0.99)
    return (
        f"  {name:20} {len(all_calls):5} calls"
        f"  median {median:8.2f} ms {median / its_median:7.4f} ({min(ratios):.4f} to {max(ratios):.4f})"
        f"  p99 {p99:8.2f} ms {p99 / its_p99:7.4f}"
    )


def compare(
    triton: Triton, installed: Environment, folder: Path, model: str, rounds: int, calls: int
) -> None:
    """Measure one model and print its table."""
    peer = Peer(installed, folder, triton.grpc)
    ways: dict[str, Way] = {
        BASELINE: peer,
        f"{BASELINE} again": peer,
        "gateway kserve": by_gateway(triton.grpc),
        "cameras of a line": by_line(triton.grpc),
    }
    began = time.monotonic()
    for in_flight, times in measured(ways, model, rounds, calls).items():
        print(f"{model}, {in_flight} in flight; ratios to {BASELINE}, in brackets of single rounds")
        for name, taken in times.items():
            print(row(name, taken, times[BASELINE]))
    print(f"  {time.monotonic() - began:.0f} s\n", flush=True)


def compare_queues(installed: Environment, folder: Path, calls: int) -> None:
    """Have perf_analyzer ask a model that sleeps 20 ms, with and without a policy of its queue."""
    policies = {
        "no_policy": "",
        "queue_size": "default_queue_policy { max_queue_size: 64 }",
        "queue_timeout": "default_queue_policy { timeout_action: REJECT allow_timeout_override: true "
        "default_timeout_microseconds: 10000000 }",
    }
    models = [
        TritonModel(name, sleep_ms=20, batches=8, more=f"dynamic_batching {{ {policy} }}")
        for name, policy in policies.items()
    ]
    with triton_server(folder, models, [], installed) as triton:
        peer = Peer(installed, folder, triton.grpc)
        for in_flight in IN_FLIGHT:
            for name in policies:
                taken = peer(name, in_flight, calls)
                late = sum(each > STALLED_MS for each in taken)
                print(
                    f"{name:14} {in_flight} in flight: median {quantile(taken, 0.5):6.1f} ms, "
                    f"p99 {quantile(taken, 0.99):6.1f} ms; {late} of {len(taken)} took over {STALLED_MS} ms"
                )


def default_line(triton: Triton) -> None:
    """Run the default scenario, 300 parts, against the exported model, and tell how it went."""
    gateway = f'line.camera.gateway={{kserve: {{target: "{triton.grpc}", model: {EXPORTED}}}}}'
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "line_sim.cli", "run", str(ROOT / "scenarios" / "default.yaml")]
        command += ["--items", "300", "--quiet", "--set", gateway, "--out", f"{folder}/run"]
        code = subprocess.run(command, check=False).returncode
        if code:
            raise SystemExit(f"line-sim run ended with {code}")
        records = read_run(Path(folder) / "run")
        summary: dict[str, Any] = json.loads(Path(folder, "run", "summary.json").read_text())
    answered = sum(call.outcome == "answered" for call in records.calls)
    taken = [call.latency / 1e6 for call in records.calls]
    print(
        f"scenarios/default.yaml on {EXPORTED} in Triton: "
        f"{summary['items']['arrived']} parts, {answered} answered, "
        f"audit {'passed' if summary['audit']['passed'] else 'FAILED'}, "
        f"median {quantile(taken, 0.5):.1f} ms, p99 {quantile(taken, 0.99):.1f} ms"
    )


@contextmanager
def server(folder: Path, installed: Environment, model: str, exported: Path) -> Iterator[Triton]:
    """Run Triton with one of the two models, so that the other takes nothing from it."""
    if model == SLEEPING:
        with triton_server(
            folder, [TritonModel(SLEEPING, sleep_ms=50, instances=4)], [], installed
        ) as triton:
            yield triton
        return
    command = [sys.executable, "-m", "line_sim_export", "--for", "triton", "--quiet"]
    subprocess.run([*command, "--from", str(exported), "--out", str(folder / "models")], check=True)
    with triton_server(folder, (), [], installed) as triton:
        yield triton


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=60, help="of each that is in flight, in a round")
    parser.add_argument("--only", choices=[SLEEPING, EXPORTED])
    parser.add_argument("--line", action="store_true")
    parser.add_argument("--queue", action="store_true")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / EXPORTED)
    chosen = parser.parse_args()
    installed = environment("triton_tensorflow", shared=True)
    if chosen.queue:
        with tempfile.TemporaryDirectory() as name:
            compare_queues(installed, Path(name), 5 * chosen.calls)
        return
    models = [EXPORTED] if chosen.line else [chosen.only] if chosen.only else [SLEEPING, EXPORTED]
    for model in models:
        if model == EXPORTED and not chosen.model.is_dir():
            print(f"{chosen.model} is not there: {EXPORTED} is left out (line-sim export makes it)")
            continue
        with (
            tempfile.TemporaryDirectory() as name,
            server(Path(name), installed, model, chosen.model) as triton,
        ):
            if chosen.line:
                default_line(triton)
            else:
                compare(triton, installed, Path(name), model, chosen.rounds, chosen.calls)


if __name__ == "__main__":
    main()
