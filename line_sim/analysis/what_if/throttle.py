"""What inference costs the line, split by cause: differences between replays, which add up.

`uph_without_inference` is that of the same parts, by the same chance, with answers that take no time and are
never missing. What is between it and the run is split among four causes, which can be taken away one by one
or together: the end of the review's room, missing answers, the part of a waiting time above its p99 (the
tail), and the part below. Causes overlap, so each has its Shapley value, see `split`. Room in review helps a
line without waiting, too; what it gains there is no cost of the inference and is taken off `review` again. So

    review + timeouts + tail + typical = uph_without_inference - uph

exactly. Of this run that is no estimate: the replays share every draw. What another shift would lose is one,
see `estimate`.
"""

from dataclasses import replace

import numpy as np

from line_sim.analysis.summary.summary import Cause, OneMoreCamera, ThisRun, Throttle
from line_sim.analysis.what_if.answers import AS_RECORDED, AnswersAgain, Change, Recorded
from line_sim.analysis.what_if.effort import FEWEST
from line_sim.analysis.what_if.replay.departures import Departures
from line_sim.analysis.what_if.replay.recursion import UNLIMITED
from line_sim.analysis.what_if.replay.replays import MOST_MORE, never_ends, replay
from line_sim.analysis.what_if.replay.works import TooMuchError
from line_sim.analysis.what_if.shifts.losses import lost_in_a_shift
from line_sim.analysis.what_if.split import Gone, Part, shapley
from line_sim.analysis.what_if.stretch import Output
from line_sim.analysis.what_if.subject import Subject
from line_sim.analysis.what_if.trials import Trial, Unwanted, held, tried, with_review, with_spec
from line_sim.engine.choice import EngineWish
from line_sim.figures.bottleneck import held_by_review
from line_sim.figures.flow import throughput
from line_sim.figures.statistics.batch_means import FEWEST_IN_BATCHES
from line_sim.figures.statistics.quantiles import QUANTILES, exact_sum, rank
from line_sim.figures.window import Window
from line_sim.inspection.gateway import Gateway
from line_sim.layout import Layout
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import IntArray, RunColumns
from line_sim.scenario.model import Scenario
from line_sim.units import HOUR, Nanoseconds

MOST_REPLAYED = 20_000
"""Parts after the warm-up that are replayed: of a longer run the differences come from its beginning."""

_PARTS_IN_ALL = 100_000

CAUSES = ("typical", "tail", "timeouts", "review")
_GRAIN = 2.0**-30  # UPH: parts of whole multiples add up without rounding


def throttle_of(
    scenario: Scenario,
    run: RunColumns,
    layout: Layout,
    window: Window,
    interrupt: Interrupt,
    engine: EngineWish = "auto",
) -> Throttle | None:
    """Replay a run without its inference's time, and with some of its causes taken away.

    Where a replay of it would have too many parts, less of the beginning is replayed. None where there is
    nothing to compare, no end to it, or the user would not wait for it.
    """
    subject = Subject(scenario, run, layout, window, interrupt, engine)
    if not layout.inspections or not len(run.parts):
        return None
    uph = throughput(run, window).uph
    if uph is None:
        return None
    most = MOST_REPLAYED
    while most:
        stretch = subject.stretch(most)
        if never_ends(stretch.scenario):
            return None
        try:
            return _compared(subject, most, uph)
        except Unwanted:
            return None
        except TooMuchError as error:  # a shorter stretch, in which there are half as many as may be
            most = _fewer(min(most, stretch.parts), error.reached, stretch.scenario.run.duration)
    return None


def _fewer(parts: int, reached: Nanoseconds, wanted: Nanoseconds | None) -> int:
    """Return how many parts are replayed where a replay of so many got no further than this; 0: none."""
    fewer = int(parts * min(1.0, reached / wanted) / 2) if wanted else 0
    return fewer if fewer >= FEWEST_IN_BATCHES else 0


def _compared(subject: Subject, most: int, uph: float) -> Throttle:
    """Tell the throttle of a run of this output; raises Unwanted and TooMuchError."""
    replays = _Replays(subject, most)
    base, parts = replays.base, replays.split()
    shift = uph - base.uph
    whole = replays.without.uph - base.uph
    without = uph + whole
    more = replays.one_more_camera()
    return Throttle(
        uph,
        without,
        _causes(parts, without - uph),
        replace(more, uph=more.uph + shift),
        replays.stretch.parts,
        ThisRun(whole * base.time / HOUR, base.shipped),
        lost_in_a_shift(subject),
        replays.spared,
    )


def _causes(parts: dict[str, Part], whole: float) -> dict[str, Cause]:
    """Return the causes' parts so that they add up; what rounding leaves is the typical time's."""
    told = {name: _cause(parts[name]) for name in CAUSES}
    rest = whole - (told["tail"].uph + told["timeouts"].uph + told["review"].uph)
    return {**told, "typical": replace(told["typical"], uph=rest)}


def _cause(part: Part) -> Cause:
    return Cause(round(part.value / _GRAIN) * _GRAIN, (part.low, part.high))


