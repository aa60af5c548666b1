"""What share of a modelled inspection run goes into the replays: what inference costs, and what would help.

    python benchmarks/bench_throttle.py [PARTS] [ROUNDS]
    python benchmarks/bench_throttle.py --json ENGINE PARTS      what the replays take, for before_after.py

The line is that of `tests/contract.yaml` with a modelled answer that is sometimes late, and a review bench
that is sometimes full, so that every cause has its replays, and every change is tried. Told is processor
time: that of `simulate()` as a whole and what of it was spent in the throttle and in the remedies; the
medians over the rounds.
"""

import inspect
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

from line_sim import simulation
from line_sim.analysis.what_if import throttle, trials
from line_sim.scenario import Scenario

ROUNDS = 5


def scenario(parts: int) -> Scenario:
    """Return the line as a scenario."""
    modelled = {
        "service": {"lognormal": {"mean": "150 ms", "cv": 0.4}},
        "miss_rate": 0.02,
        "false_alarm_rate": 0.02,
    }
    inspection = {
        "inspection": "camera",
        "buffer": 4,
        "acquisition": "30 ms",
        "deadline": "250 ms",
        "gateway": {"modelled": modelled},
    }
    up, repair = {"exponential": {"mean": "20 min"}}, {"exponential": {"mean": "30 s"}}
    press = {"station": "press", "cycle": "180 ms", "breakdowns": {"up": up, "repair": repair}}
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "benchmark",
            "run": {"items": parts},
            "arrivals": {"every": "200 ms"},
            "product": {"defect_rate": 0.06},
            "line": [press, inspection, {"station": "pack", "buffer": 4, "cycle": "150 ms"}],
            "review": {"buffer": 6, "units": 1, "time": {"lognormal": {"mean": "2 s", "cv": 0.5}}},
        }
    )


class Watch:
    """Sums up the processor time that calls of a function take, and that by the clock, and counts them."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self.seconds = 0.0
        self.wall = 0.0
        self.calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        began, at = time.process_time(), time.perf_counter()
        self.calls += 1
        try:
            return self._function(*args, **kwargs)
        finally:
            self.seconds += time.process_time() - began
            self.wall += time.perf_counter() - at


def run(parts: int) -> tuple[float, float, float, int]:
    """Simulate; return the seconds of all, of the throttle, of the remedies, and the number of replays."""
    costs, helps = Watch(simulation.throttle_of), Watch(simulation.remedies_of)
    split, tried = Watch(throttle.replay), Watch(trials.replay)
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(simulation, "throttle_of", costs),
        mock.patch.object(simulation, "remedies_of", helps),
        mock.patch.object(throttle, "replay", split),
        mock.patch.object(trials, "replay", tried),
    ):
        began = time.process_time()
        simulation.simulate(scenario(parts), Path(folder) / "run")
        whole = time.process_time() - began
    return whole, costs.seconds, helps.seconds, split.calls + tried.calls


def tell(engine: str, parts: int) -> None:
    """Print what the comparisons of a run take on an engine, as JSON; leave with 3 where it is not there."""
    chosen = {"engine": engine} if "engine" in inspect.signature(simulation.simulate).parameters else {}
    if engine != "simpy" and not chosen:
        sys.exit(3)
    costs, helps = Watch(simulation.throttle_of), Watch(simulation.remedies_of)
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(simulation, "throttle_of", costs),
        mock.patch.object(simulation, "remedies_of", helps),
    ):
        simulation.simulate(scenario(500), Path(folder) / "warm-up", **chosen)
        for watch in (costs, helps):
            watch.seconds = watch.wall = 0.0
        simulation.simulate(scenario(parts), Path(folder) / "run", **chosen)
    json.dump({"processor": costs.seconds + helps.seconds, "wall": costs.wall + helps.wall}, sys.stdout)


def main() -> None:
    """Run it several times and print the medians."""
    if sys.argv[1:2] == ["--json"]:
        tell(sys.argv[2], int(sys.argv[3]))
        return
    parts = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    run(500)
    found = [run(parts) for _ in range(rounds)]
    whole, costs, helps, _ = (statistics.median(column) for column in zip(*found, strict=True))
    print(f"simulate(), {parts:,} parts: {whole:.2f} s of processor time")
    print(f"of it in {found[0][3]} replays: throttle {costs:.2f} s, remedies {helps:.2f} s")
    print(f"times the rest of the run: {(costs + helps) / (whole - costs - helps):.1f}")


if __name__ == "__main__":
    main()
