"""What is asked of a run: some of its figures, their counts, the outages that it saw."""

from collections.abc import Iterable

from line_sim.figures.asked.facts import Facts
from line_sim.figures.asked.ways import Ways, ways_of
from line_sim.figures.stops.outages import outages_seen
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.run_columns import RunColumns


class Asked:
    """A run that is asked for figures by name; `ways` are those of its line, where they are at hand.

    The layout may be that of the same line with another seed: no figure hangs on that.
    """

    def __init__(self, run: RunColumns, layout: Layout, ways: Ways | None = None) -> None:
        self._facts = Facts(run, layout)
        self._ways = ways_of(layout) if ways is None else ways

    @property
    def window(self) -> Window:
        """The stretch of time that rates and shares of time are of."""
        return self._facts.window

    def figures(self, wanted: Iterable[str]) -> dict[str, float | None]:
        """Return the wanted figures by name; None where one is not known. Raises KeyError for no figure."""
        return {name: self._ways[name].value(self._facts) for name in wanted}

    def counts(self, wanted: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Return the counts of those of the wanted that are shares of counted calls or parts.

        A share over several runs is that of the sums: a mean of the runs' shares would weigh a run of few
        parts like one of many.
        """
        ways = ((name, self._ways[name].rate) for name in wanted)
        rates = {name: rate(self._facts) for name, rate in ways if rate is not None}
        return {name: (rate.count, rate.n) for name, rate in rates.items()}

    @property
    def outages(self) -> dict[str, int]:
        """The outages of each station that may fail; 20 stands for 20 or more."""
        return outages_seen(self._facts.run, self._facts.layout, self._facts.window)
