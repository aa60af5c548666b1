"""The choice for a scenario: the facts are looked up here, and weighed in `choice`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from line_sim.compiled.known import KNOWN
from line_sim.engine.choice import (
    FEWEST_EVENTS,
    FEWEST_TO_COMPILE,
    Choice,
    EngineWish,
    Facts,
    choose,
)
from line_sim.engine.compiler import compiler_is_off, compiler_lacks, is_warm
from line_sim.engine.events import events_of
from line_sim.layout import Feature, layout_of, unsaid
from line_sim.scenario import Scenario


def engine_for(
    scenario: Scenario,
    wish: EngineWish = "auto",
    *,
    watchers: Sequence[object] = (),
    foreign: Iterable[str] = (),
    runs: int = 1,
) -> Choice:
    """Return which line makes a run of a scenario, and why.

    `watchers` want to see every step; the answers at the inspections `foreign` are not the scenario's own;
    so many `runs` like this one are made by the same process. Raises ScenarioError where the compiled line is
    wished for and cannot be.
    """
    layout = layout_of(scenario)
    lacks = compiler_lacks()
    if not lacks and compiler_is_off():
        lacks = "NUMBA_DISABLE_JIT turns the compiler off"
    events = events_of(layout) * runs
    facts = Facts(
        events=events,
        warm=not FEWEST_EVENTS <= events < FEWEST_TO_COMPILE or bool(lacks) or is_warm(),
        lacks=lacks,
        watched=", ".join(dict.fromkeys(type(watcher).__name__ for watcher in watchers)),
        unsaid=unsaid(scenario),
        foreign=tuple(foreign),
    )
    return choose(wish, layout, facts)


def can_replay(scenario: Scenario, answered: Collection[str]) -> bool:
    """Whether the compiled line knows a line whose answers at some inspections are known beforehand."""
    layout = layout_of(scenario)
    known = frozenset({Feature.MODELLED})
    line = tuple(replace(place, answers=known) if place.name in answered else place for place in layout.line)
    servers = tuple(
        server
        for server in layout.servers
        if any(layout.places[place].name not in answered for place in server.places)
    )
    return replace(layout, line=line, servers=servers).features <= KNOWN and not unsaid(scenario)
