"""When parts leave a line whose every time is known: worked out from part to part, without running it.

It tells exactly what the line would (a test has both do the same) in a part of the time. Where it does not
know how, nothing is told and the line must be run: see `knows`.
"""

from collections.abc import Callable, Mapping
from itertools import count
from typing import assert_never

from pydantic import BaseModel

from line_sim.analysis.what_if.answers import Foreknown
from line_sim.analysis.what_if.replay.stages import Stage, stage_of
from line_sim.analysis.what_if.replay.works import (
    AgeingWork,
    AnsweredAgain,
    Asking,
    Camera,
    Inspecting,
    Onward,
    Reviewing,
    TooMuchError,
    Ways,
    Work,
)
from line_sim.chance.chance import Chance
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import BLOCK, Always
from line_sim.inspection.gateway import Gateway
from line_sim.layout import REVIEW, Exit, layout_of
from line_sim.line.breakdowns import draws_of
from line_sim.line.interrupt import Interrupt
from line_sim.scenario.fields import belt_of, places_of
from line_sim.scenario.gateways.shared import SharedGateway
from line_sim.scenario.mix.product import Product
from line_sim.scenario.model import Arrivals, Breakdowns, Inspection, Review, Run, Scenario, Station
from line_sim.scenario.times import Constant, Time
from line_sim.units import LATEST, Nanoseconds

UNLIMITED = 10**9
"""Waiting places: more than any run has parts."""

_KNOWN: dict[type[BaseModel], frozenset[str]] = {
    Scenario: frozenset(
        {"version", "name", "seed", "run", "arrivals", "product", "servers", "line", "review"}
    ),
    Run: frozenset({"items", "duration", "clock", "pace", "skew_budget", "warm_up", "starts_at"}),
    Arrivals: frozenset({"every", "saturated", "on_full"}),
    Product: frozenset({"defect_rate", "images", "sequence", "variants"}),
    Station: frozenset({"station", "buffer", "units", "cycle", "breakdowns"}),
    Breakdowns: frozenset({"up", "repair", "counts"}),
    Inspection: frozenset(
        {"inspection", "buffer", "units", "acquisition", "gateway", "deadline", "on_no_result", "ship_when"}
    ),
    Review: frozenset({"buffer", "units", "time", "miss_rate", "false_alarm_rate", "cleared"}),
}
"""What a scenario may say without the recursion being wrong; what is new there must be thought of here."""


def knows(scenario: Scenario, gateways: Mapping[str, Gateway]) -> bool:
    """Whether the recursion tells of this line what the line would do.

    It does not of machines that fail by the calendar, in several ways, after so many parts, or in parallel;
    of shifts; of an answer that stops the line; of several inspections before a review bench that can be
    full; of a way back; of cameras in parallel whose pictures take different times, where the answer hangs on
    the moment of the question; of answers that hang on the questions of other inspections, or on later ones;
    of belts and gates; and of whatever else may be said.
    """
    return knows_line(scenario, {name: isinstance(each, Foreknown) for name, each in gateways.items()})


def knows_line(scenario: Scenario, foreknown: Mapping[str, bool]) -> bool:
    """Whether the recursion `knows` a line of which it is told where answers are known beforehand."""
    places = _places(scenario)
    said = [scenario, scenario.run, scenario.arrivals, scenario.product, *places]
    return (
        all(map(_is_plain, said))
        and not any(belt_of(spec.buffer) for spec in places)
        and _flows_together_nowhere(scenario)
        and all(_knows_place(spec, foreknown) for spec in scenario.line)
    )


def _places(scenario: Scenario) -> tuple[Station | Inspection | Review, ...]:
    """Return what is said of each place of a line without gates."""
    return scenario.line if scenario.review is None else (*scenario.line, scenario.review)


def _flows_together_nowhere(scenario: Scenario) -> bool:
    """Whether parts come to each place from one other only, or there is always room for them."""
    layout = layout_of(scenario)
    joins = [place for place in range(len(layout.places)) if len(layout.leading_to(place)) > 1]
    roomy = scenario.review is not None and places_of(scenario.review.buffer) >= UNLIMITED
    return not layout.leads_back and (not joins or (joins == [layout.bench] and roomy))


def _is_plain(said: BaseModel) -> bool:
    """Whether nothing is said that is not known here."""
    known, fields = _KNOWN.get(type(said), frozenset()), type(said).model_fields
    return all(
        name in known or getattr(said, name) == field.get_default(call_default_factory=True)
        for name, field in fields.items()
    )


def _knows_place(spec: Station | Inspection, foreknown: Mapping[str, bool]) -> bool:
    match spec:
        case Station(breakdowns=fails):
            return fails is None or (_knows_breakdowns(fails) and spec.units == 1)
        case Inspection():
            return _knows_inspection(spec, foreknown)
        case _:
            assert_never(spec)


def _knows_breakdowns(fails: object) -> bool:
    return isinstance(fails, Breakdowns) and _is_plain(fails) and fails.counts == "operating"


def _knows_inspection(spec: Inspection, foreknown: Mapping[str, bool]) -> bool:
    in_order = spec.units == 1 or isinstance(spec.acquisition, Constant)
    model = spec.gateway.model
    alone = model is None or not (model.batches or model.shared or isinstance(spec.gateway, SharedGateway))
    return spec.on_no_result != "stop" and ((in_order and alone) or foreknown[spec.name])


