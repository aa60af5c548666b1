"""A plan from its study to its answer: designs, runs until all is known, and the answer confirmed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from line_sim.engine.choice import EngineWish
from line_sim.errors import ScenarioError
from line_sim.figures.catalogue import LOSS
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.writer import create_empty, refuse_folder_in_use
from line_sim.simulation import make_default_folder
from line_sim.study.alone import alone_in
from line_sim.study.design.kept import keep_study, mark_of
from line_sim.study.design.study import Study
from line_sim.study.design.variants import Variant, variants_of
from line_sim.study.going_on import left_where_it_fails
from line_sim.study.plan.as_json import write_plan
from line_sim.study.plan.bounds import Bound, bound_of
from line_sim.study.plan.kept import KeptRuns, begin, kept_runs
from line_sim.study.plan.planned import UPH, Planned
from line_sim.study.plan.procedure.boundaries import FIRST
from line_sim.study.plan.procedure.course import Course, Rules
from line_sim.study.plan.procedure.demands import Best, Design, Requirement, Sample
from line_sim.study.plan.ratios import is_ratio, more_is_better, usual_tolerance
from line_sim.study.plan.sampling import Done, Line, lines_of, sample, seeds_of
from line_sim.study.running.engines import Wished
from line_sim.study.running.ready import get_ready
from line_sim.study.running.second_look import left_where_engines_differ
from line_sim.study.workers import Workers
from line_sim.units import counted as counted_text

MOST_CONFIRMING = 100
"""Runs that confirm an answer, at most; it is as many as found it, and the first ones at least."""


@dataclass
class Told:
    """Who is told of a plan on its way: a line of text, and how many runs are over, of how many at most."""

    narrate: Callable[[str], None] = lambda _: None
    counted: Callable[[int, int], None] = lambda _, __: None
    _last: str = field(default="", init=False)

    def once(self, text: str) -> None:
        """Say a line, unless it is the one that was said last."""
        if text != self._last:
            self._last = text
            self.narrate(text)


def plan(
    study: Study,
    folder: Path | None,
    workers: Workers,
    *,
    most: int | None = None,
    resume: bool = False,
    quick: bool = True,
    engine: EngineWish = "auto",
    told: Told | None = None,
    interrupt: Interrupt | None = None,
) -> Planned:
    """Find the cheapest design of a study that meets every demand; the runs are kept in `folder`.

    That must be new or empty (None: `results/plan-<name>-<time>`), or with `resume` the one of an earlier
    plan of the same designs and figures. `most` are the replications of a design, at most; `quick` False has
    every line run, and `engine` is the one that is wished for. Raises ScenarioError where nothing is
    demanded, or of designs that are no scenario.
    """
    variants = variants_of(study)
    rules, dropped, lines = _asked(study, variants, most, quick=quick)
    ratios = _figures(study, rules)
    mark = mark_of(variants, tuple(ratios)) | {"seed": study.seed}
    with ExitStack() as stack:
        stack.enter_context(workers)  # before there is a folder: there may be nobody to do the runs
        folder = _folder(folder or make_default_folder(f"plan {study.name}"), mark, stack, resume=resume)
        kept = kept_runs(folder, mark, ratios) if resume else {}
        keep_study(folder, study, "plan")
        course = Course(rules, {design: runs for (confirms, design), runs in kept.items() if not confirms})
        worked_out = sum(line.worked_out for line in lines.values())
        found = Planned(
            study, _designs(variants), course, dropped, folder, worked_out, stated=frozenset(_stated(study))
        )
        file = stack.enter_context(KeptRuns(folder, ratios))
        told = told or Told()
        run = (line.scenario for line in lines.values() if not line.worked_out)
        get_ready(workers, run, Wished(engine, FIRST * len(lines)), told.narrate)
        going = _Going(found, lines, tuple(ratios), workers, interrupt or Interrupt(), told, file, engine)
        return going.on({design: runs for (confirms, design), runs in kept.items() if confirms})


def _asked(
    study: Study, variants: Sequence[Variant], most: int | None, *, quick: bool
) -> tuple[Rules, dict[int, Bound], dict[int, Line]]:
    """Return the rules of a plan, the designs that need no run, and the lines of the others."""
    cap = most or study.cap
    if not study.demands:
        raise ScenarioError(
            f"{study.name}: nothing is demanded; write demand, such as demand: {{uph: '>= 13500'}}"
        )
    if LOSS.name in {study.best, *(demand.kpi for demand in study.demands)}:
        raise ScenarioError(
            f"{LOSS.name}: it takes other runs of the same line to tell, which a plan does not make"
        )
    if cap is not None and cap < FIRST:
        raise ScenarioError(f"most: {cap} replications; a plan needs {FIRST} of every design, or more")
    requirements, best = _requirements(study), _best(study)
    dropped = _dropped(variants, requirements)
    left = [each for each in variants if each.number not in dropped]
    rules = Rules(_designs(left), requirements, best, study.confidence, cap)
    lines = lines_of(
        {each.number: each.scenario for each in left}, tuple(_figures(study, rules)), quick=quick
    )
    return rules, dropped, lines


def _designs(variants: Sequence[Variant]) -> tuple[Design, ...]:
    return tuple(Design(each.number, each.settings, each.cost or 0.0) for each in variants)


def _stated(study: Study) -> list[str]:
    return [demand.kpi for demand in study.demands if demand.tolerance is not None]


def _requirements(study: Study) -> tuple[Requirement, ...]:
    layout, found = layout_of(study.scenario), []
    for demand in study.demands:
        stated = demand.tolerance
        zone = usual_tolerance(demand.kpi, demand.limit, layout) if stated is None else stated
        if zone <= 0:
            raise ScenarioError(
                f"tolerance.{demand.kpi}: it must be above 0: nearer to the limit than that either answer is"
                " right, and with none nobody could ever be sure"
            )
        found.append(Requirement(demand.kpi, demand.sign, demand.limit, zone, is_ratio(demand.kpi, layout)))
    return tuple(found)


def _best(study: Study) -> Best:
    zones = {each.kpi: each.tolerance for each in _requirements(study)}
    return Best(
        study.best, more_is_better(study.best, layout_of(study.scenario)), study.zone or zones.get(study.best)
    )


def _dropped(variants: Sequence[Variant], requirements: Sequence[Requirement]) -> dict[int, Bound]:
    """Return the designs that cannot make what is demanded, whatever chance does, and why."""
    limits = [each.limit for each in requirements if each.kpi == UPH and each.sign == ">="]
    if not limits:
        return {}
    bounds = ((each.number, bound_of(each.scenario)) for each in variants)
    return {number: bound for number, bound in bounds if bound is not None and bound.uph < max(limits)}


def _figures(study: Study, rules: Rules) -> dict[str, bool]:
    """Return the figures that every run has to tell, and whether each is a ratio."""
    layout = layout_of(study.scenario)
    names = dict.fromkeys([*(each.kpi for each in rules.requirements), rules.best.kpi, UPH])
    return {name: is_ratio(name, layout) for name in names}


def _folder(folder: Path, mark: Mapping[str, Any], stack: ExitStack, *, resume: bool) -> Path:
    """Have the folder of a plan to ourselves for as long as the stack is there; begin it, if it is new."""
    if not resume:
        create_empty(folder)
    stack.enter_context(alone_in(folder))
    if not resume:
        refuse_folder_in_use(folder)
        begin(folder, mark)
    return folder


@dataclass
class _Going:
    """A plan that goes on until it is over; `fresh` are the runs that confirm its answer, so far."""

    found: Planned
    lines: Mapping[int, Line]
    kpis: tuple[str, ...]
    workers: Workers
    interrupt: Interrupt
    told: Told
    file: KeptRuns
    engine: EngineWish
    fresh: list[Sample] = field(default_factory=list)

    def on(self, confirming: Mapping[int, list[Sample]]) -> Planned:
        """Run what is wanted until nothing is, confirm the answer, and leave what came of it.

        `confirming` are runs that there are. Where something fails, what is known is left as well.
        """
        failing = left_where_it_fails("plan", self.found.folder, lambda: self._leave(failed=True))
        with failing, left_where_engines_differ(self.found.folder):
            whole = self._whole(confirming)
        return self._leave(interrupted=not whole)

    def _whole(self, confirming: Mapping[int, list[Sample]]) -> bool:
        """Make all runs; False where a stop was wished before the last of them."""
        course = self.found.course
        while not self.interrupt.wished and (wanted := course.wanted()):
            self._tell([each.design for each in wanted])
            self._run({each.design: range(each.first, each.last + 1) for each in wanted})
        if self.interrupt.wished:
            return False
        chosen = self.found.chosen
        if chosen is None:
            return True
        need = min(max(FIRST, len(course.runs[chosen])), MOST_CONFIRMING)
        self.fresh += confirming.get(chosen, [])[:need]
        if len(self.fresh) < need:
            self.told.narrate(f"design {chosen} is confirmed by {counted_text(need, 'fresh replications')}")
            self._confirm(chosen, range(len(self.fresh) + 1, need + 1))
        return len(self.fresh) == need

    def _leave(self, *, interrupted: bool = False, failed: bool = False) -> Planned:
        """Write down how far it came, and return it."""
        found = replace(self.found, interrupted=interrupted, failed=failed, confirming=tuple(self.fresh))
        write_plan(found)
        return found

    def _run(self, wanted: Mapping[int, range]) -> None:
        course, seeds = self.found.course, seeds_of(self.found.study.seed, _span(wanted))
        done, most = self.found.runs_in_all, self._most(wanted)
        for each in self._sampled(wanted, seeds):
            self.file.add(each, confirms=False)
            course.take(each.design, [each.sample])
            done += 1
            self.told.counted(done, most)

    def _confirm(self, chosen: int, replications: range) -> None:
        seeds, wanted = seeds_of(self.found.study.seed, replications, fresh=True), {chosen: replications}
        for each in self._sampled(wanted, seeds):
            self.file.add(each, confirms=True)
            self.fresh.append(each.sample)

    def _sampled(self, wanted: Mapping[int, range], seeds: Mapping[int, int]) -> Iterator[Done]:
        """Make runs; a plan makes FIRST of every design, and so at least that many in all."""
        wished = Wished(self.engine, FIRST * len(self.lines))
        return sample(self.lines, wanted, seeds, self.kpis, self.workers, self.interrupt, wished)

    def _most(self, wanted: Mapping[int, range]) -> int:
        """Return how many runs there may be once those designs are known that are open now."""
        budgets = (max(self._budget(number), wanted[number].stop - 1) for number in wanted)
        others = sum(len(runs) for number, runs in self.found.course.runs.items() if number not in wanted)
        return others + sum(budgets)

    def _budget(self, number: int) -> int:
        cap = self.found.rules.most
        need = max((each.budget for each in self.found.course.standing(number).judgements), default=0)
        return need if cap is None else min(need, cap)

    def _tell(self, numbers: Sequence[int]) -> None:
        """Say which designs are open, once for as long as they are the same."""
        there = [len(self.found.course.runs.get(number, [])) for number in numbers]
        names = ", ".join(map(str, numbers[:10])) + (", ..." if len(numbers) > 10 else "")
        cost = next(each.cost for each in self.found.designs if each.number == numbers[0])
        which = f"cost {cost:g}: {counted_text(len(numbers), 'designs')} open ({names})"
        need = max(map(self._budget, numbers))
        self.told.once(
            f"{which}; at most {need:,} replications each" if min(there) >= FIRST and need else which
        )


def _span(wanted: Mapping[int, range]) -> range:
    return range(min(each.start for each in wanted.values()), max(each.stop for each in wanted.values()))
