"""What the runs of each variant told, kept so small that a hundred thousand of them find room."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan, nan

from line_sim.figures.names import names_of
from line_sim.figures.stops.outages import FewOutages
from line_sim.layout import layout_of
from line_sim.study.design.variants import Variant
from line_sim.study.kpis import Figures
from line_sim.study.replications.outages import Seen, few_in_all
from line_sim.study.replications.precision import estimate
from line_sim.study.replications.replicate import most_uph
from line_sim.study.student import Estimate
from line_sim.study.sweep.jobs import Told
from line_sim.units import counted


@dataclass(slots=True)
class Runs:
    """The runs of one variant, in the order of their numbers; `names` are the figures that are kept."""

    variant: Variant
    names: tuple[str, ...]
    n: int = 0
    locked_up: int = 0
    audits_failed: int = 0
    errors: list[str] = field(default_factory=list)
    outages: list[Seen] = field(default_factory=list)
    _values: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, told: Told) -> None:
        """Take what a run told."""
        self.n += 1
        if told.error:
            self.errors.append(told.error)
            return
        self.locked_up += told.locked_up
        self.audits_failed += told.audit_passed is False
        if told.outages:
            self.outages.append(told.outages)
        for name in self.names:
            value = told.figures.get(name)
            self._values.append(nan if value is None else value)

    def values(self, name: str) -> list[float | None]:
        """Return a figure of every run, as far as it is known; nothing of a figure that it has not."""
        if name not in self.names:
            return []
        column = self._values[self.names.index(name) :: len(self.names)]
        return [None if isnan(value) else value for value in column]

    @property
    def figures(self) -> list[Figures]:
        """The figures of every run."""
        width, values = len(self.names), [None if isnan(value) else value for value in self._values]
        rows = (values[row : row + width] for row in range(0, len(values), width))
        return [dict(zip(self.names, row, strict=True)) for row in rows]

    def few(self, runs: Sequence[Figures]) -> tuple[FewOutages, ...]:
        """Return the stations of whose outages all runs together saw too few."""
        if not self.outages:
            return ()
        return few_in_all(layout_of(self.variant.scenario), self.outages, runs)

    @property
    def estimates(self) -> dict[str, Estimate | None]:
        """Every figure with its mean and interval; nothing of a variant that could not be run."""
        if self.errors or not self.n:
            return {}
        runs = self.figures
        few, ceiling = self.few(runs), most_uph(self.variant.scenario)
        return {name: estimate(runs, name, few, ceiling) for name in self.names}

    @property
    def error(self) -> str | None:
        """What is wrong with the variant; None where nothing is."""
        if self.errors:
            return f"{self.errors[0]} ({len(self.errors)} of {counted(self.n, 'replications')})"
        if self.locked_up:
            return f"the line locked up in {self.locked_up} of {counted(self.n, 'replications')}"
        if self.audits_failed:
            return f"the audit failed in {self.audits_failed} of {counted(self.n, 'replications')}"
        return None


def names_kept(variant: Variant, chosen: Sequence[str], *, leave_out: Sequence[str]) -> tuple[str, ...]:
    """Return the figures that are kept of a variant: the chosen ones that its line has, or all of them."""
    known = names_of(layout_of(variant.scenario))
    return tuple(name for name in known if name not in leave_out and (not chosen or name in chosen))
