"""What is said while a run goes on where there is no screen."""

from stories import camera

from line_sim.cli.terminal.counting import Lines
from line_sim.engine.following import HowFar
from line_sim.line.records import Call
from line_sim.scenario import Scenario
from line_sim.units import SECOND


def lines(clock: str) -> Lines:
    """Return what tells of a line with two cameras."""
    gateway = {"grpc": {"target": "localhost:1"}}
    return Lines(
        Scenario.model_validate(
            {
                "version": 1,
                "name": "a story",
                "run": {"items": 9, "clock": clock},
                "arrivals": {"every": 1},
                "line": [camera("a", gateway=gateway), camera("b", gateway=gateway)],
                "review": {"time": 0},
            }
        )
    )


def trouble(told: Lines, station: str, outcome: str, status: str = "") -> str:
    """Tell of a call, and return the word on trouble."""
    told.on_call(Call(1, station, 1, 1, 0, 5, outcome, status, "", None, 0, 0))
    return told.trouble


def test_why_a_run_is_slow_while_a_server_is_away():
    """From the first refused call until that camera's server answers again, whatever the other one's does."""
    told, waits = lines("coupled"), "; no server: line time keeps pace with the wall"
    assert trouble(told, "a", "answered") == ""
    assert trouble(told, "a", "timed_out") == ", unanswered calls: 1"
    assert trouble(told, "a", "unavailable") == f", unanswered calls: 2{waits}"
    assert trouble(told, "b", "answered").endswith(waits)
    assert trouble(told, "a", "unreadable", "NO_PICTURE").endswith(waits)
    assert trouble(told, "a", "answered") == ", unanswered calls: 3"


def test_at_wall_pace_nothing_is_slower_than_it_was():
    """The realtime clock keeps pace anyway."""
    assert trouble(lines("realtime"), "a", "unavailable") == ", unanswered calls: 1"


def test_the_compiled_line_tells_how_far_it_has_come():
    """Not part by part, but now and then."""
    told = lines("coupled")
    told.come_to(HowFar(parts=4, at=7 * SECOND, unanswered=2))
    assert (told.done, told.trouble) == (4, ", unanswered calls: 2")
