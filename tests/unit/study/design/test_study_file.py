"""A study file: what it says, and every mistake in it at its place."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats.qmc import LatinHypercube

from line_sim.errors import ScenarioError
from line_sim.study.design.demands import Demand
from line_sim.study.design.document import Asked, is_study
from line_sim.study.design.levels import value_in
from line_sim.study.design.points import points_of
from line_sim.study.design.study import Amount, read_study
from line_sim.study.design.variants import variants_of
from line_sim.study.replications.precision import Goal

CAMERA = Path("scenarios/second_camera.yaml")
CONTRACT = """\
study: Cameras and deadlines
scenario: second_camera.yaml
over: {line.camera.units: [1, 2, 3], line.camera.deadline: {from: 100 ms, to: 400 ms, points: 7}}
replications: {least: 10, most: 200, until: {uph: 1 %}}
cost: {line.camera.units: 12000, line.camera.gateway.modelled.servers: 8000, line.camera.buffer: 150,
  review.units: 40000}
demand: {uph: ">= 13500", escape_rate: "<= 0.5 %", review.busy: "<= 85 %"}
tolerance: {uph: 1 %, escape_rate: 0.05 %}
confidence: 95 %
"""


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a study beside the scenario, and reads it."""

    def write(text, asked=Asked()):  # noqa: B008 - frozen
        (tmp_path / "second_camera.yaml").write_text(CAMERA.read_text())
        (tmp_path / "study.yaml").write_text(text)
        return read_study(tmp_path / "study.yaml", asked)

    return write


def mistakes(written, text, asked=Asked()):  # noqa: B008 - frozen
    """Return the lines of the error without the folder."""
    with pytest.raises(ScenarioError) as raised:
        written(text, asked)
    return [line.rpartition("/study.yaml:")[2] for line in str(raised.value).splitlines()]


def test_the_study_of_the_contract(written):
    """Every key as it is promised."""
    study = written(CONTRACT)
    assert study.name == "Cameras and deadlines"
    assert study.seed == 11
    assert study.amount == Amount(10, 200, (Goal("uph", 0.01),))
    assert study.confidence == 0.95
    assert study.demands == (
        Demand("uph", ">=", 13500, "UPH", 135),
        Demand("escape_rate", "<=", 0.005, "share", 0.0005),
        Demand("review.busy", "<=", 0.85, "share", None),
    )
    variants = variants_of(study)
    assert [variant.number for variant in variants] == list(range(1, 22))
    assert variants[1].settings == {"line.camera.units": 1, "line.camera.deadline": "150 ms"}
    assert variants[7].settings == {"line.camera.units": 2, "line.camera.deadline": "100 ms"}
    assert [variants[n].cost for n in (0, 7)] == [12000 + 8000 + 4 * 150 + 40000, 24000 + 8000 + 600 + 40000]
    assert variants[8].scenario.inspections[0].units == 2


def test_every_mistake_of_shape_is_told_at_its_place(written):
    """All at once, as in a scenario."""
    text = """\
study: Cameras
scenario: second_camera.yaml
over:
  line.camera.units: []
  line.camera.deadline: {from: 1 s, to: 4}
replications: {leest: 10, until: {uph: 1}}
cost: {line.camera.units: x}
demand: {uph: 13500}
confidence: 30 %
pints: 3
"""
    ends = "5:25: over.line.camera.deadline"
    assert mistakes(written, text) == [
        "4:22: over.line.camera.units is []; it must have at least one value",
        f"{ends} is {{from: 1 s, to: 4}}; its ends must be of one kind, and 1 s is a time, 4 a number",
        "6:16: replications.leest is an unknown key; did you mean 'least'?",
        "6:40: replications.until.uph is 1; it must be a percentage, more than 0 % and less than 100 %",
        "7:27: cost.line.camera.units is x; it must be a number",
        '8:15: demand.uph is 13500; it must be ">= 13500", "<= 0.5 %" or "<= 200 ms", in quotes',
        "9:13: confidence is 30 %; it must be a percentage, more than 50 % and less than 100 %",
        "10:1: pints is an unknown key; did you mean 'points'?",
    ]


def test_every_key_that_does_not_fit_the_scenario_is_told_at_its_place(written):
    """Keys, figures and units are those of the line."""
    text = """\
study: Cameras
scenario: second_camera.yaml
over:
  line.camera.units: 1..4/3
  line.kamera.deadline: [1 s]
  seed: [1, 2]
replications: {least: 20, most: 15, until: {up: 1 %}}
cost: {line.camera.unites: 3}
demand: {uph: ">= 13500 ms"}
tolerance: {escape_rate: 3}
points: 3
"""
    found = mistakes(written, text)
    for start, end in [
        ("4:22: over.line.camera.units is 1..4/3; its key wants whole numbers", "are none"),
        ("5:25: over.line.kamera.deadline is [1 s]; line has 3 entries", "there is no kamera"),
        ("6:9: over.seed is [1, 2]", "write replications"),
        ("7:33: replications.most is 15", "it must be 20 or more, the least"),
        ("7:49: replications.until.up is 1 %; there is no such figure", "camera.response.p99"),
        ("8:28: cost.line.camera.unites is 3", "the scenario has no number there"),
        ("9:15: demand.uph", "uph is told in units per hour, not as a time"),
        ("10:26: tolerance.escape_rate is 3", "there is no demand on it"),
        ("11:9: points is 3", "a grid has as many points as it has"),
    ]:
        assert [line for line in found if line.startswith(start) and line.endswith(end)], (start, found)
    assert len(found) == 9


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("line.camera.units", "line.1.units", "it writes over another axis: line.camera.units"),
        ("line.camera.gateway.modelled.servers", "line.camera.gateway", "it writes over another axis"),
        ("line.camera.buffer", "line[1]", "it writes over another axis"),
    ],
)
def test_an_axis_that_would_undo_another_one_is_refused(written, first, then, told):
    """The table would say that both were varied."""
    study = "study: x\nscenario: second_camera.yaml\nover:\n  {}: [1, 2]\n  {}: [3, 4]\n"
    assert [told in line for line in mistakes(written, study.format(first, then))] == [True]
    if first != "line.camera.units":
        assert written(study.format(then, first)).axes[0].key == then


