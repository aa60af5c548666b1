"""How often the interval of what a shift loses to its inference holds what shifts lose on average.

    python benchmarks/shift_coverage.py [RUNS] [PARTS] [WORDS]

Of each line RUNS runs (default 100) of PARTS parts (default 300) are told as a live server's would be, with
their answers held and drawn anew, and as a modelled one's. The truth is the mean loss over 400 other seeds.
Told is the share of runs whose interval holds it, how wide it is on average, and in how many runs it was
withheld.
"""

import sys
from collections.abc import Iterator
from statistics import fmean
from typing import Any

from verdicts import PACK, PRESS, Known, as_live, camera, fails, gamma, station

from line_sim.analysis.summary.summary import Estimate
from line_sim.analysis.what_if.shifts.losses import lost_in_a_shift
from line_sim.analysis.what_if.stretch import stretch_of
from line_sim.analysis.what_if.subject import Subject
from line_sim.analysis.what_if.trials import Trial, at_once, tried
from line_sim.chance.chance import Chance
from line_sim.figures.window import window_of
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory

TRUTH = 400
LATE: dict[str, Any] = {"lognormal": {"mean": "150 ms", "cv": 0.4}}
FAILING = station("press", "180 ms", breakdowns=fails("20 min", "30 s"))
ONE_REVIEWER = {"buffer": 20, "units": 1, "time": {"lognormal": {"mean": "4 s", "cv": 0.5}}}
ANY: set[tuple[str | None, str]] = set()

LINES = (
    Known("usual answers", ANY, [PRESS, camera(gamma("290 ms")), PACK]),
    Known("close to the takt", ANY, [PRESS, camera(gamma("215 ms")), PACK]),
    Known("a tail", ANY, [PRESS, camera({"lognormal": {"mean": "180 ms", "cv": 1.5}}), PACK]),
    Known(
        "the default line, some timeouts",
        ANY,
        [FAILING, camera(LATE, deadline="280 ms"), PACK],
        review=ONE_REVIEWER,
    ),
    Known(
        "the default line, few timeouts",
        ANY,
        [FAILING, camera(LATE, deadline="400 ms"), PACK],
        review=ONE_REVIEWER,
    ),
    Known(
        "a review that blocks",
        ANY,
        [PRESS, camera(LATE, deadline="250 ms"), PACK],
        review={"buffer": 3, "units": 1, "time": "5 s"},
    ),
    Known(
        "a review that blocks now and then",
        ANY,
        [PRESS, camera(LATE, deadline="300 ms"), PACK],
        review={"buffer": 3, "units": 1, "time": "5 s"},
    ),
    Known("quick answers", ANY, [PRESS, camera("90 ms"), PACK]),
)


def truth(known: Known, parts: int) -> float:
    """Return the mean loss of a line over many seeds, in UPH."""
    losses = []
    for seed in range(10_001, 10_001 + TRUTH):
        subject = _subject(known.scenario(seed, parts))
        stretch = stretch_of(subject.scenario, subject.run, subject.window, parts)
        outputs = [
            stretch.counted(tried(trial, {}, Chance(seed), Interrupt(), stretch.parts)).uph
            for trial in (at_once(subject.scenario), Trial(subject.scenario))
        ]
        losses.append(outputs[0] - outputs[1])
    return fmean(losses)


def _subject(scenario: Scenario, *, held: bool = False) -> Subject:
    records, ending = run_in_memory(scenario, modelled_gateways(scenario))
    layout = layout_of(scenario)
    run = columns_of(records, layout, ending.at)
    told = as_live(scenario) if held else scenario
    return Subject(told, run, layout, window_of(run, layout), Interrupt())


def intervals(known: Known, runs: int, parts: int, held: bool) -> Iterator[Estimate]:
    """Yield what is told of many runs."""
    for seed in range(1, runs + 1):
        told = lost_in_a_shift(_subject(known.scenario(seed, parts), held=held))
        assert told is not None
        yield told


def main() -> None:
    """Run the study and print it."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    parts = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    words = sys.argv[3] if len(sys.argv) > 3 else ""
    for known in (known for known in LINES if words in known.name):
        lost = truth(known, parts)
        for held in (True, False):
            told = list(intervals(known, runs, parts, held))
            sure = [one.ci for one in told if one.ci is not None]
            within = fmean(low <= lost <= high for low, high in sure) if sure else float("nan")
            wide = fmean(high - low for low, high in sure) if sure else float("nan")
            kind = "held" if held else "modelled"
            print(
                f"{known.name:<36} {kind:<9} lost {lost:7.0f}  covered {within:.2f}  width {wide:7.0f}"
                f"  withheld {runs - len(sure)} of {runs}",
                flush=True,
            )


if __name__ == "__main__":
    main()
