"""A way to a modelled server whose answers hang on requests to come: the line's clock puts its questions."""

from collections.abc import Callable
from typing import NoReturn

from line_sim.chance.chance import Chance
from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.inspection.offline.modelled import LATE, Model
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.units import Nanoseconds

Mend = Callable[[Inquiry, Reply], Reply]
"""Makes another reply of one."""


def as_it_is(_: Inquiry, reply: Reply) -> Reply:
    """Return the reply itself."""
    return reply


class QueuedGateway(Model):
    """One inspection's way to such a server, which it names; `mend` has the last word on a reply."""

    def __init__(
        self,
        server: object,
        options: ModelledOptions,
        *,
        station: str,
        good_label: str,
        chance: Chance,
        mend: Mend = as_it_is,
    ) -> None:
        super().__init__(options, station, good_label, chance)
        self.server = server
        self.mend = mend

    def ask(self, inquiry: Inquiry) -> NoReturn:
        """Nobody can say at once: the clock of the line puts the request. Raises TypeError."""
        raise TypeError(f"the answer about part {inquiry.item_id} hangs on requests to come: use env.ask")

    def answered(self, inquiry: Inquiry, latency: Nanoseconds) -> Reply:
        """Return the answer that came after so long."""
        return self.mend(inquiry, Reply(self._answer(inquiry), latency, "OK"))

    def given_up(self, inquiry: Inquiry) -> Reply:
        """Return what becomes of a request at its deadline."""
        return self.mend(inquiry, Reply(self._late, inquiry.deadline or 0, LATE))
