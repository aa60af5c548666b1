"""Putting a run together: what it is compared with, and what the user may cut short."""

import json

import pytest

from line_sim import simulation
from line_sim.errors import ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario
from line_sim.simulation import report_again, simulate

LINE = {
    "version": 1,
    "name": "put together",
    "run": {"items": 60},
    "arrivals": {"every": 1},
    "line": [
        {"station": "press", "cycle": 0.5},
        {"inspection": "camera", "buffer": 3, "gateway": {"modelled": {"service": 0.8}}},
    ],
    "review": {"time": 1},
}


def test_a_killed_run_is_compared_with_all_the_parts_that_came(tmp_path):
    """Parts that were on the line have visits but no story; their twins come in all the same."""
    folder = simulate(Scenario.model_validate(LINE), tmp_path / "run").folder
    stories = (folder / "items.csv").read_bytes().splitlines(keepends=True)
    (folder / "items.csv").write_bytes(b"".join(stories[:41]))
    info = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**info, "ended": None, "ended_at_s": None}))
    told = report_again(folder).summary
    assert told.counts.on_line == 20
    assert told.throttle.parts == 60


def test_runs_of_the_same_second_do_not_share_a_folder(tmp_path, monkeypatch):
    """Each run makes its own at once, so that one still waiting for its server keeps it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(simulation.time, "strftime", lambda _: "20260102-030405")
    scenario = Scenario.model_validate(LINE)
    folders = []

    def another_begins(text):
        if not folders:
            folders.append(None)
            folders[0] = simulate(scenario, None).folder

    folders.append(simulate(scenario, None, narrate=another_begins).folder)
    assert sorted(folder.name for folder in folders) == [
        "put-together-20260102-030405",
        "put-together-20260102-030405-2",
    ]


def test_a_run_that_cannot_begin_leaves_no_folder(tmp_path, monkeypatch):
    """The folder that it made for itself is gone again, `results` too."""
    monkeypatch.chdir(tmp_path)

    def refused(*_):
        raise ScenarioError("no server")

    monkeypatch.setattr(simulation, "open_gateways", refused)
    with pytest.raises(ScenarioError, match="no server"):
        simulate(Scenario.model_validate(LINE), None)
    assert list(tmp_path.iterdir()) == []


def test_no_folder_can_be_made(tmp_path, monkeypatch):
    """A file in the place of `results` is told with the way out."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").write_text("mine")
    with pytest.raises(ScenarioError, match=r"the folder cannot be made .*choose another with --out"):
        simulate(Scenario.model_validate(LINE), None)


def test_the_comparison_can_be_cut_short(tmp_path):
    """A wish that comes when the line has stopped: its numbers are told, without the comparison."""
    interrupt = Interrupt()
    heard = []

    def narrate(text):
        heard.append(text)
        if text.startswith("the line has stopped"):
            interrupt.wish()

    result = simulate(Scenario.model_validate(LINE), tmp_path / "run", narrate=narrate, interrupt=interrupt)
    assert result.ended == "completed"
    assert result.summary.throttle is None
    assert result.summary.counts.shipped == 60
    assert heard[-1].startswith("stopped before all was compared; 'line-sim report ")
    assert report_again(result.folder).summary.throttle is not None


def test_a_line_that_only_inspects_comes_to_an_end(tmp_path):
    """Its twin would make parts for ever: it is told without one."""
    only = {**LINE, "run": {"duration": 10}, "arrivals": {"saturated": True}, "line": LINE["line"][1:]}
    result = simulate(Scenario.model_validate(only), tmp_path / "run")
    assert result.summary.throttle is None
    assert result.summary.throughput.uph == pytest.approx(4320, rel=0.02)


def test_a_line_at_wall_pace_gives_the_files_of_the_virtual_one(tmp_path):
    """At 10,000 times the pace the same parts, visits and departures; only the skew of calls is new."""
    hurried = {**LINE, "run": {**LINE["run"], "clock": "realtime", "pace": 10_000.0}}
    paced = simulate(Scenario.model_validate(hurried), tmp_path / "paced")
    plain = simulate(Scenario.model_validate(LINE), tmp_path / "plain")
    assert paced.ended == plain.ended
    for name in ("items.csv", "visits.csv", "breakdowns.csv"):
        assert (tmp_path / "paced" / name).read_bytes() == (tmp_path / "plain" / name).read_bytes(), name
    assert plain.summary.skew is None
    assert paced.summary.skew is not None
    assert paced.summary.skew.n == len((tmp_path / "paced" / "calls.csv").read_text().splitlines()) - 1
