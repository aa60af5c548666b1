"""An inference server that is only a model: a service time, some workers, and a network that errs.

Where it works on one call after the other, and calls come in the order of line time, the moment at which each
is answered is known when it is put: the server is a queue whose workers have a next free moment each. That
holds as well where several inspections share it. One that puts calls together is in `together`.

Its compiled twin is `line_sim.compiled.kernel.servers`.
"""

import heapq

from line_sim.chance import needs
from line_sim.chance.chance import Chance
from line_sim.inspection.gateway import Inquiry, Offline, Reply
from line_sim.inspection.outcome import Answered, TimedOut
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.truth import DEFECTIVE
from line_sim.units import Nanoseconds

LATE = "DEADLINE_EXCEEDED"

Workers = list[Nanoseconds]
"""When each of a server's workers is free next: a heap."""


class Model(Offline):
    """What every modelled server says of a part; `good_label` is its word for a good one."""

    def __init__(self, options: ModelledOptions, station: str, good_label: str, chance: Chance) -> None:
        self._misses = needs.network_misses(station, options).of(chance).of
        self._alarms = needs.network_false_alarms(station, options).of(chance).of
        self._good, self._defective = Answered(good_label, 1.0), Answered(DEFECTIVE, 1.0)
        self._late = TimedOut()
        self.says = {"server": "modelled"}

    @property
    def identity(self) -> dict[str, str]:
        """Say that nothing real answered, or what was measured."""
        return self.says

    def _answer(self, inquiry: Inquiry) -> Answered:
        if inquiry.true_state == DEFECTIVE:
            says_good = self._misses(inquiry.item_id, inquiry.visit, inquiry.attempt)
        else:
            says_good = not self._alarms(inquiry.item_id, inquiry.visit, inquiry.attempt)
        return self._good if says_good else self._defective


class ModelledGateway(Model):
    """Answers from a scenario's `modelled` options; first come, first served.

    An answer is there the `overhead` after its worker is done and free: what is on the way, there and back,
    might as well all be on the way back, as everything at the server is later by the same time.

    A missed deadline answers `TimedOut` after exactly the deadline. With `after_deadline: stops` the
    worker is free at that moment too (and never begins on a call that is already given up); with
    `keeps_computing` it finishes what nobody waits for, and so slows the next part. `chance` is that of
    the seed, which several models may share, `workers` those of a server that several inspections share.
    """

    def __init__(
        self,
        options: ModelledOptions,
        *,
        seed: int,
        station: str,
        good_label: str,
        chance: Chance | None = None,
        workers: Workers | None = None,
    ) -> None:
        chance = chance or Chance(seed)
        super().__init__(options, station, good_label, chance)
        self._service = needs.inference(station, options).of(chance).of
        self._keeps_computing = options.after_deadline == "keeps_computing"
        self._overhead = options.overhead
        self._free_at: Workers = [0] * options.servers if workers is None else workers

    def ask(self, inquiry: Inquiry) -> Reply:
        """Answer by the model; calls must come in the order of their line time."""
        begins_at = max(inquiry.issued_at, self._free_at[0])
        done_at = begins_at + self._service(inquiry.item_id, inquiry.visit, inquiry.attempt)
        latency = done_at + self._overhead - inquiry.issued_at
        if inquiry.deadline is None or latency <= inquiry.deadline:
            heapq.heapreplace(self._free_at, done_at)
            return Reply(self._answer(inquiry), latency, "OK")
        given_up_at = inquiry.issued_at + inquiry.deadline
        if self._keeps_computing:
            heapq.heapreplace(self._free_at, done_at)
        elif begins_at < given_up_at:
            heapq.heapreplace(self._free_at, min(done_at, given_up_at))
        return Reply(self._late, inquiry.deadline, LATE)
