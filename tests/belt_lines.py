"""Random lines with belts in them, and the same lines with stations in the place of belts."""

from typing import Any

from hypothesis import strategies as st
from strategies import written_scenarios, written_tied_scenarios

from line_sim.scenario import Scenario
from line_sim.scenario.fields import Belt, belt_of

Written = dict[str, Any]

either = st.one_of(written_scenarios(), written_tied_scenarios())


@st.composite
def belts(draw: st.DrawFn) -> Written:
    """Return a belt: whole seconds a place, so that things coincide, or a travel that no place divides."""
    places = draw(st.integers(1, 4))
    travel = draw(st.one_of(st.integers(1, 2).map(lambda cell: cell * places), st.integers(1, 7)))
    return {"places": places, "travel": travel, "accumulates": draw(st.booleans())}


def put_belts(draw: st.DrawFn, *entries: Written) -> None:
    """Put belts in front of about half of some stations."""
    for entry in entries:
        if draw(st.booleans()):
            entry["buffer"] = draw(belts())


@st.composite
def lines_with_belts(draw: st.DrawFn, lines: st.SearchStrategy[Written] = either) -> Scenario:
    """Return a scenario, of either sort by default, about half of whose buffers are belts."""
    written = draw(lines)
    written["review"]["rework"] = None  # what comes to be repaired is on no belt
    put_belts(draw, *written["line"], written["review"])
    return Scenario.model_validate(written)


def closing_up(scenario: Scenario) -> Scenario:
    """Return the same line with belts that accumulate, and none in front of review."""
    written = scenario.model_dump(exclude_none=True)
    for entry in written["line"]:
        if isinstance(entry.get("buffer"), dict):
            entry["buffer"]["accumulates"] = True
    written["review"]["buffer"] = 2
    return Scenario.model_validate(written)


def without_belts(scenario: Scenario) -> Scenario:
    """Return the same line with so many stations in the place of each belt, without buffers."""
    written = scenario.model_dump(exclude_none=True)
    line: list[Written] = []
    for spec, entry in zip(scenario.line, written["line"], strict=True):
        belt = belt_of(spec.buffer)
        if belt is not None:
            line += cells(spec.name, belt)
            entry["buffer"] = 0
        line.append(entry)
    return Scenario.model_validate({**written, "line": line})


def cells(name: str, belt: Belt) -> list[Written]:
    """Return a station for each place of a belt; the first takes the nanoseconds that are left over."""
    cell, rest = divmod(belt.travel, belt.places)
    times = [cell + rest, *[cell] * (belt.places - 1)]
    return [{"station": f"{name} {n}", "cycle": f"{time} ns"} for n, time in enumerate(times, 1)]
