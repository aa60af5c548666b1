"""A server measured: the protocol round by round, while the machine's other load is watched."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic, sleep

import numpy as np

from line_sim.errors import CalibrationError, GatewayError
from line_sim.line.interrupt import Interrupt
from line_sim.study.calibration.measuring.load import MOST_FOREIGN, Read, foreign_share
from line_sim.study.calibration.measuring.parts import Asking, FailedError, done, pilot_of
from line_sim.study.calibration.measuring.payloads import Payloads
from line_sim.study.calibration.measuring.target import Target
from line_sim.study.calibration.measuring.team import Team, ask
from line_sim.study.calibration.observed import Observed, Round, Stretch
from line_sim.study.calibration.plan import LEAST_ROUNDS, Part, Pilot, Plan, plan

MOST_OUT = 48
"""Threads that call: so many calls of the held-out stream may be out at once."""

BASELINE_S = 1.5
LOOKS = 3
REPEATS = 3
"""So many rounds that others disturbed are measured anew, before that is given up."""

TRIES = 3
"""So often a part is tried in which a call failed."""

MOST_DONE = 30
"""No more rounds are done, however quick they are."""


@dataclass(frozen=True, slots=True)
class How:
    """What the user wants of a measurement: times in seconds. `takt` None: twice a lone call.

    `least_gap` is the shortest pause that a camera of the line makes between two calls.
    """

    most: int
    seconds: float
    takt: float | None = None
    least_gap: float = 0.0
    any_load: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Watching:
    """The world around a measurement: the machine's usage, and who is told and may stop it."""

    usage: Read
    processors: int
    narrate: Callable[[str], None] = lambda _: None
    progress: Callable[[float, float], None] = lambda _done, _most: None
    interrupt: Interrupt = field(default_factory=Interrupt)

    def foreign(self, look: Callable[[], None], *, quiet: bool = False) -> float | None:
        """Return the share of the processors that others had while something was done."""
        before = self.usage()
        look()
        return foreign_share(before, self.usage(), self.processors, quiet=quiet)


def measure(target: Target, payloads: Payloads, how: How, around: Watching) -> Observed:
    """Measure a server that is open.

    Raises CalibrationError where others keep the machine busy, GatewayError where calls fail, ScenarioError
    where the time does not suffice, KeyboardInterrupt where a stop was wished.
    """
    baseline = _baseline(how, around)
    with Team(MOST_OUT) as team:
        chance = np.random.default_rng(how.seed)
        asking = Asking(target.gateway, team, payloads.bytes_each, payloads.usual, target.ping, sleep, chance)
        sizes, refused = _taken(asking, payloads)
        pilot, takt = _pilot(asking, how)
        told = plan(pilot, takt, how.seconds, sizes, how.seed)
        around.narrate(
            f"a lone call takes about {pilot.alone * 1000:.1f} ms; {told.rounds} rounds of about "
            f"{told.each:.0f} s, lone calls every {takt * 1000:.0f} ms"
        )
        if refused:
            around.narrate(f"{len(refused)} of the picture's sizes are refused and left out")
        rounds = _Rounds(asking, pilot, told, how, around)
        kept = rounds.measured()
    return Observed(tuple(kept), how.most, target.cold, baseline, rounds.repeated, dict(rounds.failed))


def _baseline(how: How, around: Watching) -> float | None:
    """Look at the machine before any call. Raises CalibrationError where others keep it busy."""
    share = None
    for _ in range(LOOKS):
        _stop_if_wished(around)
        share = around.foreign(lambda: sleep(BASELINE_S), quiet=True)
        if share is None or share <= MOST_FOREIGN or how.any_load:
            return share
    raise CalibrationError(_too_busy(share or 0.0, "before the first call"))


def _too_busy(share: float, when: str) -> str:
    return (
        f"{when} others took {share:.1%} of this machine's processor time; above {MOST_FOREIGN:.0%} a "
        f"server's times are not its own: wait until they are done, or go on all the same with --any-load"
    )


def _taken(asking: Asking, payloads: Payloads) -> tuple[tuple[int, ...], set[int]]:
    """Return the sizes of the picture that the server answers, and those that it does not."""
    refused = {item for item in payloads.sizes if not ask(asking.gateway, item).answered}
    return payloads.without(refused), refused


def _pilot(asking: Asking, how: How) -> tuple[Pilot, float]:
    try:
        pilot = pilot_of(asking, how.most)
    except FailedError as error:
        raise GatewayError(f"the server cannot be measured: a call failed with {error}") from None
    takt = 2 * pilot.alone if how.takt is None else how.takt
    return pilot, max(takt, pilot.alone + how.least_gap)


def _stop_if_wished(around: Watching) -> None:
    if around.interrupt.wished:
        raise KeyboardInterrupt


class _Rounds:
    """The rounds of one measurement, as they are done."""

    def __init__(self, asking: Asking, pilot: Pilot, told: Plan, how: How, around: Watching) -> None:
        self._asking, self._pilot, self._plan = asking, pilot, told
        self._how, self._around = how, around
        self._began = monotonic()
        self.repeated = 0
        self.failed: Counter[str] = Counter()

    def measured(self) -> list[Round]:
        """Do rounds until the time is over; one that others disturbed is done anew."""
        kept: list[Round] = []
        while len(kept) < LEAST_ROUNDS or (self._has_time(len(kept)) and len(kept) < MOST_DONE):
            kept.append(self._undisturbed(self._plan.order(len(kept))))
        return kept

    def _has_time(self, kept: int) -> bool:
        """Whether one more round fits in, as long as those before were."""
        each = self._elapsed / (kept + self.repeated)
        return self._elapsed + 0.8 * each < self._how.seconds

    @property
    def _elapsed(self) -> float:
        return monotonic() - self._began

    def _undisturbed(self, parts: tuple[Part, ...]) -> Round:
        while True:
            one = self._one(parts)
            if one.foreign is None or one.foreign <= MOST_FOREIGN or self._how.any_load:
                return one
            if self.repeated == REPEATS:
                raise CalibrationError(_too_busy(one.foreign, f"in {REPEATS + 1} rounds"))
            self.repeated += 1
            self._around.narrate(
                f"others took {one.foreign:.1%} of the processor time: this round is done anew"
            )

    def _one(self, parts: tuple[Part, ...]) -> Round:
        stretches: list[Stretch] = []

        def look() -> None:
            for part in parts:
                _stop_if_wished(self._around)
                stretches.append(self._part(part))
                self._tell()

        foreign = self._around.foreign(look)
        return replace(Round(tuple(stretches)), foreign=foreign)

    def _part(self, part: Part) -> Stretch:
        for _ in range(TRIES):
            try:
                return done(part, self._asking, self._pilot)
            except FailedError as error:
                self.failed[str(error)] += 1
                self._asking.sleep(self._pilot.full_cycle)
        reasons = ", ".join(f"{status} ({count} x)" for status, count in self.failed.most_common(3))
        raise GatewayError(f"the server cannot be measured: calls fail again and again: {reasons}")

    def _tell(self) -> None:
        self._around.progress(min(self._elapsed, self._how.seconds), self._how.seconds)
