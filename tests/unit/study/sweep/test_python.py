"""Sweeps from Python."""

import json

import pytest
from small_sweeps import CAMERAS, files, line_in, study_in, swept

import line_sim
from line_sim.errors import RunFileError, ScenarioError
from line_sim.recording.whole import MOST_BYTES
from line_sim.study.sweep.python import read_sweep


def test_it_leaves_what_the_command_leaves(tmp_path):
    """With its points at hand, and every run as a frame."""
    swept(study_in(tmp_path), tmp_path / "typed")
    told = []
    found = line_sim.sweep(
        line_in(tmp_path), CAMERAS, replications=3, jobs=1, out=tmp_path / "called", narrate=told.append
    )
    assert isinstance(found, line_sim.Swept)
    assert files(found.folder) == files(tmp_path / "typed")
    assert "</html>" in (found.folder / "sweep.html").read_text()
    assert [point["settings"]["line.camera.units"] for point in found.points] == [1, 1, 2, 2]
    frame = found.frame
    assert list(frame.columns[:5]) == [
        "variant",
        "line.camera.units",
        "line.camera.deadline",
        "replication",
        "seed",
    ]
    uph = frame[frame["kpi"] == "uph"].groupby("variant")["value"].mean()
    assert uph.tolist() == pytest.approx([point["kpis"]["uph"]["mean"] for point in found.points])
    assert str(tmp_path) in told[0]


def test_prices_and_overrides_may_be_given(tmp_path):
    """Values as they are, not as they are typed."""
    found = line_sim.sweep(
        line_in(tmp_path),
        {"line.camera.units": (1, 2)},
        overrides={"line.camera.gateway": {"modelled": {"service": "100 ms"}}},
        cost={"line.camera.units": 7},
        replications=2,
        jobs=1,
        out=tmp_path / "out",
    )
    assert [point["cost"] for point in found.points] == [7, 14]
    assert found.points[0]["kpis"]["camera.service.mean"]["mean"] == pytest.approx(0.1)
    assert line_sim.sweep(resume=tmp_path / "out", jobs=1).numbers == found.numbers


def test_what_is_no_sweep_is_refused(tmp_path):
    """With what would be one."""
    with pytest.raises(ScenarioError, match="a scenario or study file, or resume"):
        line_sim.sweep(jobs=1)
    with pytest.raises(RunFileError, match=r"sweep\.json"):
        line_sim.read_sweep(tmp_path)
    (tmp_path / "sweep.json").write_text("{}")
    with pytest.raises(RunFileError, match="none of a sweep"):
        line_sim.read_sweep(tmp_path)


def test_a_sweep_of_very_many_variants_can_be_read(tmp_path):
    """Though no JSON file of a run is as large."""
    text = json.dumps({"study": "Many", "points": []})
    (tmp_path / "sweep.json").write_text(text + " " * MOST_BYTES)
    assert read_sweep(tmp_path).points == []
