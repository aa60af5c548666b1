"""InceptionV3 on a GPU, in one process and behind a server that speaks TensorFlow Serving's Predict.

    python benchmarks/gpu/measure.py OUT [--pictures FOLDER] [--budget SECONDS] [--quick]

needs PyTorch, torchvision, grpcio, protobuf, Pillow and numpy; nvidia-ml-py too, to read clocks. Without a
GPU it runs all the same, on the CPU: with --quick, to try it. What is most wanted is measured first; when
the budget is spent, the rest is left out and said so. OUT is a folder; README.md tells its files.
"""

import argparse
import dataclasses
import itertools
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import grpc
from calling import OPTIONS, Call, Called, Clients, abandon
from messages import write_request
from pictures import load_pictures
from sheets import Sheet

HERE = Path(__file__).parent
CLIENTS = 16
MS = 1_000_000
MORE_TAKES = 40
"""Seconds kept back for the last measurement in process."""
SERIES_COLUMNS = (
    *(
        "series",
        "precision",
        "mode",
        "lanes",
        "max_batch",
        "max_wait_us",
        "kind",
        "level",
        "every_ms",
        "calls",
    ),
    *("began_s", "sm_mhz_before", "sm_mhz_after", "watts_after", "celsius_after"),
)
CALLS_COLUMNS = (
    *("series", "client", "call", "due_us", "issued_us", "latency_us"),
    *("arrive_us", "decode_us", "wait_us", "work_us", "batch", "gpu_us"),
)
ABANDONED_COLUMNS = ("drop", "round", "given_up", "timeout_us", "answered", "probe_latency_us", "computed")


@dataclass(frozen=True)
class Plan:
    """What is measured, and how often."""

    repeats: int = 200
    clients: int = CLIENTS
    levels: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 12, 16)
    few_levels: tuple[int, ...] = (1, 2, 4, 8, 16)
    calls: int = 300
    least_each: int = 24
    bursts: int = 12
    sizes: tuple[int, ...] = (2, 4, 8, 16)
    takts: dict[int, int] = field(
        default_factory=lambda: {20: 250, 50: 120, 200: 30, 10: 200, 100: 60, 1000: 6}
    )  # ms: calls
    poisson: int = 400
    rounds: int = 25
    precisions: tuple[str, ...] = ("fp32", "fp16")
    lanes: tuple[int, ...] = (1, 4, 16)
    waits_ms: tuple[int, ...] = (0, 2, 5)
    max_batch: int = 8


QUICK = Plan(
    repeats=2,
    clients=3,
    levels=(1, 2),
    few_levels=(1,),
    calls=4,
    least_each=2,
    bursts=2,
    sizes=(2,),
    takts={20: 3},
    poisson=6,
    rounds=1,
    precisions=("fp32",),
    lanes=(1, 2),
    waits_ms=(0, 2),
    max_batch=2,
)


@dataclass(frozen=True)
class Step:
    """A part of the measurement and its name."""

    name: str
    measure: Callable[[], None]


class Gauge:
    """The GPU's clock, power and temperature, where nvidia-ml-py can read them."""

    def __init__(self) -> None:
        try:
            import pynvml  # noqa: PLC0415 - a machine may do without

            pynvml.nvmlInit()
            self._nvml, self._handle = pynvml, pynvml.nvmlDeviceGetHandleByIndex(0)
        except Exception:  # noqa: BLE001 - no package, no driver, no GPU: nothing to read
            self._nvml = None

    def clock(self) -> int | str:
        """Read the multiprocessors' clock in MHz."""
        return self._nvml.nvmlDeviceGetClockInfo(self._handle, self._nvml.NVML_CLOCK_SM) if self._nvml else ""

    def warmth(self) -> tuple[float | str, int | str]:
        """Read power in watts and temperature in degrees Celsius."""
        if self._nvml is None:
            return "", ""
        watts = self._nvml.nvmlDeviceGetPowerUsage(self._handle) / 1e3
        return watts, self._nvml.nvmlDeviceGetTemperature(self._handle, self._nvml.NVML_TEMPERATURE_GPU)


