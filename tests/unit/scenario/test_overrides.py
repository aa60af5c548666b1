"""An override changes one value of a scenario, and its mistakes name the override."""

import pytest

from line_sim.errors import ScenarioError
from line_sim.scenario import Inspection, ModelledGateway, Scenario, loads
from line_sim.units import MILLISECOND, SECOND

TEXT = """\
version: 1
name: Test line
run: {items: 3}
arrivals: {every: 1 s}
line:
  - {station: press, cycle: 180 ms}
  - inspection: camera
    deadline: 200 ms
    gateway: {grpc: {target: embedded}}
review: {time: 4 s}
"""


def with_overrides(*overrides: str) -> Scenario:
    """Load the text with overrides."""
    return loads(TEXT, "t.yaml", overrides)


def mistakes(*overrides: str) -> list[str]:
    """Load the text with overrides that are wrong and return the messages."""
    with pytest.raises(ScenarioError) as caught:
        with_overrides(*overrides)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    "path", ["line.1.deadline", "line[1].deadline", "line.camera.deadline", "line[camera].deadline"]
)
def test_an_entry_is_named_by_number_or_name(path: str) -> None:
    """Dots and brackets, numbers and names lead to the same value."""
    assert with_overrides(f"{path}=150ms").inspections[0].deadline == 150 * MILLISECOND


def test_a_whole_mapping_may_be_given() -> None:
    """A gateway is replaced as a whole, so that no key of the old one stays behind."""
    camera = with_overrides("line.camera.gateway={modelled: {service: 100 ms, servers: 2}}").line[1]
    assert isinstance(camera, Inspection)
    assert isinstance(camera.gateway, ModelledGateway)
    assert camera.gateway.modelled.servers == 2


def test_absent_keys_are_made() -> None:
    """Optional keys, and the mapping that would hold them, need not be in the file."""
    scenario = with_overrides("product.defect_rate=0.5", "line.1.ship_when.labels=[ok, fine]")
    assert scenario.product.defect_rate == 0.5
    assert scenario.inspections[0].ship_when.labels == ("ok", "fine")


def test_null_takes_a_key_away_and_the_last_word_counts() -> None:
    """Overrides are applied in order; null makes room for the other of two keys."""
    scenario = with_overrides("run.items=null", "run.duration=5 s", "run.duration=6 s")
    assert (scenario.run.items, scenario.run.duration) == (None, 6 * SECOND)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("line.1.deadline=-1", "line[1].deadline is -1; it must be greater than 0"),
        ("line.camera.dedline=1", "line[1].dedline is an unknown key; did you mean 'deadline'?"),
        ("line.9.deadline=1", "line has 2 entries (0 to 1): press, camera; there is no 9"),
        ("line.oven.cycle=1", "line has 2 entries (0 to 1): press, camera; there is no oven"),
        ("line.0.cycle.mean=1", "line[0].cycle is 180 ms and has no mean in it; set it as a whole"),
        (
            "run.duration=5 s",
            "run is {items: 3, duration: 5 s}; it must have either items or duration, and not both",
        ),
        ("line.0.breakdowns.up=1 h", "line[0].breakdowns.repair is missing"),
        (
            "run.clock=virtual",
            "run.clock is virtual; line[1] waits for a real server; use coupled, or a modelled gateway",
        ),
        (
            "seed=[",
            "this is no YAML: while parsing a flow node, expected the node content, but found '<stream end>'",
        ),
        ("seed=!!int x", "seed: the tag !!int is not allowed here; write the plain value"),
        ("seed", "write KEY=VALUE with the key path in dots, such as line.1.deadline=150ms"),
        ("=5", "write KEY=VALUE with the key path in dots, such as line.1.deadline=150ms"),
        ("line..deadline=5", "write KEY=VALUE with the key path in dots, such as line.1.deadline=150ms"),
    ],
)
def test_a_mistake_in_an_override_names_it(override: str, message: str) -> None:
    """In place of file, line and column stands the override that the user typed."""
    assert mistakes(override) == [f"--set {override}: {message}"]


def test_the_file_s_mistakes_come_first_and_the_overrides_follow_in_order() -> None:
    """A mistake that an override puts right is gone; all others are told together."""
    text = TEXT.replace("180 ms", "-1").replace("200 ms", "-2").replace("4 s", "-3")
    with pytest.raises(ScenarioError) as caught:
        loads(text, "t.yaml", ["name=5", "line.0.cycle=1 s", "line.7.units=1"])
    assert str(caught.value).splitlines() == [
        "t.yaml:8:15: line[1].deadline is -2; it must be greater than 0",
        "t.yaml:10:16: review.time is -3; it must be 0 or more",
        "--set name=5: name is 5; it must be text; put it in quotes if that is what it is",
        "--set line.7.units=1: line has 2 entries (0 to 1): press, camera; there is no 7",
    ]