class Recursion:
    """The departures of a line that `knows`, in ns: `shipped` and `gone` (shipped or scrapped).

    `last_entry`: when a part last came in or was lost.
    """

    def __init__(self, scenario: Scenario, gateways: Mapping[str, Gateway], chance: Chance) -> None:
        self.shipped: list[Nanoseconds] = []
        self.gone: list[Nanoseconds] = []
        self.last_entry: Nanoseconds = 0
        self._scenario = scenario
        self._gateways = gateways
        self._chance = chance
        self._horizon = LATEST if scenario.run.duration is None else scenario.run.duration
        rate = scenario.product.defect_rates
        self._defective = chance.events(Purpose.TRUE_STATE, "", rate) if rate else Always(value=False)
        self._works: list[Work] = []
        self._to_review: list[tuple[Nanoseconds, int, int, int]] = []
        self._stages = self._build()

    @property
    def held(self) -> bool:
        """Whether a part that was inspected had to wait for room."""
        return any(work.held for work in self._works if isinstance(work, Inspecting))

    @property
    def end(self) -> Nanoseconds:
        """When the line was over."""
        return self._scenario.run.duration or max(
            self.last_entry, *(at for at in self.gone if at <= LATEST), 0
        )

    def run(self, interrupt: Interrupt, most: int) -> bool:
        """Let every part through; False where the user would not wait for it.

        Raises TooMuchError soon after so many, or after too many outages.
        """
        every, last = self._scenario.arrivals.every, self._scenario.run.items
        comes = self._supply() if every is None else self._takt(every)
        for item in count(1):
            if item == 1 or item % BLOCK == 0:
                if interrupt.wished:
                    return False
                if item > most:
                    raise TooMuchError(self.last_entry)
                self._grow(item // BLOCK)
            if not comes(item) or item == last:
                break
        self._empty()
        return True

    def _grow(self, block: int) -> None:
        for work in self._works:
            work.grow(block)

    def _supply(self) -> Callable[[int], bool]:
        """Let the next part in as soon as it can; the function is False for one that comes too late."""
        enter, horizon = self._stages[0].enter, self._horizon

        def come(item: int) -> bool:
            came = enter(self.last_entry, item)
            if came > horizon:
                return False
            self.last_entry = came
            return True

        return come

    def _takt(self, every: Time) -> Callable[[int], bool]:
        """Let parts come in their times; the function is False for one that comes too late."""
        interval = self._chance.durations(Purpose.ARRIVAL, "", every).of
        first, horizon = self._stages[0], self._horizon
        loses = self._scenario.arrivals.on_full == "lose"
        at = 0

        def come(item: int) -> bool:
            nonlocal at
            at += interval(item)
            if at > horizon:
                return False
            came = at if loses and first.opens() > at else first.enter(at, item)
            if came <= horizon:
                self.last_entry = max(self.last_entry, came)
            return True

        return come

    def _empty(self) -> None:
        """Let every part leave, station by station; the review bench is the last."""
        for index, stage in enumerate(self._stages):
            if index == self._layout.bench:
                for done, _, _, item in sorted(self._to_review):
                    stage.enter(done, item)
            stage.empty()

    def _ship(self, at: Nanoseconds, _: int) -> Nanoseconds:
        self.shipped.append(at)
        self.gone.append(at)
        return at

    def _scrap(self, at: Nanoseconds, _: int) -> Nanoseconds:
        self.gone.append(at)
        return at

    def _build(self) -> list[Stage]:
        """Build the stages from the last one on: each knows where its parts go."""
        self._layout = layout_of(self._scenario)
        exits: dict[Exit, Onward] = {Exit.SHIPPED: self._ship, Exit.SCRAPPED: self._scrap}
        stages: dict[int, Stage] = {}
        for index, spec in reversed(list(enumerate(_places(self._scenario)))):
            ways: Ways = {}
            for lane, to in self._layout.ways_from(index).items():
                if not isinstance(to, Exit):
                    ways[lane] = self._way_to_review(index) if self._joins(to) else stages[to].enter
                elif to in exits:
                    ways[lane] = exits[to]
            work = self._work(spec, ways)
            self._works.append(work)
            stages[index] = stage_of(spec.units, places_of(spec.buffer), work)
        return [stages[index] for index in range(len(stages))]

    def _joins(self, to: int) -> bool:
        """Whether parts come to a place from several others, so that they must be put in order first."""
        return len(self._layout.leading_to(to)) > 1

    def _way_to_review(self, place: int) -> Onward:
        """Leave at once, for a bench that always has room; at a tie the place downstream goes first."""

        def leave(done: Nanoseconds, item: int) -> Nanoseconds:
            self._to_review.append((done, -place, len(self._to_review), item))
            return done

        return leave

    def _work(self, spec: Station | Inspection | Review, ways: Ways) -> Work:
        chance, defective = self._chance, self._defective
        match spec:
            case Station():
                cycles = chance.durations(Purpose.CYCLE, spec.name, spec.cycle)
                fails = spec.breakdowns
                if not isinstance(fails, Breakdowns):
                    return Work(cycles, ways)
                return AgeingWork(cycles, ways, draws_of(chance, spec.name, 1, fails))
            case Inspection():
                pictures = chance.durations(Purpose.ACQUISITION, spec.name, spec.acquisition)
                camera = Camera(spec, pictures, ways, defective, self._horizon)
                gateway = self._gateways[spec.name]
                if isinstance(gateway, Foreknown):
                    return AnsweredAgain(camera, gateway)
                return Asking(camera, gateway)
            case Review():
                looks = chance.durations(Purpose.REVIEW_TIME, REVIEW, spec.time)
                misses = chance.events(Purpose.REVIEWER_MISSES, REVIEW, spec.miss_rate)
                alarms = chance.events(Purpose.REVIEWER_FALSE_ALARM, REVIEW, spec.false_alarm_rate)
                return Reviewing(looks, ways, defective, misses, alarms)
