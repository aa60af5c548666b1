"""The compiled line, made ready before several processes begin: each would compile it for itself."""

from collections.abc import Callable, Iterable
from itertools import islice

from line_sim.engine.asking import engine_for
from line_sim.engine.choice import EngineWish
from line_sim.scenario import Scenario

COMPILING = "compiling the line once, some 10 s; the next runs find it ready"

_ASKED = 100
"""Lines of a study that are asked whether they would be compiled: they are much alike, and may be many."""


def get_ready(
    lines: Iterable[Scenario],
    wish: EngineWish = "auto",
    *,
    runs: int = 1,
    narrate: Callable[[str], None] = lambda _: None,
) -> None:
    """Compile the line, and keep its code, where a study of these lines would have to.

    `wish` is the engine that is wished for, and `runs` are those of the whole study. Raises ScenarioError
    where that engine cannot run one of them.
    """
    if all(engine_for(line, wish, runs=runs).name == "simpy" for line in islice(lines, _ASKED)):
        return
    from line_sim.compiled.line import advance  # noqa: PLC0415 - only where it is wanted

    if not advance.is_warm:
        narrate(COMPILING)
        advance.keep()
