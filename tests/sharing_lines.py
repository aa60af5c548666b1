"""Random lines whose inspections share a server that works side by side, many of them in whole seconds."""

from typing import Any

from hypothesis import strategies as st
from shared_lines import Written, whole_gates
from strategies import (
    distributions,
    inspection_entries,
    positive_ticks,
    tied_inspections,
    written_scenarios,
    written_tied_scenarios,
)

from line_sim.scenario import Scenario

SPEEDS: tuple[dict[int, float], ...] = (
    {1: 1},
    {1: 1, 2: 1.5},
    {1: 1, 2: 2},
    {1: 1, 2: 1, 4: 2},
    {1: 1, 2: 0.5},
)
"""What a whole server does."""


@st.composite
def sharing(draw: st.DrawFn) -> Written:
    """Return how a server shares its processors, and often what waking it up takes."""
    idle = {"after": draw(st.integers(0, 3)), "adds": draw(st.sampled_from([1, 2, "500 ms"]))}
    longer = {"after": 4, "adds": draw(st.sampled_from([1, 3]))}
    return {
        "after_deadline": draw(st.sampled_from(["stops", "keeps_computing"])),
        "miss_rate": draw(st.sampled_from([0.0, 0.3])),
        "sharing": {"places": draw(st.sampled_from([1, 2, 3, 9])), "speed": draw(st.sampled_from(SPEEDS))},
        "idle": draw(st.sampled_from([None, idle, [idle, longer]])),
        "overhead": draw(st.sampled_from([0, 0, 1, "500 ms"])),
    }


@st.composite
def asking(
    draw: st.DrawFn,
    lines: st.SearchStrategy[Written],
    last: st.SearchStrategy[Written],
    server: st.SearchStrategy[Written],
    gated: bool,
) -> Scenario:
    """Return such a line, all its inspections asking one server."""
    scenario = draw(lines)
    line = [*scenario["line"], draw(last)]
    for entry in line:
        if "inspection" in entry:
            entry["gateway"] = {"server": "gpu"}
            entry["deadline"] = draw(st.sampled_from([None, 1, 2, 4, 9]))
            if gated and draw(st.booleans()):
                entry.update(decides="at_gate", gate=draw(whole_gates))
    return Scenario.model_validate({**scenario, "servers": {"gpu": {"modelled": draw(server)}}, "line": line})


def served_by(
    services: st.SearchStrategy[object], others: st.SearchStrategy[Written] | None = None
) -> st.SearchStrategy[Written]:
    """Return servers that take so long."""
    return st.builds(
        lambda service, more: {"service": service, **more}, services, sharing() if others is None else others
    )


def whole_lines(server: st.SearchStrategy[Written], *, gated: bool = False) -> st.SearchStrategy[Scenario]:
    """Return lines on which all else happens at whole seconds."""
    return asking(written_tied_scenarios(), tied_inspections("last"), server, gated)


def any_lines(
    others: st.SearchStrategy[Written] | None = None, *, gated: bool = False
) -> st.SearchStrategy[Scenario]:
    """Return lines whose times may be random."""
    server = served_by(positive_ticks | distributions, others)
    loose = asking(written_scenarios(), inspection_entries("last"), server, gated)
    return whole_lines(server, gated=gated) | loose


@st.composite
def own_servers(draw: st.DrawFn) -> dict[str, Any]:
    """Return what a plain server is that has several workers, each with one call."""
    return {
        "after_deadline": draw(st.sampled_from(["stops", "keeps_computing"])),
        "servers": draw(st.sampled_from([1, 2, 3])),
        "overhead": draw(st.sampled_from([0, 0, 1])),
    }
