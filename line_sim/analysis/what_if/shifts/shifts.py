"""Other shifts of the same line: as many parts by other chance, with answers like those of the run.

A modelled server is asked again. Of any other nobody knows what it would say to other parts: its answers are
drawn from those measured, with replacement, by what the parts truly are.
"""

from collections.abc import Mapping
from hashlib import blake2b
from itertools import takewhile

import numpy as np

from line_sim.analysis.what_if.answers import Recorded
from line_sim.analysis.what_if.stretch import Output, Stretch
from line_sim.analysis.what_if.trials import Trial, as_in, tried
from line_sim.chance.chance import Chance
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import BLOCK, BLOCK_BITS, KEPT_BLOCKS, Stream
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import BoolArray, FloatArray, IntArray
from line_sim.scenario.model import Station

TWINS = 2
"""Shifts by the same chance, each with a sample of its own of the measured answers."""


class Shifts:
    """Shifts that a line might have worked instead, each the same whenever it is asked about.

    `recorded` are the answers of the inspections that are held, `good` whether the parts of those calls truly
    were, both by inspection.
    """

    def __init__(
        self,
        stretch: Stretch,
        recorded: Mapping[str, Recorded],
        good: Mapping[str, BoolArray],
        interrupt: Interrupt,
        *,
        quickly: bool = False,
    ) -> None:
        self._stretch = stretch
        self._recorded = recorded
        self._good = good
        self._interrupt = interrupt
        self._quickly = quickly
        self._chances: dict[int, Chance] = {}
        self._drawn: dict[int, dict[str, Recorded]] = {}

    @property
    def parts(self) -> int:
        """How many parts a shift has."""
        return self._stretch.parts

    @property
    def drawn(self) -> bool:
        """Whether answers are drawn from those measured."""
        return bool(self._recorded)

    def groups(self, number: int) -> list[range]:
        """Return so many groups of shifts by the same chance, which differ in the answers alone.

        Where none are drawn each group is one shift.
        """
        size = self._alike
        return [range(first, first + size) for first in range(0, number * size, size)]

    @property
    def _alike(self) -> int:
        return TWINS if self.drawn else 1

    def try_out(self, trial: Trial, number: int) -> Output:
        """Tell what a trial's line makes in a shift. Raises Unwanted where the user would not wait."""
        chance, recorded = self._chance(number), self._answers(number)
        changed = as_in(trial, self._stretch.scenario)
        told = tried(changed, recorded, chance, self._interrupt, self.parts, quickly=self._quickly)
        return self._stretch.counted(told)

    def _chance(self, number: int) -> Chance:
        group = number // self._alike
        if group not in self._chances:
            kept = (self.parts >> BLOCK_BITS) + KEPT_BLOCKS
            self._chances[group] = Chance(shift_seed(self._stretch.scenario.seed, group), kept)
        return self._chances[group]

    def _answers(self, number: int) -> dict[str, Recorded]:
        if number not in self._drawn:
            self._drawn[number] = {
                name: self._draw(name, calls, number) for name, calls in self._recorded.items()
            }
        return self._drawn[number]

    def _draw(self, name: str, calls: Recorded, number: int) -> Recorded:
        """Draw a sample of as many calls as there were, and from that the calls of a shift."""
        many = len(calls.item)
        if not many:
            return calls
        seed = self._stretch.scenario.seed
        sample = _runs(Stream(seed, "sample of answers", f"{name}/{number}"), many, many)
        chosen = sample[_runs(Stream(seed, "answers of a shift", f"{name}/{number}"), many, self.parts)]
        truly = self._truly_good(number, name)
        own = self._good[name]
        row = chosen.copy()
        for state in (True, False):
            pool = sample[calls.usable[sample] & (own[sample] == state)]
            other = (truly == state) & (own[chosen] != state)
            row[other] = _any(Stream(seed, f"other answers, {state}", f"{name}/{number}"), pool, other)
        fates = [calls.fates[at] if at >= 0 else None for at in row.tolist()]
        items = np.arange(1, self.parts + 1)
        return Recorded(calls.spec, items, calls.latency[chosen], calls.usable[chosen], fates)

    def _truly_good(self, number: int, seen_at: str = "") -> BoolArray:
        """Tell which parts of a shift are good when an inspection looks (none named: in the end)."""
        scenario, chance = self._stretch.scenario, self._chance(number)
        rate = scenario.product.defect_rates
        flaws = [chance.events(Purpose.TRUE_STATE, "", rate)] if rate else []
        flaws += [
            chance.events(Purpose.SPOILT, spec.name, spec.makes_defects.rate)
            for spec in takewhile(lambda spec: spec.name != seen_at, scenario.line)
            if isinstance(spec, Station) and spec.makes_defects is not None
        ]
        if not flaws:
            return np.ones(self.parts, dtype=bool)
        blocks = range((self.parts >> BLOCK_BITS) + 1)
        each = [np.concatenate([flaw.block(block) for block in blocks]) for flaw in flaws]
        return np.asarray(~np.logical_or.reduce(each)[1 : self.parts + 1])


def shift_seed(seed: int, number: int) -> int:
    """Return the seed of another shift; `number` counts from 0."""
    name = f"{seed}\x1fanother shift\x1f{number}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "little")


def _uniforms(stream: Stream, count: int) -> FloatArray:
    return np.concatenate([stream.block(block) for block in range(-(-count // BLOCK))])[:count]


def _runs(stream: Stream, among: int, count: int) -> IntArray:
    """Pick so many of so many, with replacement, in runs of neighbours: what is alike stays together."""
    length = max(1, round(among ** (1 / 3)))
    first = (_uniforms(stream, -(-count // length)) * among).astype(np.int64)
    return ((first[:, None] + np.arange(length)) % among).ravel()[:count]


def _any(stream: Stream, pool: IntArray, wanted: BoolArray) -> IntArray:
    """Pick one of a pool for each that wants one; -1 where there is none."""
    count = int(np.count_nonzero(wanted))
    if not count or not len(pool):
        return np.full(count, -1)
    return np.asarray(pool[(_uniforms(stream, count) * len(pool)).astype(np.int64)])
