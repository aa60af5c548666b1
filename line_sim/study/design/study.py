"""A study that fits its scenario: axes, demands, prices, and the scenario in which it begins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from line_sim.errors import ScenarioError
from line_sim.figures.catalogue import UPH
from line_sim.figures.names import names_of
from line_sim.layout import layout_of
from line_sim.scenario import Scenario, load
from line_sim.scenario.fields import Key
from line_sim.scenario.load import leads_nowhere
from line_sim.scenario.mistakes import in_order, placed
from line_sim.scenario.overrides import resolved
from line_sim.study.design.costs import number_at
from line_sim.study.design.demands import Demand, demand_of, tolerance_of
from line_sim.study.design.document import Asked, checked, study_document
from line_sim.study.design.levels import Levels, Listed, Plain, number_of, values_of
from line_sim.study.design.study_file import MOST_UNTIL, USUAL, Design, Replications, StudyFile
from line_sim.study.kpis import MAIN_NAMES
from line_sim.study.replications.precision import FEWEST, Goal

MOST_VARIANTS = 100_000


@dataclass(frozen=True, slots=True)
class Axis:
    """A key of the scenario and the values that it takes; `wants_whole`: only whole numbers, if known."""

    key: str
    levels: Levels
    wants_whole: bool | None

    @property
    def values(self) -> tuple[Plain, ...]:
        """The values in a grid. Raises ValueError for a range that does not say how many it is."""
        return values_of(self.levels, self.wants_whole)


@dataclass(frozen=True, slots=True)
class Amount:
    """So many replications of each variant, or up to `most` of them until the goals are reached."""

    least: int
    most: int
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """A study that fits its scenario.

    `path` is the scenario's file, `overrides` are written into it in every variant; `scenario` is what that
    gives without any axis, `seed` its seed. `points` are those of a Latin hypercube. Of designs that cost the
    same `best` is the figure that a plan chooses by, and those nearer to each other than `zone` are as good;
    `cap` is the most replications of one that it makes (None: none was stated).
    """

    name: str
    path: Path
    overrides: tuple[str, ...]
    scenario: Scenario
    axes: tuple[Axis, ...]
    design: Design
    points: int | None
    amount: Amount
    cost: Mapping[str, float]
    demands: tuple[Demand, ...]
    confidence: float
    best: str = UPH.name
    zone: float | None = None
    cap: int | None = None

    @property
    def seed(self) -> int:
        """The seed of the first replication, of which all others are made."""
        return self.scenario.seed


def read_study(path: Path, asked: Asked = Asked()) -> Study:  # noqa: B008 - frozen
    """Read a study's file, or a scenario's of which all is asked beside it.

    Raises ScenarioError with a line for every mistake: `study.yaml:3:7: ...` or `--over KEY: ...`.
    """
    document = study_document(path, asked)
    file = checked(document, path.absolute().parent)
    seed = () if file.seed is None else (f"seed={file.seed}",)
    overrides = (*file.set, *seed)
    scenario = load(file.scenario, overrides)
    found = _Fitting(file, scenario)
    study = found.study(Path(file.scenario), overrides)
    if study is None:
        told = (placed(document, key, message) for key, message in found.mistakes)
        raise ScenarioError(in_order([mistake for each in told for mistake in each]))
    return study


class _Fitting:
    """Sets a study file against its scenario, and notes what does not fit."""

    def __init__(self, file: StudyFile, scenario: Scenario) -> None:
        self._file, self._scenario = file, scenario
        self._plain = scenario.model_dump()
        self._names = names_of(layout_of(scenario))
        self.mistakes: list[tuple[Key, str]] = []

    def study(self, path: Path, overrides: tuple[str, ...]) -> Study | None:
        """Return the study; None where something does not fit."""
        file = self._file
        axes, amount = tuple(self._axes()), self._amount(file.replications)
        demands = tuple(self._demands())
        self._check_written_over()
        self._check_design(axes)
        self._check_prices()
        best, zone = self._best()
        if self.mistakes:
            return None
        return Study(
            *(file.study, path, overrides, self._scenario, axes, file.design, file.points),
            *(amount, file.cost, demands, file.confidence),
            *(best, zone, _cap(file.replications)),
        )

    def _axes(self) -> Iterator[Axis]:
        for key, levels in self._file.over.items():
            if key == "seed":
                self._note(("over", key), "replications have seeds of their own; write replications")
            for message in leads_nowhere(Path(self._file.scenario), self._file.set, key):
                self._note(("over", key), message)
            yield Axis(key, levels, self._wants_whole(key))

    def _check_written_over(self) -> None:
        """Note each axis that writes over what stands before it: an axis, or what is set in every variant.

        The table would say that the other one was varied, and it was not.
        """
        before = [(text.partition("=")[0].strip(), "what is set", "") for text in self._file.set]
        for key in self._file.over:
            place = resolved(self._plain, key)
            for other, what, way in before:
                if resolved(self._plain, other)[: len(place)] == place:
                    self._note(("over", key), f"it writes over {what}: {other}; leave one of them out{way}")
            before.append((key, "another axis", _HOLDER_FIRST))

    def _wants_whole(self, key: str) -> bool | None:
        try:
            value = number_at(self._plain, key)
        except LookupError:
            return None
        return isinstance(value, int)

    def _check_design(self, axes: tuple[Axis, ...]) -> None:
        if self._file.design == "lhs":
            if self._file.points is None:
                self._note(("points",), "is missing; a Latin hypercube needs the number of its points")
            return
        if self._file.points is not None:
            self._note(("points",), "it is only for design: lhs; a grid has as many points as it has")
        count = 1
        for axis in axes:
            try:
                count *= len(axis.values)
            except ValueError as error:
                self._note(("over", axis.key), str(error))
        if count > MOST_VARIANTS:
            self._note(("over",), f"its grid has {count:,} points; at most {MOST_VARIANTS:,} are run")

    def _amount(self, asked: Replications) -> Amount:
        goals = tuple(Goal(kpi, relative) for kpi, relative in asked.until.items())
        self._check_names(asked.until, ("replications", "until"))
        least = asked.least or (FEWEST if goals else min(USUAL, asked.most or USUAL))
        most = asked.most or (max(MOST_UNTIL, least) if goals else least)
        if most < least:
            self._note(("replications", "most"), f"it must be {least} or more, the least")
        if not goals:
            return Amount(most, most)
        if most < FEWEST:
            self._note(("replications", "most"), f"no rule stops before {FEWEST} replications")
        return Amount(max(least, FEWEST), most, goals)

    def _demands(self) -> Iterator[Demand]:
        self._check_names(self._file.demand, ("demand",))
        for kpi in self._file.tolerance:
            if kpi not in self._file.demand:
                self._note(("tolerance", kpi), "there is no demand on it")
        for kpi, bound in self._file.demand.items():
            try:
                yield demand_of(kpi, bound, self._file.tolerance.get(kpi))
            except ValueError as error:
                self._note(("demand", kpi), str(error))

    def _best(self) -> tuple[str, float | None]:
        kpi, zone = self._file.best or (UPH.name, None)
        if kpi not in self._names:
            self._note(("best",), _no_such_figure(self._names))
            return kpi, None
        limit = self._file.demand.get(kpi)
        of = 0.0 if limit is None else float(limit.limit.number)
        try:
            return kpi, None if zone is None else tolerance_of(kpi, zone, of) or None
        except ValueError as error:
            self._note(("best",), str(error))
            return kpi, None

    def _check_names(self, kpis: Mapping[str, Any], above: Key) -> None:
        for kpi in kpis:
            if kpi not in self._names:
                self._note((*above, kpi), _no_such_figure(self._names))

    def _check_prices(self) -> None:
        for key in self._file.cost:
            if key in self._file.over:
                levels = self._file.over[key]
                values = levels.values if isinstance(levels, Listed) else ()
                if any(number_of(value) is None for value in values):
                    self._note(("over", key), "its cost needs a number")
                continue
            if not any(key.startswith(f"{axis}.") for axis in self._file.over):
                self._check_number(key)

    def _check_number(self, key: str) -> None:
        try:
            number_at(self._plain, key)
        except LookupError:
            self._note(("cost", key), "the scenario has no number there")

    def _note(self, key: Key, message: str) -> None:
        self.mistakes.append((key, message))


_HOLDER_FIRST = ", or name the one that holds the other first"


def _no_such_figure(names: tuple[str, ...]) -> str:
    told = f"{', '.join(MAIN_NAMES)}, and those of stations, such as {names[-1]}"
    return f"there is no such figure; there are {told}"


def _cap(asked: Replications) -> int | None:
    """Return the stated most; a plain number of replications is none."""
    return None if asked.most == asked.least and not asked.until else asked.most
