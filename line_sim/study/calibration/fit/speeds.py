"""mu(n): how much lone work a second the server does with n calls in service, from closed loops.

A closed loop of n callers is a closed network of the server and of what lies between two visits to it (the
overhead and the caller's own time, a delay). Where work is shared it has product form for any distribution
of work, with normalising constants G(n): X(n) = G(n-1)/G(n) and G(n) = sum over k of D^(n-k)/(n-k)! times
the product of S/mu(i), i <= k. Throughputs X(1..n) so give mu(1..n) one after the other, without iteration.
Cycles of sizes that no loop had lie in between, in proportion; no mu is told of them.
(Baskett, Chandy, Muntz and Palacios 1975; Buzen 1973.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np

from line_sim.study.calibration.observed import Round, Stretch


@dataclass(frozen=True, slots=True)
class Loop:
    """Closed loops: a caller's mean cycle, from answer to answer, and its mean pause, in seconds."""

    cycle: float
    pause: float


@dataclass(frozen=True, slots=True)
class _Sums:
    """The cycles of the loops of one size in one round."""

    length: float = 0.0
    cycles: int = 0
    pauses: float = 0.0


Sums = Mapping[int, _Sums]


def sums_in(one: Round) -> dict[int, _Sums]:
    """Add up the cycles of a round's loops by their number of callers."""
    found: dict[int, _Sums] = {}
    for stretch in one.of("loop"):
        before = found.get(stretch.size, _Sums())
        found[stretch.size] = _more(before, stretch)
    return found


def _more(sums: _Sums, stretch: Stretch) -> _Sums:
    length, cycles, pauses = sums.length, sums.cycles, sums.pauses
    for sender in range(stretch.size):
        mine = [call for call in stretch.calls if call.sender == sender]
        length += mine[-1].ended - mine[0].ended
        cycles += len(mine) - 1
        pauses += sum(call.pause for call in mine[1:])
    return _Sums(length, cycles, pauses)


def loops_of(rounds: Sequence[Sums]) -> dict[int, Loop]:
    """Return the loops of some rounds, taken together, by their number of callers."""
    found = {}
    for size in sorted({size for one in rounds for size in one}):
        sums = [one[size] for one in rounds if size in one]
        cycles = sum(each.cycles for each in sums)
        found[size] = Loop(sum(s.length for s in sums) / cycles, sum(s.pauses for s in sums) / cycles)
    return found


def speeds_of(loops: Mapping[int, Loop], work: float, overhead: float) -> dict[int, float]:
    """Return mu(n) for every loop of n callers, given the mean work of a lone call and its overhead."""
    constants, products, found = [1.0, overhead + loops[1].pause + work], [1.0, work], {1: 1.0}
    measured, loops = loops, _every_size(loops)
    for size in range(2, max(loops) + 1):
        delay = overhead + loops[size].pause
        constant = constants[-1] * loops[size].cycle / size
        below = sum(delay ** (size - k) / factorial(size - k) * products[k] for k in range(size))
        product = max(constant - below, 1e-9 * constant)
        found[size] = work * products[-1] / product
        constants.append(constant)
        products.append(product)
    return {size: mu for size, mu in found.items() if size in measured}


def _every_size(loops: Mapping[int, Loop]) -> dict[int, Loop]:
    """Put loops of the sizes that were left out between those that were measured."""
    sizes = sorted(loops)
    cycles = np.interp(range(1, sizes[-1] + 1), sizes, [loops[size].cycle for size in sizes])
    pauses = np.interp(range(1, sizes[-1] + 1), sizes, [loops[size].pause for size in sizes])
    both = zip(cycles.tolist(), pauses.tolist(), strict=True)
    return {size: Loop(cycle, pause) for size, (cycle, pause) in enumerate(both, 1)}


def pooled(speeds: Mapping[int, float], places: int) -> tuple[float, ...]:
    """Return mu(1..places) of a server with so many places: what more callers bring is that of a full one.

    Between two numbers that are known it lies in proportion.

    No n calls are done more than n times as fast as one: what a loop says beyond that is chance.
    """
    if places == 1:
        return (1.0,)
    known = min(places, max(speeds))
    below = np.interp(range(2, known), sorted(speeds), [speeds[n] for n in sorted(speeds)]).tolist()
    full = [speed for n, speed in speeds.items() if n >= known]
    found = (1.0, *below, float(np.mean(full)))
    return tuple(min(speed, float(size)) for size, speed in enumerate(found, 1))
