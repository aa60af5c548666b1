"""What output a run cannot have on average: a design that is demanded more of needs no run.

`check` tells what a place makes *in the long run*. A run is finite: it may begin its window with full buffers
and lucky machines. So what is held against the demand is a bound of the mean of just that run, exact for
every line:

- In a window of length L a machine finishes the part that it is at, and as many as it can do one after the
  other. For independent times with mean m and coefficient of variation c these are 1 + L / m + c^2 on average
  at most (Lorden, "On excess over the boundary", Annals of Mathematical Statistics 41, 1970, with Wald's
  identity). Waiting, blocking, repairs, shifts, people and set-ups only make it fewer.
- Shipped in the window are at most these, and the parts that stood behind that place when it began.
- Of a line that parts come to in their own time no more are shipped than have come: T / m + c^2 until T.

A window of so many parts has a random length, and a warm-up that is found a random beginning: there nothing
is known for sure, and every design is sampled.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from line_sim.layout import Layout, layout_of
from line_sim.scenario.distributions.by_mean import Gamma, Lognormal
from line_sim.scenario.model import Inspection, Scenario, Station
from line_sim.scenario.times import Constant, Exponential, Triangular, Uniform
from line_sim.special import gamma
from line_sim.units import HOUR, Nanoseconds


@dataclass(frozen=True, slots=True)
class Bound:
    """No more than `uph` on average, for the sake of `why`."""

    uph: float
    why: str


def bound_of(scenario: Scenario) -> Bound | None:
    """Return the lowest bound of a run's output; None where nothing is sure."""
    end, start = scenario.run.duration, scenario.run.warm_up
    if end is None or start == "auto" or start >= end or _may_stop(scenario):
        return None
    return min(_bounds(scenario, end, start), key=lambda bound: bound.uph, default=None)


def _may_stop(scenario: Scenario) -> bool:
    return any(spec.on_no_result == "stop" for spec in scenario.inspections)


def _bounds(scenario: Scenario, end: Nanoseconds, start: Nanoseconds) -> Iterator[Bound]:
    layout, window = layout_of(scenario), end - start
    comes = _moments(scenario.arrivals.every)
    if comes is not None:
        yield Bound((end / comes.mean + comes.cv2) * HOUR / window, "no more parts come")
    for place, spec in enumerate(scenario.line):
        behind = _behind(layout, spec.name)
        for machines, work, what in _works(spec):
            made = machines * (1 + window / work.mean + work.cv2) + behind if work.mean else float("inf")
            yield Bound(made * HOUR / window, f"{what} of {spec.name} can do no more")
        if isinstance(spec, Inspection) and scenario.review is not None and place < len(scenario.line) - 1:
            return  # what people clear may go round the places behind


def _behind(layout: Layout, name: str) -> int:
    """Return how many parts may stand on a place's machines and behind it."""
    first = next(place for place, each in enumerate(layout.places) if each.name == name)
    later = layout.places[first + 1 :]
    return layout.places[first].units + sum(each.units + each.buffer for each in later)


@dataclass(frozen=True, slots=True)
class _Moments:
    """The mean of a time in ns, and its squared coefficient of variation."""

    mean: float
    cv2: float


def _works(spec: Station | Inspection) -> Iterator[tuple[int, _Moments, str]]:
    """Yield what does the work of a place: how many at a time, what it takes at least, and what that is."""
    match spec:
        case Station():
            cycle = _moments(spec.cycle)
            if cycle is not None:
                yield spec.units, cycle, _counted(spec.units, "machine")
        case Inspection():
            picture, answer = _moments(spec.acquisition), _answer(spec)
            held = spec.decides != "at_gate" and answer is not None
            if picture is not None:
                work = _sum(picture, answer) if held and answer is not None else picture
                yield spec.units, work, _counted(spec.units, "camera")
            model = spec.gateway.model
            if spec.deadline is None and model is not None and _is_plain(spec):
                service = _moments(model.alone)
                if service is not None:
                    yield model.servers, service, _counted(model.servers, "server")
        case _:
            assert_never(spec)


def _counted(count: int, what: str) -> str:
    return f"the {what}" if count == 1 else f"the {count} {what}s"


def _answer(spec: Inspection) -> _Moments | None:
    """Return the moments of what a camera waits for an answer at least, the deadline in them."""
    if not _is_plain(spec) or (time := spec.gateway.answer_time) is None:
        return None
    overhead = spec.gateway.overhead
    if spec.deadline is None:
        return _later(_moments(time), overhead)
    if spec.deadline <= overhead:
        return _Moments(float(spec.deadline), 0.0)
    return _later(_cut(time, float(spec.deadline - overhead)), overhead)


def _later(time: _Moments | None, by: Nanoseconds) -> _Moments | None:
    return None if time is None else _sum(time, _Moments(float(by), 0.0))


def _cut(time: object, deadline: float) -> _Moments | None:
    """Return the moments of the smaller of a time and a deadline: the mean of it, and a cv^2 that is no less.

    Of a gamma of shape k the mean is m P(k + 1, x) + D (1 - P(k, x)), x = k D / m, with the regularised
    incomplete gamma function P; the second moment is at most D times that, and at most that of the time.
    """
    match time:
        case Constant():
            return _Moments(min(float(time.value), deadline), 0.0)
        case Exponential() | Gamma():
            cv2 = time.cv**2 if isinstance(time, Gamma) else 1.0
            shape, x = 1 / cv2, deadline / (cv2 * time.mean)
            mean = time.mean * gamma.share_below(shape + 1, x) + deadline * gamma.share_above(shape, x)
            squares = min(deadline * mean, time.mean**2 * (1 + cv2))
            return _Moments(mean, max(0.0, squares / mean**2 - 1))
        case _:
            return None


def _is_plain(spec: Inspection) -> bool:
    """Whether its answers come from a model of its own that works on one request after the other."""
    model = spec.gateway.model
    own = getattr(spec.gateway, "modelled", None) is not None
    return own and model is not None and not model.batches and getattr(model, "sharing", None) is None


def _sum(one: _Moments, other: _Moments) -> _Moments:
    """Return the moments of the sum of two independent times."""
    mean = one.mean + other.mean
    variance = one.cv2 * one.mean**2 + other.cv2 * other.mean**2
    return _Moments(mean, variance / mean**2 if mean else 0.0)


def _moments(time: object) -> _Moments | None:
    """Return the moments of a time; None of those that are not told in closed form here."""
    match time:
        case Constant():
            return _Moments(float(time.value), 0.0)
        case Exponential():
            return _Moments(float(time.mean), 1.0)
        case Gamma() | Lognormal():
            return _Moments(float(time.mean), time.cv**2)
        case Uniform():
            return _of_variance(time.mean_ns, (time.high - time.low) ** 2 / 12)
        case Triangular(low=low, mode=mode, high=high):
            squares = low**2 + mode**2 + high**2 - low * mode - low * high - mode * high
            return _of_variance(time.mean_ns, squares / 18)
        case _:
            return None


def _of_variance(mean: float, variance: float) -> _Moments:
    return _Moments(mean, variance / mean**2)
