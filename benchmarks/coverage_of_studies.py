"""How often what studies of many runs say holds: stop rules, paired differences, stars in a table.

    python benchmarks/coverage_of_studies.py [--pool N] [--studies N]

Each line is run so many times (the pool); a study is a draw from the pool, and what is true is the mean of
all. So a thousand studies cost no more than the pool. Printed are the tables of docs/studies.md.
"""

import argparse
from dataclasses import dataclass
from itertools import count
from statistics import fmean

import numpy as np
from coverage import Case, camera, exponential, run, station

from line_sim.figures.catalogue import CATALOGUE
from line_sim.figures.flow import FEWEST_OUTAGES, station_times
from line_sim.figures.names import STATES
from line_sim.figures.populations import Settled
from line_sim.layout import layout_of
from line_sim.study.comparison.compare import compare_figures, judged
from line_sim.study.comparison.single_runs import Batched, batched_figures, batches_resemble, difference
from line_sim.study.kpis import Figures
from line_sim.study.replications.outages import Seen, few_in_all
from line_sim.study.replications.precision import Goal, enough, estimate

POOL, STUDIES, MOST = 1500, 1000, 200


@dataclass(frozen=True)
class Pool:
    """Many runs of a line: their figures, and what each saw of outages."""

    case: Case
    figures: list[Figures]
    outages: list[Seen]


def figures(settled: Settled) -> Figures:
    """Return the figures that a study looks at."""
    found: Figures = {each.name: each.fold.measure(settled).value for each in CATALOGUE}
    for place, at in enumerate(settled.layout.places):
        if at.fails:
            found |= {f"{at.name}.{state}": share for state, share in _shares(settled, place).items()}
    return found


def _shares(settled: Settled, place: int) -> dict[str, float]:
    times = list(station_times(settled.run, settled.layout, settled.window))
    return times[place].shares() or dict.fromkeys(STATES, 0.0)


def pool(case: Case, size: int) -> Pool:
    """Run a line so many times."""
    told, outages = [], []
    for seed in range(1, size + 1):
        settled = run(case.scenario(seed))
        told.append(figures(settled))
        few = settled.layout.places
        seen = {
            at.name: min(FEWEST_OUTAGES, len(settled.run.outages(place)))
            for place, at in enumerate(few)
            if at.fails
        }
        outages.append(seen)
    return Pool(case, told, outages)


def stopped(found: Pool, goal: Goal, dice: np.random.Generator) -> tuple[int, bool] | None:
    """Run a study until its goal is reached: how many runs, whether the truth is held; None: it never is."""
    order = dice.permutation(len(found.figures))[:MOST].tolist()
    layout = layout_of(found.case.scenario(1))
    for n in count(10):
        if n > len(order):
            return None
        runs = [found.figures[at] for at in order[:n]]
        few = few_in_all(layout, [found.outages[at] for at in order[:n]], runs)
        if enough([goal], runs, few):
            told = estimate(runs, goal.kpi, few)
            assert told is not None
            assert told.interval is not None
            truth = fmean(each[goal.kpi] or 0.0 for each in found.figures)
            return n, told.interval[0] <= truth <= told.interval[1]
    return None


def until(found: Pool, goal: Goal, studies: int) -> str:
    """Return a row: how many studies stop, after how many runs, how often they hold the truth."""
    dice = np.random.default_rng(1)
    ends = [stopped(found, goal, dice) for _ in range(studies)]
    ended = [end for end in ends if end is not None]
    held = f"{fmean(held for _, held in ended):.3f}" if ended else ""
    runs = f"{fmean(n for n, _ in ended):.0f}" if ended else ""
    return f"| {found.case.name} | `{goal.text}` | {len(ended) / studies:.2f} | {runs} | {held} |"


def fixed(found: Pool, kpi: str, n: int, studies: int) -> str:
    """Return a row: how often the interval of so many runs is told, and holds the truth."""
    dice, layout = np.random.default_rng(2), layout_of(found.case.scenario(1))
    truth = fmean(each[kpi] or 0.0 for each in found.figures)
    held = []
    for _ in range(studies):
        order = dice.permutation(len(found.figures))[:n].tolist()
        runs = [found.figures[at] for at in order]
        told = estimate(runs, kpi, few_in_all(layout, [found.outages[at] for at in order], runs))
        if told is not None and told.interval is not None:
            held.append(told.interval[0] <= truth <= told.interval[1])
    holds = f"{fmean(held):.3f}" if held else ""
    return f"| {found.case.name} | `{kpi}`, {n} runs | {len(held) / studies:.2f} | {holds} |"


