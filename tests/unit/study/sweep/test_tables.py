"""The tables of a sweep: what somebody, or a full disk, did to them is told, and nothing torn counts."""

import json

import pytest
from full_disks import room_for
from small_sweeps import files, study_in, swept

from line_sim.errors import RunFileError, ScenarioError
from line_sim.study.sweep.sweep import resume
from line_sim.study.workers import Processes


def test_a_folder_that_is_none_of_a_sweep_is_refused(tmp_path):
    """Also one whose tables are damaged in the middle."""
    with Processes(1) as workers, pytest.raises(RunFileError, match="is this the right folder"):
        resume(tmp_path, workers)
    swept(study_in(tmp_path), tmp_path / "out")
    table = tmp_path / "out" / "sweep.csv"
    table.write_bytes(table.read_bytes().replace(b",uph,", b",ups,", 1))
    with Processes(1) as workers, pytest.raises(RunFileError, match="does not belong where it stands"):
        resume(tmp_path / "out", workers)


@pytest.mark.parametrize("figure", ["nan", "1e999", " 5 ", "0x1", "1_000"])
def test_a_figure_that_no_run_has_told_is_refused(whole, tmp_path, figure):
    """Python reads some of them as numbers."""
    _, found = whole
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    row = next(row for row in found["sweep.csv"].split(b"\r\n") if b",uph," in row)
    damaged = row.rpartition(b",")[0] + b"," + figure.encode()
    (tmp_path / "sweep.csv").write_bytes(found["sweep.csv"].replace(row, damaged, 1))
    with Processes(1) as workers, pytest.raises(RunFileError, match="does not belong where it stands"):
        resume(tmp_path, workers)


@pytest.mark.parametrize(
    ("kpis", "message"),
    [(5, "kpis is no list"), ("uph", "kpis is no list"), (["uhp"], "there is no such figure")],
)
def test_kpis_that_somebody_has_changed_are_refused(whole, tmp_path, kpis, message):
    """With the reason, not with a traceback."""
    _, found = whole
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    state = json.loads(found["sweep-state.json"]) | {"kpis": kpis}
    (tmp_path / "sweep-state.json").write_text(json.dumps(state))
    with Processes(1) as workers, pytest.raises((RunFileError, ScenarioError), match=message):
        resume(tmp_path, workers)


def test_an_audit_that_neither_passed_nor_failed_is_refused(whole, tmp_path):
    """It says true, false, or nothing of a run that was not audited."""
    _, found = whole
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "runs.csv").write_bytes(found["runs.csv"].replace(b",true,", b",yes,", 1))
    with Processes(1) as workers, pytest.raises(RunFileError, match=r"runs\.csv:2: audit_passed is 'yes'"):
        resume(tmp_path, workers)


def test_what_stands_behind_the_last_run_is_cut_off_or_refused(whole, tmp_path):
    """Cut off where it is torn, refused where it is a run that the sweep does not have."""
    _, found = whole
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "sweep.csv").write_bytes(found["sweep.csv"] + b"\0" * 20)
    (tmp_path / "runs.csv").write_bytes(found["runs.csv"] + b"2,1")
    with Processes(1) as workers:
        resume(tmp_path, workers)
    assert files(tmp_path) == found
    last = found["runs.csv"].rsplit(b"\r\n", 2)[1] + b"\r\n"
    (tmp_path / "runs.csv").write_bytes(found["runs.csv"] + last)
    lines = found["sweep.csv"].splitlines(keepends=True)[1:]
    again = b"".join(lines[-len(lines) // 12 :])
    (tmp_path / "sweep.csv").write_bytes(found["sweep.csv"] + again)
    with Processes(1) as workers, pytest.raises(RunFileError, match="once more or too many"):
        resume(tmp_path, workers)


@pytest.mark.parametrize("name", ["runs.csv", "sweep.csv"])
def test_a_header_that_is_torn_is_written_again(whole, tmp_path, name):
    """The disk was full when the sweep began."""
    _, found = whole
    for other in ("study.yaml", "sweep-state.json"):
        (tmp_path / other).write_bytes(found[other])
    (tmp_path / name).write_bytes(found[name][:9])
    with Processes(1) as workers:
        resume(tmp_path, workers)
    assert files(tmp_path) == found


def test_a_disk_that_is_full_is_told_with_the_way_on(whole, tmp_path):
    """Which file, and what to do; with room it goes on to the same bytes."""
    desk, found = whole
    way = r"sweep\.csv: cannot be written .* goes on where it was$"
    with room_for(len(found["sweep.csv"]) // 2), pytest.raises(RunFileError, match=way):
        swept(study_in(desk), tmp_path / "full")
    with Processes(1) as workers:
        resume(tmp_path / "full", workers)
    assert files(tmp_path / "full") == found


def test_a_table_that_is_no_file_is_refused(whole, tmp_path):
    """A device would be read for ever."""
    _, found = whole
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "runs.csv").unlink()
    (tmp_path / "runs.csv").symlink_to("/dev/null")
    with Processes(1) as workers, pytest.raises(RunFileError, match="it is no file"):
        resume(tmp_path, workers)
