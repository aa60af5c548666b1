"""A run on the line that was chosen: whoever asks for one needs not know which it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from line_sim.chance.chance import Chance
from line_sim.compiled.telling import TakesRows
from line_sim.engine.choice import Choice
from line_sim.engine.ending import ending_of
from line_sim.engine.following import Follower, HowFar
from line_sim.inspection.gateway import Gateway
from line_sim.line.clocks.virtual import LineEnvironment
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Ending, Line
from line_sim.line.steps import Observer
from line_sim.scenario import Scenario
from line_sim.scenario.mix.mix import PerVariant
from line_sim.units import Nanoseconds

COMPILING = "compiling the line once, some 10 s; the next runs find it ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who is told of a run: `observers` by SimPy's line, step by step, `takes` by the compiled one, in rows.

    `watchers` want to see every step: with one the compiled line is not chosen. `followers` are told how
    far either has come.
    """

    observers: tuple[Observer, ...]
    takes: Callable[[], TakesRows]
    watchers: Sequence[Observer] = ()
    followers: Sequence[Follower] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a line is given beside its scenario; what only SimPy's needs are its gateways and its clock."""

    gateways: Mapping[str, Gateway]
    defect_kinds: tuple[str, ...] | PerVariant[tuple[str, ...]] = ()
    interrupt: Interrupt = field(default_factory=Interrupt)
    env: LineEnvironment | None = None
    chance: Chance | None = None


def run(
    choice: Choice,
    scenario: Scenario,
    given: Given,
    told: Told,
    narrate: Callable[[str], None] = lambda _: None,
) -> Ending:
    """Run a scenario on the line that was chosen, and say how it ended. Raises what the line raises."""
    if choice.name == "compiled":
        return _compiled(scenario, given, told, narrate)
    line = Line(
        scenario,
        given.gateways,
        *told.observers,
        *told.watchers,
        *told.followers,
        defect_kinds=given.defect_kinds,
        interrupt=given.interrupt,
        env=given.env,
        chance=given.chance,
    )
    return line.run()


def _compiled(scenario: Scenario, given: Given, told: Told, narrate: Callable[[str], None]) -> Ending:
    """Run the compiled line, which is imported here and no earlier; numba only where it must be compiled."""
    from line_sim.compiled.line import CompiledLine, advance  # noqa: PLC0415

    def progress(parts: int, at: Nanoseconds, unanswered: int) -> None:
        for follower in told.followers:
            follower.come_to(HowFar(parts, at, unanswered))

    interrupt = given.interrupt
    line = CompiledLine(
        scenario,
        told.takes(),
        chance=given.chance,
        defect_kinds=given.defect_kinds,
        wished=lambda: interrupt.wished,
        progress=progress,
    )
    if not advance.is_warm:
        narrate(COMPILING)
    return ending_of(line.run(), until=scenario.run.duration, wished=interrupt.wished)
