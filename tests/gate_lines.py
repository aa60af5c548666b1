"""Random lines with gates in them."""

from typing import Any

from belt_lines import either, put_belts
from hypothesis import strategies as st
from strategies import inspection_entries, tied_inspections

from line_sim.scenario import Scenario

Written = dict[str, Any]


@st.composite
def gates(draw: st.DrawFn) -> Written:
    """Return a gate's belt: whole seconds a place, so that things coincide, or an uneven travel."""
    places = draw(st.integers(1, 4))
    travel = draw(st.one_of(st.integers(1, 2).map(lambda cell: cell * places), st.integers(1, 7)))
    return {"places": places, "travel": travel}


def put_gates(draw: st.DrawFn, *inspections: Written) -> None:
    """Put gates behind about half of some inspections."""
    for entry in inspections:
        if draw(st.booleans()):
            entry.update(decides="at_gate", gate=draw(gates()))


@st.composite
def lines_with_gates(draw: st.DrawFn, lines: st.SearchStrategy[Written] = either) -> Scenario:
    """Return a scenario with a gate at one inspection at least, by default of either sort."""
    written = draw(lines)
    line = written["line"]
    inspections = [entry for entry in line if "inspection" in entry]
    if not inspections:
        inspections.append(draw(st.one_of(inspection_entries("camera"), tied_inspections("camera"))))
        line.insert(draw(st.integers(0, len(line))), inspections[0])
    inspections[0].update(decides="at_gate", gate=draw(gates()))
    put_gates(draw, *inspections[1:])
    if draw(st.booleans()):
        del inspections[0]["deadline"]
    if draw(st.booleans()):
        put_belts(draw, *line, written["review"])
    return Scenario.model_validate(written)
