"""The line held against theory: every case run, and told with its interval.

All intervals together miss a right line's numbers once in 1,000 draws of the seed (Bonferroni over
every number that theory tells, whether or not all are asked for).
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial

from line_sim.engine.choice import EngineWish
from line_sim.errors import ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.study.running.engines import Wished
from line_sim.study.running.ready import get_ready
from line_sim.study.theory.cases import Case, ExactCase, Quantity
from line_sim.study.theory.exact import exact_cases
from line_sim.study.theory.gauge import Gauge
from line_sim.study.theory.intervals import Interval, batch_means, interval_of, ratio_interval
from line_sim.study.theory.lines import saturated_lines
from line_sim.study.theory.queues import lossy_lines, queues, review_lanes
from line_sim.study.theory.sharing import shared_processors
from line_sim.study.workers import Processes, Workers

FAMILY_FALSE_ALARM = 1e-3
PARTS = 20_000
QUICK_PARTS = 4_000


@dataclass(frozen=True, slots=True)
class Checked:
    """A number that theory knows, beside what the line made of it; `agrees` is the verdict."""

    case: str
    source: str
    quantity: str
    truth: float
    interval: Interval

    @property
    def agrees(self) -> bool:
        """Whether theory lies inside the interval."""
        return self.interval.contains(self.truth)


@dataclass(frozen=True, slots=True)
class Counted:
    """Something that must hold every time: how often it was tried, and how often it failed."""

    case: str
    source: str
    tried: int
    failed: int

    @property
    def agrees(self) -> bool:
        """Whether it held every time."""
        return self.failed == 0


Result = Checked | Counted


@dataclass(frozen=True, slots=True)
class Validation:
    """What came of it; `whole` is False where a stop was wished before the end."""

    parts: int
    seed: int
    level: float
    results: tuple[Result, ...]
    whole: bool

    @property
    def agrees(self) -> bool:
        """Whether all that was run agrees with theory."""
        return all(result.agrees for result in self.results)


@cache
def catalogue() -> tuple[Case | ExactCase, ...]:
    """Return every case, solved."""
    queueing = (*queues(), *shared_processors(), *lossy_lines(), *review_lanes())
    return (*exact_cases(), *saturated_lines(), *queueing)


def validate(
    parts: int = PARTS,
    seed: int = 0,
    only: Sequence[str] = (),
    *,
    workers: Workers | None = None,
    counted: Callable[[int, int], None] = lambda _, __: None,
    interrupt: Interrupt | None = None,
    engine: EngineWish = "auto",
    narrate: Callable[[str], None] = lambda _: None,
) -> Validation:
    """Run the cases whose name holds one of the texts in `only` (all, where there is none).

    `workers`, which are open, do it; without any, this process does. `engine` is the one that
    is wished for. Raises ScenarioError where no case has such a name, or a line of them cannot be run on it.
    """
    interrupt = interrupt or Interrupt()
    cases = catalogue()
    level = FAMILY_FALSE_ALARM / sum(len(case.quantities) for case in cases if isinstance(case, Case))
    chosen = [
        n
        for n, case in enumerate(cases)
        if not only or any(text.lower() in case.name.lower() for text in only)
    ]
    if not chosen:
        names = "\n  ".join(case.name for case in cases)
        raise ScenarioError(f"--only {' '.join(only)}: no case has that in its name; there are\n  {names}")
    lines = (case.scenario(parts, seed) for n in chosen if isinstance(case := cases[n], Case))
    get_ready(workers, lines, Wished(engine, len(chosen)), narrate)
    work = partial(_check, parts=parts, seed=seed, level=level, engine=engine, runs=len(chosen))
    results: list[Result] = []
    done = 0
    with closing((workers or Processes(1)).in_order(work, chosen, interrupt)) as found:
        for done, checked in enumerate(found, 1):
            results += checked
            counted(done, len(chosen))
    return Validation(parts, seed, level, tuple(results), done == len(chosen) and not interrupt.wished)


def _check(
    number: int,
    interrupt: Interrupt,
    *,
    parts: int,
    seed: int,
    level: float,
    engine: EngineWish,
    runs: int,
) -> list[Result]:
    """Run one case of the catalogue; every process solves it for itself, as cases hold functions."""
    case = catalogue()[number]
    if interrupt.wished:
        return []
    if isinstance(case, ExactCase):
        return [Counted(case.name, case.source, *case.check(seed))]
    gauge = case.run(parts, seed, engine, runs)
    return [
        Checked(case.name, case.source, quantity.name, quantity.truth, interval_at(quantity, gauge, level))
        for quantity in case.quantities
    ]


def interval_at(quantity: Quantity, gauge: Gauge, level: float) -> Interval:
    """Return the interval of a quantity that misses the truth with probability `level`."""
    series = quantity.read(gauge)
    values = batch_means(series.values, quantity.batches)
    controls = [batch_means(control, quantity.batches) for control in series.controls]
    if series.per is None:
        return interval_of(values, controls, level=level)
    per = batch_means(series.per, quantity.batches)
    return ratio_interval(values, per, quantity.truth, controls, level=level)
