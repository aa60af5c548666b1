"""Lines that share people, against Markov chains and the queue that they are."""

from collections.abc import Iterable

import numpy as np
import pytest
from stories import press
from theory.sample_path import queue_waits

from line_sim.chance.durations import durations
from line_sim.line.line import Line
from line_sim.line.records import Visit
from line_sim.scenario import Scenario
from line_sim.scenario.times import Exponential
from line_sim.study.theory.gauge import exponential, gauged
from line_sim.study.theory.markov import stationary
from line_sim.units import SECOND

pytestmark = pytest.mark.slow

FAIL, REPAIR = 0.1, 0.2
State = tuple[int, tuple[int, ...]]
"""How many parts the first machine has made and the second has not; who is down, in that order."""


def two_machines(buffer: int, people: int) -> float:
    """Solve two machines of rate 1 that fail while they work, repaired first come, first served."""

    def moves(state: State) -> Iterable[tuple[float, State]]:
        ahead, down = state
        if ahead <= buffer + 1 and 1 not in down:  # at buffer + 2 the first one is blocked
            yield 1.0, (ahead + 1, down)
            yield FAIL, (ahead, (*down, 1))
        if ahead and 2 not in down:
            yield 1.0, (ahead - 1, down)
            yield FAIL, (ahead, (*down, 2))
        for machine in down[:people]:
            yield REPAIR, (ahead, tuple(other for other in down if other != machine))

    solved = stationary((0, ()), moves)
    return sum(share for (ahead, down), share in solved.items() if ahead and 2 not in down)


TRUTHS = {
    (0, 2): 0.409449,
    (0, 1): 0.406250,
    (1, 2): 0.447552,
    (1, 1): 0.440789,
    (5, 2): 0.516773,
    (5, 1): 0.498143,
}


@pytest.mark.parametrize(("buffer", "people"), TRUTHS)
def test_two_machines_and_their_fitters(agrees, buffer, people):
    """With rates 1, .1 and .2: one fitter in place of two costs 3.6 % of the output at five places."""
    truth = TRUTHS[buffer, people]
    assert truth == pytest.approx(two_machines(buffer, people), abs=1e-6)
    fails = {"up": exponential(1 / FAIL), "repair": exponential(1 / REPAIR)}
    keys = {"breakdowns": fails, "crew": {"fitters": ["repair"]}}
    line = [press(exponential(), "s0", **keys), press(exponential(), "s1", buffer=buffer, **keys)]
    gauge = gauged(*line, items=200_000 if buffer < 5 else 400_000, crews={"fitters": people})
    columns = [gauge.station(name) for name in ("s0", "s1")]
    agrees(1 / truth, columns[-1].gap, controls=[each.work - 1 for each in columns], detects=0.03)


def test_three_machines_and_two_people_are_a_queue_of_two_servers(agrees):
    """M/M/2: every part is begun when the queue with two servers says, whose mean wait is 1.777778 s."""
    times, items = (0.625, 1.0), 20_000
    written = {
        "version": 1,
        "name": "theory",
        "run": {"items": items},
        "arrivals": {"every": exponential(0.625)},
        "crews": {"people": 2},
        "line": [press(exponential(), "s", buffer=10**6, units=3, crew={"people": ["work"]})],
    }
    finished = _Finished()
    Line(Scenario.model_validate(written), {}, finished).run()
    between, work = (
        durations(0, purpose, place, Exponential(mean=mean))
        for (purpose, place), mean in zip((("arrival", ""), ("cycle", "s")), times, strict=True)
    )
    arrivals = np.cumsum([between.of(item) for item in range(1, items + 1)]).tolist()
    services = [work.of(item) for item in range(1, items + 1)]
    waits = queue_waits(arrivals, services, 2)
    assert finished.moments == sorted(map(sum, zip(arrivals, waits, services, strict=True)))
    dice, many = np.random.default_rng(0), 2_000_000
    arrivals = np.cumsum(dice.exponential(0.625 * SECOND, many).astype(np.int64)).tolist()
    services = dice.exponential(SECOND, many).astype(np.int64)
    long = np.array(queue_waits(arrivals, services.tolist(), 2)) / SECOND
    agrees(1.777778, long, controls=[services / SECOND - 1], detects=0.08)


class _Finished:
    """Keeps when parts were finished."""

    def __init__(self) -> None:
        self.moments: list[int | None] = []

    def on_visit(self, visit: Visit) -> None:
        """Keep one."""
        self.moments.append(visit.finished_at)
