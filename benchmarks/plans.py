"""How often a plan is right, and what it costs, on lines whose best design is known exactly.

    python benchmarks/plans.py                       100 plans of each line, each under other chance
    python benchmarks/plans.py --plans 20 places     20 of those whose name holds this
    python benchmarks/plans.py --run                 the same with every line run instead of worked out

Prints for each line how many were right, the runs that a plan took, and its processor time; with --loops
also what a loop of ten runs of every design would have said, by the mean and by the lower end of its 95 %
interval.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from line_sim.line.interrupt import Interrupt
from line_sim.study.design.document import Asked
from line_sim.study.design.study import Study, read_study
from line_sim.study.design.variants import variants_of
from line_sim.study.plan.sampling import lines_of, one_run
from line_sim.study.replications.seeds import replication_seed
from line_sim.study.student import critical

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]
from plan_cases import PlanCase, cases, planned  # noqa: E402 - the tests' lines lie beside their stories

LOOP = 10


def main() -> None:
    """Plan every line so many times."""
    asked = argparse.ArgumentParser()
    asked.add_argument("name", nargs="?", default="")
    asked.add_argument("--plans", type=int, default=100)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--run", action="store_true")
    asked.add_argument("--loops", action="store_true", help="tell what loops of ten runs say, too")
    said = asked.parse_args()
    for case in cases():
        if said.name in case.name:
            seeds = range(said.first, said.first + said.plans)
            _print(case, [_planned(case, seed, quick=not said.run) for seed in seeds])
            if said.loops:
                told = [_loop(case, seed) for seed in seeds]
                for number, way in enumerate(("mean", "lower end")):
                    right = sum(each[number] in case.right for each in told)
                    print(
                        f"    a loop of {LOOP} runs of each design, {way}: {right} of {len(told)}", flush=True
                    )


def _study(case: PlanCase, folder: Path, seed: int) -> Study:
    return read_study(case.write(folder), Asked(seed=seed))


def _planned(case: PlanCase, seed: int, *, quick: bool) -> tuple[bool, int, float]:
    """Plan once; return whether it is right, its runs without those that confirm, and its time."""
    with tempfile.TemporaryDirectory() as name:
        begun = time.process_time()
        right, found = planned(case, Path(name), seed, quick=quick)
        return right, found.runs_in_all - len(found.confirming), time.process_time() - begun


def _loop(case: PlanCase, seed: int) -> tuple[Any, Any]:
    """Return the cheapest design by the mean of ten runs, and by the lower end of its interval.

    Only of cases with a demand on output alone; of equally cheap ones that with the highest mean.
    """
    with tempfile.TemporaryDirectory() as name:
        study = _study(case, Path(name), seed)
        variants = variants_of(study)
    lines = lines_of({each.number: each.scenario for each in variants}, ("uph",))
    least, reach = study.demands[0].limit, critical(LOOP - 1)
    means, ends = [], []
    for each in variants:
        runs = [
            one_run(lines[each.number], replication_seed(seed, n), ("uph",), Interrupt())
            for n in range(1, LOOP + 1)
        ]
        values = [run.terms["uph"].over for run in runs if run is not None and run.terms["uph"] is not None]
        mean = fmean(values)
        row = (each.cost or 0.0, -mean, tuple(each.settings.values()))
        means += [row] if mean >= least else []
        ends += [row] if mean - reach * stdev(values) / LOOP**0.5 >= least else []
    return tuple(min(rows)[2] if rows else None for rows in (means, ends))  # type: ignore[return-value]


def _print(case: PlanCase, told: list[tuple[bool, int, float]]) -> None:
    right = sum(each[0] for each in told)
    runs, took = [each[1] for each in told], [each[2] for each in told]
    print(
        f"{case.name}: {right} of {len(told)} right; runs {fmean(runs):,.0f} on average"
        f" ({min(runs):,} to {max(runs):,}), {fmean(took):.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
