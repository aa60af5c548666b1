"""The compiled line, made ready before a study's processes begin: each would compile it for itself."""

from collections.abc import Callable, Iterable
from itertools import islice

from line_sim.engine.asking import engine_for
from line_sim.engine.run import COMPILING
from line_sim.scenario import Scenario
from line_sim.study.running.engines import SIMPY, Wished
from line_sim.study.workers import Processes, Workers

_ASKED = 100
"""Lines of a study that are asked whether they would be compiled: they are much alike, and may be many."""


def get_ready(
    workers: Workers | None,
    lines: Iterable[Scenario],
    wished: Wished,
    narrate: Callable[[str], None] = lambda _: None,
) -> None:
    """Compile the line, and keep its code, where a study of these lines would have to on this machine.

    Without workers this process makes the runs; those of a cluster have machines of their own. Raises
    ScenarioError where the engine that is wished for cannot run one of the lines.
    """
    engine, runs = wished
    if all(engine_for(line, engine, runs=runs).name == SIMPY for line in islice(lines, _ASKED)):
        return
    if workers is not None and not isinstance(workers, Processes):
        return
    from line_sim.compiled.line import advance  # noqa: PLC0415 - only where it is wanted
    from line_sim.compiled.text import writer  # noqa: PLC0415 - as above

    if advance.can_be_kept and not advance.is_warm:
        narrate(COMPILING)
        for code in (advance, writer):
            code.keep()
