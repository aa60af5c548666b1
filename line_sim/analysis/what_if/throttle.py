"""What inference costs the line, split by cause: differences between replays, which add up.

One thing after the other is taken away, in this order: the end of the review's room, missing answers, the
tail above p99, the time of the answers. Each step's gain in UPH is the part of one cause. Room in review
helps a line without waiting too; what it gains there (the last line without waiting, with unlimited and
with real room) is no cost of the inference and is taken off `review` again. So

    review + timeouts + tail + typical = uph_without_inference - uph

where `uph_without_inference` is that of the real review room. Another order would give other parts of the
same sum. The interval of a part is that of the differences between equal twentieths of the two runs
(batch means, Law 9.5.3): the same parts leave in both, so most of the chance cancels out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from line_sim.analysis.summary.summary import Cause, Interval, OneMoreCamera, Throttle
from line_sim.analysis.what_if.answers import (
    AS_RECORDED,
    AT_ONCE,
    NEVER_MISSING,
    AnswersAgain,
    Change,
    recorded_calls,
)
from line_sim.analysis.what_if.recursion import UNLIMITED
from line_sim.analysis.what_if.replays import MOST_MORE, Departures, never_ends, replay
from line_sim.analysis.what_if.works import TooMuchError
from line_sim.chance.chance import Chance
from line_sim.chance.streams import BLOCK_BITS, KEPT_BLOCKS
from line_sim.figures.bottleneck import held_by_review
from line_sim.figures.flow import batch_rates, throughput
from line_sim.figures.statistics.batch_means import FEWEST_IN_BATCHES, batch_means
from line_sim.figures.statistics.quantiles import QUANTILES, exact_sum, rank
from line_sim.figures.window import Window, last_entry
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.offline.modelled import ModelledGateway
from line_sim.layout import Layout
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import FloatArray, IntArray, RunColumns
from line_sim.scenario.gateways.modelled import ModelledGateway as ModelledSpec
from line_sim.scenario.model import Scenario
from line_sim.units import HOUR, Nanoseconds

MOST_REPLAYED = 20_000
"""Parts after the warm-up that are replayed: of a longer run the differences come from its beginning."""

CAUSES = ("typical", "tail", "timeouts", "review")
_GRAIN = 2.0**-30  # UPH: parts of whole multiples add up without rounding


@dataclass(frozen=True, slots=True)
class _Output:
    """The output of a run or a replay: parts an hour, and those of each twentieth (None: too few)."""

    uph: float
    batches: FloatArray | None


class _Unwanted(Exception):  # noqa: N818 - no failure: the user would not wait for it
    """The replays were stopped."""


def throttle_of(
    scenario: Scenario, run: RunColumns, layout: Layout, window: Window, interrupt: Interrupt
) -> Throttle | None:
    """Replay a run without its inference's time, and step by step on the way there.

    Where a replay of it would have too many parts, less of the beginning is replayed. None where there is
    nothing to compare, no end to it, or the user would not wait for it.
    """
    uph = throughput(run, window).uph
    arrived = len(run.parts)
    if uph is None or not arrived or not layout.inspections:
        return None
    most = MOST_REPLAYED
    while most:
        before = _before_the_window(run, window, most)
        parts = min(arrived, before + most)
        comparable = _as_far_as(scenario, run, parts, arrived)
        if never_ends(comparable):
            return None
        try:
            return _told(_Replays(comparable, run, layout, window, parts, interrupt), uph)
        except _Unwanted:
            return None
        except TooMuchError as error:  # a shorter stretch, in which there are half as many as may be
            most = _fewer(min(most, parts - before), error.reached, comparable.run.duration)
    return None


def _told(replays: "_Replays", uph: float) -> Throttle:
    """Tell the throttle of a run of this output; raises what `_Replays` raises."""
    base = replays.base()
    steps = replays.steps(base)
    more = replays.one_more_camera(base)
    shift = uph - base.uph
    without = steps[-1].uph + shift
    shifted = replace(more, uph=more.uph + shift)
    return Throttle(uph, without, _split([base, *steps], without - uph), shifted, replays.parts)


def _before_the_window(run: RunColumns, window: Window, most: int) -> int:
    """Count the parts that came before the window, and those that came as it began where they are more."""
    before = int(np.count_nonzero(run.items.arrived <= window.start))
    return before if window.start or before > most else 0


def _fewer(parts: int, reached: Nanoseconds, wanted: Nanoseconds | None) -> int:
    """Return how many parts are replayed where a replay of so many got no further than this; 0: none."""
    fewer = int(parts * min(1.0, reached / wanted) / 2) if wanted else 0
    return fewer if fewer >= FEWEST_IN_BATCHES else 0


def _as_far_as(scenario: Scenario, run: RunColumns, parts: int, arrived: int) -> Scenario:
    """Return the scenario of a run that is as long as the replayed beginning of this one."""
    how: dict[str, int | None]
    if scenario.run.items is not None:
        how = {"items": parts}
    elif parts < min(arrived, len(run.items)):  # a killed run has parts of which no row tells
        how = {"duration": int(np.partition(run.items.arrived, parts)[parts])}
    else:
        how = {"duration": run.end or scenario.run.duration}
    return scenario.model_copy(update={"run": scenario.run.model_copy(update=how)})


def _split(outputs: list[_Output], whole: float) -> dict[str, Cause]:
    """Return what each step gains; what rounding leaves goes to the answers' typical time."""
    base, roomy, never_late, no_tail, no_time, real = outputs
    review = _sum(_gain(base, roomy), _gain(no_time, real))
    late, tail, typical = _gain(roomy, never_late), _gain(never_late, no_tail), _gain(no_tail, no_time)
    rest = whole - (tail.uph + late.uph + review.uph)
    gains = (replace(typical, uph=rest), tail, late, review)
    return dict(zip(CAUSES, (Cause(gain.uph, _interval(gain)) for gain in gains), strict=True))


