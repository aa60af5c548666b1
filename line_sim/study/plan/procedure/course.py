"""How a plan goes: which runs are wanted next, and what is known by those there are. Nothing is run here.

Designs are taken by their cost, the cheapest first; those that cost the same are sampled together. As soon as
one of them meets every demand none that costs more is sampled, and the best of those is chosen. All of
it follows from the runs that there are, in their order, so that a plan that was interrupted goes on as if
nothing had been.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import fmean

from line_sim.study.plan.procedure.boundaries import FIRST, h2_of
from line_sim.study.plan.procedure.demands import Best, Design, Requirement, Sample
from line_sim.study.plan.procedure.feasibility import Judgement, broken, judge_all
from line_sim.study.plan.procedure.selection import Contest, contest

BATCH = 10
"""Replications asked for at a time beyond the first ones; a tenth of what there is, once that is more."""

SAME_COST = 1e-9
"""Costs nearer to each other than this share are the same."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Replications `first` to `last` of a design."""

    design: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a design stands by its runs: `feasible` None is not known yet.

    `at` are the replications that this took. `broken` is the one in which the line came to a halt, and what
    it did. `stuck`: it will never be known, since a figure is missing in some run.
    """

    feasible: bool | None
    at: int
    judgements: tuple[Judgement, ...] = ()
    broken: tuple[int, str] | None = None

    @property
    def stuck(self) -> bool:
        """Whether some run could not tell a figure."""
        return any(each.unknown is not None for each in self.judgements)


@dataclass(frozen=True)
class Rules:
    """What is asked of a plan.

    `designs` are those that may be sampled; `confidence` is the probability with which the answer has to be
    right, `most` are the replications of a design (None: as many as it takes), `first` those of each.
    """

    designs: tuple[Design, ...]
    requirements: tuple[Requirement, ...]
    best: Best
    confidence: float = 0.95
    most: int | None = None
    first: int = FIRST

    @cached_property
    def groups(self) -> list[list[Design]]:
        """The designs that cost the same, the cheapest first."""
        groups: list[list[Design]] = []
        for design in sorted(self.designs, key=lambda each: (each.cost, each.number)):
            if groups and design.cost - groups[-1][0].cost <= SAME_COST * abs(design.cost):
                groups[-1].append(design)
            else:
                groups.append([design])
        return groups

    @cached_property
    def errors(self) -> tuple[float, float]:
        """How much of the error is for feasibility, and for choosing among equals: half, if there are any."""
        error = 1 - self.confidence
        return (error / 2, error / 2) if len(self.groups) < len(self.designs) else (error, 0.0)

    @cached_property
    def h2_feasible(self) -> float:
        """The factor of the variance for a demand: the error is shared by designs x demands."""
        return h2_of(self.errors[0] / max(1, len(self.designs) * len(self.requirements)), self.first)

    def h2_best(self, equals: int) -> float:
        """Return the factor for choosing among so many that cost the same."""
        return h2_of(self.errors[1] / max(1, equals - 1), self.first)


@dataclass
class Course:
    """A plan on its way; `runs` are those there are, by design, from the first replication on."""

    rules: Rules
    runs: dict[int, list[Sample]] = field(default_factory=dict)
    _known: dict[int, Standing] = field(default_factory=dict)

    def take(self, design: int, samples: Iterable[Sample]) -> None:
        """Take in the next runs of a design, in their order."""
        self.runs.setdefault(design, []).extend(samples)

    def wanted(self) -> list[Wanted]:
        """Return the runs that are needed next; none where the plan is over."""
        for group in self.rules.groups:
            numbers = [design.number for design in group]
            open_ones = [number for number in numbers if self._wants_more(number) or self._is_in_mid(number)]
            if open_ones:
                return [self._next(number) for number in open_ones]
            feasible = self.feasible(group)
            if feasible:
                return self._wanted_by(self.contest(group))
        return []

    def standing(self, number: int) -> Standing:
        """Return how a design stands."""
        if number not in self._known:
            found = self._standing(self.runs.get(number, []))
            if found.feasible is None:
                return found
            self._known[number] = found
        return self._known[number]

    def _standing(self, samples: Sequence[Sample]) -> Standing:
        rules = self.rules
        halted = broken(samples)
        if halted is not None:
            return Standing(False, halted[0], (), halted)
        if len(samples) < rules.first:
            return Standing(None, len(samples))
        judged = tuple(judge_all(rules.requirements, samples, rules.h2_feasible, rules.first))
        failed = [each.at for each in judged if each.met is False]
        if failed:
            return Standing(False, min(failed), judged)
        if all(each.met for each in judged):
            return Standing(True, max((each.at for each in judged), default=rules.first), judged)
        return Standing(None, len(samples), judged)

    def _wants_more(self, number: int) -> bool:
        standing = self.standing(number)
        return standing.feasible is None and not standing.stuck and not self._spent(number)

    def _spent(self, number: int) -> bool:
        most = self.rules.most
        return most is not None and len(self.runs.get(number, [])) >= most

    def _is_in_mid(self, number: int) -> bool:
        """Whether a batch of it was broken off: it is made whole, so that all is as it would have been."""
        there = len(self.runs.get(number, []))
        return there > 0 and not self._spent(number) and there != self._end_of_batch(there - 1)

    def _next(self, number: int) -> Wanted:
        there = len(self.runs.get(number, []))
        return Wanted(number, there + 1, self._end_of_batch(there))

    def _end_of_batch(self, there: int) -> int:
        """Return how many runs there are after the batch that the next one belongs to."""
        last = self.rules.first
        while last <= there:
            last += max(BATCH, last // 10)
        return last if self.rules.most is None else min(last, self.rules.most)

    def feasible(self, group: Sequence[Design]) -> list[int]:
        """Return which of a group meet every demand, as far as is known."""
        return [design.number for design in group if self.standing(design.number).feasible]

    def contest(self, group: Sequence[Design]) -> Contest:
        """Return how the feasible ones of a group stand among each other."""
        equals = {number: self._best_of(number) for number in self.feasible(group)}
        told = {number: [each for each in values if each is not None] for number, values in equals.items()}
        known = {number: values for number, values in told.items() if len(values) == len(equals[number])}
        values = known or dict.fromkeys(equals, [0.0] * self.rules.first)  # nobody can tell: the first one
        zone = self.rules.best.zone or _hundredth(values.values(), self.rules.first)
        return contest(values, self._h2_best(group), zone, self.rules.first)

    def _best_of(self, number: int) -> list[float | None]:
        """Return the figure that the best has most of, run by run; None where a run cannot tell it."""
        best = self.rules.best
        terms = [sample.terms.get(best.kpi) for sample in self.runs[number]]
        values = [None if term is None else term.value for term in terms]
        return [value if value is None or best.more else -value for value in values]

    def _h2_best(self, group: Sequence[Design]) -> float:
        return self.rules.h2_best(len(group)) if len(group) > 1 else 0.0

    def _wanted_by(self, found: Contest) -> list[Wanted]:
        if found.winner is not None:
            return []
        behind = [number for number in found.left if len(self.runs[number]) <= found.at]
        return [self._next(number) for number in behind if not self._spent(number)]

    @property
    def answer(self) -> list[Design] | None:
        """The group that has the answer, the cheapest with a feasible design; None: there is none (yet)."""
        return next((group for group in self.rules.groups if self.feasible(group)), None)

    @property
    def doubtful(self) -> list[int]:
        """Designs no dearer than the answer of which it is not known whether they would do."""
        found = self.answer
        cheaper = (
            self.rules.groups if found is None else self.rules.groups[: self.rules.groups.index(found) + 1]
        )
        numbers = [design.number for group in cheaper for design in group]
        return [number for number in numbers if self.standing(number).feasible is None]


def _hundredth(values: Iterable[Sequence[float]], first: int) -> float:
    """Return 1 % of the mean of the first values of all; of means of 0 something that is no zone at all."""
    return abs(fmean(value for each in values for value in each[:first])) / 100 or 1.0
