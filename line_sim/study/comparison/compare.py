"""Two sets of runs side by side: what differs, and whether it is more than chance."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TypeAlias

from line_sim.study.kpis import Figures, bounded_difference
from line_sim.study.skewed import of_pairs
from line_sim.study.student import FAMILY, Estimate, holm, welch

Change: TypeAlias = tuple[str, str, str]
"""A key of the scenarios, its value in A, its value in B."""

PAIRING_LOST = "no seed is common to both, so the pairing is lost and differences are harder to see"


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of both, and other - one; `stands` after Holm's correction for all rows together.

    `ones` and `others` are the runs' own values, in the same order where the runs are paired; none of single
    runs.
    """

    kpi: str
    one: float
    other: float
    difference: Estimate
    stands: bool
    ones: tuple[float, ...] = ()
    others: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of setting B against A; `method` says how it was done, `notes` what to beware of.

    `changes` is None where the scenarios are not at hand.
    """

    one: str
    other: str
    method: str
    pairs: int
    rows: tuple[Row, ...]
    changes: tuple[Change, ...] | None = None
    notes: tuple[str, ...] = ()


def compare_figures(
    names: tuple[str, str],
    ones: Mapping[int, Figures],
    others: Mapping[int, Figures],
    wanted: Sequence[str],
    *,
    changes: Sequence[Change] | None = None,
    notes: Sequence[str] = (),
) -> Comparison:
    """Set two sets of replications, by seed, against each other: pair by pair where they share seeds."""
    common = [seed for seed in ones if seed in others]
    seeds = (common, common) if common else (list(ones), list(others))
    left, right = [ones[seed] for seed in seeds[0]], [others[seed] for seed in seeds[1]]
    remarks = [*notes, *_on_pairing(len(ones) + len(others), len(common))]
    judge, certain = (of_pairs, changes is not None and not changes) if common else (welch, False)
    found: dict[str, tuple[float, float, Estimate]] = {}
    for name in wanted:
        a, b = _known(left, name), _known(right, name)
        if a and b:
            difference = bounded_difference(
                judge(a, b), name, certain=certain, of="pairs" if common else "runs"
            )
            found[name] = (fmean(a), fmean(b), difference)
        elif any(name in run for run in (*left, *right)):
            remarks.append(f"{name} is left out: not every run can tell it")
    rows = tuple(
        replace(row, ones=tuple(_known(left, row.kpi)), others=tuple(_known(right, row.kpi)))
        for row in judged(found)
    )
    return Comparison(
        *names,
        _method(left, right, bool(common)),
        len(common),
        rows,
        None if changes is None else tuple(changes),
        tuple(remarks),
    )


def _method(left: Sequence[Figures], right: Sequence[Figures], common: bool) -> str:
    if common:
        return f"paired Student t over {len(left)} runs of each with the same seeds"
    return f"Welch's t over {len(left)} runs of A and {len(right)} of B"


def _on_pairing(runs: int, common: int) -> list[str]:
    if not common:
        return [PAIRING_LOST]
    alone = runs - 2 * common
    return [f"runs without a partner of their seed, left out: {alone}"] if alone else []


def _known(runs: Sequence[Figures], name: str) -> list[float]:
    """Return the figure of every run; nothing where any of them cannot tell it."""
    known = [value for value in (run.get(name) for run in runs) if value is not None]
    return known if len(known) == len(runs) else []


def judged(
    found: Mapping[str, tuple[float, float, Estimate]], unsure: Collection[str] = ()
) -> tuple[Row, ...]:
    """Return the rows, with those marked that stand together; none of which too little is sure."""
    p_values = {name: estimate.p_value for name, (_, _, estimate) in found.items()}
    standing = holm({name: None if name in unsure else p for name, p in p_values.items()}, FAMILY)
    return tuple(
        Row(name, *values, name in standing and not _may_be_nothing(values[-1]))
        for name, values in found.items()
    )


def _may_be_nothing(difference: Estimate) -> bool:
    """Whether 0 lies within the interval, which may be wider than the one that the test goes with."""
    ends = difference.interval
    return ends is not None and ends[0] <= 0 <= ends[1]
