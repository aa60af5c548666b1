"""What an answer takes beside its server: it keeps no worker, place or batch busy. By hand."""

from typing import Any

import pytest
from stories import camera, happens, modelled

from line_sim.analysis.growth.means import foreseen
from line_sim.analysis.limits import limits
from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.offline.modelled import ModelledGateway
from line_sim.scenario import ModelledOptions, Scenario
from line_sim.study.plan.bounds import bound_of
from line_sim.units import MILLISECOND, SECOND

ONE_AT_A_TIME = {
    "a worker": {},
    "a place": {"sharing": {"places": 1}},
    "a batch": {"batching": {"max": 2, "wait": 0}, "service": {1: 3, 2: 3}},
}
"""Servers that are busy for 3 s with what comes alone."""

kinds = pytest.mark.parametrize("server", ONE_AT_A_TIME.values(), ids=ONE_AT_A_TIME)


def ends(happened: Any) -> list[tuple[float, str]]:
    """Return when each part's call was over, and how."""
    return [(call[3] + call[4], call[5]) for call in sorted(happened.calls)]


def asked(server: dict[str, Any], *, items: int, deadline: float | None = None) -> list[tuple[float, str]]:
    """Return when calls are over that come every 3 s to a server 2 s of whose answers are on the way."""
    gateway = {"modelled": {"service": 3, "overhead": 2, **server}}
    line = camera(units=items, gateway=gateway, deadline=deadline, on_no_result="ship")
    return ends(happens(line, items=items, every=3))


@kinds
def test_the_next_call_begins_while_an_answer_is_on_its_way(server):
    """Calls at 3, 6 and 9 s find it free, as work is done at 6, 9 and 12 s; answers are there 2 s later."""
    assert asked(server, items=3) == [(8, "answered"), (11, "answered"), (14, "answered")]


@kinds
def test_an_answer_that_is_on_its_way_at_the_deadline_is_late(server):
    """Work done at 6 s is told at 8 s: at a deadline of 5 s in time, at one a nanosecond shorter not."""
    assert asked(server, items=1, deadline=5) == [(8, "answered")]
    assert asked(server, items=1, deadline=4.999999999) == [(7.999999999, "timed_out")]


@pytest.mark.parametrize(("deadline", "second"), [(4, 5), (2, 4)])
def test_who_gives_up_frees_the_worker_unless_its_work_is_done(deadline, second):
    """1, put at 0 s, is done at 3 s. Given up at 4 s, 2 began at 3 s; given up at 2 s, it began at 2 s."""
    options = ModelledOptions.model_validate({"service": 3, "overhead": 2})
    gateway = ModelledGateway(options, seed=0, station="camera", good_label="good")
    first = gateway.ask(Inquiry(1, 1, "good", "", 0, deadline * SECOND))
    assert (first.status, first.latency) == ("DEADLINE_EXCEEDED", deadline * SECOND)
    assert gateway.ask(Inquiry(2, 1, "good", "", SECOND, None)).latency == (second + 2) * SECOND


def line(deadline: str | None = None, **keys: Any) -> Scenario:
    """Return a saturated camera of 10 ms a picture whose server needs 60 ms, and 20 ms are on the way."""
    gateway = modelled("60 ms", overhead="20 ms", **keys)
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "overhead",
            "run": {"duration": "1 h", "warm_up": 0},
            "arrivals": {"saturated": True},
            "line": [camera(acquisition="10 ms", gateway=gateway, deadline=deadline, on_no_result="ship")],
            "review": {"time": 0, "buffer": 9},
        }
    )


@pytest.mark.parametrize(("deadline", "wait"), [(None, 80), ("70 ms", 70), ("15 ms", 15)])
def test_what_is_foreseen_counts_it_until_the_deadline(deadline, wait):
    """The camera waits 80 ms or until its deadline: foreseen, limits, a plan's bounds."""
    scenario = line(deadline)
    (told,) = foreseen(scenario).values()
    assert told.wait.mid == wait * MILLISECOND
    a_part = (10 + wait) * MILLISECOND
    (camera_limit,) = limits(scenario).stations
    assert camera_limit.mean == pytest.approx(a_part)
    bound = bound_of(scenario)
    assert bound is not None
    assert bound.uph == pytest.approx(3600 * SECOND / a_part, abs=20)


def test_a_server_is_busy_without_it():
    """Four cameras could ask 44 times a second: the server answers 16.67 of them, 60 ms each."""
    scenario = line()
    four = scenario.line[0].model_copy(update={"units": 4})
    bound = bound_of(scenario.model_copy(update={"line": (four,)}))
    assert bound is not None
    assert bound.why == "the server of camera can do no more"
    assert bound.uph == pytest.approx(60_000, abs=20)
