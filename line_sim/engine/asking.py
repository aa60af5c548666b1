"""The choice for a scenario: the facts are looked up here, and weighed in `choice`."""

from collections.abc import Iterable, Sequence

from line_sim.engine.choice import Choice, EngineWish, Facts, choose
from line_sim.engine.compiler import compiler_is_off, compiler_lacks
from line_sim.engine.events import events_of
from line_sim.layout import layout_of, unsaid
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
    if not lacks and wish == "auto" and compiler_is_off():
        lacks = "NUMBA_DISABLE_JIT turns the compiler off"
    facts = Facts(
        events=events_of(layout) * runs,
        lacks=lacks,
        watched=", ".join(dict.fromkeys(type(watcher).__name__ for watcher in watchers)),
        unsaid=unsaid(scenario),
        foreign=tuple(foreign),
    )
    return choose(wish, layout, facts)
