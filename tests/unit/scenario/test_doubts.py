"""What a scenario hardly can mean is asked about, with both ways to write it."""

import pytest

from line_sim.errors import ScenarioError
from line_sim.scenario import loads

TEXT = """\
version: 1
name: x
run: {items: 3}
arrivals: {every: 250 ms}
line:
  - station: press
    cycle: 100 ms
  - inspection: camera
    deadline: 150
    gateway: {modelled: {service: 50 ms}}
review: {time: 1 s}
"""


def told(text: str, *overrides: str) -> list[str]:
    """Load a text and return the lines of the error, none where it is a scenario."""
    try:
        loads(text, "s.yaml", overrides)
    except ScenarioError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize("every", ["250 ms", "{exponential: {mean: 250 ms}}"])
def test_a_deadline_of_150_at_a_takt_of_250_ms(every: str) -> None:
    """Milliseconds are meant, and seconds are said."""
    complaint = (
        "s.yaml:9:15: line[1].deadline is 150; it is read as 150 s, 600 times the takt of 250 ms; "
        "write 150 ms, or 150 s if that is meant"
    )
    assert told(TEXT.replace("every: 250 ms", f"every: {every}")) == [complaint]
    assert told(TEXT, "line.camera.deadline=200")[0].startswith(
        "--set line.camera.deadline=200: line[1].deadline is 200; it is read as 200 s"
    )


@pytest.mark.parametrize("deadline", ["150 ms", "150 s", "0.15", "2", "5"])
def test_a_deadline_with_a_unit_or_near_the_takt_is_taken(deadline: str) -> None:
    """Who says the unit knows what is meant, and a few seconds are nothing odd."""
    assert told(TEXT, f"line.camera.deadline={deadline}") == []


@pytest.mark.parametrize("every", ["10 s", "{uniform: {low: 1 s, high: 2 s}}"])
def test_a_takt_that_is_slow_or_not_known_raises_no_question(every: str) -> None:
    """Nothing is guessed."""
    assert told(TEXT, f"arrivals.every={every}") == []


@pytest.mark.parametrize(
    ("override", "word", "written"),
    [
        ("line.0.cycle={exponential: {mean:200ms}}", "mean:200ms", "mean: 200ms"),
        ("line.0.cycle={exponential: {mean:200 ms}}", "mean:200 ms", "mean: 200 ms"),
        ("line.0.cycle={exponential:200}", "exponential:200", "exponential: 200"),
        ("line.1.gateway={modeled:50}", "modeled:50", "modelled: 50"),
        ("line.1.gateway={modelled: {service:50ms}}", "service:50ms", "service: 50ms"),
        ("run={items:3}", "items:3", "items: 3"),
    ],
)
def test_a_colon_without_a_blank(override: str, word: str, written: str) -> None:
    """YAML takes it for a part of the word."""
    found = told(TEXT, "line.camera.deadline=1 s", override)
    complaint = f"{word} is one word to YAML; write '{written}', with a blank behind the colon"
    assert any(complaint in line for line in found), found
