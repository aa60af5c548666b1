"""What follows from a sweep as far as it is: means, fronts, main effects, what matters."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from line_sim.report.ended import ALL_DONE
from line_sim.study.kpis import MAIN_NAMES
from line_sim.study.student import Estimate
from line_sim.study.sweep.effects import Effect, Strongest, effects_of, strongest_of
from line_sim.study.sweep.groups import Group, groups_of
from line_sim.study.sweep.matters import (
    Share,
    UntoldError,
    shares_of_grid,
    shares_of_sample,
    slices_for,
)
from line_sim.study.sweep.means import Values, table_of
from line_sim.study.sweep.pareto import COST, Front, fronts
from line_sim.study.sweep.swept import Sweep

NOT_ALL = "not every variant could be run"
NOT_SOUND = "the line locked up, or an audit failed, in some variant: its figures are none of such a line"
NOT_KNOWN = "not every run tells it"


@dataclass(frozen=True)
class Analysis:
    """What follows from a sweep. `untold` says for whatever figure has no effects or shares why not."""

    estimates: tuple[dict[str, Estimate | None], ...]
    fronts: tuple[Front, ...]
    effects: tuple[Effect, ...] = ()
    matters: tuple[tuple[str, Share], ...] = ()
    untold: dict[str, str] = field(default_factory=dict)
    why_not: str | None = None

    @property
    def strongest(self) -> tuple[Strongest, ...]:
        """Which axis moves each figure most, as far as its effects tell it."""
        kpis = dict.fromkeys(effect.kpi for effect in self.effects)
        told = (strongest_of([each for each in self.effects if each.kpi == kpi]) for kpi in kpis)
        return tuple(each for each in told if each is not None)


def analyse(swept: Sweep) -> Analysis:
    """Return what follows from a sweep; of one that is not whole, means and fronts alone."""
    estimates = tuple(runs.estimates for runs in swept.runs)
    found = Analysis(estimates, tuple(fronts(_means(swept, estimates))))
    if swept.ended != ALL_DONE:
        return _without(found, f"the sweep was {swept.ended}")
    if any(runs.errors for runs in swept.runs):
        return _without(found, NOT_ALL)
    if any(runs.error for runs in swept.runs):
        return _without(found, NOT_SOUND)
    return _whole(swept, found)


def _without(found: Analysis, why: str) -> Analysis:
    return Analysis(found.estimates, found.fronts, why_not=why)


def shown_kpis(swept: Sweep) -> tuple[str, ...]:
    """Return the figures that are told first: those asked for, or the main ones that are kept."""
    wanted = swept.how.kpis or (*MAIN_NAMES, *(goal.kpi for goal in swept.study.amount.goals))
    kept = {name for runs in swept.runs for name in runs.names}
    return tuple(name for name in dict.fromkeys(wanted) if name in kept)


def kept_kpis(swept: Sweep) -> tuple[str, ...]:
    """Return every figure that is kept of any variant, in the order in which they are told."""
    return tuple(dict.fromkeys(name for runs in swept.runs for name in runs.names))


def _means(
    swept: Sweep, estimates: Sequence[dict[str, Estimate | None]]
) -> list[tuple[int, dict[str, float]]]:
    """Return the means of each variant of which nothing is wrong: a line that locks up is best in nothing."""
    told = []
    for runs, known in zip(swept.runs, estimates, strict=True):
        if runs.error:
            continue
        means = {name: each.mean for name, each in known.items() if each is not None}
        if means:
            cost = {} if runs.variant.cost is None else {COST: runs.variant.cost}
            told.append((runs.variant.number, means | cost))
    return told


def _whole(swept: Sweep, found: Analysis) -> Analysis:
    sampled = swept.study.design == "lhs"
    variants = [runs.variant for runs in swept.runs]
    keys = [axis.key for axis in swept.study.axes]
    slices = slices_for(len(variants))
    effects: list[Effect] = []
    matters: list[tuple[str, Share]] = []
    untold: dict[str, str] = {}
    axes = {key: groups_of(variants, key, in_slices=sampled, slices=slices) for key in keys}
    for kpi in shown_kpis(swept):
        values = table_of(swept.runs, kpi)
        if values is None:
            untold[kpi] = NOT_KNOWN
            continue
        effects += effects_of(kpi, keys, values, variants, sampled=sampled)
        try:
            matters += [(kpi, share) for share in _shares(swept, values, axes)]
        except UntoldError as error:
            untold[kpi] = str(error)
    why = None if matters else next(iter(untold.values()), NOT_KNOWN)
    return Analysis(found.estimates, found.fronts, tuple(effects), tuple(matters), untold, why)


def _shares(swept: Sweep, values: Values, axes: dict[str, list[Group]]) -> list[Share]:
    if swept.study.design == "lhs":
        return shares_of_sample(values, dict(axes), swept.study.seed)
    return shares_of_grid(values, dict(axes))