class _Replays:
    """The replays of one run with its answers held, all over the same stretch of it."""

    def __init__(self, subject: Subject, most: int) -> None:
        self._subject = subject
        self.stretch = subject.stretch(most)
        calls = subject.calls(self.stretch.parts)
        self._limits = {name: _p99(each.latency) for name, each in calls.items()}
        self._there = self._causes_there(calls)
        enough = _PARTS_IN_ALL >> len(self._there)
        there_is_time_for = max(FEWEST, subject.time_for(1 << len(self._there)))
        if min(enough, there_is_time_for) < most:
            self.stretch = subject.stretch(min(enough, there_is_time_for, most))
            calls = subject.calls(self.stretch.parts)
        self.spared = self.stretch.parts < subject.stretch(min(enough, most)).parts
        self._scenario = self.stretch.scenario
        self._recorded = calls
        self._chance = subject.chance(self.stretch.parts)
        self._known: dict[Gone, tuple[Output, bool]] = {}
        self._roomy: dict[Gone, Output] = {}
        self.base = self.stretch.recorded(subject.run, subject.layout, subject.window)

    def _causes_there(self, calls: dict[str, Recorded]) -> tuple[str, ...]:
        """Return the causes that can be taken away: a run without timeouts has none to lose."""
        there = {
            "typical": True,
            "tail": any((each.latency > self._limits[name]).any() for name, each in calls.items()),
            "timeouts": not all(each.usable.all() for each in calls.values()),
            "review": self._subject.scenario.review is not None,
        }
        return tuple(cause for cause in CAUSES if there[cause])

    @property
    def without(self) -> Output:
        """Return what the line makes without any of its inference's costs, with its real review."""
        return self._real(frozenset(self._there) - {"review"})[0]

    def split(self) -> dict[str, Part]:
        """Return each cause's part of what inference costs, in UPH."""
        roomy = self._output(frozenset(self._there)).uph - self.without.uph

        def worth(gone: Gone) -> float:
            return self._output(gone).uph - (roomy if "review" in gone else 0.0)

        return {**dict.fromkeys(CAUSES, Part(0.0, 0.0, 0.0)), **shapley(self._there, worth)}

    def _output(self, gone: Gone) -> Output:
        """Return what the line makes with some causes taken away.

        Where no part that was inspected had to wait for room, more room in review changes nothing.
        """
        real, full = self._real(gone - {"review"})
        if "review" not in gone or not full:
            return real
        if gone not in self._roomy:
            roomy = with_review(self._scenario, buffer=UNLIMITED)
            self._roomy[gone] = self.stretch.counted(self._replay(roomy, self._changed(gone)))
        return self._roomy[gone]

    def _real(self, gone: Gone) -> tuple[Output, bool]:
        """Return what the line makes with its real review, and whether that might hold it up."""
        if gone not in self._known:
            if gone:
                replayed = self._replay(self._scenario, self._changed(gone))
                self._known[gone] = self.stretch.counted(replayed), replayed.held
            else:
                self._known[gone] = self.base, self._review_holds()
        return self._known[gone]

    def _review_holds(self) -> bool:
        """Whether a part on its way to review had to wait for room, or still does."""
        places = enumerate(self._subject.layout.places)
        return any(
            held_by_review(self._subject.run, place, station) for place, station in places if station.decides
        )

    def one_more_camera(self) -> OneMoreCamera:
        """Return what one more unit brings at the inspection that waits longest for its answers."""
        units = {spec.name: spec.units for spec in self._scenario.inspections}
        waits = {name: exact_sum(calls.latency) / units[name] for name, calls in self._recorded.items()}
        name = max(waits, key=lambda station: waits[station])
        spec = next(spec for spec in self._scenario.inspections if spec.name == name)
        more = Trial(with_spec(self._scenario, name, units=spec.units + 1))
        subject, parts = self._subject, self.stretch.parts
        told = tried(more, self._recorded, self._chance, subject.interrupt, parts, quickly=subject.quickly)
        output = self.stretch.counted(told)
        return OneMoreCamera(name, output.uph, output.uph - self.base.uph, held(spec))

    def _changed(self, gone: Gone) -> dict[str, Gateway]:
        """Return the answers without some of what they cost."""
        return {
            name: AnswersAgain(calls, _change(gone, self._limits[name]))
            for name, calls in self._recorded.items()
        }

    def _replay(self, scenario: Scenario, gateways: dict[str, Gateway]) -> Departures:
        subject, most = self._subject, self.stretch.parts + MOST_MORE
        replayed = replay(scenario, gateways, subject.interrupt, self._chance, most, quickly=subject.quickly)
        if replayed is None:
            raise Unwanted
        return replayed


def _change(gone: Gone, limit: Nanoseconds) -> Change:
    """Return what is made of answers: `limit` (ns) parts the usual time from the tail."""
    missing = AS_RECORDED._replace(none_missing="timeouts" in gone)
    if "typical" not in gone:
        return missing._replace(limit=limit) if "tail" in gone else missing
    # nobody can tell how much of it is tail where all of it goes, nor need to
    return missing._replace(limit=0) if "tail" in gone else missing._replace(less=limit)


def _p99(waits: IntArray) -> Nanoseconds:
    """Return the p99 of what was waited, also for answers that never came."""
    return int(np.sort(waits)[rank(QUANTILES["p99"], len(waits)) - 1]) if len(waits) else 0
