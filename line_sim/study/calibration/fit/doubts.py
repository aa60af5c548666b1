"""What speaks against a fit, in words: what a user must know, and what no model of this family can say."""

from collections.abc import Iterator

import numpy as np

from line_sim.study.calibration.fit.fitted import Fitted
from line_sim.study.calibration.fit.places import BurstTimes, Candidate
from line_sim.units import counted

DOUBTFUL, UNFIT = 0.06, 0.15
"""How far burst times may be off beyond chance, as a share (root mean square), until told, or refused."""

HELD_OUT = {"throughput": 0.03, "p50": 0.06, "p95": 0.15}
"""Errors of the held-out probe beyond which a user is told."""

CLEARLY = 24
DRIFT = 0.05


def refusals_of(found: Fitted) -> Iterator[str]:
    """Yield why no law of this family fits the server; nothing where one does."""
    if found.best.off > UNFIT:
        yield (
            f"no limited processor sharing fits: with the likeliest number of places, {found.best.places}, "
            f"answers to bursts are {found.best.off:.0%} off{_pattern(found)}"
        )


def _pattern(found: Fitted) -> str:
    """Say what the bursts look like, if it is known."""
    for burst in sorted(found.bursts, key=lambda one: -one.size):
        if burst.size < 3 or burst.spacing > 0.2 * burst.means[0]:
            continue
        answers = burst.means[burst.size :]
        if answers[-1] - answers[1] < 0.15 * answers[0] and answers[0] < 0.8 * answers[1]:
            return (
                f": of {burst.size} calls the first was answered alone and the others at once, as a server "
                "does that puts calls together; model it with batching"
            )
    return "; see which answers are early and which late on the page"


def doubts_of(found: Fitted) -> Iterator[str]:
    """Yield what a user must know of the fit."""
    yield from _of_places(found)
    yield from _of_speeds(found)
    yield from _of_given_up(found)
    yield from _of_the_probe(found)
    yield from _of_drift(found)


def _of_places(found: Fitted) -> Iterator[str]:
    best, *others = found.candidates
    if DOUBTFUL < best.off <= UNFIT:
        yield f"answers to bursts are {best.off:.0%} off the model, more than chance explains"
    near = [one for one in others if not _told_apart(best, one, found.bursts)]
    if near:
        also = ", ".join(_places(one) for one in sorted(near, key=lambda one: one.places))
        yield f"places: {_places(best)} is likeliest, but {also} would fit about as well; measure longer"
    most = found.observed.most
    if not best.limit:
        yield (
            f"all of {counted(most, 'calls')} at once were worked on together; what more of them would do "
            f"was not measured (--in-flight), and the model lets them share, too"
        )


def _places(one: Candidate) -> str:
    return str(one.places) if one.limit else "no limit"


def _told_apart(best: Candidate, other: Candidate, bursts: tuple[BurstTimes, ...]) -> bool:
    """Whether one is clearly the better: by so many squared errors, of which two tell of each call."""
    features = sum(2 * burst.size for burst in bursts)
    return (other.score - best.score) * features > CLEARLY


def _of_speeds(found: Fitted) -> Iterator[str]:
    for size, speed in found.speeds.items():
        if speed.low > size * 1.02:
            yield (
                f"{size} calls at once were done {speed.value:.2f} times as fast as one alone, more than "
                f"{size} servers could; lone calls were slow: does a pause slow them in a way that is not "
                f"seen?"
            )
    if found.best.places == 1:
        full = found.speeds[max(found.speeds)]
        if full.high < 0.97:
            yield (
                f"where calls wait, each takes {1 / full.value - 1:.0%} longer than alone; a queue of one "
                "place cannot say so, and will be too fast at high load"
            )


def _of_given_up(found: Fitted) -> Iterator[str]:
    if found.deciding is None:
        yield "nothing tells whether work goes on for calls that were given up; the model says it stops"
        return
    if not found.deciding.clear:
        yield (
            f"it is not clear whether work goes on for calls that were given up: probes stand at "
            f"{found.deciding.position:.2f} +- {found.deciding.error:.2f} (0: stopped, 1: finished)"
        )
    others = [each for each in found.probes if each.tells and each.clear]
    if len({each.goes_on for each in others}) > 1:
        yield (
            "a call in service is finished after its deadline, one that waits is dropped, or the other way "
            f"round; the model says {'keeps_computing' if found.law.keeps_computing else 'stops'} of both"
        )


def _of_the_probe(found: Fitted) -> Iterator[str]:
    figures = found.held_out.figures
    far = [
        f"{name} {figures[name].error:+.1%}"
        for name, most in HELD_OUT.items()
        if abs(figures[name].error) > most + 2 * figures[name].noise
    ]
    if far:
        yield f"the model is off on calls that it was not fitted to: {', '.join(far)}"


def _of_drift(found: Fitted) -> Iterator[str]:
    means = np.array([block.mean() for block in found.blocks if block.size])
    half = means.size // 2
    if half < 2:
        return
    first, last = means[:half], means[-half:]
    change = float(last.mean() / first.mean() - 1)
    noise = float(np.sqrt((first.var() + last.var()) / max(1, half - 1)) / first.mean())
    if abs(change) > DRIFT + 2 * noise:
        yield f"lone calls took {change:+.0%} in the second half of the time: something has changed"
