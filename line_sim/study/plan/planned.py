"""A plan as far as it came: its runs, its designs, and the answer that follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from line_sim.study.design.study import Study
from line_sim.study.plan.bounds import Bound
from line_sim.study.plan.procedure.course import Course, Rules
from line_sim.study.plan.procedure.demands import Design, Sample
from line_sim.study.plan.procedure.selection import Contest

UPH = "uph"


@dataclass(frozen=True)
class Planned:
    """A plan as far as it came: `course` has its runs, `dropped` the designs that need none.

    `interrupted`: a stop was wished before the end; `failed`: its workers, or a run, failed before it.
    `confirming` are the fresh runs of the chosen design, `worked_out` are the designs that were worked out
    instead of run, so many.
    """

    study: Study
    designs: tuple[Design, ...]
    course: Course
    dropped: Mapping[int, Bound]
    folder: Path
    worked_out: int = 0
    interrupted: bool = False
    confirming: tuple[Sample, ...] = ()
    stated: frozenset[str] = frozenset()
    failed: bool = False

    @property
    def rules(self) -> Rules:
        """What was asked of it."""
        return self.course.rules

    @property
    def chosen(self) -> int | None:
        """The number of the design that is the answer; None where there is none (yet)."""
        return None if self.contest is None else self.contest.ahead

    @cached_property
    def contest(self) -> Contest | None:
        """How those that cost as little as the answer stand among each other, once all is run."""
        group = self.course.answer
        return None if group is None else self.course.contest(group)

    @cached_property
    def settled(self) -> bool:
        """Whether nothing more has to be run to know the answer; it may still be unconfirmed."""
        return not self.course.wanted()

    @property
    def runs_in_all(self) -> int:
        """How many runs it took, those that confirm among them."""
        return sum(map(len, self.course.runs.values())) + len(self.confirming)
