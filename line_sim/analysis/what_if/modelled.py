"""A modelled server whose answers are known before it is asked: one that always has a worker free.

Where there are as many workers as calls may be out, and none is kept by a call that was given up, every call
is begun at once. How long it takes then is its own draw, whenever it is made.
"""

from line_sim.analysis.what_if.answers import Fate, Foreknown, fate_of
from line_sim.chance.chance import Chance
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import Always, Draws
from line_sim.inspection.gateway import FIRST_ATTEMPT
from line_sim.inspection.outcome import Answered, TimedOut
from line_sim.layout import layout_of, server_name
from line_sim.scenario.mix.mix import PerVariant
from line_sim.scenario.model import Inspection, Scenario
from line_sim.truth import DEFECTIVE
from line_sim.units import LATEST, Nanoseconds


def never_busy(scenario: Scenario, spec: Inspection) -> bool:
    """Whether a model has a worker free for every call of an inspection, and does not wait for more."""
    model, review = spec.gateway.model, scenario.review
    repairs = review is not None and review.rework is not None
    if model is None or model.batches or model.shared or repairs or layout_of(scenario).makes_defects:
        return (
            False  # what a repaired part truly is, or one that the line may have spoilt, only the line tells
        )
    asking = [each for each in scenario.inspections if server_name(each) == server_name(spec)]
    given_up = model.after_deadline == "stops" or all(each.deadline is None for each in asking)
    return model.servers >= sum(each.most_calls for each in asking) and given_up


class NeverBusy(Foreknown):
    """The answers of such a model; with `in_time` those that come too late are right, at the deadline."""

    def __init__(
        self, spec: Inspection, defect_rate: float | PerVariant[float], chance: Chance, *, in_time: bool
    ) -> None:
        super().__init__(spec)
        name, options = spec.name, spec.gateway.model
        if options is None:
            raise TypeError(f"{name}: no modelled server answers there")
        self._service = chance.durations(Purpose.INFERENCE, name, options.alone)
        self._misses = chance.events(Purpose.NETWORK_MISSES, name, options.miss_rate)
        self._alarms = chance.events(Purpose.NETWORK_FALSE_ALARM, name, options.false_alarm_rate)
        self._defective: Draws[bool] = Always(value=False)
        if defect_rate:
            self._defective = chance.events(Purpose.TRUE_STATE, "", defect_rate)
        self._overhead = options.overhead
        self._longest = LATEST if spec.deadline is None else spec.deadline
        good, bad = Answered(spec.ship_when.labels[0], 1.0), Answered(DEFECTIVE, 1.0)
        self._passes, self._fails = fate_of(good, spec), fate_of(bad, spec)
        self.in_time = in_time
        self._late = None if in_time else fate_of(TimedOut(), spec)

    @property
    def identity(self) -> dict[str, str]:
        """Say that nothing real answered."""
        return {"server": "modelled"}

    def block(self, index: int, visit: int = 1) -> tuple[list[Nanoseconds], list[Fate | None]]:
        """Return how long the parts of a block wait, and what becomes of them."""
        which = index, visit, FIRST_ATTEMPT
        longest, late = self._longest, self._late
        times = self._service.block(*which)
        if self._overhead:
            times = [time + self._overhead for time in times]
        each = zip(
            times,
            self._defective.block(index),
            self._misses.block(*which),
            self._alarms.block(*which),
            strict=True,
        )
        fates = [
            late if time > longest else self._passes if (missed if defective else not alarm) else self._fails
            for time, defective, missed, alarm in each
        ]
        return [min(time, longest) for time in times], fates
