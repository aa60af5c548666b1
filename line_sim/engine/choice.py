"""Which line makes a run: the choice, and why it is made. Nothing is imported or measured for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

from line_sim.compiled.known import KNOWN
from line_sim.errors import ScenarioError
from line_sim.layout import Layout

Engine: TypeAlias = Literal["simpy", "compiled"]
EngineWish: TypeAlias = Literal["auto", "simpy", "compiled"]
WISHES: tuple[EngineWish, ...] = get_args(EngineWish)

FEWEST_EVENTS = 40_000
"""Events of a run from which on the compiled line saves a tenth of a second or more, if its code is there."""

FEWEST_TO_COMPILE = 250_000
"""Those from which on it is compiled, once, where it is not: some seconds, which later runs are spared."""


class Choice(NamedTuple):
    """The line that makes a run, and why in a few words."""

    name: Engine
    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the choice hangs on beside the layout.

    `events` is about how many the run has (all runs that are to be made, where there are several). `warm`:
    the compiled line's code is there. `lacks` says why there is no compiler (empty: there is one), `watched`
    who wants to see every step (empty: nobody does), `unsaid` are the keys of the scenario for which no
    feature stands, and `foreign` the inspections whose answers are not those of the scenario.
    """

    events: int
    warm: bool = True
    lacks: str = ""
    watched: str = ""
    unsaid: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def choose(wish: EngineWish, layout: Layout, facts: Facts) -> Choice:
    """Choose. Raises ScenarioError where the compiled line is wished for and cannot be."""
    if wish == "simpy":
        return Choice("simpy", "it was asked for")
    in_the_way = "; ".join(_in_the_way(layout, facts))
    if in_the_way:
        if wish == "compiled":
            raise ScenarioError(f"{layout.run.scenario}: it cannot be run on compiled code: {in_the_way}")
        return Choice("simpy", in_the_way)
    if wish == "compiled":
        return Choice("compiled", "it was asked for")
    fewest = FEWEST_EVENTS if facts.warm else FEWEST_TO_COMPILE
    if facts.events < fewest:
        yet = "" if facts.warm else ", and nothing is compiled yet"
        return Choice("simpy", f"it is short: some {_rough(facts.events)} events, below {fewest:,}{yet}")
    return Choice("compiled", f"it is long: some {_rough(facts.events)} events")


def _in_the_way(layout: Layout, facts: Facts) -> Iterator[str]:
    """Yield each reason against the compiled line: what the line has, how it is run, what is not there."""
    unknown = sorted(layout.features - KNOWN)
    if unknown:
        yield f"the line has {', '.join(unknown)}"
    if facts.unsaid:
        yield f"the scenario says {', '.join(facts.unsaid)}, which is new"
    if layout.run.clock not in {"", "virtual"}:
        yield f"its clock is {layout.run.clock}"
    if facts.foreign:
        yield f"other answers than its own are put in at {', '.join(facts.foreign)}"
    if facts.watched:
        yield f"every step is wanted by {facts.watched}"
    if facts.lacks:
        yield facts.lacks


def _rough(number: int) -> str:
    """Tell a number by its first two digits."""
    step = 10 ** max(len(str(number)) - 2, 0)
    return f"{number // step * step:,}"