def pairs(one: Pool, other: Pool, kpi: str, n: int, studies: int) -> str:
    """Return a row: how often the interval of a paired difference is told, and holds the truth."""
    dice = np.random.default_rng(3)
    truth = fmean((b[kpi] or 0.0) - (a[kpi] or 0.0) for a, b in zip(one.figures, other.figures, strict=True))
    held = []
    for _ in range(studies):
        order = dice.permutation(len(one.figures))[:n].tolist()
        sides = [{at: side.figures[at] for at in order} for side in (one, other)]
        row = compare_figures(("A", "B"), *sides, [kpi], changes=[("a", "b", "c")]).rows[0]
        if row.difference.interval is not None:
            held.append(row.difference.interval[0] <= truth <= row.difference.interval[1])
    name = f"{one.case.name} against {other.case.name}"
    holds = f"{fmean(held):.3f}" if held else ""
    return f"| {name} | `{kpi}`, {n} pairs | {len(held) / studies:.2f} | {holds} |"


def stars(case: Case, runs: int, studies: int) -> str:
    """Return a row: of tables of two runs that differ by chance alone, the share that shows a star."""
    batched = [
        batched_figures(run(case.scenario(seed)), case.parts + case.lead) for seed in range(1, runs + 1)
    ]
    dice = np.random.default_rng(4)
    tables = [_table(*(batched[at] for at in dice.permutation(runs)[:2])) for _ in range(studies)]
    return f"| {case.name} | {fmean(tables):.3f} |"


def _table(one: dict[str, Batched], other: dict[str, Batched]) -> bool:
    names = [name for name in one if name in other]
    alike = [name for name in names if batches_resemble(one[name], other[name], paired=False)]
    found = {
        name: (one[name].value, other[name].value, difference(one[name], other[name], paired=False))
        for name in names
    }
    return any(row.stands for row in judged(found, alike))


def failing(parts: int, up: float) -> Case:
    """Return a press that is never short of parts, and fails for a tenth of its working time."""
    breakdowns = {"up": exponential(up), "repair": up / 10, "counts": "operating"}
    press = station(cycle={"gamma": {"mean": 1, "cv": 0.3}}, breakdowns=breakdowns, buffer=4)
    name = f"press, {parts} parts, {parts / up:g} outages a run"
    return Case(name, (press,), parts, {}, every=1.05)


def queue(parts: int, load: float = 0.8) -> Case:
    """Return a camera with a queue in front."""
    name = f"takt 0.25 s, load {load}, {parts} parts"
    return Case(name, (camera(exponential(0.25 * load), buffer=10**6),), parts, {}, every=0.25)


def missing(rate: float) -> Case:
    """Return a camera that misses so many of the defective parts, of which there is 1 in 50."""
    line = (camera(0.1, miss_rate=rate),)
    return Case(f"{rate:.0%} missed", line, 100, {}, every=1, keys={"product": {"defect_rate": 0.02}})


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pool", type=int, default=POOL)
    parser.add_argument("--studies", type=int, default=STUDIES)
    chosen = parser.parse_args()
    print("| line | stop rule | reached within 200 runs | runs | holds |\n|---|---|---|---|---|")
    pools = {
        case.name: pool(case, chosen.pool) for case in (failing(300, 100), failing(300, 3000), queue(300))
    }
    often, seldom, waiting = pools.values()
    for found, goal in (
        (often, Goal("uph", 0.01)),
        (often, Goal("flow_time", 0.1)),
        (seldom, Goal("uph", 0.01)),
        (seldom, Goal("flow_time", 0.1)),
        (waiting, Goal("flow_time", 0.1)),
        (waiting, Goal("flow_time", 0.2)),
    ):
        print(until(found, goal, chosen.studies), flush=True)
    print("\n| line | figure | told | holds where told |\n|---|---|---|---|")
    for found, kpi in ((often, "uph"), (seldom, "uph"), (seldom, "flow_time"), (waiting, "flow_time")):
        for n in (10, 30):
            print(fixed(found, kpi, n, chosen.studies), flush=True)
    few, more = pool(missing(0.05), chosen.pool), pool(missing(0.1), chosen.pool)
    for n in (10, 50):
        print(fixed(few, "escape_rate", n, chosen.studies), flush=True)
    for n in (10, 50):
        print(pairs(few, more, "escape_rate", n, chosen.studies), flush=True)
    print("\n| line, two runs of it | tables with a star |\n|---|---|")
    for case in (queue(300, 0.88), queue(3000, 0.88)):
        print(stars(case, 400, chosen.studies), flush=True)


if __name__ == "__main__":
    main()
