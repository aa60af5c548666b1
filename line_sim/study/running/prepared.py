"""A line ready to be run under one seed after the other: what hangs on no seed is made once."""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

from line_sim.errors import ScenarioError
from line_sim.figures.asked.asked import Asked
from line_sim.figures.asked.ways import ways_of
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.opening import open_gateways
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.pictures.opening import picture_source
from line_sim.recording.run_columns import RunColumns, columns_of
from line_sim.scenario import Scenario
from line_sim.study.running.engines import Engine, Ran, Wished, engine_of, on_simpy

KEPT = 64
"""Lines that are kept ready; a study goes from one to the other, a plan among all of its designs."""


class Prepared:
    """A line, its layout, the ways of its figures and who runs it. Raises ScenarioError of a real server.

    The layout is that of whatever seed: what is asked of a run here hangs on none.
    """

    def __init__(self, line: Scenario, engine: Engine | None = None, wished: Wished | None = None) -> None:
        if line.live:
            raise ScenarioError(f"{line.name}: it asks a real server; model its gateway, or run it live")
        self._line = line
        self._engine = engine or engine_of(line, wished or Wished())
        self.layout = layout_of(line)
        self._ways = ways_of(self.layout)

    def run(
        self, seed: int, interrupt: Interrupt | None = None, instead: Mapping[str, Gateway] | None = None
    ) -> Ran:
        """Run it; `instead` answer in place of its own gateways, by inspection.

        The part of a run that was done when a stop was wished is there. Raises RunFileError for a recording
        that cannot answer.
        """
        scenario = self._line.model_copy(update={"seed": seed})
        with ExitStack() as stack:
            pictures = picture_source(scenario)
            gateways = open_gateways(scenario, pictures, stack, lambda _: None, Path()) | dict(instead or {})
            engine = self._engine if instead is None else on_simpy  # no other engine knows what they will say
            return engine(scenario, gateways, pictures.defect_kinds if pictures else (), interrupt)

    def columns(self, ran: Ran) -> RunColumns:
        """Return a run's rows as columns."""
        return columns_of(ran.rows, self.layout, ran.ending.at)

    def asked(self, columns: RunColumns) -> Asked:
        """Return a run to ask for figures."""
        return Asked(columns, self.layout, self._ways)


def prepared(scenario: Scenario, wished: Wished | None = None) -> Prepared:
    """Return the line of a scenario, made ready; the same for the same line under any seed.

    Raises ScenarioError of a real server, and where the engine that is wished for cannot run it.
    """
    return _kept(scenario.model_copy(update={"seed": 0}), wished)


@lru_cache(maxsize=KEPT)
def _kept(line: Scenario, wished: Wished | None) -> Prepared:
    return Prepared(line, wished=wished)
