"""A scenario that was accepted, carried through all that is done with one, and stopped where it is long."""

import warnings
from contextlib import suppress
from pathlib import Path

from line_sim.analysis.limits import limits
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import ENDINGS
from line_sim.report.diagram import diagram
from line_sim.report.page.writing import write_page
from line_sim.report.summary_text import summary_text
from line_sim.scenario import Scenario, dump, loads
from line_sim.simulation import audit_again, report_again, simulate

AND_MORE = 100_000
"""Steps after a wish to stop: more than any line has parts to tell of."""


class Impatient:
    """An observer that wishes the line to stop after so many steps, and breaks it off where it does not."""

    def __init__(self, most: int) -> None:
        self.interrupt = Interrupt()
        self.steps = 0
        self._most = most

    def _count(self, *_: object) -> None:
        self.steps += 1
        if self.steps == self._most:
            self.interrupt.wish()
        if self.steps == self._most + AND_MORE:  # as a second Ctrl-C does
            raise KeyboardInterrupt

    on_arrival = on_started = on_visit = on_item = on_outage = on_call = _count


def drawn(scenario: Scenario) -> None:
    """Hold a scenario to what `check` shows of it, without a warning of NumPy's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert loads(dump(scenario)) == scenario
        assert diagram(scenario)
        found = limits(scenario)
        assert found.zero_buffer_uph is None or found.zero_buffer_uph <= found.bottleneck.uph


def carried_through(scenario: Scenario, folder: Path, observer: Impatient | None = None) -> None:
    """Run it, read it again, audit and show it, without a warning of NumPy's."""
    watched = (observer,) if observer else ()
    interrupt = observer.interrupt if observer else None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with suppress(KeyboardInterrupt):
            result = simulate(scenario, folder, observers=watched, interrupt=interrupt)
            assert result.ended in ENDINGS
            assert result.summary.audit_passed, [str(check) for check in audit_again(folder).values()]
        again = report_again(folder)
        assert again.summary.audit_passed
        summary_text(again.summary)
        write_page(again)
