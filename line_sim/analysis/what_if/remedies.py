"""What would help most: every change that a line allows, tried on this run and on others like it.

The line is replayed with one thing changed: a station, the taking of the pictures, the answers or the review
a tenth quicker; a machine that never fails; every answer in time; one more place, camera or reviewer.
What limits a line is where such a change brings most. Every draw is shared with the run, so that of this run
a gain is exact. Of a shift like this it is an estimate: those that gain most are tried there, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from line_sim.analysis.summary.helps import Helps
from line_sim.analysis.summary.summary import Estimate, Remedies, Remedy
from line_sim.analysis.what_if.changes import Try, changes, everywhere
from line_sim.analysis.what_if.effort import FEWEST
from line_sim.analysis.what_if.replay.works import TooMuchError
from line_sim.analysis.what_if.shifts.estimate import estimate
from line_sim.analysis.what_if.stretch import Output, Stretch
from line_sim.analysis.what_if.subject import Subject
from line_sim.analysis.what_if.trials import Trial, Unwanted, as_in, held, tried
from line_sim.engine.choice import EngineWish
from line_sim.figures.flow import station_times
from line_sim.figures.statistics.lack import same_in_all
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.layout.places import Failures, Place
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import RunColumns
from line_sim.scenario.model import Scenario
from line_sim.units import HOUR

MOST_PLACES = 12
"""Places at which something is tried: of a longer line those that were busy or down most of the time."""

_PARTS_IN_ALL = 60_000
_FEWEST_PARTS = 1_000

_CONTENDERS = 5
_MOST_LUCKY = 2
_SHIFTS = 8
_PARTS_OF_FASTER = frozenset({Helps.FASTER_ANSWERS, Helps.FASTER_PICTURES})


def remedies_of(
    scenario: Scenario,
    run: RunColumns,
    layout: Layout,
    window: Window,
    interrupt: Interrupt,
    engine: EngineWish = "auto",
) -> Remedies | None:
    """Try every change on a run; None of a run without parts, and where nobody would wait for it."""
    if not len(run.parts) or window.length <= 0:
        return None
    try:
        return _ranked(Subject(scenario, run, layout, window, interrupt, engine))
    except (Unwanted, TooMuchError):
        return None


def _ranked(subject: Subject) -> Remedies:
    busiest = _busiest_first(subject)
    places = frozenset(busiest[:MOST_PLACES])
    trials = list(changes(subject.scenario, places, _missing(subject)))
    most = max(_FEWEST_PARTS, _PARTS_IN_ALL // max(1, len(trials)))
    there_is_time_for = max(FEWEST, subject.time_for(len(trials) + 2))
    stretch = subject.stretch(min(most, there_is_time_for))
    base, (together, *found) = _in_this_run(subject, [everywhere(subject.scenario), *trials], stretch)
    ranked = sorted(_in_shifts(subject, trials, found, busiest[0]), key=_rank, reverse=True)
    left_out = len(busiest) - len(places)
    spared = stretch.parts < subject.stretch(most).parts
    return Remedies(tuple(ranked), stretch.parts, base.leaving, together.lasting, left_out, spared)


def _rank(remedy: Remedy) -> tuple[float, float]:
    """Put first what brings most: in a shift like this, or else in this run."""
    return remedy.shift.uph if remedy.shift else remedy.gain, remedy.gain


def _busiest_first(subject: Subject) -> list[str]:
    """Return the places, those with the least time to spare first."""
    times = list(station_times(subject.run, subject.layout, subject.window))
    times.sort(key=lambda time: (time.busy + time.down) / max(1, time.planned), reverse=True)
    return [time.station for time in times]


def _missing(subject: Subject) -> frozenset[str]:
    """Return the inspections of which some call had no usable answer."""
    calls = subject.calls(len(subject.run.parts))
    return frozenset(name for name, each in calls.items() if not each.usable.all())


def _in_this_run(subject: Subject, trials: Iterable[Try], stretch: Stretch) -> tuple[Output, list[Remedy]]:
    """Return what the run made, and what each change would have brought in it."""
    recorded, chance = subject.calls(stretch.parts), subject.chance(stretch.parts)

    def output(trial: Trial) -> Output:
        changed = as_in(trial, stretch.scenario)
        told = tried(changed, recorded, chance, subject.interrupt, stretch.parts, quickly=subject.quickly)
        return stretch.counted(told)

    inspections = subject.scenario.inspections
    holds = any(map(held, inspections)) if inspections else None
    base = output(Trial(subject.scenario))
    return base, [_remedy(remedy, place, base, output(trial), holds) for remedy, place, trial in trials]


def _remedy(remedy: Helps, place: str, base: Output, after: Output, holds: bool | None) -> Remedy:
    gain = after.uph - base.uph
    parts, lasting = gain * base.time / HOUR, _lasting(remedy, after) - _lasting(remedy, base)
    return Remedy(remedy, place, after.uph, gain, parts, lasting, held=holds)


def _lasting(remedy: Helps, made: Output) -> float:
    """Return the output of a stretch that a remedy is measured by, in UPH.

    Without breakdowns that is all of it: what an outage at its beginning held back leaves later, and would
    count for the line that fails.
    """
    return made.uph if remedy is Helps.NEVER_FAILS else made.lasting


def _in_shifts(
    subject: Subject, trials: Sequence[Try], found: Sequence[Remedy], busiest: str
) -> Iterable[Remedy]:
    """Yield the remedies, those that might be the best with what they bring in other shifts."""
    contenders = _contenders(found, busiest, _worn(subject))
    shifts = subject.shifts(_SHIFTS * (1 + len(contenders)))
    if shifts is None or not contenders:
        return found
    groups = shifts.groups(_SHIFTS)
    base = Trial(subject.scenario)
    as_is = {one: shifts.try_out(base, one) for group in groups for one in group}

    def gains(remedy: Helps, trial: Trial) -> Estimate:
        def gain(one: int) -> float:
            return _lasting(remedy, shifts.try_out(trial, one)) - _lasting(remedy, as_is[one])

        found = estimate([[gain(one) for one in group] for group in groups], shifts.parts, drawn=shifts.drawn)
        if remedy is Helps.NEVER_FAILS and found.ci == (0.0, 0.0):  # it did not matter in any, and may yet
            return replace(found, ci=None, why=same_in_all(found.shifts, "shifts").text)
        return found

    return [
        replace(remedy, shift=gains(Helps(remedy.remedy), trial)) if number in contenders else remedy
        for number, (remedy, (_, _, trial)) in enumerate(zip(found, trials, strict=True))
    ]


def _worn(subject: Subject) -> dict[str, float]:
    """Return what share of its time each place that fails is down in the long run, where its means are known.

    A machine that counts its work is as often down as it is busy: by its load beside that of the others.
    """
    places = [place for place in subject.layout.places if place.planned is not None]
    work = {place.name: (place.planned or 0.0) / place.units for place in places}
    highest = max(work.values(), default=0.0) or 1.0
    found = {}
    for place in places:
        aged = work[place.name] / highest
        share = sum(
            (1.0 if way.by_calendar else aged) * _down_a_while_up(place, way) for way in place.failures
        )
        if share:
            found[place.name] = share
    return found


def _down_a_while_up(place: Place, way: Failures) -> float:
    """Return how long a machine is down for the time that a way counts, as a share; 0 where nobody knows."""
    up = way.up if way.up is None or not way.by_parts else way.up * (place.planned or 0.0)
    return way.repair / up if up and way.repair else 0.0


def _contenders(found: Sequence[Remedy], busiest: str, worn: Mapping[str, float]) -> frozenset[int]:
    """Return which remedies are tried in other shifts: those that gained most, and what was lucky here.

    A machine that seldom fails may not have failed in this run, and a place that is nearly always busy may
    not have held it up: of those that fail, the ones that are down most in the long run, as `worn` has them.
    What is a part of another remedy is left out.
    """
    whole = {remedy.place for remedy in found if remedy.remedy == Helps.FASTER}
    numbers = [
        number
        for number, remedy in enumerate(found)
        if remedy.lasting > 0 and not (remedy.remedy in _PARTS_OF_FASTER and remedy.place in whole)
    ]
    numbers.sort(key=lambda number: found[number].lasting, reverse=True)
    fails = [number for number, remedy in enumerate(found) if remedy.remedy == Helps.NEVER_FAILS]
    fails.sort(key=lambda number: worn.get(found[number].place, 0.0), reverse=True)
    quicker = {remedy.place: number for number, remedy in enumerate(found) if remedy.remedy == Helps.FASTER}
    lucky = fails[:_MOST_LUCKY] + ([quicker[busiest]] if busiest in quicker else [])
    return frozenset([*numbers[:_CONTENDERS], *lucky])