class Bench:
    """The running server, its clients, and the files that the series go into."""

    def __init__(self, out: Path, plan: Plan, channel: grpc.Channel, clients: Clients) -> None:
        self.plan = plan
        self._clients = clients
        self._configure: Call = channel.unary_unary("/bench/Configure")
        self._gauge = Gauge()
        self._series = Sheet(out / "series.csv", SERIES_COLUMNS, digits=3)
        self._calls = Sheet(out / "calls.csv", CALLS_COLUMNS)
        self._numbers = itertools.count(1)
        self._setting: dict[str, Any] = {}
        self._opened = time.monotonic()
        self._random = random.Random(1)

    def configure(self, **setting: Any) -> None:
        """Set the server."""
        self._setting = json.loads(self._configure(json.dumps(setting).encode(), timeout=120))
        self._clients.closed(1, 4)  # the first calls are not like the others

    def closed(self, level: int) -> list[Called]:
        """Let `level` clients call back to back."""
        each = max(self.plan.calls // level, self.plan.least_each)
        return self._keep("closed", level, "", lambda: self._clients.closed(level, each))

    def takt(self, milliseconds: int, calls: int) -> None:
        """Let one client call at a takt."""
        due = [number * milliseconds * MS for number in range(calls)]
        self._keep("takt", 1, milliseconds, lambda: self._clients.timed([due]))

    def bursts(self, size: int) -> None:
        """Let `size` clients call at the same moments."""
        every = 15 + 5 * size
        due = [number * every * MS for number in range(self.plan.bursts)]
        self._keep("burst", size, every, lambda: self._clients.timed([due] * size))

    def poisson(self, load: float, rate: float) -> None:
        """Let all clients together make calls at `load` times `rate` a second, each at random."""
        count = self.plan.clients
        gap = count / (load * rate) * 1e9
        due = [
            list(
                itertools.accumulate(
                    int(self._random.expovariate(1 / gap)) for _ in range(self.plan.poisson // count)
                )
            )
            for _ in range(count)
        ]
        self._keep("poisson", count, round(gap / count / MS, 3), lambda: self._clients.timed(due))

    def _keep(self, kind: str, level: int, every: object, measured: Any) -> list[Called]:
        number, before, began = next(self._numbers), self._gauge.clock(), time.monotonic() - self._opened
        rows: list[Called] = measured()
        after, (watts, celsius) = self._gauge.clock(), self._gauge.warmth()
        setting = self._setting
        mode = "graph" if setting["recorded"] else "eager"
        self._series.add(
            [
                (
                    *(number, setting["precision"], mode, setting["lanes"], setting["max_batch"]),
                    *(setting["wait_us"], kind, level, every, len(rows), round(began, 3)),
                    *(before, after, watts, celsius),
                )
            ]
        )
        self._calls.add((number, *dataclasses.astuple(row)) for row in rows)
        return rows


def rate(rows: Sequence[Called]) -> float:
    """Give answers a second, from the first issue to the last answer."""
    first = min(row.issued for row in rows)
    return len(rows) * 1e6 / (max(row.issued + row.latency for row in rows) - first)


def sharing_and_batching(bench: Bench, precision: str, setting: dict[str, int]) -> None:
    """Measure one way of serving: closed loops, bursts, random arrivals."""
    plan = bench.plan
    bench.configure(precision=precision, **setting)
    rates = [rate(bench.closed(level)) for level in plan.levels]
    for size in plan.sizes:
        bench.bursts(size)
    bench.poisson(0.7, max(rates))
    if "max_batch" in setting:
        bench.takt(20, plan.takts[20] // 3)


def takts(bench: Bench, precision: str, every: Sequence[int]) -> None:
    """Measure one client with idle time between its calls."""
    bench.configure(precision=precision)
    for milliseconds in every:
        bench.takt(milliseconds, bench.plan.takts[milliseconds])


def loops_only(bench: Bench, setting: dict[str, Any]) -> None:
    """Measure closed loops only."""
    bench.configure(**setting)
    for level in bench.plan.few_levels:
        bench.closed(level)


def given_up(bench: Bench, channel: grpc.Channel, requests: Sequence[bytes], sheet: Sheet) -> None:
    """Let calls be given up, and see whether the one after them waits for their work."""
    for drop in (False, True):
        bench.configure(drop_abandoned=drop)
        alone = statistics.median(row.latency for row in bench.closed(1)) / 1e6
        for count, timeout in ((0, alone), (1, 0.6 * alone), (8, 1.5 * alone)):
            rows = abandon(channel, requests, bench.plan.rounds, count, timeout, 15 * alone)
            sheet.add((int(drop), *dataclasses.astuple(row)) for row in rows)


def steps(bench: Bench, lose: Callable[[], None]) -> list[Step]:
    """List what is measured behind the server, the most wanted first; `lose` is for calls given up."""
    plan = bench.plan
    sharing = [{"lanes": lanes} for lanes in plan.lanes]
    batching = [{"max_batch": plan.max_batch, "wait_us": wait * 1000} for wait in plan.waits_ms]
    return [
        *(
            Step(f"{precision} {setting}", partial(sharing_and_batching, bench, precision, setting))
            for precision in plan.precisions
            for setting in (*sharing, *batching)
        ),
        Step("fp32 takts", partial(takts, bench, "fp32", tuple(plan.takts))),
        Step("calls given up", lose),
        Step("fp16 takts", partial(takts, bench, "fp16", tuple(plan.takts)[:3])),
        *(
            Step(f"tf32 {setting}", partial(loops_only, bench, {"precision": "tf32", **setting}))
            for setting in (*sharing[:2], batching[0])
        ),
        *(
            Step(f"eager {setting}", partial(loops_only, bench, {"recorded": False, **setting}))
            for setting in sharing[:2]
        ),
    ]


def behind_a_server(
    out: Path, plan: Plan, pictures: Sequence[str], jpegs: Sequence[bytes], ends: float
) -> list[str]:
    """Start the server and measure until all is done or time is up; give what was left out."""
    requests = [write_request(jpeg) for jpeg in jpegs]
    command = [sys.executable, str(HERE / "server.py"), "--port", "0", *pictures]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout
        try:
            target = f"127.0.0.1:{int(server.stdout.readline())}"
            with (
                grpc.insecure_channel(target, options=OPTIONS) as channel,
                Clients(target, requests, plan.clients) as clients,
            ):
                bench = Bench(out, plan, channel, clients)
                sheet = Sheet(out / "abandoned.csv", ABANDONED_COLUMNS)
                return carry_out(steps(bench, partial(given_up, bench, channel, requests, sheet)), ends)
        finally:
            server.stdin.close()


def carry_out(planned: Sequence[Step], ends: float) -> list[str]:
    """Do step by step while there is time; give the names of those left out."""
    for number, step in enumerate(planned):
        left = ends - time.monotonic()
        print(f"{left:5.0f} s left: {step.name}", flush=True)
        if left < 0:
            return [one.name for one in planned[number:]]
        step.measure()
    return []


def main() -> None:
    """Measure in process, then behind the server."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder for the files")
    parser.add_argument("--pictures", type=Path, help="folder of JPEGs (default: rendered flanges)")
    parser.add_argument("--budget", type=float, default=480, help="seconds for all (default: 480)")
    parser.add_argument("--quick", action="store_true", help="a few calls only: tries the script")
    arguments = parser.parse_args()
    began = time.monotonic()
    ends = began + arguments.budget
    plan = QUICK if arguments.quick else Plan()
    pictures = ["--pictures", str(arguments.pictures)] if arguments.pictures else []
    alone = [sys.executable, str(HERE / "in_process.py"), str(arguments.out), *pictures]
    alone += ["--repeats", str(plan.repeats), *(["--quick"] if arguments.quick else [])]
    subprocess.run(alone, check=True)
    print(f"in process: {time.monotonic() - began:.0f} s", flush=True)
    left_out = behind_a_server(
        arguments.out, plan, pictures, load_pictures(arguments.pictures), ends - MORE_TAKES
    )
    if time.monotonic() > ends - MORE_TAKES:
        left_out.append("cuDNN autotuned, nvJPEG")
    elif json.loads((arguments.out / "machine.json").read_text())["device"] == "cuda":
        subprocess.run([*alone, "--more"], check=True)
    print(f"{time.monotonic() - began:.0f} s; left out: {', '.join(left_out) or 'nothing'}")


if __name__ == "__main__":
    main()