def _gain(before: _Output, after: _Output) -> _Output:
    both = before.batches is not None and after.batches is not None
    batches = after.batches - before.batches if both else None  # type: ignore[operator] # both are there
    return _Output(round((after.uph - before.uph) / _GRAIN) * _GRAIN, batches)


def _sum(one: _Output, other: _Output) -> _Output:
    both = one.batches is not None and other.batches is not None
    batches = one.batches + other.batches if both else None  # type: ignore[operator] # both are there
    return _Output(one.uph + other.uph, batches)


def _interval(gain: _Output) -> Interval | None:
    if gain.batches is None:
        return None
    found = batch_means(gain.batches.tolist())
    return None if found.lack else (found.low, found.high)


class _Replays:
    """The replays of one run, all over the same stretch of it."""

    def __init__(
        self,
        scenario: Scenario,
        run: RunColumns,
        layout: Layout,
        window: Window,
        parts: int,
        interrupt: Interrupt,
    ) -> None:
        self._scenario = scenario
        self._run = run
        self._layout = layout
        self._window = window
        self._interrupt = interrupt
        self.parts = parts
        self._chance = Chance(scenario.seed, kept=(parts >> BLOCK_BITS) + KEPT_BLOCKS)
        specs = {spec.name: spec for spec in scenario.inspections}
        places = {station.name: place for place, station in enumerate(layout.places) if station.inspects}
        self._places = places
        self._recorded = {name: recorded_calls(run, at, specs[name], parts) for name, at in places.items()}

    def base(self) -> _Output:
        """Return the run's own output over the stretch that is replayed: all of it, of most runs."""
        items, window = self._run.items, self._window
        left, shipped = items.left, items.shipped
        layout = replace(self._layout, run=replace(self._layout.run, items=self._scenario.run.items))
        to = self._scenario.run.duration or last_entry(self._run, layout) or window.end
        if np.any((shipped | items.scrapped) & (left > window.start) & (left <= to)):
            window = Window(window.start, to, window.last)
        return _output(left[shipped], window)

    def steps(self, base: _Output) -> list[_Output]:
        """Return the outputs with ever more taken away.

        Unlimited review, no answer missing, no tail, no time; last, no time with the real review. A step
        that cannot change anything is not replayed.
        """
        roomy = _with_review(self._scenario, UNLIMITED)
        limits = {name: _p99(calls.latency) for name, calls in self._recorded.items()}
        cut = {name: Change(limit, none_missing=True) for name, limit in limits.items()}
        unlimited = self._output(roomy, self._all(AS_RECORDED)) if self._review_holds() else base
        missing = not all(calls.usable.all() for calls in self._recorded.values())
        never_late = self._output(roomy, self._all(NEVER_MISSING)) if missing else unlimited
        tail = any((calls.latency > limits[name]).any() for name, calls in self._recorded.items())
        no_tail = self._output(roomy, cut) if tail else never_late
        real = self._replay(self._scenario, self._gateways(self._all(AT_ONCE)))
        no_time = self._output(roomy, self._all(AT_ONCE)) if real.held else self._counted(real)
        return [unlimited, never_late, no_tail, no_time, self._counted(real)]

    def one_more_camera(self, base: _Output) -> OneMoreCamera:
        """Return what one more unit brings at the inspection that waits longest for its answers."""
        waits = {
            name: exact_sum(calls.latency) / self._layout.places[self._places[name]].units
            for name, calls in self._recorded.items()
        }
        name = max(waits, key=lambda station: waits[station])
        gateways = self._gateways(self._all(AS_RECORDED))
        spec = next(spec for spec in self._scenario.inspections if spec.name == name)
        held = not isinstance(spec.gateway, ModelledSpec)
        if isinstance(spec.gateway, ModelledSpec):  # the model says what a second camera would see
            options, label = spec.gateway.modelled, spec.ship_when.labels[0]
            gateways[name] = ModelledGateway(
                options, seed=self._scenario.seed, station=name, good_label=label
            )
        output = self._counted(self._replay(_with_camera(self._scenario, name), gateways))
        gain = _gain(base, output)
        return OneMoreCamera(name, output.uph, Cause(output.uph - base.uph, _interval(gain)), held)

    def _review_holds(self) -> bool:
        """Whether a part on its way to review had to wait for room, or still does."""
        return any(held_by_review(self._run, place) for place in self._places.values())

    def _all(self, change: Change) -> dict[str, Change]:
        """Return the same change for every inspection."""
        return dict.fromkeys(self._recorded, change)

    def _output(self, scenario: Scenario, changes: Mapping[str, Change]) -> _Output:
        return self._counted(self._replay(scenario, self._gateways(changes)))

    def _gateways(self, changes: Mapping[str, Change]) -> dict[str, Gateway]:
        return {name: AnswersAgain(calls, changes[name]) for name, calls in self._recorded.items()}

    def _replay(self, scenario: Scenario, gateways: dict[str, Gateway]) -> Departures:
        replayed = replay(scenario, gateways, self._interrupt, self._chance, self.parts + MOST_MORE)
        if replayed is None:
            raise _Unwanted
        return replayed

    def _counted(self, replayed: Departures) -> _Output:
        """Count a replay over the same stretch as the run: to the last part's entry, or the same end."""
        to = replayed.end if self._scenario.run.items is None else replayed.last_entry
        start = self._window.start
        if not np.any((replayed.gone > start) & (replayed.gone <= to)):
            to = replayed.end
        if start >= to:
            start = 0
        return _output(replayed.shipped, Window(start, to, replayed.end))


def _output(moments: IntArray, window: Window) -> _Output:
    """Return the hourly rate of these moments in a window, and that of each twentieth of it."""
    mine = moments[window.left_within(moments)]
    uph = len(mine) * HOUR / window.length if window.length > 0 else 0.0
    return _Output(uph, batch_rates(mine, window))


def _p99(waits: IntArray) -> Nanoseconds:
    """Return the p99 of what was waited, also for answers that never came."""
    return int(np.sort(waits)[rank(QUANTILES["p99"], len(waits)) - 1]) if len(waits) else 0


def _with_review(scenario: Scenario, places: int) -> Scenario:
    if scenario.review is None:
        return scenario
    return scenario.model_copy(update={"review": scenario.review.model_copy(update={"buffer": places})})


def _with_camera(scenario: Scenario, name: str) -> Scenario:
    line = tuple(
        spec.model_copy(update={"units": spec.units + 1}) if spec.name == name else spec
        for spec in scenario.line
    )
    return scenario.model_copy(update={"line": line})
