"""Whatever stands in a scenario file, the loader answers with a scenario or with a ScenarioError."""

import re

import pytest
import yaml
from fuzzing import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from line_sim.errors import ScenarioError
from line_sim.scenario import Scenario, loads

TEXT = """\
version: 1
name: Test line
run: {items: 3, warm_up: 0 s}
arrivals: {every: {uniform: {low: 1 s, high: 2 s}}}
product: {defect_rate: 0.5, images: {rendered: flange}}
line:
  - {station: press, cycle: 180 ms, breakdowns: {up: 1 h, repair: 1 s}}
  - {inspection: camera, gateway: {grpc: {target: "h:1"}}, ship_when: {labels: [good]}}
review: {time: 4 s}
"""
PATHS = [
    *(
        "run",
        "run.items",
        "arrivals",
        "arrivals.every",
        "arrivals.every.uniform",
        "product.images",
        "line",
        "line.0",
    ),
    *(
        "line.0.cycle",
        "line.0.breakdowns.up",
        "line.1",
        "line.1.gateway",
        "line.1.gateway.grpc",
        "line.1.units",
    ),
    *("line.1.ship_when.labels", "review", "review.time", "version", "name", "seed", "a", "line.1.gateway.x"),
]
KEYS = [
    "grpc",
    "rest",
    "kserve",
    "station",
    "inspection",
    "uniform",
    "low",
    "mean",
    "<grpc>",
    "<constant>",
    "value",
    "x",
]

words = st.text(max_size=6) | st.sampled_from(["1 s", "auto"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)


def answer(text: str, *overrides: str) -> Scenario | list[str]:
    """Load a text and return the scenario or the lines of the error."""
    try:
        return loads(text, "t.yaml", overrides)
    except ScenarioError as error:
        return str(error).splitlines()


@settings(deadline=None, max_examples=examples(100))
@given(st.sampled_from(PATHS), values)
@example("run", "\n")
@example("line.0", {"<grpc>": 1})
@example("line.0.cycle", {"<constant>": 1})
def test_any_value_anywhere_is_taken_or_told(path: str, value: object) -> None:
    """A value of any kind at any place gives a scenario or mistakes that each have a place."""
    flow = yaml.safe_dump(value, default_flow_style=True, width=10**9).removesuffix("...\n").strip()
    told = answer(TEXT, f"{path}={flow}")
    assert isinstance(told, Scenario) or all(re.match(r"t\.yaml:\d+:\d+: |--set ", line) for line in told)


@settings(deadline=None, max_examples=examples(100))
@given(st.integers(0, len(TEXT) - 1), st.text(st.sampled_from("{}[]:,-#&*!|>'\"%@\t\n a0é\x00?"), max_size=3))
def test_any_slip_of_the_fingers_is_taken_or_told(place: int, slip: str) -> None:
    """Text that is damaged at one place gives a scenario or mistakes that each have a place."""
    told = answer(TEXT[:place] + slip + TEXT[place + 1 :])
    assert isinstance(told, Scenario) or all(re.match(r"t\.yaml:\d+:\d+: ", line) for line in told)


@pytest.mark.parametrize("key", ["<grpc>", "<constant>", "a b", "line[0]", "."])
def test_a_key_is_told_as_it_was_written(key: str) -> None:
    """No word that the models use among themselves hides an unknown key."""
    assert f"t.yaml:10:1: {key} is an unknown key; " in "".join(answer(f"{TEXT}{key}: 1\n"))  # type: ignore[arg-type]
