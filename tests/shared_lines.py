"""Random lines whose inspections share a server, many of them in whole seconds so that ties really happen."""

from typing import Any

from hypothesis import strategies as st
from strategies import (
    distributions,
    inspection_entries,
    positive_ticks,
    tied_inspections,
    written_scenarios,
    written_tied_scenarios,
)

from line_sim.scenario import Scenario

Written = dict[str, Any]


@st.composite
def by_size(draw: st.DrawFn) -> Written:
    """Return whole seconds for batches of one to four."""
    first, more = draw(positive_ticks), draw(st.lists(st.integers(0, 3), min_size=3, max_size=3))
    return {size: first + sum(more[: size - 1]) for size in (1, 2, 3, 4)}


@st.composite
def servers(draw: st.DrawFn, services: st.SearchStrategy[object]) -> Written:
    """Return a modelled server, mostly one that puts requests together."""
    batching = {
        "max": draw(st.integers(1, 4)),
        "wait": draw(st.integers(0, 4)),
        "pads": draw(st.booleans()),
    }
    return {
        "service": draw(services),
        "servers": draw(st.sampled_from([1, 1, 2, 3])),
        "after_deadline": draw(st.sampled_from(["stops", "keeps_computing"])),
        "miss_rate": draw(st.sampled_from([0.0, 0.3])),
        "batching": draw(st.sampled_from([None, batching, batching])),
        "overhead": draw(st.sampled_from([0, 0, 1, 2])),
    }


whole_gates = st.builds(
    lambda places, cell: {"places": places, "travel": cell * places}, st.integers(1, 4), st.integers(1, 2)
)
"""A gate's belt on which every part steps on at whole seconds."""


@st.composite
def shared(
    draw: st.DrawFn,
    lines: st.SearchStrategy[Written],
    last: st.SearchStrategy[Written],
    services: st.SearchStrategy[object],
    gated: bool = False,
) -> Scenario:
    """Return such a line, its inspections (one more than it had) asking the server `gpu`.

    `gated`: at some of them, the last one always, parts are sent on at a gate.
    """
    scenario = draw(lines)
    line = [*scenario["line"], draw(last)]
    for entry in line:
        if "inspection" in entry:
            entry["gateway"] = {"server": "gpu"}
            entry["deadline"] = draw(st.sampled_from([None, 1, 2, 4, 9]))
            if gated and (entry is line[-1] or draw(st.booleans())):
                entry.update(decides="at_gate", gate=draw(whole_gates))
    return Scenario.model_validate(
        {**scenario, "servers": {"gpu": {"modelled": draw(servers(services))}}, "line": line}
    )


def whole_lines(*, gated: bool = False) -> st.SearchStrategy[Scenario]:
    """Return lines on which all happens at whole seconds."""
    return shared(written_tied_scenarios(), tied_inspections("last"), by_size(), gated)


def any_lines(*, gated: bool = False) -> st.SearchStrategy[Scenario]:
    """Return lines whose times may be random, or of batches that take something in between."""
    between = st.builds(lambda first, more: {1: first, 4: first + more}, positive_ticks, st.integers(0, 9))
    means = st.sampled_from([1, 2])
    random = st.builds(
        lambda mean: {1: {"exponential": {"mean": mean}}, 4: {"gamma": {"mean": 9, "cv": 1}}}, means
    )
    services = between | random | distributions | positive_ticks
    tied = shared(written_tied_scenarios(), tied_inspections("last"), services, gated)
    return tied | shared(written_scenarios(), inspection_entries("last"), services, gated)
