"""The figures that studies compare, and what two scenarios have different."""

import pytest
from hypothesis import given, settings
from strategies import scenarios

from line_sim.errors import ScenarioError
from line_sim.figures.catalogue import ESCAPE_RATE, MAIN
from line_sim.figures.names import figures_of, names_of, unit_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.whole import read_object
from line_sim.scenario import Scenario
from line_sim.simulation import simulate
from line_sim.study.comparison.differences import differences
from line_sim.study.kpis import refuse_unknown
from line_sim.study.replications.replicate import perform
from line_sim.study.replications.seeds import replication_seed

LINE = {
    "version": 1,
    "name": "small",
    "seed": 5,
    "run": {"items": 60},
    "arrivals": {"every": {"exponential": {"mean": 1}}},
    "product": {"defect_rate": 0.2},
    "line": [
        {"station": "press", "cycle": {"exponential": {"mean": 0.7}}},
        {
            "inspection": "camera",
            "buffer": 3,
            "gateway": {"modelled": {"service": {"exponential": {"mean": 0.5}}}},
        },
    ],
    "review": {"time": 1, "buffer": 5},
}


def scenario(**changes):
    """Return the small line with other keys."""
    return Scenario.model_validate(LINE | changes)


def test_a_run_tells_every_figure_that_its_line_names(tmp_path):
    """By the names that can be typed, in the same order, each with a unit."""
    result = simulate(scenario(), tmp_path / "run")
    figures = figures_of(read_object(result.folder / "summary.json"), layout_of(scenario()))
    assert tuple(figures) == names_of(layout_of(scenario()))
    assert {unit_of(name) for name in figures} == {"UPH", "share", "s", "parts"}
    assert {figure.name for figure in MAIN} <= set(figures)
    assert figures["uph"] == result.summary.throughput.uph
    assert figures["escape_rate"] == result.summary.figures.of(ESCAPE_RATE).value


def test_what_an_inspection_catches_is_compared_where_stations_make_defects(tmp_path):
    """By the inspection's name; of any other line there is nothing of the kind."""
    press, camera = LINE["line"]
    spoilt = scenario(line=[{**press, "makes_defects": {"rate": 0.3}}, camera])
    result = simulate(spoilt, tmp_path / "run")
    figures = figures_of(read_object(result.folder / "summary.json"), layout_of(spoilt))
    catches = result.summary.defects.catches[0]
    assert figures["camera.catch_rate"] == catches.caught.value == 1.0
    assert figures["camera.defective_rate"] == catches.defective.value
    assert figures["camera.false_alarm_rate"] == 0.0
    assert unit_of("camera.catch_rate") == "share"
    assert set(figures) - set(names_of(layout_of(scenario()))) == {
        f"camera.{name}" for name in ("catch_rate", "defective_rate", "false_alarm_rate")
    }


def test_a_figure_that_there_is_not_is_refused_with_those_there_are():
    """A user sees what can be typed."""
    with pytest.raises(ScenarioError, match=r"--until speed: .*uph.*camera\.service\.p95"):
        refuse_unknown(["speed"], "--until", scenario())


def test_the_first_replication_is_the_plain_run_and_seeds_do_not_meet(tmp_path):
    """Replication 1 has the scenario's seed; a thousand others, of two scenarios, are all different."""
    simulate(scenario(), tmp_path / "plain")
    first = perform(1, Interrupt(), scenario=scenario(), folder=tmp_path)
    for name in ("items.csv", "visits.csv", "calls.csv", "summary.json"):
        assert (first.folder / name).read_bytes() == (tmp_path / "plain" / name).read_bytes()
    seeds = {replication_seed(seed, number) for seed in (5, 6) for number in range(1, 501)}
    assert len(seeds) == 1000
    assert all(0 <= seed < 2**64 for seed in seeds)


@settings(max_examples=15, deadline=None)
@given(scenarios())
def test_a_scenario_has_nothing_different_from_itself(written):
    """Whatever is in it."""
    assert differences(written, written) == []


def test_differences_are_told_key_by_key_as_they_are_typed():
    """Keys that changed, that came, and that went; a time of another kind as a whole."""
    line = [
        {"station": "press", "cycle": 2, "units": 2},
        LINE["line"][1] | {"deadline": "200 ms"},
    ]
    assert differences(scenario(), scenario(line=line, product={"defect_rate": 0.1}, name="other")) == [
        ("product.defect_rate", "0.2", "0.1"),
        ("line.press.units", "1", "2"),
        ("line.press.cycle", "{exponential: {mean: 700 ms}}", "2 s"),
        ("line.camera.deadline", "absent", "200 ms"),
    ]


def test_the_same_stations_in_another_order_are_another_line():
    """They are then told by their names."""
    swapped = scenario(line=LINE["line"][::-1])
    assert differences(scenario(), swapped) == [("line", "press, camera", "camera, press")]


def test_of_lines_with_other_stations_their_names_are_told_and_what_differs_in_those_of_both():
    """Not every key of all of them, which nobody can read."""
    line = [{"station": "saw", "cycle": 1}, LINE["line"][1] | {"deadline": "200 ms"}]
    assert differences(scenario(), scenario(line=line)) == [
        ("line.camera.deadline", "absent", "200 ms"),
        ("line", "press, camera", "saw, camera"),
    ]
