"""Lines whose stations make defects: random ones for hypothesis, and a few that stories are about."""

from typing import Any

from hypothesis import strategies as st
from strategies import Written, written_scenarios, written_tied_scenarios
from ways_back import written_rework

from line_sim.scenario import Scenario

some_rates = st.sampled_from([0.0, 0.3, 0.3, 1.0])
some_kinds = st.sampled_from([None, ["scratch"], ["chip", "stain"]])


def spoils(rate: float, *kinds: str) -> dict[str, Any]:
    """Return the key of a station that makes defects."""
    return {"makes_defects": {"rate": rate, **({"kinds": list(kinds)} if kinds else {})}}


@st.composite
def written_spoiling(draw: st.DrawFn, lines: st.SearchStrategy[Written]) -> Written:
    """Return one of these lines, of which the first station and some others make defects."""
    written = draw(lines)
    put_makers(draw, written["line"])
    return written


def put_makers(draw: st.DrawFn, line: list[Written]) -> None:
    """Let the first station and some others make defects."""
    stations = [entry for entry in line if "station" in entry]
    for number, entry in enumerate(stations):
        if not number or draw(st.booleans()):
            kinds = draw(some_kinds)
            entry["makes_defects"] = {"rate": draw(some_rates), **({"kinds": kinds} if kinds else {})}


def spoiling() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios of such lines: of any times, of whole seconds, with repairs."""
    lines = st.one_of(written_scenarios(), written_tied_scenarios(), written_rework())
    return written_spoiling(lines).map(Scenario.model_validate)