def test_an_axis_that_would_undo_what_is_set_is_refused(written):
    """Whoever sets what is an axis wants it to be none; what is set beside an axis stays."""
    study = (
        "study: x\nscenario: second_camera.yaml\nset: {line.camera.gateway.modelled.miss_rate: 0}\n"
        "over: {line.camera.units: [1, 2]}\n"
    )
    assert written(study, Asked(overrides=("line.camera.buffer=3",))).axes
    (line,) = mistakes(written, study, Asked(overrides=("line[1].units=3",)))
    assert "it writes over what is set: line[1].units" in line


def test_points_that_are_no_scenario_are_told_together_before_anything_runs(written):
    """Each mistake once, with the first point that has it."""
    study = written(
        "study: x\nscenario: second_camera.yaml\n"
        "over: {line.camera.units: [0, 1], line.camera.deadline: [1 s, 9 parsecs]}\n"
    )
    with pytest.raises(ScenarioError) as raised:
        variants_of(study)
    lines = str(raised.value).splitlines()
    assert lines[0].startswith(
        "point 1 (line.camera.units=0, line.camera.deadline=1 s) and 1 other point: --set"
    )
    assert "has the unknown unit 'parsecs'" in lines[1]
    assert lines[2] == "(1 other point had no mistake; nothing was run)"
    assert len(lines) == 3


def test_a_line_that_asks_a_real_server_is_refused_with_advice():
    """Its chance cannot be shared."""
    study = read_study(Path("scenarios/default.yaml"), Asked(over={"line.press.buffer": "1,2"}))
    with pytest.raises(ScenarioError, match="line-sim calibrate"):
        variants_of(study)


def test_options_come_before_what_the_file_says(written):
    """`line-sim sweep STUDY.yaml --replications 3` and the like."""
    asked = Asked(
        over={"line.camera.units": "1,2"},
        overrides=("line.press.buffer=7",),
        seed=5,
        items=50,
        replications=3,
    )
    study = written(CONTRACT, asked)
    assert study.axes[0].values == (1, 2)
    assert study.amount == Amount(3, 3)
    assert study.seed == 5
    assert study.scenario.line[0].buffer == 7
    assert study.scenario.run.items == 50
    assert written(CONTRACT, Asked(until={"wip": "2 %"})).amount == Amount(10, 200, (Goal("wip", 0.02),))


def test_a_mistake_of_an_option_is_told_at_the_option():
    """Where it was typed."""
    with pytest.raises(ScenarioError) as raised:
        read_study(CAMERA, Asked(over={"line.camera.units": "1..x", "line.camera.deadline": "3..1/2"}))
    assert [line.split(": ")[0] for line in str(raised.value).splitlines()] == [
        "--over line.camera.units",
        "--over line.camera.deadline",
    ]


def test_a_study_is_known_by_its_keys(written, tmp_path):
    """So that one command takes both kinds of file."""
    written(CONTRACT)
    assert is_study(tmp_path / "study.yaml")
    assert not is_study(CAMERA)


def test_a_latin_hypercube_has_a_point_in_every_slice():
    """Of each axis; the same seed gives the same points."""
    asked = Asked(over={"line.camera.units": "1..4", "review.miss_rate": "0..0.8"}, design="lhs", points=8)
    points = list(points_of(read_study(CAMERA, asked)))
    assert points == list(points_of(read_study(CAMERA, asked)))
    assert sorted(point["line.camera.units"] for point in points) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert sorted(min(int(point["review.miss_rate"] * 10), 7) for point in points) == list(range(8))


@pytest.mark.parametrize("seed", [0, 7, 2**40])
def test_a_latin_hypercube_has_scipys_points(seed):
    """To the last digit, so that studies of versions that had them of scipy can be made again."""
    over = {"line.camera.units": "1..4", "review.miss_rate": "0..0.8", "line.camera.deadline": "1 s..4 s"}
    study = read_study(CAMERA, Asked(over=over, design="lhs", points=50, seed=seed))
    cube = LatinHypercube(len(over), rng=np.random.default_rng(seed)).random(50).tolist()
    for point, row in zip(points_of(study), cube, strict=True):
        values = zip(study.axes, row, strict=True)
        assert list(point.values()) == [value_in(axis.levels, at, axis.wants_whole) for axis, at in values]
