"""What share of a modelled inspection run goes into the replays that tell what inference costs.

    python benchmarks/bench_throttle.py [PARTS] [ROUNDS]

The line is that of `scenarios/default.yaml` with a modelled answer that is sometimes late, and a review bench
that is sometimes full, so that every cause has its replay: no room in review, no answer, tail, typical time,
and one more camera. Told is processor time: that of `simulate()` as a whole and what of it was spent in the
replays; the medians over the rounds.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

from line_sim import simulation
from line_sim.analysis.what_if import throttle
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
    """Sums up the processor time that calls of a function take, and counts them."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self.seconds = 0.0
        self.calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        began = time.process_time()
        self.calls += 1
        try:
            return self._function(*args, **kwargs)
        finally:
            self.seconds += time.process_time() - began


def run(parts: int) -> tuple[float, float, int]:
    """Simulate; return the seconds of all, those of the throttle, and the number of its replays."""
    whole, replays = Watch(simulation.throttle_of), Watch(throttle.replay)
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(simulation, "throttle_of", whole),
        mock.patch.object(throttle, "replay", replays),
    ):
        began = time.process_time()
        simulation.simulate(scenario(parts), Path(folder) / "run")
        return time.process_time() - began, whole.seconds, replays.calls


def main() -> None:
    """Run it several times and print the medians."""
    parts = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    run(500)
    all_of_it, replays, count = zip(*(run(parts) for _ in range(rounds)), strict=True)
    shares = [part / whole for part, whole in zip(replays, all_of_it, strict=True)]
    print(f"simulate(), {parts:,} parts: {statistics.median(all_of_it):.2f} s of processor time")
    print(f"of it in {count[0]} replays: {statistics.median(replays):.2f} s")
    print(f"share: {statistics.median(shares):.0%}  ({min(shares):.0%} to {max(shares):.0%})")


if __name__ == "__main__":
    main()
